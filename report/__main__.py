"""The command line: `python -m report`."""

import os
import signal
import sys
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import click

from report import context, explanation, settings
from report.errors import ReportError, UnknownClaimError
from report.files import write_whole
from report.judge import articles, results
from report.measure import attribution, environments, kills, ledger, merging, releases, runs
from report.measure import history as measured
from report.model import EnvironmentName
from report.tell import FORMS, write_form
from report.tell import diff as differences
from report.tell.progress import Progress, SearchProgress


class Commands(click.Group):
    """A group whose errors are one sentence and one hint, and which exits with 2 on them."""

    def invoke(self, context: click.Context) -> Any:
        """Run the command that was asked for."""
        try:
            return super().invoke(context)
        except (ReportError, OSError) as error:
            click.secho(f"report: {error}", fg="red", err=True)
            raise click.exceptions.Exit(2) from error
        except KeyboardInterrupt:
            click.secho("Interrupted; what was finished is kept.", err=True)
            raise click.exceptions.Exit(130) from None


class Shard(click.ParamType[tuple[int, int]]):
    """One of N equal parts, written K/N."""

    name = "K/N"

    def convert(self, value: Any, param: click.Parameter | None, context: click.Context | None) -> tuple[int, int]:
        """The part and the number of parts."""
        part, slash, parts = str(value).partition("/")
        if not (slash and part.isdigit() and parts.isdigit() and 1 <= int(part) <= int(parts)):
            self.fail(f"{value!r} is no part of a whole; write 1/3, 2/3 and 3/3.", param, context)
        return int(part), int(parts)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Check articles by execution: measure claims, judge answers, tell who needs to know.

    The main job itself is `pytest claims`. These commands stand around it.
    """


@main.command()
@click.option("--releases", "versions", metavar="V[,V…]", default="", help="Only these releases.")
@click.option("--claims", "keyword", metavar="EXPRESSION", help="Only these claims (as pytest's -k).")
@click.option(
    "--jobs",
    type=click.IntRange(1),
    default=os.cpu_count() or 1,
    show_default="the cores",
    help="Releases run at once.",
)
@click.option("--all", "again", is_flag=True, help="Run every cell, known or not.")
@click.option("--dry-run", is_flag=True, help="Only tell what would run, and why.")
@click.option("--shard", type=Shard(), default="1/1", help="Only this part of the releases (for several machines).")
@click.option("--into", type=click.Path(path_type=Path), help="Write into this file instead of the ledger.")
def history(
    versions: str, keyword: str | None, jobs: int, again: bool, dry_run: bool, shard: tuple[int, int], into: Path | None
) -> None:
    """Run the claims on every release of the data file, and write what they did into the ledger.

    Only cells that are missing or stale run: an outcome is good for one text of its claim and one stack.
    Ctrl-C keeps what is finished; the next call goes on from there.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    where = settings.read(Path.cwd())
    with ThreadPoolExecutor(1) as meanwhile:
        collected = meanwhile.submit(runs.collect, where, keyword)  # a second of another process
        known = merging.over(ledger.read(where.ledger), ledger.read(into) if into else ledger.Ledger())
        lanes = lanes_of(where, list(filter(None, versions.split(","))))
        claims = collected.result()
    part, parts = shard
    tasks = measured.plan(known, lanes[part - 1 :: parts], claims, again)
    with Progress([(task.lane.name, len(task.claims), task.why) for task in tasks], dry_run) as progress:
        faults = [] if dry_run else measured.History(where, progress.step, into).run(tasks, jobs)
    if keyword is None and into is None and not dry_run:
        forget_all_but(where, [claim.id for claim in claims])
    for fault in faults:
        click.secho(fault, fg="red", err=True)
    sys.exit(1 if faults else 0)


def lanes_of(where: settings.Settings, versions: list[str]) -> list[measured.ReleaseEnvironment]:
    """The releases to run; where a candidate is installed in the place of the current one, that is said."""
    try:
        installed = version(where.subject)
    except PackageNotFoundError as error:
        raise ReportError(f"{where.subject} is not installed.", "Run it as `uv run python -m report …`.") from error
    found = measured.lanes(where, environments.here(where), installed, versions)
    current = [lane for lane in found if lane.current]
    if current and all(lane.stack for lane in current):
        newest = current[0].release.version
        click.echo(
            f"{where.subject} {installed} is installed here: of {newest}, the main job's outcomes stand.", err=True
        )
    return found


