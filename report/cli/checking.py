"""The command `check`: an article that has no claims yet."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from report import settings
from report.check.model import VERDICTS
from report.cli import main
from report.errors import ReportError
from report.files import write_whole

if TYPE_CHECKING:
    from collections.abc import Callable

    from report.check.command import Checked

FAIL_ON = "gone,never,error,wrong"


@main.command("check")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@click.option("--to", "form", type=click.Choice(["text", "json", "md", "html", "sarif"]), default="text",
              show_default=True, help="The form of the findings.")  # fmt: skip
@click.option("-o", "--out", type=click.Path(path_type=Path, dir_okay=False), help="Write them to this file.")
@click.option("--flask", "--release", "release", metavar="VERSION", help="Ask as of this release, such as 2.3.")
@click.option("--diff", "only_diff", is_flag=True, help="Print the safe fixes as a unified diff.")
@click.option("--fix", is_flag=True, help="Apply the safe fixes to the files.")
@click.option("--suggest", is_flag=True, help="Also list up to five statements that each sentence may make.")
@click.option("--run", "execute", is_flag=True, help="Also execute the code, in a sandbox (needs bubblewrap).")
@click.option("--fail-on", default=FAIL_ON, show_default=True, metavar="VERDICTS", help="Exit with 1 if one is found.")
@click.option("--statements", type=click.Path(path_type=Path), show_default="the project's",
              help="The file of the statements that were measured.")  # fmt: skip
def check_command(
    paths: tuple[Path, ...], form: str, out: Path | None, release: str | None, only_diff: bool, fix: bool,
    suggest: bool, execute: bool, fail_on: str, statements: Path | None,
) -> None:  # fmt: skip
    r"""Check the articles in PATHS, files or folders, which need no claims: in seconds.

    Three layers: names (does each name exist on the release, since when, until when), code as printed (can it be
    parsed), and statements (a sentence that says what a claim of ours says gets its verdict). The check says nothing
    about what is not certain. PATHS are Markdown, HTML, reStructuredText or plain text.

    Nothing of an article is executed, but with --run: then each Python block that stands on its own is, on this release
    and on the oldest and the newest that have its names, in a sandbox without network, home or project. It ends after
    10 s. That needs a clone and Debian's package `bubblewrap`; without that, --run is refused.

    A fix is safe if exactly one replacement is certain, such as a renamed name. The text of a sentence is never
    changed: its correction is printed. Exits with 0 if nothing is found, with 1 on findings, with 2 on an error.

    \b
    Examples:
      report check article.md
      report check docs/ --to sarif -o findings.sarif
      report check article.md --flask 2.3 --fail-on gone,never,error,wrong,outdated
    """
    from report.check import command

    wanted = frozenset(filter(None, fail_on.replace(" ", "").split(",")))
    if unknown := wanted - {*VERDICTS}:
        raise ReportError(f"{min(unknown)!r} is no verdict.", f"These are: {', '.join(VERDICTS)}.")
    config = settings.nearest(Path.cwd())
    statements = statements or config.statements
    run = command.Run(config, release, statements, suggest, execute)
    if not statements.exists():
        click.echo(f"There is no {statements}: statements are not compared.", err=True)
    with click.progressbar(_files(paths), label="Checking", file=sys.stderr, hidden=len(paths) < 2) as files:
        found = [_checked(run.fix if fix else run.check, file, file in paths) for file in files]
    checked = [*filter(None, found)]
    written = command.diffs(checked) if only_diff else command.written(checked, form, sys.stdout.isatty() and not out)
    if out:
        write_whole(out, written)
    else:
        click.echo(written, nl=False)
    if only_diff:
        click.echo(command.remaining(checked), nl=False, err=True)
    sys.exit(any(finding.verdict in wanted for report, _ in checked for finding in report.findings))


def _checked(check: "Callable[[Path], Checked]", file: Path, named: bool) -> "Checked | None":
    """Check a file; one that is not *named* but in a folder is left out, with a line, if it cannot be read."""
    try:
        return check(file)
    except ReportError as error:
        if named:
            raise
        click.echo(f"left out: {error}", err=True)
        return None


def _files(paths: Sequence[Path]) -> list[Path]:
    """The files themselves, and those in folders that are articles by their suffix; raises ReportError if none is."""
    from report.reader.reading import LAYOUT_OF_SUFFIX

    suffixes, found = {*LAYOUT_OF_SUFFIX, ".txt"}, list[Path]()
    for path in paths:
        inside = sorted(file for file in path.rglob("*") if file.is_file() and file.suffix.lower() in suffixes)
        shown = [file for file in inside if not any(part.startswith(".") for part in file.relative_to(path).parts)]
        found += shown if path.is_dir() else [path]
    if not found:
        raise ReportError("The folder has no article.", f"Articles end in {', '.join(sorted(suffixes))}.")
    return found
