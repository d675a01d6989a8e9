"""The history on a Dask cluster: two workers on loopback, of which one is killed, or both, or none."""

import importlib.util
import json
import signal
import sys

import pytest

from report import settings
from report.measure import engine, ledger
from tests.measure.test_runs import ALL, LAST, MODULE, QUICK, TWO, WAITING, WAITS, cells
from tests.past import NEW, OLD
from tests.project import digest, until

pytestmark = pytest.mark.skipif(
    not importlib.util.find_spec("distributed"),
    reason="needs Dask: `uv run --extra cluster pytest tests/measure/test_cluster.py`",
)
DEADLY = WAITING.replace("import time\n", "import os\nimport time\n").replace(
    'Path("started").touch()', "os.kill(os.getppid(), 9)"
)
LOCAL = ("--host", "127.0.0.1", "--no-dashboard")


class Cluster:
    """A scheduler, and workers, each a process of its own, in the folder of a project."""

    def __init__(self, project):
        self.project, file = project, project.root / "scheduler.json"
        self.processes = [self.start("scheduler", "--port", "0", "--scheduler-file", str(file))]
        until(lambda: file.exists() and file.read_text())
        self.address = json.loads(file.read_text())["address"]

    def start(self, *arguments):
        """Start a part of the cluster."""
        return self.project.start([sys.executable, "-m", "dask", *arguments, *LOCAL])

    def add_worker(self):
        """Start a worker."""
        process = self.start("worker", self.address, "--nthreads", "1", "--no-nanny")
        self.processes.append(process)
        return process

    def history(self, *arguments):
        """Start a history on the cluster."""
        return self.project.start_report("history", "--scheduler", self.address, *arguments)

    def end(self):
        """End all processes."""
        for process in reversed(self.processes):
            process.kill()
            self.project.end(process)


@pytest.fixture
def cluster(history):
    """A scheduler with two workers, in a project with a claim that waits where there is a file `wait`."""
    history.write(MODULE, WAITING)
    cluster = Cluster(history)
    cluster.add_worker()
    cluster.add_worker()
    yield cluster
    (history.root / "wait").unlink(missing_ok=True)
    cluster.end()
    until(lambda: not history.processes())


def wait_for_the_claim(cluster, process):
    """Wait until the claim waits; return the worker that runs it."""
    started = cluster.project.root / "started"
    until(lambda: started.exists() or process.poll() is not None)
    (run,) = [each for each in cluster.project.processes() if f"-{NEW.version}.txt" in each.cmdline()[-1]]
    return run.parent()


def test_a_killed_worker_changes_nothing(cluster, past, tmp_path):
    """A task whose worker is killed in the middle runs on the other one, and the ledger is that of threads."""
    threads = past.copy(tmp_path / "threads")
    threads.write(MODULE, WAITING)
    assert threads.report("history", "--all").ret == 0
    (cluster.project.root / "wait").touch()
    process = cluster.history("--all")
    wait_for_the_claim(cluster, process).kill()
    (cluster.project.root / "wait").unlink()
    result = cluster.project.end(process)

    assert (result.ret, result.errlines) == (0, [])
    assert digest(cluster.project.ledger) == digest(threads.ledger)


def test_a_task_that_ends_two_workers_is_untried(cluster):
    """It is named with the reason, exit 1, and the third worker finishes the others."""
    cluster.project.write(MODULE, DEADLY)
    (cluster.project.root / "wait").touch()
    cluster.add_worker()
    process = cluster.history(*TWO, "--claims", "is_quick or waits or is_last")
    result = cluster.project.end(process)

    assert result.ret == 1
    assert result.errlines == [f"{NEW.version}: untried: 3 claims, {QUICK} … {LAST}: their task ended two workers"]
    assert cells(cluster.project) == {name: [OLD.version] for name in ALL}


def test_an_interrupted_history_on_a_cluster(cluster):
    """Ctrl-C ends the task on its worker and keeps what it had finished; the workers stay for the next call."""
    project = cluster.project
    (project.root / "wait").touch()
    process = cluster.history(*TWO)
    wait_for_the_claim(cluster, process)
    process.send_signal(signal.SIGINT)
    result = project.end(process)

    assert (result.ret, result.errlines) == (130, ["Interrupted; finished work is saved."])
    assert cells(project) == {QUICK: [OLD.version, NEW.version], WAITS: [OLD.version], LAST: [OLD.version]}
    until(lambda: not [each for each in project.processes() if each.children()])
    (project.root / "wait").unlink()
    result = project.end(cluster.history(*TWO))
    assert (result.ret, result.outlines[0]) == (0, f"{NEW.version:10} 2 cells: 2 not measured yet")
    assert cells(project) == {name: [OLD.version, NEW.version] for name in ALL}


def test_other_code_at_a_worker_is_refused(cluster, past, tmp_path):
    """Where a worker has other claims, its outcomes would be of other tests: nothing runs, exit 2."""
    other = past.copy(tmp_path / "other")
    before = digest(other.ledger)
    result = other.report("history", "--all", "--scheduler", cluster.address)

    assert result.ret == 2
    (line,) = result.errlines
    assert line.startswith("report: Other claims or settings than here are at tcp://127.0.0.1:")
    assert digest(other.ledger) == before


def test_no_scheduler(history, monkeypatch):
    """Where no scheduler answers, that is said in one line, exit 2."""
    monkeypatch.setattr(engine, "CONNECT_SECONDS", 1)
    config = settings.read(history.root)

    with pytest.raises(engine.ReportError, match=r"The scheduler tcp://127\.0\.0\.1:1 does not answer"):
        engine.Cluster(config, "tcp://127.0.0.1:1", lambda *progress: None)
    assert ledger.read(history.ledger).entries
