"""Blocks that are executed: what hostile ones can do outside the sandbox (nothing), and what is said of others."""

import socket
import sys
import time
import uuid
import venv
from pathlib import Path

import psutil
import pytest
from click.testing import CliRunner

from report.__main__ import main
from report.check import running, sandbox
from report.check.names import Index
from report.errors import ReportError
from tests.check.checks import SETTINGS, checked
from tests.check.fakes import Fake
from tests.project import ROOT

PYTHON = Path(sys.executable)
SPARE = 5  # seconds to start and to stop


@pytest.fixture
def run(monkeypatch):
    """Execute code in the sandbox: gives the outcome, and fails if it takes too long or leaves a process behind."""
    try:
        sandbox.require(PYTHON)
    except ReportError as error:
        pytest.skip(str(error))
    mark = uuid.uuid4().hex
    monkeypatch.setitem(sandbox.VARIABLES, "MARK", mark)
    monkeypatch.setattr(sandbox, "SECONDS", 3)

    def run(source):
        start = time.monotonic()
        outcome = sandbox.run(PYTHON, source)
        seconds = time.monotonic() - start
        assert seconds < sandbox.SECONDS + SPARE
        end = time.monotonic() + SPARE
        while left := marked(mark):
            assert time.monotonic() < end, left
            time.sleep(0.05)
        return outcome

    return run


def marked(mark):
    """The processes whose environment has the mark."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("MARK") == mark and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except psutil.Error:
            continue
    return found


HOSTILE = {
    "forks without end": (
        "import os\nwhile True:\n    try:\n        os.fork()\n    except OSError:\n        pass",
        "does not end", "",
    ),
    "fills the disk": (
        "for i in range(10 ** 6):\n    open(f'/tmp/{i}', 'wb').write(b'x' * 2 ** 20)",
        "raises", "OSError: [Errno 28] No space left on device",
    ),
    "writes one large file": (
        "with open('x', 'wb', 0) as file:\n    while True:\n        file.write(b'x' * 2 ** 20)",
        "raises", "OSError: [Errno 27] File too large",
    ),
    "fills the shared memory": ("open('/dev/shm/x', 'wb')", "raises", None),
    "fills the root folder": ("open('/x', 'wb')", "raises", None),
    "fills memory": ("x = []\nwhile True:\n    x.append(bytearray(2 ** 24))", "raises", "MemoryError"),
    "prints 1 GB": ("for i in range(1000):\n    print('x' * 10 ** 6)", "runs", ""),
    "floods what reads its result": (
        "import os\nwhile True:\n    for fd in range(64):\n        try:\n            os.write(fd, b'x' * 2 ** 16)\n"
        "        except OSError:\n            pass",
        "does not end", "",
    ),
    "sleeps for ever": ("import time\ntime.sleep(10 ** 6)", "does not end", ""),
    "computes for ever": ("while True:\n    pass", "does not end", ""),
    "waits for input": ("input()", "raises", "EOFError: EOF when reading a line"),
    "crashes": ("import os\nos.abort()", "is cut off", ""),
    "leaves processes behind": (
        "import subprocess\nfor i in range(3):\n    subprocess.Popen(['sleep', '1000'], start_new_session=True)",
        "runs", "",
    ),
    "leaves a thread behind": (
        "import threading, time\nthreading.Thread(target=time.sleep, args=[99]).start()", "runs", "",
    ),
    "kills all processes": ("import os\nos.kill(-1, 9)\nos.kill(1, 9)", None, None),
    "opens a namespace of its own": (
        "import subprocess\nsubprocess.run(['unshare', '-U', 'true'], check=True)",
        "raises", "subprocess.CalledProcessError: Command '['unshare', '-U', 'true']' returned non-zero exit status 1.",
    ),
    "lifts its limits": (
        "import resource\nresource.setrlimit(resource.RLIMIT_AS, (2 ** 33, 2 ** 33))",
        "raises", "ValueError: not allowed to raise maximum limit",
    ),
    "looks at processes": ("import os\nos.listdir('/proc')", "raises",
                           "FileNotFoundError: [Errno 2] No such file or directory: '/proc'"),
}  # fmt: skip


@pytest.mark.parametrize(("source", "result", "message"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_block_ends_in_time(run, monkeypatch, source, result, message):
    """It fails or is ended, and no process of it is left."""
    if result == "does not end":
        monkeypatch.setattr(sandbox, "SECONDS", 1)
    outcome = run(source)
    assert outcome.result == (result or outcome.result)
    assert outcome.message == (outcome.message if message is None else message)


def test_files_outside_stay(run, tmp_path):
    """Nothing outside can be deleted or changed: not even with the path."""
    kept, package, new = tmp_path / "kept.txt", Path(pytest.__file__), Path("/tmp", f"{uuid.uuid4().hex}.txt")
    kept.write_text("kept", encoding="utf-8")
    source = f"""
import os, shutil
for folder in ({str(tmp_path)!r}, {str(package.parent)!r}, "/usr/bin", "/tmp"):
    shutil.rmtree(folder, ignore_errors=True)
    try:
        open(os.path.join(folder, {new.name!r}), "w")
    except OSError:
        pass
