// Single-key shortcuts. A reader can disable them.
{
  const help = byId("help");
  const box = byId("keys");
  const store = (value) => { try { localStorage.setItem("keys", value); } catch { /* a local file may have no storage */ } };
  const stored = () => { try { return localStorage.getItem("keys"); } catch { return null; } };
  const isTextField = (node) => node.matches("input:not([type=checkbox]), select, textarea");

  const shownClaims = () => [...document.querySelectorAll(".answer:not([hidden]) > .claims > .claim:not([hidden])")];
  const focusedClaim = () => document.activeElement?.closest("article.claim");

  // Goes to the next claim of *kind*, from the focused claim or from the first in view.
  const step = (offset, kind = ".claim") => {
    const all = shownClaims();
    const current = focusedClaim();
    const start = current ? all.indexOf(current) + offset : Math.max(0, all.findIndex((claim) => claim.getBoundingClientRect().bottom > 0));
    const next = (offset > 0 ? all.slice(start) : all.slice(0, Math.max(0, start + 1)).reverse()).find((claim) => claim.matches(kind));
    if (!next) return;
    next.querySelector("h5 a").focus({ preventScroll: true });
    scrollToElement(next);
    history.replaceState(null, "", `${location.search}#${next.id}`);
  };

  const fold = () => {
    const claim = focusedClaim();
    if (!claim) return;
    reveal(claim);
    const folds = [...claim.querySelectorAll("details")];
    const open = !folds.every((details) => details.open);
    for (const details of folds) details.open = open;
  };

  const actions = {
    "/": () => { scrollToElement(byId("answers")); byId("filter").elements.q.focus({ preventScroll: true }); },
    "?": () => help.showModal(),
    j: () => step(1),
    k: () => step(-1),
    n: () => step(1, ".error"),
    p: () => step(-1, ".error"),
    o: fold,
  };

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && isTextField(event.target)) event.target.blur();
    const action = actions[event.key];
    if (!action || !box.checked || help.open || event.ctrlKey || event.metaKey || event.altKey || isTextField(event.target)) return;
    event.preventDefault();
    action();
  });
  box.checked = stored() !== "off";
  box.addEventListener("change", () => store(box.checked ? "on" : "off"));
  byId("show-help").hidden = false;
  byId("show-help").addEventListener("click", () => help.showModal());
}
