// The keyboard: single keys, which can be switched off.
{
  const help = byId("help");
  const box = byId("keys");
  const store = (value) => { try { localStorage.setItem("keys", value); } catch { /* a file may have no storage */ } };
  const stored = () => { try { return localStorage.getItem("keys"); } catch { return null; } };
  const typing = (node) => node.matches("input:not([type=checkbox]), select, textarea");

  const shown = () => [...document.querySelectorAll(".answer:not([hidden]) > .claims > .claim:not([hidden])")];
  const here = () => document.activeElement?.closest("article.claim");

  const step = (by) => {
    const all = shown();
    const now = here();
    const next = now ? all[all.indexOf(now) + by] : all.find((one) => one.getBoundingClientRect().bottom > 0) ?? all[0];
    if (!next) return;
    next.querySelector("h5 a").focus({ preventScroll: true });
    bring(next);
    history.replaceState(null, "", `${location.search}#${next.id}`);
  };

  const fold = () => {
    if (here()) reveal(here());
    const folded = [...here()?.querySelectorAll("details") ?? []];
    const open = !folded.every((one) => one.open);
    for (const one of folded) one.open = open;
  };

  const does = {
    "/": () => { bring(byId("answers")); byId("filter").elements.q.focus({ preventScroll: true }); },
    "?": () => help.showModal(),
    j: () => step(1),
    k: () => step(-1),
    o: fold,
  };

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && typing(event.target)) event.target.blur();
    const act = does[event.key];
    if (!act || !box.checked || help.open || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    event.preventDefault();
    act();
  });
  box.checked = stored() !== "off";
  box.addEventListener("change", () => store(box.checked ? "on" : "off"));
  byId("show-help").hidden = false;
  byId("show-help").addEventListener("click", () => help.showModal());
}
