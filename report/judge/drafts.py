"""Accounts to begin with: what another article's account says of the same sentence, or proposals for what is open."""

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from report.judge.accounts import Account, Part, written
from report.judge.articles import ArticleInfo, place
from report.judge.proposals import Claims, Proposal
from report.judge.references import qualified
from report.measure.records import Record
from report.reader.outline import Question, Sentence

TODO = Account((Part(todo=True),))
PROPOSAL = "#   near: "


class Drafts:
    """Drafts an account of each sentence; counts the sentences accounted for already, and those with proposals."""

    def __init__(self, others: Sequence[ArticleInfo], records: Sequence[Record]) -> None:
        modules = {place(record.id): qualified(record.id).partition("::")[0] for record in records}
        self.accounts = {
            digest: with_modules(account, modules.get((article.id, question)))
            for article in reversed(others)
            for question, accounts in article.accounts.items()
            for digest, account in accounts.items()
            if not account.todo
        }
        self.claims = Claims(records)
        self.accounted = self.proposed = 0

    def entry(self, sentence: Sentence, question: Question, was: str = "") -> Iterator[str]:
        """The lines of the account of a sentence; what it *was* before the author changed it is a comment, too."""
        account = self.accounts.get(sentence.hash)
        self.accounted += account is not None
        yield f"{sentence.hash} = {written(account or TODO)}  # line {sentence.line}"
        yield from (f"#   was: {line}" for line in was.splitlines())
        if account is None:
            yield from self._proposals(sentence, question)

    def _proposals(self, sentence: Sentence, question: Question) -> Iterator[str]:
        if reason := suggested(sentence, question):
            yield f'{PROPOSAL}[{{none = "{reason}"}}]'
        found: list[Proposal] = self.claims.near(sentence.shown, question.heading)
        self.proposed += bool(found)
        yield from (f'{PROPOSAL}"{proposal.reference}" ({proposal.score}) {proposal.statement}' for proposal in found)


def suggested(sentence: Sentence, question: Question) -> str | None:
    """Why a sentence states no claim: it is the question itself, or a heading; None if it may state one."""
    if not question.heading.startswith(sentence.shown):
        return None
    return "question" if sentence.shown.endswith("?") else "heading"


def with_modules(account: Account, module: str | None) -> Account | None:
    """The account with references that lead to *module* from everywhere; None if a reference cannot be written so."""
    if module is None and any("::" not in reference for reference in account.claims):
        return None
    claims = (
        tuple(claim if "::" in claim else f"{module}::{claim}" for claim in part.claims) for part in account.parts
    )
    return Account(tuple(replace(part, claims=here) for part, here in zip(account.parts, claims, strict=True)))
