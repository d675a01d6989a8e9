"""Making the index: look once at each package at each version, in an environment that has it."""

import json
import subprocess
import sysconfig
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from importlib.metadata import Distribution, distributions
from pathlib import Path

from packaging.utils import canonicalize_name
from packaging.version import Version

from report.errors import ReportError
from report.names import living, merging
from report.names.facts import Facts, Joiner
from report.names.store import Release, Store

LOOK_SECONDS = 300
Pair = tuple[str, str]  # package and version


@dataclass(frozen=True)
class Environment:
    """An environment with a *release* of the subject; *current*: this process runs in it."""

    release: str
    python: Path
    current: bool = False

    @property
    def site(self) -> Path:
        """The folder of its packages."""
        if self.current:
            return Path(sysconfig.get_paths()["purelib"])
        return next(iter(sorted(self.python.parent.parent.glob("lib/python*/site-packages"))))


@dataclass(frozen=True)
class Installed:
    """A package in an environment: its top-level modules, and its programs (command, module, attribute)."""

    package: str
    version: str
    roots: tuple[str, ...]
    programs: tuple[tuple[str, str, str], ...]


def installed(environment: Environment, names: Sequence[str | tuple[str, ...]], subject: str) -> dict[str, Installed]:
    """The packages *names* in an environment; the names of one package over time are one item, the newest last."""
    found: dict[str, tuple[int, Installed]] = {}
    wanted = {
        canonicalize_name(name): (canonicalize_name(group[-1]), rank)
        for group in ([item] if isinstance(item, str) else item for item in names)
        for rank, name in enumerate(group)
    }
    for distribution in distributions(path=[str(environment.site)]):
        package, rank = wanted.get(canonicalize_name(distribution.metadata["Name"]), ("", 0))
        if package and rank >= found.get(package, (0,))[0]:
            roots = tuple(sorted(top_level_modules(distribution)))
            found[package] = (rank, Installed(package, distribution.version, roots, programs(distribution, subject)))
    return {package: item for package, (_, item) in sorted(found.items())}


def top_level_modules(distribution: Distribution) -> set[str]:
    """The modules and packages that a distribution installs, without its tests."""
    paths = [path.parts for path in distribution.files or () if path.suffix == ".py"]
    packages = {parts[0] for parts in paths if len(parts) == 2 and parts[1] == "__init__.py"}
    modules = {parts[0].removesuffix(".py") for parts in paths if len(parts) == 1}
    return {name for name in packages | modules if name.isidentifier()} - {*living.SKIPPED}


def programs(distribution: Distribution, subject: str) -> tuple[tuple[str, str, str], ...]:
    """The programs of a distribution, and the commands that it adds to the subject's program.

    Instead of an entry point, an extension's `init_app` may add the groups of commands of its module `cli`.
    """
    commands = {"console_scripts": "", f"{subject}.commands": f"{subject} "}
    points = [point for point in distribution.entry_points if point.group in commands]
    found = {(commands[point.group] + point.name, point.module, point.attr) for point in points}
    if not points and canonicalize_name(distribution.metadata["Name"]).startswith(f"{subject}-"):
        modules = [path.parts for path in distribution.files or () if path.name == "cli.py" and len(path.parts) == 2]
        found |= {(f"{subject} *", f"{root}.cli", "") for root, _ in modules}
    return tuple(sorted(found))


def make(
    store: Store, environments: Sequence[Environment], names: Sequence[str | tuple[str, ...]], subject: str, jobs: int,
    say: Callable[[str], None],
) -> None:  # fmt: skip
    """Add to *store* what it lacks of the packages *names* in *environments* (oldest first).

    Raises:
        ReportError: an environment's Python does not answer.
    """
    contents = {environment: installed(environment, names, subject) for environment in environments}
    for environment, packages in contents.items():  # the last for a release counts: the one of the current release
        versions = {item.package: item.version for item in packages.values()}
        store.releases[environment.release] = Release(name=environment.release, packages=versions)
    found = look(contents, {(name, item) for name, package in store.packages.items() for item in package.versions},
                 jobs, say)  # fmt: skip
    for (package, version), facts in sorted(found.items(), key=lambda item: Version(item[0][1]), reverse=True):
        merging.add(store, package, version, facts)


