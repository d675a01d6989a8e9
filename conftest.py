"""What holds for claims and tests alike: the recorder, how a claim is found, and the guards."""

import inspect
import ipaddress
import os
import sys

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.internal.conjecture import providers

pytest_plugins = ["report.probe.plugin"]

# Deterministic, so that an outcome can be compared; an app for each example would only cost time.
ALIKE = {
    "derandomize": True,
    "database": None,
    "deadline": None,
    "phases": [Phase.explicit, Phase.generate, Phase.target, Phase.shrink],  # no explanations: they name lines
    "report_multiple_bugs": False,  # two counterexamples would hide the frame in which each was found
    "suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
}
# Hypothesis draws constants from whichever modules are loaded: examples would differ with the selection of tests.
if hasattr(providers, "_get_local_constants"):
    providers._get_local_constants = providers.Constants
settings.register_profile("claims", max_examples=50, **ALIKE)
settings.register_profile("history", max_examples=25, **ALIKE)
# Other examples each time, and more of them; the output says how to reproduce a failure.
settings.register_profile("fresh", max_examples=500, **{**ALIKE, "derandomize": False, "print_blob": True})
settings.load_profile("claims")

CLAIM_MARKS = {"claim", "corrects"}


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config):
    """Run whole folders with a worker for each core, and what somebody picks out of them in one process."""
    if os.environ.get("PYTEST_XDIST_AUTO_NUM_WORKERS"):
        return None  # pytest-xdist heeds it
    picked = config.option.keyword or config.option.markexpr or config.option.capture == "no"
    return 0 if picked or not all(map(os.path.isdir, config.args)) else os.cpu_count()


def pytest_pycollect_makeitem(collector, name, obj):
    """Collect what bears a claim's mark where it is defined, whatever its name."""
    if not inspect.isfunction(obj):  # and not `getattr(obj, …)` at once: Flask's proxies would answer
        return None
    if not CLAIM_MARKS & {mark.name for mark in getattr(obj, "pytestmark", ())}:
        return None
    here = obj.__module__ == collector.obj.__name__
    return list(collector._genfunctions(name, obj)) if here else []


def only_loopback(event, args):
    """Refuse a connection, a listener or a look-up that is not loopback's (a `sys.addaudithook`)."""
    if event in ("socket.connect", "socket.bind", "socket.sendto"):
        address = args[1]
        host = address[0] if isinstance(address, tuple) else None
    elif event == "socket.getaddrinfo":
        host = args[0]
    else:
        return
    if host is not None and not is_loopback(host):
        raise PermissionError(f"claims and tests speak to loopback only, not to {host!r}")


def is_loopback(host):
    """Tell whether *host*, a name or an address, is this machine's loopback."""
    host = host.decode() if isinstance(host, bytes) else str(host)
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


sys.addaudithook(only_loopback)


@pytest.fixture(autouse=True)
def _same_environment(monkeypatch):
    """Start each test without the settings that Flask reads from the environment."""
    for name in list(os.environ):
        if name.startswith(("FLASK_", "WERKZEUG_")):
            monkeypatch.delenv(name)
