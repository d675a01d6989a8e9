"use strict";
// What the concerns below share; each is a block of its own.
const byId = (id) => document.getElementById(id);
const say = (text) => { byId("status").textContent = text; };
document.documentElement.classList.add("scripted");
// Much of a claim is text until it is wanted (see claim.html): when its answer comes into view.
const reveal = (within) => {
  for (const kept of within.querySelectorAll("noscript")) kept.outerHTML = kept.textContent;
  for (const line of within.querySelectorAll(".timeline:not(.key)")) Object.assign(line, { tabIndex: 0, ariaLabel: "Releases" });
};
// What comes into view grows, and pushes on what is below it: it takes some frames until a place stays where it is.
const bring = (place, frames = 8) => {
  place.scrollIntoView({ block: "start" });
  if (frames) requestAnimationFrame(() => bring(place, frames - 1));
};
document.addEventListener("contentvisibilityautostatechange", (event) => { if (!event.skipped) reveal(event.target); }, true);
// The browser's own search finds only elements.
addEventListener("keydown", (event) => {
  if (event.key === "F3" || ((event.ctrlKey || event.metaKey) && event.key === "f")) reveal(document.body);
});
if (!("ContentVisibilityAutoStateChangeEvent" in window)) addEventListener("load", () => reveal(document.body));