def look(
    contents: dict[Environment, dict[str, Installed]], done: set[Pair], jobs: int, say: Callable[[str], None]
) -> dict[Pair, Facts]:
    """Look at each pair that is not *done*, in the first environment that can import it, else at its sources only."""
    indexed = {root for packages in contents.values() for item in packages.values() for root in item.roots}
    found: dict[Pair, Facts] = {}
    tried: set[tuple[Pair, Environment]] = set()
    with ProcessPoolExecutor(jobs) as pool:
        while tasks := planned(contents, done, tried):
            futures = {
                pool.submit(look_at, environment, items, indexed): environment for environment, items in tasks.items()
            }
            for future in as_completed(futures):
                try:
                    looked = future.result()
                except RuntimeError as error:
                    raise ReportError(f"{error}.", "Delete this environment; `history` creates it again.") from error
                for pair, facts in looked.items():
                    if pair not in found or not is_lost(facts):
                        found[pair] = facts
                    if not is_lost(facts):
                        done.add(pair)
                say(
                    f"{futures[future].release}: looked at {', '.join(item.package for item in tasks[futures[future]])}"
                )
    for (package, version), facts in sorted(found.items()):
        for module, why in sorted(facts.failed.items()):
            if "._" not in module:
                say(f"{package} {version}: {module} cannot be imported, so only its sources count ({why})")
    return found


def planned(
    contents: dict[Environment, dict[str, Installed]], done: set[Pair], tried: set[tuple[Pair, Environment]]
) -> dict[Environment, list[Installed]]:
    """For each environment what to look at there next: each pair once, and never twice in one."""
    tasks: dict[Environment, list[Installed]] = {}
    taken = set(done)
    for environment, packages in contents.items():
        for item in packages.values():
            pair = (item.package, item.version)
            if pair not in taken and (pair, environment) not in tried:
                taken.add(pair)
                tried.add((pair, environment))
                tasks.setdefault(environment, []).append(item)
    return tasks


def is_lost(facts: Facts) -> bool:
    """Whether a package could not be imported at all."""
    return any("." not in module for module in facts.failed)


def look_at(environment: Environment, items: Iterable[Installed], indexed: set[str]) -> dict[Pair, Facts]:
    """What the packages *items* have in an environment.

    Raises:
        RuntimeError: its Python does not answer.
    """
    from report.names import static  # needs griffe, which only whoever makes the index installs

    items = list(items)
    question = {item.package: {"roots": item.roots, "programs": item.programs} for item in items}
    command = [str(environment.python), "-I", "-B", living.__file__]
    done = subprocess.run(  # noqa: S603
        command, input=json.dumps(question), capture_output=True, text=True, check=False, timeout=LOOK_SECONDS
    )
    if done.returncode:
        why = " ".join(done.stderr.split())[-300:]
        raise RuntimeError(f"{environment.python} does not answer: {why}")
    answer = json.loads(done.stdout)
    return {
        (item.package, item.version): Joiner(
            answer[item.package], static.read([*item.roots], environment.site), [*item.roots], indexed
        ).join()
        for item in items
    }


def sizes(content: Store) -> Iterator[str]:
    """A line for each package: its versions, and how many names it has had; and a line with the sums."""
    names = dict.fromkeys(sorted(content.packages), 0)
    for (package, _), owner in content.owners.items():
        names[package] += 1 + sum(1 + len(member.parameters) for member in owner.members.values())
    for package, count in names.items():
        yield f"{package:18} {len(content.packages[package].versions):3} versions  {count:6} names"
    versions = sum(len(package.versions) for package in content.packages.values())
    yield f"{len(names)} packages, {versions} versions, {sum(names.values())} names"
