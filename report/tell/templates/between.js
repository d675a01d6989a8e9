// What changed between two releases: for the form in the history, and for the filter, which links in the history set.
const ranks = new Map(JSON.parse(byId("releases").textContent).map(([version], rank) => [version, rank]));
const turnsOf = (claim) => (claim.dataset.turns ?? "").split(" ").filter(Boolean).map((turn) => {
  const [version, now] = turn.split(":");
  return { rank: ranks.get(version), now };
});
// Returns the outcome on `to` if it differs from that on `from`, else "". A release is left out: `from` is the one
// before `to`, and `to` is the newest. Going back in time, a claim that broke works again.
const changedBetween = (turns, from, to) => {
  const end = ranks.get(to) ?? ranks.size - 1;
  const start = ranks.get(from) ?? end - 1;
  const within = turns.filter(({ rank }) => Math.min(start, end) < rank && rank <= Math.max(start, end));
  if (within.length % 2 === 0) return "";
  return start < end ? within.at(-1).now : { held: "refuted", refuted: "held" }[within[0].now];
};
{
  const form = byId("between");

  const item = (row, outcome) => {
    const node = document.createElement("li");
    const badge = document.createElement("b");
    badge.className = `badge ${outcome}`;
    badge.textContent = OUTCOMES[outcome];
    node.append(badge, " ", ...row.querySelector("th").cloneNode(true).childNodes);
    return node;
  };

  const show = () => {
    const [from, to] = new FormData(form).values();
    const changed = from ? [...document.querySelectorAll(".map tbody tr")].map((row) =>
      [row, changedBetween(turnsOf(byId(row.querySelector("a").hash.slice(1))), from, to)]).filter(([, now]) => now) : [];
    changed.sort(([, one], [, other]) => (one < other) - (one > other));
    const broke = changed.filter(([, now]) => now === "refuted").length;
    form.querySelector("ul").replaceChildren(...changed.map(([row, now]) => item(row, now)));
    const output = form.querySelector("output");
    output.textContent = from ? `${broke} broke, ${changed.length - broke} began to work. What changed and changed back is left out; why is below, release by release. ` : "";
    if (!changed.length) return;
    const link = output.appendChild(document.createElement("a"));
    Object.assign(link, { className: "only", href: `?${new URLSearchParams({ from, to })}#answers`, textContent: "Show only these claims" });
  };

  if (form) {
    form.hidden = false;
    form.addEventListener("change", show);
  }
}
