// A timeline shows a release, its date and its values in a tooltip: under the pointer, or with the arrow keys.
{
  const releases = JSON.parse(byId("releases").textContent);
  const tip = byId("tip");
  const length = (segment) => Number(/\bn(\d+)/.exec(segment.className)?.[1] ?? 1);
  let current = releases.length - 1;

  // Returns the values on a release: those of the group that contains it, else those of the current release.
  const observed = (line, number) => {
    const owner = line.parentElement;
    const isOwn = (node) => node.closest(".correction, .claim") === owner;
    const find = (selector, condition) => [...owner.querySelectorAll(selector)].filter(isOwn).find(condition);
    const group = find("[data-on]", (group) => group.dataset.on.split(" ").includes(String(number))) ??
      find(".seen", (list) => !list.closest(".elsewhere"));
    return group ? [...group.querySelectorAll("div > dd > samp, summary > samp")].map((samp) => samp.textContent).join("\n") : "";
  };

  const segmentAt = (line, number) => {
    let end = 0;
    for (const segment of line.children) if (number < (end += length(segment))) return segment;
    return line.lastElementChild;
  };

  const startOf = (segment) => {
    const siblings = [...segment.parentElement.children];
    return siblings.slice(0, siblings.indexOf(segment)).reduce((sum, sibling) => sum + length(sibling), 0);
  };

  const showTip = (line, number) => {
    const segment = segmentAt(line, number);
    const [version, date] = releases[number];
    const outcome = segment.classList[0];
    const values = /held|refuted/.test(outcome) ? observed(line, number) : "";
    tip.replaceChildren();
    for (const [tag, text] of [["strong", `${version}${date ? `, ${date}` : ""}: ${OUTCOMES[outcome] ?? outcome}`], ["samp", values]]) {
      if (!text) continue;
      const part = tip.appendChild(document.createElement(tag));
      part.textContent = text.length > 400 ? `${text.slice(0, 400)}…` : text;
    }
    tip.hidden = false;
    const box = segment.getBoundingClientRect();
    const x = box.left + box.width * (number - startOf(segment) + .5) / length(segment);
    const left = Math.max(8, Math.min(x - tip.offsetWidth / 2, innerWidth - tip.offsetWidth - 8));
    const above = box.top - tip.offsetHeight - 8;
    tip.style.left = `${left}px`;
    tip.style.top = `${above > 8 ? above : box.bottom + 8}px`;
  };

  const hide = () => { tip.hidden = true; };

  const followPointer = (event) => {
    const segment = event.target.closest?.(".timeline:not(.key) > li");
    if (!segment) return hide();
    const box = segment.getBoundingClientRect();
    const last = length(segment) - 1;
    const offset = Math.floor((event.clientX - box.left) / box.width * length(segment));
    current = startOf(segment) + Math.min(last, Math.max(0, offset));
    showTip(segment.parentElement, current);
  };

  document.addEventListener("pointermove", followPointer);
  document.addEventListener("focusin", (event) => {
    if (event.target.matches(".timeline") && event.target.matches(":focus-visible")) showTip(event.target, current);
  });
  document.addEventListener("focusout", hide);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") hide();
    const offset = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!offset || !event.target.matches(".timeline")) return;
    event.preventDefault();
    current = Math.max(0, Math.min(releases.length - 1, current + offset));
    showTip(event.target, current);
    announce(tip.textContent);
  });
  addEventListener("scroll", hide, { passive: true });
}