def forget_all_but(where: settings.Settings, claims: list[str]) -> None:
    """Drop from the ledger the claims and the environments that are no more."""
    with ledger.updating(where.ledger):
        known = ledger.read(where.ledger)
        kept = ledger.only(known, claims)
        for name in measured.gone(where, known):
            kept = ledger.without(kept, name)
        if kept != known:
            ledger.write(where.ledger, kept)


@main.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
def merge(files: tuple[Path, ...]) -> None:
    """Merge what several machines measured (history --shard K/N --into FILE) into the ledger.

    Results that contradict each other are refused, by name, and nothing is written.
    """
    where = settings.read(Path.cwd())
    together = merging.union(ledger.read(file) for file in files)
    with ledger.updating(where.ledger):
        ledger.write(where.ledger, merging.over(ledger.read(where.ledger), together))
    click.echo(f"{len(together.entries)} claims in {len(together.environments)} environments: {where.ledger}")


@main.command()
@click.argument("claim")
def why(claim: str) -> None:
    """Explain where CLAIM (its id, or a part of it) changes: the boundary, the evidence, and whose doing it is.

    Where other packages change at the same boundary, the claim is run on the older release beside the newer packages
    and the reverse, and then beside each of them alone.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # an experiment's environment goes with it
    where = settings.read(Path.cwd())
    known = ledger.read(where.ledger)
    entries = [entry for name, entry in known.entries.items() if claim in name]
    exact = [entry for entry in entries if entry.claim == claim]
    if len(exact or entries) != 1:
        raise UnknownClaimError(claim, [entry.claim for entry in entries])
    entry = (exact or entries)[0]
    chosen = releases.chosen(where.releases)
    for line in explanation.beginning(entry, chosen, known):
        click.echo(line)
    boundaries = attribution.boundaries(entry, chosen)
    if not boundaries:
        click.echo("No release changes it: it did the same wherever it was tried.")
    for boundary in boundaries:
        click.echo(explanation.boundary(boundary))
        click.echo(explanation.finding(attribution.Inquiry(where, boundary).find()))


@main.command("falsify")
@click.option("--claims", "keyword", metavar="EXPRESSION", help="Only these claims (as pytest's -k).")
@click.option("--within", default="", metavar="PATH", help="Only change files whose path has this in it.")
@click.option(
    "--jobs", type=click.IntRange(1), default=2, show_default=True, help="Modules that are worked on at once."
)
@click.option("--budget", type=click.FloatRange(1), default=60, show_default=True, help="Seconds for each claim.")
@click.option("--all", "again", is_flag=True, help="Look anew for what sabotage has refuted before, too.")
@click.option("--dry-run", is_flag=True, help="Only tell which claims would be worked on.")
@click.option("--check", is_flag=True, help="Only tell what is known; exit with 1 if a claim was not seen to fail.")
def falsify_command(
    keyword: str | None, within: str, jobs: int, budget: float, again: bool, dry_run: bool, check: bool
) -> None:
    """Find for each claim something that refutes it: a release, or else sabotage of the installed packages.

    What is known of a claim is kept for as long as its test stands. Ctrl-C keeps what is finished; the next call goes
    on from there. Exits with 1, and names them, if there are claims that nothing refutes.
    """
    from report.mutation import search  # which imports pytest

    signal.signal(signal.SIGTERM, signal.default_int_handler)
    where = settings.read(Path.cwd())
    claims = runs.collect(where, None)
    chosen = runs.collect(where, keyword) if keyword else claims
    wanted = kills.wanted(where, chosen, again)
    if dry_run:
        click.echo("\n".join(one.id for one in wanted) or "Nothing to do: every claim was seen to fail, or is excused.")
        return
    faults: list[str] = []
    if wanted and not check:
        with SearchProgress(len(wanted)) as hunted:
            looking = search.MutationSearch(where, hunted.step, budget, within, hunted.traced)
            faults = looking.run(wanted, claims, jobs)
        click.echo(f"{looking.tried} changes tried.")
    if not (keyword or check):
        kills.forget_all_but(where, claims)
    counted = kills.count(where, chosen)
    click.echo(str(counted))
    for fault in [*faults, *(f"not seen to fail: {claim}" for claim in counted.unseen)]:
        click.secho(fault, fg="red", err=True)
    sys.exit(1 if counted.unseen or faults else 0)


@main.command()
@click.argument("article")
@click.option("--open", "only_open", is_flag=True, help="Only the sentences that are not accounted for.")
def sentences(article: str, only_open: bool) -> None:
    """List the sentences of ARTICLE (from a copy at hand): question, hash, what it states, and the text.

    For whoever keeps sentences.toml, which maps each hash to claims or to the reason why it states none.
    """
    where = settings.read(Path.cwd())
    about = {one.id: one for one in articles.read(where.claims)}.get(article)
    if about is None:
        raise ReportError(f"There is no article {article!r} in {where.claims}.", "Its folder has a sentences.toml.")
    copy = where.articles / f"{article}.txt"
    if not copy.exists():
        raise ReportError(
            f"There is no copy of {article} at {copy}.", "Put one there, or name its folder: ARTICLES_DIR."
        )
    for one in articles.sentences(copy.read_text(encoding="utf-8"), about):
        account = about.accounts.get(one.question, {}).get(one.hash)
        told = "; ".join(filter(None, (", ".join(account.claims), account.reason))) if account else "NOT ACCOUNTED FOR"
        if account is None or not only_open:
            click.echo(f"q{one.question:02} {one.hash} [{told}] {one.text}")


@main.command("releases")
@click.option("--new", is_flag=True, help="Only tell what the package index has that the data file lacks.")
@click.option("--refresh", is_flag=True, help="Ask the package index what is new, and add it to the data file.")
@click.option("--add", "version", metavar="VERSION", help="Add this release: its stack, its outcomes, what turns.")
@click.option(
    "--from", "wheel", metavar="WHEEL", help="Add the release that this wheel holds.",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
)  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path), default="out", show_default=True, help="Where --add writes.")
def releases_command(new: bool, refresh: bool, version: str | None, wheel: Path | None, out: Path) -> None:
    """List the releases, their dates and their stacks, and how many outcomes the ledger lacks.

    A release is added by one command: it is looked up, given the stack of its line (a new line gets one of its own,
    resolved and pinned with hashes), tried, and measured; what it turns is told, and its results are written, as
    before.json and after.json, for `diff` and `render`. Nothing is written where it does not work beside its stack.
    """
    where = settings.read(Path.cwd())
    if version or wheel:
        sys.exit(add(where, version, wheel, out))
    known = releases.read(where.releases)
    if new or refresh:
        found = releases.refreshed(known, where.subject)
        for one in found[len(known) :]:
            click.echo(one.version if new else f"new: {one.version} ({one.released})")
        if new:
            return
        releases.write(where.releases, found)
        known = found
    lacking = lacks(ledger.read(where.ledger))
    for one in known:
        told = f"{lacking(one.version)} not measured" if one.stack and lacking(one.version) else ""
        click.echo(f"{one.version:8} {one.released}  {one.stack or '–':6} {told}".rstrip())


def add(where: settings.Settings, version: str | None, wheel: Path | None, out: Path) -> int:
    """Add a release, tell what it turns, and write both results; gives the exit code."""
    from report import new_release

    added = new_release.add(where, version, wheel, os.cpu_count() or 1)
    results.write(out / "before.json", added.old)
    results.write(out / "after.json", added.new)
    for line in new_release.in_words(added):
        click.echo(line)
    for fault in added.faults:
        click.secho(fault, fg="red", err=True)
    return 1 if added.faults else 0


def lacks(known: ledger.Ledger) -> Callable[[str], int]:
    """How many claims of the ledger a release has no outcome of, in none of its environments."""
    had = Counter(
        name
        for entry in known.entries.values()
        for name in {EnvironmentName.parse(cell).release for cell in entry.cells}
    )
    return lambda version: len(known.entries) - had[version]


@main.command()
@click.argument("file", type=click.Path(path_type=Path), default="out/results.json")
@click.option("--to", "forms", type=click.Choice([*FORMS]), multiple=True, help="Only this form (may be repeated).")
@click.option("--out", type=click.Path(path_type=Path), default="out", show_default=True, help="Where to write.")
def render(file: Path, forms: tuple[str, ...], out: Path) -> None:
    """Make the report, the errata and the other forms again from results.json, without running a claim.

    The articles' own text is shown where a copy is at hand. The same result gives the same bytes.
    """
    result = results.read(file)
    known = context.read(settings.read(Path.cwd()), result)
    written = [path for form in forms or FORMS for path in write_form(form, out, result, known)]
    for path in written if forms else written[:1]:
        click.echo(path)


@main.command()
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path), default="out/results.json")
@click.option("--html", type=click.Path(path_type=Path), metavar="FILE", help="Write it as a page, too.")
def diff(old: Path, new: Path, html: Path | None) -> None:
    """Tell what changed between two runs: marks, verdicts, outcomes, corrections, claims.

    OLD and NEW are each a results.json.
    """
    found = differences.compare(results.read(old), results.read(new))
    for line in differences.to_text(found):
        click.echo(line)
    if html:
        write_whole(html, differences.to_html(found))


if __name__ == "__main__":
    main(prog_name="python -m report")