os.remove({str(kept)!r})
"""
    assert "OSError" in run(source).kinds
    assert kept.read_text(encoding="utf-8") == "kept"
    assert [*tmp_path.iterdir()] == [kept]
    assert package.exists()
    assert Path("/usr/bin/env").exists()
    assert not any(Path(folder, new.name).exists() for folder in (package.parent, "/usr/bin", "/tmp"))


def test_the_home_is_not_written_to(run):
    """$HOME is the scratch folder, and the real one is not there."""
    name = f".{uuid.uuid4().hex}"
    source = f"from pathlib import Path\nPath.home().joinpath({name!r}).write_text('x')\n"
    assert run(source).result == "runs"
    assert "OSError" in run(f"{source}open({str(Path.home() / name)!r}, 'w')").kinds
    assert not (Path.home() / name).exists()
    assert not Path("/tmp", name).exists()


def test_secrets_are_not_there(run, monkeypatch, tmp_path):
    """Neither files of the system, the project and the home nor the environment."""
    monkeypatch.setenv("SECRET", "secret")
    (tmp_path / "secret").write_text("secret", encoding="utf-8")
    paths = ["/etc/passwd", "/etc/shadow", "/etc/hostname", "/proc/1/environ", "/sys", "/var", "/run",
             str(tmp_path / "secret"), str(ROOT / "pyproject.toml"), str(ROOT / ".git"), str(Path.home() / ".profile"),
             str(Path.home() / ".ssh")]  # fmt: skip
    source = "import os\nfound = [path for path in {} if os.path.exists(path)]\nraise ValueError(found, *os.environ)"
    assert run(source.format(paths)).message == "ValueError: ([], 'PATH', 'HOME', 'LC_ALL', 'MARK', 'PWD')"


def test_the_network_is_not_there(run):
    """A listener outside sees nobody, by either kind of address, and a name cannot be looked up."""
    abstract = f"\0{uuid.uuid4().hex}"
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.socket(socket.AF_UNIX) as other:
        other.bind(abstract)
        other.listen()
        for one in (listener, other):
            one.settimeout(0.1)
        for call in (
            f"create_connection({listener.getsockname()!r}, 1)",
            f"socket(AF_UNIX).connect({abstract!r})",
            "create_connection(('192.0.2.1', 80), 1)",
            "getaddrinfo('example.org', 80)",
        ):
            outcome = run(f"from socket import *\n{call}")
            assert (outcome.result, "OSError" in outcome.kinds) == ("raises", True)
        for one in (listener, other):
            with pytest.raises(TimeoutError):
                one.accept()


FLASK = "class Flask:\n    def __init__(self, name): pass\n    def route(self, path): {}\nrequest = None\n"
WARNS = "import warnings; warnings.warn('`route` will go.', DeprecationWarning, stacklevel=2)"


@pytest.fixture
def report(run, tmp_path):
    """Check an article with a block on two made-up Flasks: *old* and *new* are the bodies of a method."""

    def environment(name, body):
        venv.create(tmp_path / name, with_pip=False, symlinks=True)
        (packages,) = (tmp_path / name).glob("lib/python*/site-packages")
        (packages / "flask.py").write_text(FLASK.format(body), encoding="utf-8")
        return tmp_path / name / "bin" / "python"

    def report(code, old="pass", new="pass", text=""):
        article = f"# Title\n\n{text}\n\n```python\n{code}\n```\n"
        pythons = {"3.1.3": environment("new", new)}
        before = environment("old", old)
        runner = running.Runner(Index(Fake(), "3.1.3", SETTINGS), lambda release: [pythons.get(release, before)])
        return runner.run(checked(article), article)

    return report


BLOCK = 'from flask import Flask\n\napp = Flask(__name__)\napp.route("/")'


def test_what_runs_is_no_finding(report):
    """The runs are listed: on the release asked about and on the oldest that has the names."""
    done = report(BLOCK)
    assert done.findings == ()
    assert [(one.line, one.end_line, one.release, one.result) for one in done.executions] == [
        (6, 9, "3.1.3", "runs"), (6, 9, "0.12.5", "runs"),
    ]  # fmt: skip


def test_what_raises_now_is_outdated_or_an_error(report):
    """It is outdated if an older release executes it; the line is the author's, the message the exception's."""
    (one,) = report(BLOCK, new="raise RuntimeError('no')").findings
    assert (one.layer, one.verdict, one.line, one.text) == ("code", "outdated", 9, 'app.route("/")')
    assert one.message == "This line raises on flask 3.1.3: RuntimeError: no. The block runs on 0.12.5."
    assert one.until == "0.12.5"
    (one,) = report(BLOCK, "raise TypeError('no')", "raise TypeError('no')").findings
    assert (one.verdict, one.line, one.message) == ("error", 9, "This line raises on flask 3.1.3: TypeError: no.")


def test_what_warns_is_deprecated(report):
    """Only if a package of the index warns about the line."""
    (one,) = report(BLOCK, new=WARNS).findings
    assert (one.verdict, one.line) == ("deprecated", 9)
    assert one.message == "On flask 3.1.3, this line warns: `route` will go."
    assert report(f"import warnings\nwarnings.warn('x', DeprecationWarning)\n{BLOCK}").findings == ()
    assert report(BLOCK, new=WARNS.replace("2", "1")).findings == ()


SILENT = {
    "another release's trouble": (BLOCK, "raise TypeError", "pass"),
    "a missing context on every release": (BLOCK, "raise RuntimeError", "raise RuntimeError"),
    "a file that the author has": (BLOCK, "pass", "open('/none')"),
    "an exception that the article speaks of": (f"{BLOCK}  # RuntimeError", "pass", "raise RuntimeError"),
    "a variable that the author sets": (f"import os\nos.getenv('X') + 'x'\n{BLOCK}", "pass", "pass"),
    "the author's module with a name of Python's": (f"from email import send_email\n{BLOCK}", "pass", "pass"),
    "an import of a package that is not installed": (BLOCK, "pass", "import flask_wtf"),
    "a variable of an excerpt": (f"{BLOCK}\nbody = body.strip()", "pass", "pass"),
    "a guarded program": (f"{BLOCK}\nif __name__ == '__main__':\n    app.run(no=1)", "pass", "pass"),
    "an exit": (f"{BLOCK}\nraise SystemExit(1)", "pass", "pass"),
}


@pytest.mark.parametrize(("code", "old", "new"), SILENT.values(), ids=SILENT)
def test_what_is_not_certain_is_no_finding(report, code, old, new):
    """The block is executed, but what it needs may be elsewhere."""
    done = report(code, old, new)
    assert len(done.executions) == 2
    assert [one for one in done.findings if one.layer == "code"] == []


def test_a_server_does_not_end(report):
    """That is no finding, and other releases are not waited for."""
    done = report(f"{BLOCK}\nimport time\ntime.sleep(99)", new="pass")
    assert [one.result for one in done.executions] == ["does not end"]
    assert done.findings == ()


def test_a_name_that_is_gone_is_told_once(report):
    """The names layer says why the line raises; the runs show where it does not."""
    done = report("from flask import escape")
    assert [(one.layer, one.verdict) for one in done.findings] == [("name", "gone")]
    assert [(one.release, one.result) for one in done.executions] == [
        ("3.1.3", "raises"), ("2.3.3", "raises"), ("0.12.5", "raises"),
    ]  # fmt: skip


PARTS = {
    "a name that nothing binds": "app.route('/')",
    "a name that only a function binds": "def f():\n    x = 1\nx",
    "a package of others": "import celery",
    "the author's package": "from flaskr.db import get_db",
    "a relative import": "from . import db",
    "an ellipsis": "def f():\n    ...",
    "a comment that leaves something out": "x = 1  # ...",
    "a return alone": "return 1",
    "what cannot be parsed": "x = (",
    "all names of a package": "from flask import *\napp = Flask(__name__)",
}


@pytest.mark.parametrize("code", PARTS.values(), ids=PARTS)
def test_an_excerpt_is_not_executed(report, code):
    """Nothing of it."""
    assert report(code).executions == ()


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("def f():\n    global x\n    x = 1\nf()\nx", set()),
        ("class A:\n    y = 1\n    def f(self):\n        return y, __class__, __name__, __file__", {"y"}),
        ("[i for i in range(3)]\ntry:\n    import a\nexcept ValueError as e:\n    e", set()),
        ("lambda a, *b, **c: (a, b, c, d)", {"d"}),
        ("'\\d'", set()),
    ],
)
def test_unbound_names(code, names):
    """As Python's own scopes have them."""
    assert running.unbound(code) == names


