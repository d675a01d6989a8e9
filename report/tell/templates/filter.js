// The filter. The URL contains its fields, so that a reader can share a view.
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

  const ENTITIES = { "&lt;": "<", "&gt;": ">", "&amp;": "&" };
  const plain = (text) => text.replace(/<[^>]*>/g, " ").replace(/&(?:lt|gt|amp);/g, (entity) => ENTITIES[entity]).toLowerCase();
  const words = (claim) => claim.words ??= plain(`${claim.node.id} ${claim.topic} ${claim.node.textContent}`);

  // The browser builds the search index while it is idle, so that the first key press is as fast as the others.
  const buildIndex = (start, idle) => {
    let next = start;
    while (next < claims.length && idle.timeRemaining() > 1) words(claims[next++]);
    if (next < claims.length) requestIdleCallback((deadline) => buildIndex(next, deadline));
  };

  const fieldValues = () => Object.fromEntries([...new FormData(form)].filter(([, value]) => value));

  const matches = (claim, values, terms) =>
    (!values.article || claim.article === values.article) && (!values.mark || claim.mark === values.mark) &&
    (!values.kind || claim.kind.includes(values.kind)) && (!values.turn || claim.turns.includes(values.turn)) &&
    terms.every((term) => words(claim).includes(term));

  const hide = (node, hidden) => { if (node.hidden !== hidden) node.hidden = hidden; };

  let shown = new Set(claims.map((claim) => claim.node.id)); // ids of claims; show() adds nodes of answers and articles
  let timer = 0;

  const show = () => {
    const values = fieldValues();
    const terms = (values.q ?? "").toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    shown = new Set();
    for (const answer of answers) {
      const matching = new Set(answer.claims.filter((claim) => matches(claim, values, terms)));
      hide(answer.node, !matching.size);
      if (!matching.size) continue; // a hidden answer hides its claims
      for (const claim of answer.claims) hide(claim.node, !matching.has(claim));
      for (const claim of matching) shown.add(claim.node.id);
      shown.add(answer.node).add(answer.article);
      count += matching.size;
    }
    for (const section of sections) hide(section, !shown.has(section));
    byId("none").hidden = count > 0;
    byId("count").textContent = `${count} of ${claims.length} shown`;
    clearTimeout(timer);
    timer = setTimeout(updateRest, 250);
  };

  const hideRows = () => {
    for (const row of document.querySelectorAll(".map tbody tr, .rest li")) hide(row, !shown.has(row.querySelector("a").hash.slice(1)));
  };

  // A key press updates only the claims. The rest of the page and the URL take equally long, because the URL affects
  // the colour of every link: they update when the typing pauses.
  const updateRest = () => {
    for (const [node, tile] of tiles) tile.classList.toggle("off", !shown.has(node));
    hideRows();
    const query = new URLSearchParams(fieldValues()).toString();
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
  // A link to a hidden element clears the filter.
  addEventListener("hashchange", () => {
    const target = byId(decodeURIComponent(location.hash.slice(1)));
    if (target?.closest("[hidden]")) { clear(); scrollToElement(target); }
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a.only");
    if (!link) return;
    event.preventDefault();
    read(new URL(link.href).searchParams);
    history.pushState(null, "", link.getAttribute("href"));
    scrollToElement(byId("answers"));
  });
  if (location.search) read(new URLSearchParams(location.search));
  else byId("count").textContent = `${claims.length} of ${claims.length} shown`;
  if ("requestIdleCallback" in window) requestIdleCallback((idle) => buildIndex(0, idle));
  if (location.search && location.hash) dispatchEvent(new Event("hashchange"));
}
