"use strict";
// The playground: the code of the chosen claim and of its corrections, and what running it shows.
const LIMIT = 20; // seconds for a claim
const WORDS = { held: "works", refuted: "fails", untried: "cannot run here" }; // as in marks.html
const packed = (id) => document.getElementById(id).textContent;
let worker = null;
let starting = null;
let waiting = null;
let codes = null;
let last = Promise.resolve();

async function unpacked(text) {
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip")));
}

async function allCodes() {
  codes ??= await (await unpacked(packed("codes"))).json();
  return codes;
}

function ask(message) {
  return new Promise((resolve, reject) => {
    waiting = reject;
    worker.onmessage = ({ data }) => ("error" in data ? reject(new Error(data.error)) : resolve(data.value));
    worker.onerror = (event) => reject(new Error(event.message ?? "the browser started no worker"));
    worker.postMessage(message);
  });
}

function start() {
  starting ??= (async () => {
    const { source, inside, info } = JSON.parse(packed("parts"));
    worker = new Worker(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
    const files = {};
    for (const each of document.querySelectorAll("script[data-file]"))
      files[each.dataset.file] = await (await unpacked(each.textContent)).arrayBuffer();
    const packages = await (await unpacked(packed("packages"))).arrayBuffer();
    return ask({ files, packages, inside, info });
  })();
  return starting;
}

function stop(reason) {
  worker?.terminate();
  worker = starting = null;
  waiting?.(new Error(reason));
}

// The outcome of a claim, its own test replaced by `own`. One runs after the other.
function judge(claim, own) {
  last = last.then(() => judged(claim, own));
  return last;
}

async function judged(claim, own) {
  const { before, own: written, options } = (await allCodes())[claim];
  const clock = { id: 0 };
  try {
    await start();
    clock.id = setTimeout(stop, LIMIT * 1000, `no end after ${LIMIT} seconds`);
    return JSON.parse(await ask({ claim, code: before + (own ?? written), options: JSON.stringify(options) }));
  } catch (error) {
    return { outcome: "untried", reason: error.message, evidence: [] };
  } finally {
    clearTimeout(clock.id);
  }
}

function element(name, classes, ...children) {
  const made = document.createElement(name);
  made.className = classes;
  made.append(...children);
  return made;
}

function folded(summary, content) {
  return element("details", "", element("summary", "", summary), element("samp", "", content));
}

// As `checked_assertion` in evidence.html.
function assertion({ assertion: text, failed, short, whole, derived }) {
  const values = element("dd", "", short === whole ? element("samp", "", whole) : folded(element("samp", "", short), whole));
  if (derived) values.append(folded("How pytest derived it", derived));
  return element("div", "", element("dt", failed ? "failed" : "passed", element("code", "", `assert ${text}`)), values);
}

function shown({ outcome, reason, evidence }) {
  const verdict = element("p", "verdict", element("b", `badge ${outcome}`, WORDS[outcome]));
  return [verdict, ...(reason ? [element("pre", "", reason)] : []), element("dl", "seen", ...evidence.map(assertion))];
}

function statementOf(text) {
  return text.split("`").map((part, number) => (number % 2 ? element("code", "", part) : part));
}

function panel(claim, label) {
  const made = document.getElementById("panel").content.cloneNode(true).firstElementChild;
  const [run, halt, undo] = made.querySelectorAll("button");
  const [text, result] = [made.querySelector("textarea"), made.querySelector("output")];
  const { statement, measured, own, before } = codes[claim];
  made.dataset.claim = claim;
  made.querySelector("h2").textContent = label;
  made.querySelector(".statement").replaceChildren(...statementOf(statement));
  made.querySelector(".quiet b").className = `badge ${measured}`;
  made.querySelector(".quiet b").textContent = WORDS[measured];
  made.querySelector("details pre").textContent = before.trim();
  text.setAttribute("aria-label", `The test of the ${label.toLowerCase()}`);
  text.value = own;
  text.rows = Math.min(40, own.split("\n").length + 1);
  text.oninput = () => { undo.hidden = text.value === own; };
  text.onkeydown = (event) => { if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !run.disabled) run.click(); };
  undo.onclick = () => { text.value = own; undo.hidden = true; };
  halt.onclick = () => stop("stopped");
  run.onclick = async () => {
    result.replaceChildren(starting ? "Running …" : "Starting Python, once; this takes some seconds …");
    [run.disabled, halt.hidden] = [true, false];
    result.replaceChildren(...shown(await judge(claim, text.value)));
    [run.disabled, halt.hidden] = [false, true];
  };
  return made;
}

async function choose() {
  await allCodes();
  const named = (id) => document.querySelector(`#claims a[href="#${CSS.escape(id)}"]`);
  const link = named(location.hash.slice(1)) ?? document.querySelector("#claims a[data-corrections]") ?? document.querySelector("#claims a");
  if (!link) return;
  const { claim, corrections } = link.dataset;
  const beside = JSON.parse(corrections ?? "[]");
  document.getElementById("bench").replaceChildren(panel(claim, "Claim"), ...beside.map((each) => panel(each, "Correction")));
  for (const each of document.querySelectorAll("#claims a[aria-current]")) each.removeAttribute("aria-current");
  link.setAttribute("aria-current", "true");
  link.closest("details").open = true;
  if (location.hash) document.getElementById("bench").scrollIntoView();
}

addEventListener("hashchange", choose);
choose();