@pytest.fixture
def command(tmp_path, monkeypatch):
    """`check --run` on an article, where only what is in a folder of its own is installed."""
    (tmp_path / "pyproject.toml").write_text('[tool.report]\nsubject = "flask"\n', encoding="utf-8")
    (tmp_path / "a.md").write_text(f"```python\n{BLOCK}\n```\n", encoding="utf-8")
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr("report.names.index.read", lambda path: Fake())
    monkeypatch.setattr(sandbox, "run", lambda *arguments: pytest.fail("executed"))
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(main, ["check", "a.md", *arguments])


def test_without_bubblewrap_nothing_is_executed(command, tmp_path):
    """--run is refused: with the package, or with bubblewrap's own reason."""
    done = command("--run")
    assert (done.exit_code, "Install the package `bubblewrap`" in done.output) == (2, True)
    program = tmp_path / "bin" / "bwrap"
    program.write_text("#!/bin/sh\necho 'bwrap: No permissions to create' >&2\nexit 1\n", encoding="utf-8")
    program.chmod(0o755)
    done = command("--run")
    assert (done.exit_code, "No permissions to create" in done.output) == (2, True)


def test_nothing_is_executed_by_default(command):
    """Names are looked up, and that is all."""
    assert (command().exit_code, " names looked up" in command().output) == (0, True)
