"""The commands that write reports again: render, diff."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import click

from report import settings
from report.cli import main, show
from report.files import write_together, write_whole
from report.judge import articles, results
from report.tell import context, index
from report.tell import diff as differences
from report.tell.forms import FORMS, render_forms


@main.command()
@click.argument("file", type=click.Path(path_type=Path), default="out/results.json")
@click.option(
    "--to",
    "forms",
    type=click.Choice([*FORMS, "deck", "playground"]),
    multiple=True,
    help="Only this form (may be repeated).",
)
@click.option("--out", type=click.Path(path_type=Path), default="out", show_default=True, help="Where to write.")
@click.option("--playground", "with_playground", is_flag=True, help="Link to playground.html in index.html.")
def render(file: Path, forms: tuple[str, ...], out: Path, with_playground: bool) -> None:
    """Make the report, the errata and the other forms again from results.json, without running a claim.

    The forms quote an article only if there is a local copy. The same result gives the same bytes.

    `--to deck` writes the right answers as answers.apkg, for Anki; it is made only if asked for, and needs genanki.

    `--to playground` writes playground.html, which runs claims in the reader's browser. It takes some minutes, and
    needs npm, Chromium and the package index.
    """
    result = results.read(file)
    config = settings.read(Path.cwd())
    read = replace(context.read(config, result, file.parent), playground=with_playground)
    if read.texts and config.index.exists() and (not forms or "errata" in forms):
        read = replace(read, patches=patches(config, read.texts))
    texts: dict[Path, str | bytes] = {}
    texts |= render_forms(result, read, out, [form for form in forms or FORMS if form in FORMS])
    if "deck" in forms:
        from report.tell import deck  # imported late: genanki is installed for whoever makes it

        texts[out / "answers.apkg"] = deck.to_bytes(result)
    if "playground" in forms:
        from report import playground

        texts[out / "playground.html"] = playground.render(config, result, read)
    write_together(texts)
    show([*texts] if forms else [*texts][:1])
    for line in index.note(result) if not forms or "html" in forms else ():
        click.echo(line, err=True)


def patches(config: settings.Settings, copies: Iterable[str]) -> dict[str, str]:
    """The safe fixes of the copies of articles (ids), each as a unified diff; without those that need none."""
    from report.check import command, fixing  # imported late: only who has a copy needs the index of names

    checks = command.Run(config, None, config.statements)
    found = {}
    for article in copies:
        if path := articles.copy_path(config, article):
            checked, text = checks.check(path)
            found[article] = fixing.diff(text, fixing.fixed(text, checked.findings), path.name)
    return {article: patch for article, patch in found.items() if patch}


@main.command()
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path), default="out/results.json")
@click.option("--html", type=click.Path(path_type=Path), metavar="FILE", help="Also write it as a page.")
def diff(old: Path, new: Path, html: Path | None) -> None:
    """List what changed between two runs: marks, verdicts, outcomes, corrections, claims.

    OLD and NEW are each a results.json.
    """
    comparison = differences.compare(results.read(old), results.read(new))
    show(differences.to_text(comparison))
    if html:
        write_whole(html, differences.to_html(comparison))
