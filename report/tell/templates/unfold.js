// Folded parts. A link to an element unfolds its parents. Unfolding adds a copy button and syntax colours.
{
  const PYTHON = /(?<c>#.*)|(?<s>(?:\b[rbf]{1,2})?(?:"""[^]*?"""|'''[^]*?'''|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'))|(?<d>^ *@[\w.]+)|(?<k>\b(?:and|as|assert|async|await|break|class|continue|def|del|elif|else|except|False|finally|for|from|global|if|import|in|is|lambda|None|nonlocal|not|or|pass|raise|return|True|try|while|with|yield)\b)|(?<m>\b\d[\w.]*)/gm;
  const highlightOf = "highlights" in CSS ? (kind) => {
    if (!CSS.highlights.has(kind)) CSS.highlights.set(kind, new Highlight());
    return CSS.highlights.get(kind);
  } : null;
  const done = new WeakSet();

  const highlight = (source) => {
    const text = source.firstChild;
    for (const match of text.data.matchAll(PYTHON)) {
      const kind = Object.keys(match.groups).find((name) => match.groups[name] !== undefined);
      const range = new StaticRange({
        startContainer: text, startOffset: match.index, endContainer: text, endOffset: match.index + match[0].length,
      });
      highlightOf(kind).add(range);
    }
  };

  const copy = async (code, button) => {
    try {
      await navigator.clipboard.writeText(code.textContent);
      announce("Copied");
      button.classList.add("done");
      setTimeout(() => button.classList.remove("done"), 1500);
    } catch {
      getSelection().selectAllChildren(code);
      announce("Selected. Copy it with your keyboard.");
    }
  };

  const addCopyButton = (command) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "Copy";
    button.setAttribute("aria-label", "Copy the command");
    button.addEventListener("click", () => copy(command.firstChild, button));
    command.append(button);
  };

  // The URL of a line of a file, where the project has an address. Only the command of a test has its path.
  const linkLine = (details) => {
    const link = details.querySelector(":scope > p > a:not([href])");
    if (!link) return;
    const text = `${details.querySelector(":scope > .command")?.textContent ?? ""} ${link.textContent}`;
    link.href = `${byId("main").dataset.files}${/[\w./-]+\.py/.exec(text)[0]}#L${/\d+$/.exec(text)[0]}`;
  };

  // What the test uses, and what that uses in turn: copies from the list of all helpers.
  const addHelpers = (uses) => {
    const named = [...uses.children].map((link) => link.hash.slice(1));
    if (!byId(named[0])) reveal(byId("helpers").parentElement);
    const rows = new Set(named.map((id) => byId(id)));
    for (const row of rows) for (const position of row.dataset.uses?.split(" ") ?? []) rows.add(byId(`~${position}`));
    const list = document.createElement("ul");
    list.className = "helpers";
    for (const row of rows) list.appendChild(row.cloneNode(true)).removeAttribute("id");
    uses.replaceChildren("It uses:");
    uses.after(list);
  };

  const prepare = (details) => {
    if (!details.open || done.has(details)) return;
    done.add(details);
    reveal(details);
    linkLine(details);
    for (const uses of details.querySelectorAll(":scope > .uses")) addHelpers(uses);
    for (const command of details.querySelectorAll(":scope > .command")) addCopyButton(command);
    if (highlightOf) for (const source of details.querySelectorAll(":scope > pre")) highlight(source);
  };

  const openTarget = () => {
    const target = byId(decodeURIComponent(location.hash.slice(1)));
    for (let fold = target?.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    if (!target || !location.hash) return;
    if (target.matches(".claim")) {
      reveal(target);
      const evidence = target.querySelector(":scope > details.proof");
      if (evidence) evidence.open = true;
    }
    scrollToElement(target);
  };

  document.addEventListener("toggle", (event) => prepare(event.target), true);
  addEventListener("hashchange", openTarget);
  openTarget();
}
