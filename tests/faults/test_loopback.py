"""Nothing but loopback: some of the real claims run where there is no other network at all."""

import os
import shutil
import subprocess
import sys

import pytest

from tests.project import PATIENCE

# Root keeps its user, of whom some servers want to know; others become root of a namespace of their own.
APART = ["unshare", "--net"] if os.geteuid() == 0 else ["unshare", "--net", "--map-root-user"]
ALONE = """
import fcntl, os, socket, struct, sys
with socket.socket() as one:
    request = struct.pack("16sh14x", b"lo", 1)  # IFF_UP
    fcntl.ioctl(one, 0x8914, request)  # SIOCSIFFLAGS
try:
    socket.create_connection(("192.0.2.1", 80), timeout=1)  # nobody's address (RFC 5737)
    sys.exit("there is a way out")
except OSError as error:
    if error.errno != 101:  # ENETUNREACH
        raise
os.execv(sys.argv[1], sys.argv[1:])
"""


@pytest.fixture
def alone():
    """What runs a command where loopback is the only network; skips where that cannot be had."""
    if not shutil.which("unshare"):
        pytest.skip("there is no unshare here")
    command = [*APART, sys.executable, "-c", ALONE]
    tried = subprocess.run([*command, sys.executable, "-c", ""], capture_output=True, text=True, timeout=PATIENCE)
    if tried.returncode:
        pytest.skip(f"no network namespace can be had: {tried.stderr.strip()[-200:]}")
    return command


def test_without_a_route(among_real_claims, alone):
    """Servers, the default port and mail do with loopback alone: what is held elsewhere is held here."""
    project = among_real_claims("top31/q18_default_port", "top24/q23_flask_mail", "top31/q15_mail_methods")
    result = project.end(project.start([*alone, *project.command("claims", "-rA")]))
    outcomes = result.parseoutcomes()

    assert outcomes["held"] >= 5
    assert "untried" not in outcomes, str(result.stdout)
