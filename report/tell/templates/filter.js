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
      mark: claim.querySelector(":scope > .verdict > .badge")?.textContent, // a slip has none
      kind: (claim.dataset.kind ?? "technical").split(" "),
      turns: turnsOf(claim),
      same: claim.dataset.same ?? claim.id, // another answer states it first
    }));
    return { node, article, claims };
  });
  const claims = answers.flatMap((answer) => answer.claims);
  const tiles = new Map([...document.querySelectorAll("a.tile")].map((tile) => [byId(tile.hash.slice(1)), tile]));

  const ENTITIES = { "&lt;": "<", "&gt;": ">", "&amp;": "&" };
  const plain = (text) => text.replace(/<[^>]*>/g, " ").replace(/&(?:lt|gt|amp);/g, (entity) => ENTITIES[entity]).toLowerCase();
  const words = (claim) => claim.words ??= plain(`${claim.node.id} ${claim.topic} ${claim.node.textContent}`);
  // What a reader sees: the statement and its corrections.
  const statements = (claim) => claim.statements ??= plain(
    [claim.node.firstElementChild, ...claim.node.querySelectorAll(":scope > .correction > .statement")].map((node) => node.textContent).join(" "));

  // The browser builds the search index while it is idle, so that the first key press is as fast as the others.
  const buildIndex = (start, idle) => {
    let next = start;
    while (next < claims.length && idle.timeRemaining() > 1) { words(claims[next]); statements(claims[next++]); }
    if (next < claims.length) requestIdleCallback((deadline) => buildIndex(next, deadline));
  };

  const fieldValues = () => Object.fromEntries([...new FormData(form)].filter(([, value]) => value));

  const matches = (claim, values) =>
    (!values.article || claim.article === values.article) && (!values.mark || claim.mark === values.mark) &&
    (!values.kind || claim.kind.includes(values.kind)) && (!(values.from || values.to) || changedBetween(claim.turns, values.from, values.to));

  const foundIn = (claim, terms) => {
    const within = (text) => terms.every((term) => text.includes(term));
    if (within(statements(claim))) return "statement";
    if (!within(words(claim))) return "";
    return within(claim.topic.toLowerCase()) ? "topic" : "test";
  };

  const hide = (node, hidden) => { if (node.hidden !== hidden) node.hidden = hidden; };

  let shown = new Set(claims.map((claim) => claim.node.id)); // ids of claims; show() adds nodes of answers and articles
  let terms = [];
  let timer = 0;
  let typed = false; // then the address names no claim: it would lead away from what was found

  const show = () => {
    const values = fieldValues();
    terms = (values.q ?? "").toLowerCase().split(/\s+/).filter(Boolean);
    const places = new Map(claims.filter((claim) => matches(claim, values)).map((claim) => [claim, foundIn(claim, terms)]));
    const hits = (condition) => new Set(claims.filter((claim) => condition(places.get(claim))).map((claim) => claim.same)).size;
    const atFirst = (place) => place === "statement" || place === "topic"; // hits in tests are shown on request
    const first = hits(atFirst);
    const all = hits(Boolean);
    const showAll = values.tests || !first;
    shown = new Set();
    for (const answer of answers) {
      const matching = new Set(answer.claims.filter((claim) => showAll ? places.get(claim) : atFirst(places.get(claim))));
      hide(answer.node, !matching.size);
      if (!matching.size) continue; // a hidden answer hides its claims
      for (const claim of answer.claims) hide(claim.node, !matching.has(claim));
      for (const claim of matching) {
        claim.node.dataset.found = places.get(claim);
        shown.add(claim.node.id);
      }
      shown.add(answer.node).add(answer.article);
    }
    for (const section of sections) hide(section, !shown.has(section));
    const named = terms.length ? answers.filter(({ node, claims }) => !node.hidden && claims.length && terms.every((term) => claims[0].topic.toLowerCase().includes(term))) : [];
    byId("named").hidden = !named.length;
    byId("named").replaceChildren("Answers on this: ", ...named.flatMap(({ node, article, claims }, at) => {
      const link = Object.assign(document.createElement("a"), { href: `#${node.id}`, textContent: `${article.firstElementChild.id} ${node.id.split("-").at(-1)} ${claims[0].topic}` });
      return at ? [", ", link] : [link];
    }));
    tell(showAll ? all : first, values, [...places].filter(([, place]) => showAll ? place : atFirst(place)).length);
    byId("tests").hidden = !first || all === first;
    byId("tests").lastElementChild.textContent = `Show ${all - first} more: the words are in the test, not in the statement`;
    clearTimeout(timer);
    timer = setTimeout(updateRest, 250);
  };

  // How many letters to change, add or drop to make one word of another.
  const distance = (one, other) => {
    let row = Array.from({ length: other.length + 1 }, (_, at) => at);
    for (let i = 1; i <= one.length; i++) {
      const last = row;
      row = [i];
      for (let j = 1; j <= other.length; j++) row[j] = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (one[i - 1] !== other[j - 1]));
    }
    return row[other.length];
  };
  // The word of a statement that is nearest to what was typed, or undefined.
  const suggestion = (typed) => {
    if (!/^[a-z]{4,20}$/.test(typed)) return undefined;
    const known = new Set(claims.flatMap((claim) => statements(claim).match(/[a-z]{4,}/g) ?? []));
    const near = [...known].map((word) => [distance(typed, word), word]).filter(([changes]) => changes < 3);
    return near.sort(([a], [b]) => a - b)[0]?.[1];
  };

  // What was typed without the word that hides the most, or undefined.
  const withoutOne = () => {
    const fewer = terms.map((_, left) => terms.filter((_, at) => at !== left));
    const hits = fewer.map((some) => [claims.filter((claim) => foundIn(claim, some)).length, some.join(" ")]);
    return hits.filter(([number]) => number).sort(([a], [b]) => b - a)[0]?.[1];
  };

  const between = ({ from, to }) => from && to ? ` that changed from ${from} to ${to}` : to ? ` that changed in ${to}` : from ? ` that changed since ${from}` : "";

  const total = new Set(claims.map((claim) => claim.same)).size;
  const tell = (count, values, places = 0) => {
    const repeated = places > count ? `, in ${places} places` : "";
    byId("count").textContent = `${count} of ${total} claims${between(values)}${repeated}`;
    byId("none").hidden = count > 0;
    const others = Object.keys(values).some((name) => name !== "q");
    const near = count || others ? undefined : terms.length > 1 ? withoutOne() : suggestion((values.q ?? "").toLowerCase().trim());
    byId("none").firstElementChild.textContent = !values.q ? "No claim matches these filters." :
      others ? `No claim that matches the other filters contains “${values.q}”.` : `No claim contains “${values.q}”.` + (near ? " Did you mean" : "");
    byId("near").hidden = !near;
    byId("near").textContent = near ? `${near}?` : "";
  };

  // Highlights what was typed, in the first claims that are shown.
  const highlightTerms = () => {
    if (!("highlights" in CSS)) return;
    CSS.highlights.delete("found");
    if (!terms.length) return;
    const found = new Highlight();
    for (const claim of claims.filter((claim) => shown.has(claim.node.id)).slice(0, 300)) {
      const texts = document.createTreeWalker(claim.node, NodeFilter.SHOW_TEXT);
      while (texts.nextNode()) for (const term of terms) {
        const text = texts.currentNode.data.toLowerCase();
        for (let start = text.indexOf(term); start >= 0; start = text.indexOf(term, start + term.length)) {
          found.add(new StaticRange({
            startContainer: texts.currentNode, startOffset: start, endContainer: texts.currentNode, endOffset: start + term.length,
          }));
        }
      }
    }
    CSS.highlights.set("found", found);
  };

  const hideRows = () => {
    for (const row of document.querySelectorAll(".map tbody tr")) hide(row, !shown.has(row.querySelector("a").hash.slice(1)));
    const [rows, hidden] = ["", "[hidden]"].map((state) => document.querySelectorAll(`.map tbody tr${state}`).length);
    byId("rows")?.toggleAttribute("hidden", !hidden);
    if (hidden) byId("rows").firstElementChild.textContent = `The filter hides ${hidden === rows ? "every row of this table" : `${hidden} of ${rows} rows`}.`;
  };

  // A key press updates only the claims. The rest of the page and the URL take equally long, because the URL affects
  // the colour of every link: they update when the typing pauses.
  const updateRest = () => {
    for (const [node, tile] of tiles) tile.classList.toggle("off", !shown.has(node));
    hideRows();
    highlightTerms();
    const query = new URLSearchParams(fieldValues()).toString();
    history.replaceState(history.state, "", (query ? `?${query}` : location.pathname) + (typed ? "" : location.hash));
  };

  const read = (query) => {
    typed = false;
    for (const field of form.elements) {
      if (field.type === "checkbox") field.checked = query.has(field.name);
      else if (field.name) field.value = query.get(field.name) ?? "";
    }
    if (query.has("turn")) form.elements.to.value = query.get("turn"); // in older links
    for (const list of form.querySelectorAll("select")) if (list.selectedIndex < 0) list.value = "";
    for (const release of form.querySelectorAll("[type=hidden]")) if (!ranks.has(release.value)) release.value = "";
    show();
  };

  const clear = () => read(new URLSearchParams());

  form.hidden = false;
  document.addEventListener("input", (event) => { if (event.target.form === form) { typed = true; show(); } });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    show();
    const first = claims.find((claim) => shown.has(claim.node.id));
    if (first) scrollToElement(first.node);
  });
  byId("near").addEventListener("click", () => read(new URLSearchParams({ q: byId("near").textContent.slice(0, -1) })));
  form.addEventListener("reset", (event) => { event.preventDefault(); clear(); });
  for (const id of ["none", "rows"]) byId(id)?.querySelector("button:last-child").addEventListener("click", clear);
  addEventListener("popstate", () => read(new URLSearchParams(location.search)));
  document.addEventListener("revealed", () => { if (terms.length) highlightTerms(); });
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
  else tell(total, {});
  if ("requestIdleCallback" in window) requestIdleCallback((idle) => buildIndex(0, idle));
  if (location.search && location.hash) dispatchEvent(new Event("hashchange"));
  else if (location.search) scrollToElement(byId("answers"));
}
