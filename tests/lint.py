"""The rules for claims, by what is written, and for the accounts of sentences: each finds what breaks it."""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from report.judge.articles import ArticleInfo, Sentence, refers
from report.probe.recorder import assert_statements

MARKS = {"claim", "corrects"}
LONGEST = 100
MODAL = re.compile(r"\b(should|must)\b", re.IGNORECASE)
VERDICTS = re.compile(r"\b(confirmed|outdated|wrong|incorrect|true|false)\b", re.IGNORECASE)
DODGES = {"xfail", "skip", "skipif", "importorskip", "sleep"}


@dataclass(frozen=True)
class Written:
    """A claim as it is written: in which file, and its function."""

    path: Path
    node: ast.FunctionDef

    @property
    def where(self) -> str:
        """Where a reader finds it."""
        return f"{'/'.join(self.path.parts[-2:])}:{self.node.lineno} {self.node.name}"

    @property
    def statement(self) -> str:
        """What it says, in one line."""
        return " ".join((ast.get_docstring(self.node) or "").split())

    @property
    def prose(self) -> str:
        """What it says, each piece of code in it replaced by one word."""
        return re.sub(r"`[^`]*`", "code", self.statement)


def claims_in(path: Path, text: str | None = None) -> Iterator[Written]:
    """Every claim that is written in a file, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8") if text is None else text)):
        if isinstance(node, ast.FunctionDef) and MARKS & set(map(name_of, node.decorator_list)):
            yield Written(path, node)


def name_of(node: ast.AST) -> str | None:
    """The last part of the name that *node* is, or calls."""
    if isinstance(node, ast.Call):
        return name_of(node.func)
    return getattr(node, "attr", getattr(node, "id", None))


def is_no_sentence(claim: Written) -> bool:
    """Its docstring is none, or not exactly one sentence with a period."""
    return not claim.prose.endswith(".") or bool(re.search(r"[.!?…] +[A-Z]", claim.prose))


def is_long(claim: Written) -> bool:
    """Its docstring is longer than a line."""
    return len(claim.statement) > LONGEST


def advises(claim: Written) -> bool:
    """It says what somebody has to do, and not what is."""
    return bool(MODAL.search(claim.prose))


def judges(claim: Written) -> bool:
    """It types a verdict."""
    return bool(VERDICTS.search(claim.prose))


def asserts_nothing(claim: Written) -> bool:
    """There is no assertion in its own body."""
    return not list(assert_statements(claim.node))


def asserts_elsewhere(claim: Written) -> bool:
    """There is an assertion in a function within it, where its values are no evidence."""
    everywhere = [node for node in ast.walk(claim.node) if isinstance(node, ast.Assert)]
    return len(everywhere) != len(list(assert_statements(claim.node)))


def tries(claim: Written) -> bool:
    """It catches exceptions by hand."""
    return any(isinstance(node, (ast.Try, ast.TryStar)) for node in ast.walk(claim.node))


def dodges(claim: Written) -> bool:
    """It skips, expects to fail, or waits for a time."""
    return not DODGES.isdisjoint(map(name_of, ast.walk(claim.node)))


RULES = (is_no_sentence, is_long, advises, judges, asserts_nothing, asserts_elsewhere, tries, dodges)


def leads_nowhere(about: ArticleInfo, claims: Iterable[str]) -> list[str]:
    """The references of an article's sentences that lead to none of *claims*."""
    known = list(claims)
    return [
        f"q{question:02} {reference}"
        for question, accounts in about.accounts.items()
        for reference in dict.fromkeys(one for account in accounts.values() for one in account.claims)
        if not any(refers(reference, claim, (about.id, question)) for claim in known)
    ]


def says_nothing(about: ArticleInfo) -> list[str]:
    """The sentences whose account is neither a claim nor a reason, or has a blank one."""
    return [
        f"q{question:02} {one}"
        for question, accounts in about.accounts.items()
        for one, account in accounts.items()
        if not account.parts
        or any(not text.strip() for part in account.parts for text in (part.reason, part.unchecked) if text is not None)
    ]


def is_unaccounted_for(about: ArticleInfo, sentences: Iterable[Sentence]) -> list[str]:
    """The sentences without an account, of the introduction and of each answer that has any."""
    return [
        f"q{one.question:02} {one.hash}"
        for one in sentences
        if one.question in {0, *about.accounts} and one.hash not in about.accounts.get(one.question, {})
    ]


def is_of_no_sentence(about: ArticleInfo, sentences: Iterable[Sentence]) -> list[str]:
    """The accounts of what their answer does not say."""
    said = {(one.question, one.hash) for one in sentences}
    return [
        f"q{question:02} {one}"
        for question, accounts in about.accounts.items()
        for one in accounts
        if (question, one) not in said
    ]
