"use strict";
// Functions that the other scripts share. Each of those is a block with its own scope.
const byId = (id) => document.getElementById(id);
const OUTCOMES = { held: "works", refuted: "fails", unmeasured: "not measured" };
const announce = (text) => { byId("status").textContent = text; };
document.documentElement.classList.add("scripted");
// Most of a claim is text in `noscript` (see claim.html) until its answer comes into view.
const reveal = (within) => {
  for (const noscript of within.querySelectorAll("noscript")) noscript.outerHTML = noscript.textContent;
  for (const line of within.querySelectorAll(".timeline:not(.key)")) Object.assign(line, { tabIndex: 0, ariaLabel: "Releases" });
  for (const link of within.querySelectorAll(".claim > h5 > a")) link.title = "A link to this claim";
  document.dispatchEvent(new Event("revealed"));
};
// Revealed answers grow and move the elements below them: scroll again for some frames, until the target stays in place.
const scrollToElement = (target, frames = 8) => {
  target.scrollIntoView({ block: "start" });
  if (frames) requestAnimationFrame(() => scrollToElement(target, frames - 1));
};
// An observer reports what is in view already when it starts. An event would be missed: the first answers are often
// painted before this script runs.
const onView = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) if (isIntersecting) { reveal(target); onView.unobserve(target); }
}, { rootMargin: "50%" });
for (const answer of document.getElementsByClassName("answer")) onView.observe(answer);
// The browser's search does not find text in `noscript`.
addEventListener("keydown", (event) => {
  if (event.key === "F3" || ((event.ctrlKey || event.metaKey) && event.key === "f")) reveal(document.body);
});
