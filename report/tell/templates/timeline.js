// The timelines: under the pointer, and with the arrows when focused, each release with its date and what was seen.
{
  const releases = JSON.parse(byId("releases").textContent);
  const tip = byId("tip");
  const length = (run) => Number(/\bn(\d+)/.exec(run.className)?.[1] ?? 1);
  let at = releases.length - 1;

  // A timeline's own evidence: what was seen on a release stands in the group that names it, else it is what is seen now.
  const seen = (line, number) => {
    const owner = line.parentElement;
    const mine = (one) => one.closest(".correction, .claim") === owner;
    const find = (what, fits) => [...owner.querySelectorAll(what)].filter(mine).find(fits);
    const group = find("[data-on]", (one) => one.dataset.on.split(" ").includes(String(number))) ??
      find(".seen", (one) => !one.closest(".elsewhere"));
    return group ? [...group.querySelectorAll("div > dd > samp, summary > samp")].map((one) => one.textContent).join("\n") : "";
  };

  const runAt = (line, number) => {
    let end = 0;
    for (const run of line.children) if (number < (end += length(run))) return run;
    return line.lastElementChild;
  };

  const tell = (line, number) => {
    const run = runAt(line, number);
    const [version, date] = releases[number];
    const outcome = run.classList[0];
    const values = /held|refuted/.test(outcome) ? seen(line, number) : "";
    tip.replaceChildren();
    for (const [tag, text] of [["strong", `${version}${date ? `, ${date}` : ""}: ${outcome}`], ["samp", values]]) {
      if (!text) continue;
      const part = tip.appendChild(document.createElement(tag));
      part.textContent = text.length > 400 ? `${text.slice(0, 400)}…` : text;
    }
    tip.hidden = false;
    const before = [...line.children].slice(0, [...line.children].indexOf(run)).reduce((sum, one) => sum + length(one), 0);
    const box = run.getBoundingClientRect();
    const x = box.left + box.width * (number - before + .5) / length(run);
    const left = Math.max(8, Math.min(x - tip.offsetWidth / 2, innerWidth - tip.offsetWidth - 8));
    const above = box.top - tip.offsetHeight - 8;
    tip.style.left = `${left}px`;
    tip.style.top = `${above > 8 ? above : box.bottom + 8}px`;
  };

  const hide = () => { tip.hidden = true; };

  const under = (event) => {
    const run = event.target.closest?.(".timeline:not(.key) > li");
    if (!run) return hide();
    const box = run.getBoundingClientRect();
    const before = [...run.parentElement.children].slice(0, [...run.parentElement.children].indexOf(run));
    const within = Math.min(length(run) - 1, Math.max(0, Math.floor((event.clientX - box.left) / box.width * length(run))));
    at = before.reduce((sum, one) => sum + length(one), 0) + within;
    tell(run.parentElement, at);
  };

  document.addEventListener("pointermove", under);
  document.addEventListener("focusin", (event) => {
    if (event.target.matches(".timeline") && event.target.matches(":focus-visible")) tell(event.target, at);
  });
  document.addEventListener("focusout", hide);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") hide();
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by || !event.target.matches(".timeline")) return;
    event.preventDefault();
    at = Math.max(0, Math.min(releases.length - 1, at + by));
    tell(event.target, at);
    say(tip.textContent);
  });
  addEventListener("scroll", hide, { passive: true });
}
