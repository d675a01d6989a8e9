// A reload or a step back returns to what the reader saw: revealed answers have changed the heights, so the browser's
// own offset leads elsewhere. The history's state keeps what was in the middle of the window, and where.
{
  const inMiddle = () => document.elementsFromPoint(innerWidth / 2, innerHeight / 2)
    .map((node) => node.closest("main [id]")).find(Boolean);
  const keep = () => {
    const node = inMiddle();
    if (node) history.replaceState({ id: node.id, top: node.getBoundingClientRect().top }, "");
  };
  // Until about a second after the page has loaded, or until the reader moves.
  const restore = ({ id, top }, frames = 60) => {
    scrollBy(0, byId(id).getBoundingClientRect().top - top);
    const rest = document.readyState === "complete" ? frames - 1 : frames;
    if (rest && !moved) requestAnimationFrame(() => restore({ id, top }, rest));
    else history.scrollRestoration = "auto"; // within the page
  };
  let moved = false;
  for (const type of ["wheel", "touchstart", "pointerdown", "keydown"]) addEventListener(type, () => { moved = true; }, { once: true, passive: true });
  let timer = 0;
  const saved = history.state;
  if (saved?.id && byId(saved.id)) restore(saved);
  addEventListener("pagehide", () => { history.scrollRestoration = "manual"; });
  addEventListener("scroll", () => { clearTimeout(timer); timer = setTimeout(keep, 150); }, { passive: true });
}
