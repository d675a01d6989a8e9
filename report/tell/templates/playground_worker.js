// Python in a worker: starts Pyodide from the files in the first message, then runs a claim for each message.
// A browser starts no module worker from a file; Pyodide takes this worker for one, as it cannot import scripts.
let python;
self.importScripts = () => { throw new TypeError("the policy of the page forbids it"); };

const made = (name, content) =>
  new Response(content, { headers: { "Content-Type": name.endsWith(".wasm") ? "application/wasm" : "application/zip" } });

async function start({ files, packages, inside, info }) {
  const names = Object.keys(files);
  self.fetch = async (url) => {
    const name = names.find((each) => String(url).endsWith(`/${each}`));
    return name ? made(name, files[name]) : new Response("", { status: 404 });
  };
  const script = (name) => import(URL.createObjectURL(new Blob([files[name]], { type: "text/javascript" })));
  const { loadPyodide } = await script("pyodide.mjs");
  const { default: createPyodideModule } = await script("pyodide.asm.mjs");
  const indexURL = "https://playground.invalid/";
  python = await loadPyodide({
    createPyodideModule, indexURL, packageBaseUrl: indexURL, lockFileContents: { info, packages: {} },
    env: { HOME: "/home/reader", LC_ALL: "C.UTF-8", PYTHONHASHSEED: "0" },
  });
  python.unpackArchive(packages, "zip", { extractDir: python.runPython("import site; site.getsitepackages()[0]") });
  python.runPython("import importlib; importlib.invalidate_caches()");
  python.runPython(inside);
  return python.runPython("import sys; '.'.join(map(str, sys.version_info[:2]))");
}

function run({ claim, code, options, expression }) {
  if (expression) return python.runPython(`import json, sys; json.dumps(${expression})`);
  return python.globals.get("run")(claim, code, options);
}

onmessage = async ({ data }) => {
  try {
    postMessage({ value: data.files ? await start(data) : run(data) });
  } catch (error) {
    postMessage({ error: String(error) });
  }
};
