// The filter: its fields are in the URL, so that a view can be sent.
{
  const form = byId("filter");
  const sections = [...document.getElementsByClassName("answers")];
  const answers = [...document.getElementsByClassName("answer")].map((node) => {
    const article = node.parentElement;
    const topic = node.querySelector(".topic").textContent;
    const claims = [...node.querySelectorAll("article.claim")].map((claim) => ({
      node: claim,
      article: article.firstElementChild.id,
      topic,
      mark: claim.querySelector(".badge").textContent,
      kind: (claim.dataset.kind ?? "technical").split(" "),
      turns: (claim.dataset.turns ?? "").split(" "),
    }));
    return { node, article, claims };
  });
  const claims = answers.flatMap((answer) => answer.claims);
  const tiles = new Map([...document.querySelectorAll("a.tile")].map((tile) => [byId(tile.hash.slice(1)), tile]));

  const WRITTEN = { "&lt;": "<", "&gt;": ">", "&amp;": "&" };
  const plain = (text) => text.replace(/<[^>]*>/g, " ").replace(/&(?:lt|gt|amp);/g, (one) => WRITTEN[one]).toLowerCase();
  const words = (one) => one.words ??= plain(`${one.node.id} ${one.topic} ${one.node.textContent}`);

  // The index is made while nothing else is to be done, so that the first key is answered as fast as the others.
  const index = (from, idle) => {
    let at = from;
    while (at < claims.length && idle.timeRemaining() > 1) words(claims[at++]);
    if (at < claims.length) requestIdleCallback((next) => index(at, next));
  };

  const wanted = () => Object.fromEntries([...new FormData(form)].filter(([, value]) => value));

  const fits = (one, want, terms) =>
    (!want.article || one.article === want.article) && (!want.mark || one.mark === want.mark) &&
    (!want.kind || one.kind.includes(want.kind)) && (!want.turn || one.turns.includes(want.turn)) &&
    terms.every((term) => words(one).includes(term));

  const hide = (node, hidden) => { if (node.hidden !== hidden) node.hidden = hidden; };

  let shown = new Set(claims.map((one) => one.node.id)); // claims by their id; then also answers and sections
  let due = 0;

  const show = () => {
    const want = wanted();
    const terms = (want.q ?? "").toLowerCase().split(/\s+/).filter(Boolean);
    let number = 0;
    shown = new Set();
    for (const answer of answers) {
      const found = new Set(answer.claims.filter((one) => fits(one, want, terms)));
      hide(answer.node, !found.size);
      if (!found.size) continue; // its claims are hidden with it
      for (const one of answer.claims) hide(one.node, !found.has(one));
      for (const one of found) shown.add(one.node.id);
      shown.add(answer.node).add(answer.article);
      number += found.size;
    }
    for (const section of sections) hide(section, !shown.has(section));
    byId("none").hidden = number > 0;
    byId("count").textContent = `${number} of ${claims.length} shown`;
    clearTimeout(due);
    due = setTimeout(follow, 250);
  };

  const hideRows = () => {
    for (const one of document.querySelectorAll(".map tbody tr, .rest li")) hide(one, !shown.has(one.querySelector("a").hash.slice(1)));
  };

  // A key waits for the claims alone. The rest of the page, and the address, on which the colour of every link depends,
  // take as long again: they follow when the typing rests.
  const follow = () => {
    for (const [node, tile] of tiles) tile.classList.toggle("off", !shown.has(node));
    hideRows();
    const query = new URLSearchParams(wanted()).toString();
    history.replaceState(null, "", (query ? `?${query}` : location.pathname) + location.hash);
  };

  const read = (query) => {
    for (const field of form.elements) if (field.name) field.value = query.get(field.name) ?? "";
    for (const list of form.querySelectorAll("select")) if (list.selectedIndex < 0) list.value = "";
    show();
  };

  const clear = () => read(new URLSearchParams());

  form.hidden = false;
  form.addEventListener("input", show);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", (event) => { event.preventDefault(); clear(); });
  byId("none").querySelector("button").addEventListener("click", clear);
  addEventListener("popstate", () => read(new URLSearchParams(location.search)));
  document.addEventListener("toggle", (event) => { if (event.target.matches(".rest")) hideRows(); }, true);
  // A link to a place that the filter hides shows everything again.
  addEventListener("hashchange", () => {
    const place = byId(decodeURIComponent(location.hash.slice(1)));
    if (place?.closest("[hidden]")) { clear(); bring(place); }
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a.only");
    if (!link) return;
    event.preventDefault();
    read(new URL(link.href).searchParams);
    history.pushState(null, "", link.getAttribute("href"));
    bring(byId("answers"));
  });
  if (location.search) read(new URLSearchParams(location.search));
  else byId("count").textContent = `${claims.length} of ${claims.length} shown`;
  if ("requestIdleCallback" in window) requestIdleCallback((idle) => index(0, idle));
  if (location.search && location.hash) dispatchEvent(new Event("hashchange"));
}
