"""What is open in every gate between a new article and a report without open ends, with the command that closes it."""

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from packaging.version import Version

from report.judge import articles, changes, judgements, ledger_result, references
from report.judge.articles import ArticleInfo, place, table_name
from report.judge.results import Judged
from report.measure import commands, environments, history, kills, ledger, runs
from report.measure.records import Record
from report.model import counted, outcomes
from report.settings import Settings
from report.tell import context

MOST_NAMED = 5
SECONDS = 180  # the documents may take


@dataclass(frozen=True)
class Gate:
    """What is *open*, in lines, and the *remedy*; *number* is how much is open if a line stands for several things."""

    name: str
    open: Sequence[str]
    remedy: str
    number: int | None = None

    def lines(self) -> Iterator[str]:
        """What is open, in a few lines; one line if nothing is."""
        if not self.open:
            yield f"✓ {self.name}: none"
            return
        yield f"✗ {self.name}: {len(self.open) if self.number is None else self.number}"
        yield from (f"    {line}" for line in self.open[:MOST_NAMED])
        if len(self.open) > MOST_NAMED:
            yield f"    … and {len(self.open) - MOST_NAMED} more"
        yield f"  → {self.remedy}"


def gates(config: Settings, name: str | None = None) -> Iterator[Gate]:
    """The gates of the article with the id *name*, or of all articles, and of the documents.

    Raises:
        ReportError: there is no such article, or a file is damaged.
    """
    chosen = articles.read(config.claims) if name is None else [articles.named(config, name)]
    every = runs.collect(config, None)
    claims = [record for record in every if name in (None, place(record.id)[0])]
    edit = f"edit {config.claims.name}/{name or 'ARTICLE'}/sentences.toml"
    listing = f"python -m report sentences {name or 'ARTICLE'} --open"
    unknown = references.unknown(chosen, [record.id for record in every])
    yield Gate("unknown references", [line.partition(": ")[2] for line in unknown], edit)
    questions = [(article, question) for article in chosen for question in sorted(article.accounts)]
    todo = {f"{article.id} [{table_name(question)}]": article.todo(question) for article, question in questions}
    parts = [f"{where}: {number}" for where, number in todo.items() if number]
    stub = f"python -m report stub {name or 'ARTICLE'} QUESTION TOPIC"
    remedy = f"python -m report propose {name or 'ARTICLE'}; a claim to be written: {stub}; or {edit}"
    yield Gate("parts not yet checked", parts, remedy, sum(todo.values()))
    yield Gate("sentences without account", list(_unaccounted(config, chosen)), f"{listing}; then {edit}")
    stating = [record.id for record in claims if not record.corrects]
    unstated = [claim for article in chosen for claim in references.unstated(article, stating)]
    idle = dict.fromkeys(references.qualified(claim).partition("[")[0] for claim in unstated)
    yield Gate("claims that no sentence states", list(idle), f"delete them, or {edit}")
    topics = {each for chapter in context.read_topics(config).values() for ids in chapter.values() for each in ids}
    answers = [f"{article.id}-{each}" for article, each in questions if each and not article.states_nothing(each)]
    if topics:
        remedy = f"edit {config.claims.name}/{config.topics.name}"
        yield Gate("answers without a topic", [answer for answer in answers if answer not in topics], remedy)
    yield Gate("outcomes not measured", list(_unmeasured(config, claims)), "python -m report history")
    remedy = f"python -m report why CLAIM; then cite the cause in {config.claims.name}/changes.toml"
    yield Gate("changes without a cause", list(_unexplained(config, claims)), remedy)
    unseen = [references.qualified(claim) for claim in kills.count(config, claims)[1]]
    remedy = f"judge them in {config.claims.name}/{config.judgements.name}"
    yield Gate("refuted claims without a judgement", list(_unjudged(config, claims)), remedy)
    waived = f"{config.claims.name}/{config.waived.name}"
    remedy = f"python -m report falsify; if all mutants survive, make the test stricter, or waive it in {waived}"
    yield Gate("tests not seen to fail", unseen, remedy)
    if config.documents:
        yield Gate("documents not remade", _stale(config, config.documents), f"python -m {config.documents}")


def _unaccounted(config: Settings, chosen: Sequence[ArticleInfo]) -> Iterator[str]:
    """The number of sentences without an account, and accounts without a sentence, of articles with a copy."""
    for article in chosen:
        said = articles.read_copy(config, article)
        if said is None:
            continue
        missing = Counter(sentence.question for sentence in said if article.account(sentence) is None)
        yield from (f"{article.id} [{table_name(question)}]: {number}" for question, number in sorted(missing.items()))
        present = {(sentence.question, sentence.hash) for sentence in said}
        for question, accounts in article.accounts.items():
            yield from (
                f"{article.id} [{table_name(question)}] {digest}: no such sentence"
                for digest in accounts
                if (question, digest) not in present
            )


def _unmeasured(config: Settings, claims: Sequence[Record]) -> Iterator[str]:
    """The claims that lack outcomes, each with the number of releases."""
    selected = history.release_environments(config, environments.here(config), config.installed_version())
    tasks = history.plan(ledger.read(config.ledger), selected, claims, again=False)
    lacking = Counter(claim for task in tasks for claim in task.claims)
    for claim, number in lacking.items():
        yield f"{references.qualified(claim)}: in {number} of {len(tasks)} environments"


def _unexplained(config: Settings, claims: Sequence[Record]) -> Iterator[str]:
    """The changes of outcomes without a cause; claims that read data may change with every release."""
    measured, causes = ledger.read(config.ledger), changes.read(config.changes)
    data = {claim.id for claim in claims if claim.data}
    for claim in claims:
        if claim.id in data or data & {*claim.corrects}:
            continue
        found = outcomes(counted(measured.cells(claim.id, claim.fingerprint)))
        ordered = dict(sorted(found.items(), key=lambda cell: Version(cell[0])))
        for change in changes.of(claim.id, ordered, causes):
            if change.by is None:
                yield f"{references.qualified(claim.id)} on {change.release}"


def _unjudged(config: Settings, claims: Sequence[Record]) -> Iterator[str]:
    """The refuted claims whose judgement lacks something, with what it lacks."""
    judged = judgements.read(config.judgements).judged([claim.id for claim in claims])
    verdicts = ledger_result.verdicts(config, [claim for claim in claims if not claim.corrects])
    for claim in claims:
        lacking = judgements.lacks(judged.get(claim.id, Judged()), claim.kind)
        if claim.id in verdicts and verdicts[claim.id].refuted and lacking:
            yield f"{references.qualified(claim.id)}: {', '.join(lacking)}"


def _stale(config: Settings, module: str) -> list[str]:
    """The documents that their module would make otherwise, or what it says if it fails."""
    done = commands.run([sys.executable, "-m", module, "--check"], SECONDS, cwd=config.root)
    if not done.returncode:
        return []
    return done.stdout.split() or [commands.shortened(done.stderr) or f"{module} failed"]
