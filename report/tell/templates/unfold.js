// What is folded: a link to a place within it unfolds it; unfolded, a command gets its button, a source its colours.
{
  const PYTHON = /(?<c>#.*)|(?<s>(?:\b[rbf]{1,2})?(?:"""[^]*?"""|'''[^]*?'''|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'))|(?<d>^ *@[\w.]+)|(?<k>\b(?:and|as|assert|async|await|break|class|continue|def|del|elif|else|except|False|finally|for|from|global|if|import|in|is|lambda|None|nonlocal|not|or|pass|raise|return|True|try|while|with|yield)\b)|(?<m>\b\d[\w.]*)/gm;
  const colours = "highlights" in CSS ? (kind) => {
    if (!CSS.highlights.has(kind)) CSS.highlights.set(kind, new Highlight());
    return CSS.highlights.get(kind);
  } : null;
  const done = new WeakSet();

  const colour = (source) => {
    const text = source.firstChild;
    for (const found of text.data.matchAll(PYTHON)) {
      const kind = Object.keys(found.groups).find((name) => found.groups[name] !== undefined);
      const range = new StaticRange({
        startContainer: text, startOffset: found.index, endContainer: text, endOffset: found.index + found[0].length,
      });
      colours(kind).add(range);
    }
  };

  const copy = async (code, button) => {
    try {
      await navigator.clipboard.writeText(code.textContent);
      say("Copied");
      button.classList.add("done");
      setTimeout(() => button.classList.remove("done"), 1500);
    } catch {
      getSelection().selectAllChildren(code);
      say("Selected: copy it with your keyboard");
    }
  };

  const finish = (command) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "Copy";
    button.setAttribute("aria-label", "Copy the command");
    button.addEventListener("click", () => copy(command.firstChild, button));
    command.append(button);
  };

  const look = (details) => {
    if (!details.open || done.has(details)) return;
    done.add(details);
    reveal(details);
    for (const one of details.querySelectorAll(":scope > .command")) finish(one);
    if (colours) for (const one of details.querySelectorAll(":scope > pre")) colour(one);
  };

  const arrive = () => {
    const place = byId(decodeURIComponent(location.hash.slice(1)));
    for (let one = place?.closest("details"); one; one = one.parentElement.closest("details")) one.open = true;
    if (place && location.hash) bring(place);
  };

  document.addEventListener("toggle", (event) => look(event.target), true);
  addEventListener("hashchange", arrive);
  arrive();
}
