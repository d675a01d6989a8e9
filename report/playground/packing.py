"""What the playground has inside: Pyodide from npm, the installed packages, and the code that runs a claim."""

import base64
import functools
import gzip
import io
import json
import os
import re
import zipfile
from collections.abc import Collection, Iterator, Mapping
from importlib import metadata
from pathlib import Path

from report.errors import ReportError
from report.measure import commands, sources
from report.probe.fingerprint import reachable

PYODIDE = "314.0.7"  # Python 3.14
RUNTIME = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json")
COMPILED = ("hypothesis",)  # what has a wheel for Pyodide on the package index, and does not work without
INSIDE = ("report/playground/inside.py", "run")
LEFT_OUT = re.compile(
    r"(^|/)(\.\.|__pycache__|tests?|testing/tests)/"
    r"|\.(so|pyc|pyi|c|pyx|h|mo|po|pot|dat|js|css|map|ttf|eot|svg|png|gif|woff2?)$"
)
SECONDS = 300  # for a download


def runtime(history: Path) -> Mapping[str, bytes]:
    """Pyodide's files by name; npm puts them below *history* if they are not there.

    Raises:
        ReportError: npm is missing, or cannot get them.
    """
    folder = history / f"pyodide-{PYODIDE}"
    package = folder / "node_modules" / "pyodide"
    if not (package / RUNTIME[-1]).exists():
        folder.mkdir(parents=True, exist_ok=True)
        options = ["--no-save", "--ignore-scripts", "--prefix", str(folder)]
        download(["npm", "install", *options, f"pyodide@{PYODIDE}"], "Install Node and npm.")
    return {name: (package / name).read_bytes() for name in RUNTIME}


def wheels(history: Path, info: Mapping[str, str], pins: Mapping[str, str]) -> Iterator[Path]:
    """The wheels of COMPILED for the Pyodide of *info*, in the versions of *pins*; raises as `runtime`, of uv."""
    folder = history / f"pyodide-{PYODIDE}" / "wheels"
    for name in COMPILED:
        if name in pins and not [*folder.glob(f"{name}-{pins[name]}-*")]:
            platform = ["--platform", f"pyemscripten_{info['abi_version']}_wasm32", "--only-binary=:all:"]
            python = ["--python-version", info["python"].rpartition(".")[0], "--no-deps", "--dest", str(folder)]
            command = [os.environ.get("UV", "uv"), "tool", "run", "--no-config", "pip", "download", *platform, *python]
            download([*command, f"{name}=={pins[name]}"], "Take its name out of COMPILED if it has no such wheel.")
        yield from folder.glob(f"{name}-{pins.get(name)}-*")


def download(command: list[str], hint: str) -> None:
    """Run a command that downloads its last argument; raises ReportError if it fails."""
    try:
        done = commands.run(command, SECONDS)
    except OSError as error:
        raise ReportError(f"{command[0]} did not start: {error}.", hint) from error
    if done.returncode:
        raise ReportError(f"{command[0]} did not get {command[-1]}: {commands.shortened(done.stderr)}.", hint)


def archive(distributions: Collection[str], compiled: Collection[Path]) -> bytes:
    """A zip of the files of installed *distributions*, or of *compiled* wheels. The same files give the same bytes."""
    files = {}
    for name in distributions:
        for each in metadata.files(name) or ():
            if not LEFT_OUT.search(each.as_posix()):
                files[each.as_posix()] = Path(str(each.locate())).read_bytes()
    for wheel in compiled:
        if wheel.name.partition("-")[0] in distributions:
            with zipfile.ZipFile(wheel) as opened:
                files |= {name: opened.read(name) for name in opened.namelist()}
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as packed:  # not compressed: the page compresses it whole
        for path, content in sorted(files.items()):
            packed.writestr(zipfile.ZipInfo(path), content)
    return made.getvalue()


def inside(root: Path) -> str:
    """The source of what runs a claim in the browser, as one file."""
    file = root / INSIDE[0]
    flat = sources.flatten(file, reachable([(file, INSIDE[1])], root), root)
    start = ["from __future__ import annotations", flat.imports, 'FILES = "."']
    return "\n\n\n".join([*start, *flat.sections.values()])


@functools.cache  # pages are rendered until no claim fails for want of a distribution
def encoded(content: bytes) -> str:
    """Compressed, as text."""
    return base64.b64encode(gzip.compress(content, 6, mtime=0)).decode()


def info(files: Mapping[str, bytes]) -> Mapping[str, str]:
    """What Pyodide's lock file says of itself, such as its `python` and its `abi_version`."""
    found: Mapping[str, str] = json.loads(files["pyodide-lock.json"])["info"]
    return found
