// What changed between two releases: for the form in the history, and for the filter, which links in the history set.
const ranks = new Map(JSON.parse(byId("releases").textContent).map(([version], rank) => [version, rank]));
const turnsOf = (claim) => (claim.dataset.turns ?? "").split(" ").filter(Boolean).map((turn) => {
  const [version, now] = turn.split(":");
  return { version, rank: ranks.get(version), now };
});
// Returns the turn that made the outcome on `to` differ from that on `from`, if it does. A release is left out: `from`
// is the one before `to`, and `to` is the newest. Going back in time, a claim that broke works again.
const changedBetween = (turns, from, to) => {
  const end = ranks.get(to) ?? ranks.size - 1;
  const start = ranks.get(from) ?? end - 1;
  const within = turns.filter(({ rank }) => Math.min(start, end) < rank && rank <= Math.max(start, end));
  if (within.length % 2 === 0) return undefined;
  return start < end ? within.at(-1) : { ...within[0], now: { held: "refuted", refuted: "held" }[within[0].now] };
};
{
  const form = byId("between");

  // The claims that changed, by cause: as the list of the releases has them, first what broke.
  const byCause = (from, to) => {
    const causes = new Map();
    for (const row of document.querySelectorAll(".map tbody tr")) {
      const link = row.querySelector("a").getAttribute("href");
      const turn = changedBetween(turnsOf(byId(link.slice(1))), from, to);
      if (!turn) continue;
      const release = byId(`in-${turn.version}`);
      reveal(release);
      const cause = release.querySelector(`.cause:has(a[href="${link}"])`);
      if (!causes.has(cause)) causes.set(cause, { ...turn, cause, links: new Set() });
      causes.get(cause).links.add(link);
    }
    return [...causes.values()].sort((one, other) => (one.now < other.now) - (one.now > other.now));
  };

  const item = ({ version, now, cause, links }) => {
    const node = cause.cloneNode(true);
    const badge = node.querySelector(".badge");
    badge.className = `badge ${now}`;
    badge.textContent = OUTCOMES[now];
    badge.nextElementSibling.prepend(`${version}. `);
    for (const line of node.querySelectorAll("li")) if (!links.has(line.querySelector("a").getAttribute("href"))) line.remove();
    return node;
  };

  const count = (causes, now, verb) => {
    const these = causes.filter((cause) => cause.now === now);
    const number = these.reduce((sum, { links }) => sum + links.size, 0);
    return `${number} ${number === 1 ? "claim" : "claims"} ${verb}${number > 1 ? ` (${these.length > 1 ? `${these.length} causes` : "one cause"})` : ""}`;
  };

  const show = () => {
    const [from, to] = new FormData(form).values();
    const causes = from ? byCause(from, to) : [];
    form.querySelector("div").replaceChildren(...causes.map(item));
    const output = form.querySelector("output");
    output.textContent = from ? `${count(causes, "refuted", "broke")}; ${count(causes, "held", "began to work")}. A claim that changed and changed back is not listed. ` : "";
    if (!causes.length) return;
    const link = output.appendChild(document.createElement("a"));
    Object.assign(link, { className: "only", href: `?${new URLSearchParams({ from, to })}#answers`, textContent: "Show only these claims" });
  };

  // The URL contains the choice, so that a reader can share it.
  const choose = () => {
    show();
    const chosen = new URLSearchParams(new FormData(form));
    if (form.elements.from.value) history.replaceState(history.state, "", `?${chosen}#history`);
  };

  if (form) {
    form.hidden = false;
    form.addEventListener("change", choose);
    const query = new URLSearchParams(location.search);
    if (ranks.has(query.get("from"))) {
      form.elements.from.value = query.get("from");
      if (ranks.has(query.get("to"))) form.elements.to.value = query.get("to");
      show();
    }
  }
}
