"""The commands for articles: outline, copy, new, propose, stub, sentences, todo, update."""

import sys
from pathlib import Path

import click
import msgspec

from report import reader, settings
from report.cli import main, show
from report.files import write_together, write_whole
from report.judge import articles
from report.measure import runs

FILE = click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
BEGINS = click.option("--begins", metavar="REGEX", help="A question begins on each line that begins with this.")
QUESTIONS = click.option("--questions", type=click.IntRange(1, 9999), metavar="N", help="How many there have to be.")


@main.command()
@FILE
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON: title, questions, their sentences and code.")
@QUESTIONS
@BEGINS
def outline(file: Path, as_json: bool, begins: str | None, questions: int | None) -> None:
    r"""Read an article from FILE, and print what was found: its title, its questions, their sentences and code.

    FILE is Markdown, HTML, reStructuredText or plain text. Questions may be marked by headings, numbers, bold lines,
    lists, terms, or Q: and A:. If it is not certain which begin a question, the command says what it found and exits
    with 2: say it with --begins and --questions. It exits with 2, too, if it finds other than N. It writes nothing.

    \b
    Examples:
      report outline article.md
      report outline quickstart.rst --questions 24     # sections of both levels
      report outline article.txt --begins '\d+[.] '    # lines such as "7. What is a view?"
    """
    found = reader.read_file(file, questions, begins)
    show([msgspec.json.encode(found).decode()] if as_json else reader.listed(found))


@main.command("copy")
@click.argument("article")
def copy_command(article: str) -> None:
    """Bring the text of ARTICLE from the package index to the copies of articles, with its licence.

    Its sentences.toml says which source distribution has it (`source`), and the hash of the text: nothing else is
    taken. A copy that is there is not overwritten.
    """
    from report import article_copy

    click.echo(article_copy.fetch(settings.read(Path.cwd()), article))


@main.command("new")
@FILE
@click.option("--id", "name", metavar="NAME", help="The folder's name (default: that of the file).")
@QUESTIONS
@BEGINS
@click.option("--yes", is_flag=True, help="Make it without asking anything.")
@click.option("--dry-run", is_flag=True, help="Only show the outline and the accounts.")
def new_command(
    file: Path, name: str | None, questions: int | None, begins: str | None, yes: bool, dry_run: bool
) -> None:
    """Begin to check the article in FILE: show its outline, and make its folder in the claims.

    The folder gets an account for each sentence: the account of the same sentence in another article, or else "not
    yet checked", with up to five of our claims that it may state, as comments. A copy of FILE goes to the articles,
    which are not published. Nothing is overwritten. On a terminal it then asks what each sentence states, as
    `report propose NAME` does. `report todo NAME` says what is left.
    """
    from report import new_article, propose

    config = settings.read(Path.cwd())
    found = reader.read_file(file, questions, begins)
    records = runs.collect(config, None)
    made = new_article.draft(config, file, name, found, begins, records)
    show([*reader.listed(found), *([made.accounts] if dry_run else []), *made.summary])
    if dry_run or not (yes or click.confirm(f"Make {made.folder}?")):
        return
    write_together(made.files)
    click.echo(f"Made {made.folder}. Next: python -m report propose {made.id}")
    if not yes and sys.stdin.isatty():
        propose.dialogue(config, made.id, records)


@main.command("propose")
@click.argument("article")
def propose_command(article: str) -> None:
    """Ask what each sentence of ARTICLE states that is not yet checked: up to five of our claims are proposed.

    Accept some by their numbers, reject all, say which is near, or why the sentence states none: `?` lists the answers.
    Each answer is written to sentences.toml at once. A claim to be written is a comment there, and its part stays
    todo; it is asked again if you delete the comment. `report stub` makes what you then fill in.
    """
    from report import propose

    config = settings.read(Path.cwd())
    propose.dialogue(config, article, runs.collect(config, None))


@main.command("stub")
@click.argument("article")
@click.argument("question", type=click.IntRange(1, 9999))
@click.argument("topic")
def stub_command(article: str, question: int, topic: str) -> None:
    """Make the module of QUESTION, with a claim to be written for each sentence of ARTICLE that is todo there.

    TOPIC is its docstring, such as "The default port". No such claim can hold: it is untried, the main job fails, and
    its sentence stays todo until you have written it. Delete those for which a claim of another module fits.
    """
    from report import stub

    path, text, said = stub.module(settings.read(Path.cwd()), article, question, topic)
    write_whole(path, text)
    click.echo(f"Wrote {path}. Write each claim, name it, and put its name in sentences.toml in place of todo:")
    show(f"  {line}" for line in said)
    click.echo(f"Next: uv run pytest {path}")


@main.command()
@click.argument("article")
@click.option(
    "--open", "only_open", is_flag=True, help="Only the sentences that are not accounted for or not yet checked."
)
def sentences(article: str, only_open: bool) -> None:
    """List the sentences of ARTICLE (from a local copy): question, hash, account, and text.

    The account comes from sentences.toml, which maps each hash to claims or to the reason why it states none.
    """
    show(articles.listed(settings.read(Path.cwd()), article, only_open))


@main.command("todo")
@click.argument("article", required=False)
def todo_command(article: str | None) -> None:
    """List what is open in every gate, of ARTICLE or of all, each with the command that closes it: from the top.

    The gates: references, parts of sentences, sentences, claims that no sentence states, topics of answers, outcomes on
    every release, causes of changes, judgements, tests seen to fail, documents. Exits with 1 if anything is open.
    Without a copy of an article, its sentences are not compared.
    """
    from report import todo

    opened = False
    for gate in todo.gates(settings.read(Path.cwd()), article):
        opened |= bool(gate.open)
        show(gate.lines())
    sys.exit(1 if opened else 0)


@main.command("update")
@click.argument("article")
@FILE
@QUESTIONS
@BEGINS
@click.option("--yes", is_flag=True, help="Write it without asking.")
@click.option("--dry-run", is_flag=True, help="Only show what changed.")
def update_command(
    article: str, file: Path, questions: int | None, begins: str | None, yes: bool, dry_run: bool
) -> None:
    """Take the new version of ARTICLE in FILE: show what its author changed, and let the accounts follow.

    It has as many questions as before, and they begin as before, unless --questions and --begins say otherwise.
    Sentences stayed, moved to another question, changed, went or came. The account of a changed sentence becomes a
    comment below the new one, which is "not yet checked"; accounts of sentences that went are kept as comments. The
    command names refuted claims that no sentence states any more, and the modules to move. It changes no claim. FILE
    replaces the copy of the article, which is kept under another name, such as NAME.txt.~1~.
    """
    from report import update

    config = settings.read(Path.cwd())
    planned = update.plan(config, article, file, questions, begins, runs.collect(config, None))
    show(planned.lines)
    if dry_run or not (yes or click.confirm(f"Write {' and '.join(map(str, planned.files))}?")):
        return
    show(update.apply(planned))
