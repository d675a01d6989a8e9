"""Executes code of strangers in a sandbox of bubblewrap, or not at all.

The code sees the interpreter, its packages and /usr, read-only, and an empty folder of limited size; no network, no
other process, no /proc, and of the home and the project only what the interpreter needs. `inside.py` sets the limits of
its memory and time. Nothing limits the number of root's processes: in root's sandbox a user of its own runs the code,
below a root folder of its own, which the kernel lets make no further namespace.

Considered: firejail (runs as root), nsjail (not in Debian stable), containers (need a daemon and images), control
groups (not there for every user): so the sandbox can take the memory of each process, times their number.
"""

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from report.check.model import Result
from report.errors import ReportError
from report.measure import commands

SECONDS = 10
OUTPUT = 2**16  # bytes
SCRATCH = ("/tmp", str(2**25))  # noqa: S108 (where, in the sandbox, and bytes)
INSIDE = Path(__file__).with_name("inside.py")
SYSTEM = ("/usr", "/bin", "/lib", "/lib64", "/etc/ld.so.cache")
VARIABLES = {"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "HOME": SCRATCH[0], "LC_ALL": "C.UTF-8"}
SHARED = ("--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try")
CAPABILITIES = ("CAP_SETUID", "CAP_SETGID", "CAP_SYS_CHROOT")  # with which `chroot` becomes the user of its own
FIRST_USER = 2_000_000_000  # of the users that nobody has; its processes are counted by themselves


class Outcome(msgspec.Struct, frozen=True):
    """What became of a block: what it raised (*message*) in which of its lines, and each warning that it caused.

    *kinds*: the classes of the exception and of what led to it; *module*: what an import did not find. *warned*: line,
    module that warns, and message. Code of strangers can say anything here.
    """

    result: Result
    message: str = ""
    line: int = 1
    kinds: tuple[str, ...] = ()
    module: str = ""
    warned: tuple[tuple[int, str, str], ...] = ()


def require(python: Path) -> None:
    """Raise a ReportError if there is no bubblewrap, or if it cannot make a sandbox here."""
    if not shutil.which("bwrap"):
        hint = "Install the package `bubblewrap`; without it, no code of an article is executed."
        raise ReportError("`--run` needs bubblewrap, which is not installed.", hint)
    done = commands.run([*command(python)], SECONDS, env=VARIABLES, input="")
    if done.returncode:
        hint = "Containers may forbid it. No code of an article is executed outside a sandbox."
        raise ReportError(f"bubblewrap cannot make a sandbox here: {commands.shortened(done.stderr)}.", hint)


def run(python: Path, source: str) -> Outcome:
    """Execute *source* with an interpreter in a sandbox of its own; nothing of it remains, and it ends in time."""
    with tempfile.TemporaryFile() as output:  # inside, a file is limited, which a pipe is not
        pipes: dict[str, Any] = {"input": source.encode(), "stdout": output, "stderr": subprocess.DEVNULL}
        ended = False
        with contextlib.suppress(subprocess.TimeoutExpired):  # which kills bubblewrap, and so all that it has started
            subprocess.run([*command(python)], env=VARIABLES, timeout=SECONDS, check=False, **pipes)  # noqa: S603
            ended = True
        output.seek(0)
        with contextlib.suppress(msgspec.DecodeError):
            return msgspec.json.decode(output.read(OUTPUT), type=Outcome)
    return Outcome("is cut off" if ended else "does not end")


def command(python: Path) -> Iterator[str]:
    """The command that executes what it reads with an interpreter in a sandbox."""
    is_root = os.geteuid() == 0
    base, prefix, *folders = interpreter(python)
    top = "/jail" if is_root else ""
    if choom := shutil.which("choom"):
        yield from (choom, "-n", "1000", "--")  # if memory runs short, the kernel ends the sandbox first
    yield from (shutil.which("bwrap") or "bwrap", "--die-with-parent", "--new-session", *SHARED, "--cap-drop", "ALL")
    if is_root:
        yield from (part for one in CAPABILITIES for part in ("--cap-add", one))
        yield from (part for one in SYSTEM for part in ("--ro-bind-try", one, one))
    else:
        yield from ("--unshare-user", "--disable-userns")
    yield from ("--perms", "0755", "--dir", f"{top}/")
    yield from ("--perms", "1777", "--size", SCRATCH[1], "--tmpfs", f"{top}{SCRATCH[0]}")
    for path in filter(os.path.exists, dict.fromkeys((*SYSTEM, base, *folders))):
        for parent in reversed(Path(f"{top}{path}").parents[:-1]):
            yield from ("--perms", "0755", "--dir", str(parent))
        yield from ("--ro-bind", path, f"{top}{path}")
    yield from ("--ro-bind", str(INSIDE), f"{top}/inside.py", "--dev", f"{top}/dev", "--remount-ro", f"{top}/dev")
    yield from ("--remount-ro", "/", "--chdir", "/")
    if is_root:
        user = str(FIRST_USER + os.getpid())
        yield from ("chroot", f"--userspec={user}:{user}", "--groups=", top)
    cached = f"{prefix}/bytecode"
    yield from (str(python), "-I", "-B", *(("-X", f"pycache_prefix={cached}") if Path(cached).is_dir() else ()))
    yield "/inside.py"


@cache
def interpreter(python: Path) -> tuple[str, ...]:
    """The folders of an interpreter: its base, its environment, and those of the two that it needs."""
    done = commands.run([str(python), "-I", "-c", "import sys; print(sys.base_prefix, sys.prefix, sep='\\n')"], SECONDS)
    if done.returncode:
        raise ReportError(f"{python} does not start: {commands.shortened(done.stderr)}.", "Delete its environment.")
    base, prefix = done.stdout.splitlines()
    parts = [f"{prefix}/{name}" for name in ("bin", "lib", "lib64", "pyvenv.cfg", f"bytecode{prefix}")]
    return base, prefix, str(python.resolve().parents[1]), *parts
