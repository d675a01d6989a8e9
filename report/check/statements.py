"""Which of the measured statements a sentence makes: words alike, and nothing that could turn its meaning."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
from packaging.version import Version

from report.check.model import Verdict
from report.errors import UNREADABLE, DamagedFileError
from report.files import read_text
from report.judge.articles import ArticleInfo, place
from report.judge.proposals import cut

THRESHOLD = 0.6  # of the score from which a sentence gets a verdict; see tests/check/test_statements.py
SHORTEST = 3  # words that say something, in a statement
UNHEARD = 7.0  # the weight of a word that is in no statement
SUGGESTED, MOST = 0.35, 5  # the lowest score of a suggestion, and how many there are
NEGATION = re.compile(
    r"\b(?:not?|never|none|nothing|nor|neither|cannot|without|lacks?|unlike|except|hardly|instead|rather|fails?|only"
    r"|stop(?:s|ped)?|unless|prevents?|refuses?|avoids?|forbids?|un(?:able|necessary|safe|needed))\b|\w+n['’]t\b",
    re.IGNORECASE,
)
HEDGED = re.compile(
    r"\b(?:wrong|false|incorrect|untrue|myth|mis\w+|contrary|formerly|previously|used to|any ?more|no longer|longer"
    r"|earlier|older|prior|historically|originally|once|was|were|had|did|until|since|deprecated|removed"
    r"|supposed|might|may|could|would|should|some (?:say|people|claim)|think|thought|believe|claims? that|as if)\b",
    re.IGNORECASE,
)
OPPOSITES = (
    "before after", "client server", "enabl disabl", "true fals", "start end", "first last", "start stop",
    "more less", "all some", "always sometime", "built extern", "automat manual", "synchron asynchron", "insid outsid",
    "request respons", "encod decod", "encrypt sign", "increas decreas", "read writ", "open clos", "add remov",
    "creat remov", "static dynamic", "default custom", "secur insecur", "mutabl immutabl", "save load", "left right",
    "allow forbid",
)  # fmt: skip
EMPTY = frozenset(["any", "do", "does", "doe", "get", "has", "hav", "s", "using", "us"])  # stems that say nothing
PAIRS = [frozenset(pair.split()) for pair in OPPOSITES]
PART = re.compile(r"[;:–—]\s+|,\s+(?:and|but|so|which|while|whereas|because)\s+|,\s+(?=\w+ing\b)")
NUMBER = re.compile(r"\d+(?:\.\d+)*")
CODE = re.compile(r"`[^`]+`|\b[A-Za-z]\w*(?:[._]\w+)+(?:\(\))?|\b\w+\(\)|--?\w[\w-]*")
NAME = re.compile(rf"{CODE.pattern}|\b\w*[A-Z]\w+(?:-\w+)*")
TOPIC = re.compile(r"\b(?:in|with|of|for) flask\b,?", re.IGNORECASE)  # adds nothing: all statements are about it
NEUTRAL = frozenset(["flask", "python"])


class _Checked(msgspec.Struct):
    id: str
    statement: str
    outcomes: dict[str, str]


class _Claim(_Checked):
    corrections: list[_Checked]


class _Answer(msgspec.Struct):
    claims: list[_Claim]


class _Article(msgspec.Struct):
    answers: list[_Answer]


class _Result(msgspec.Struct):
    articles: list[_Article]


@dataclass(frozen=True)
class Statement:
    """A statement with its outcome on each release, and its correction, if it is wrong on the newest."""

    id: str
    text: str
    outcomes: Mapping[str, str]
    correction: str | None = None

    def verdict(self, release: str) -> tuple[Verdict | None, str | None]:
        """The verdict as of a release, or None if it was not tried there; for an outdated one, until when it held."""
        measured = [one for one in sorted(self.outcomes, key=Version) if Version(one) <= Version(release)]
        outcomes = [self.outcomes[one] for one in measured]
        if not outcomes or outcomes[-1] == "untried":
            return None, None
        if outcomes[-1] == "held":
            return "confirmed", None
        held = [one for one, outcome in zip(measured, outcomes, strict=True) if outcome == "held"]
        return ("outdated", held[-1]) if held else ("wrong", None)


@dataclass(frozen=True)
class Match:
    """A statement that a sentence makes or may make, and how sure that is, from 0 to 1."""

    statement: Statement
    score: float


@dataclass(frozen=True)
class Said:
    """What a text says: its stems, its numbers, its names in their order, and how often it is negated."""

    stems: frozenset[str]
    numbers: frozenset[str]
    names: tuple[str, ...]
    negations: int


@dataclass
class Statements:
    """All statements; *accounts*: the ids of those that a sentence makes, by its hash."""

    all: list[Statement] = field(default_factory=list)
    accounts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Prepare the comparison: a statement also says what stands before its colon."""
        self.by_id = {one.id: one for one in self.all}
        words = [(word, at) for one in self.all for at, word in enumerate(one.text.split())]
        proper = {stem for word, at in words if at and word[:1].isupper() for stem in cut(word)}
        self.ordinary = frozenset(stem for word, _ in words for stem in cut(word)) - proper
        general = [one for one in self.all if "printed" not in one.text]  # not about the code of one article
        self.said = [
            (said(text, self.ordinary), one) for one in general for text in {one.text, one.text.partition(": ")[0]}
        ]
        self.said = [pair for pair in self.said if len(pair[0].stems) >= SHORTEST]
        counts = Counter(stem for one, _ in self.said for stem in one.stems)
        self.rarity = {stem: math.log(1 + len(self.said) / count) for stem, count in counts.items()}
        self.with_stem: dict[str, list[int]] = defaultdict(list)
        for index, (one, _) in enumerate(self.said):
            for stem in one.stems:
                self.with_stem[stem].append(index)

    def made(self, sentence: str, digest: str = "") -> list[Match]:
        """The statements that a sentence makes for certain, the likest first."""
        if digest in self.accounts:
            return [Match(self.by_id[one], 1.0) for one in self.accounts[digest] if one in self.by_id]
        if sentence.rstrip().endswith("?") or HEDGED.search(sentence):
            return []
        found = {
            match.statement.id: match
            for part in parts(sentence)
            for match, stated in self._likest(part)
            if match.score >= THRESHOLD
            and len(said(part).stems) >= SHORTEST
            and agree(said(part, self.ordinary), stated)
        }
        return sorted(found.values(), key=lambda match: -match.score)

    def near(self, sentence: str) -> list[Match]:
        """Up to five statements that a sentence may make, the likest first."""
        found = {match.statement.id: match for match, _ in reversed(self._likest(sentence))}
        return [match for match in reversed(found.values()) if match.score >= SUGGESTED][:MOST]

    def _likest(self, part: str) -> list[tuple[Match, Said]]:
        asked = said(part, self.ordinary)
        shared: dict[int, float] = defaultdict(float)
        for stem in asked.stems:
            for index in self.with_stem.get(stem, ()):
                shared[index] += self._weight(stem)
        total = sum(map(self._weight, asked.stems))
        scored = [
            (2 * weight / (total + sum(map(self._weight, self.said[index][0].stems))), index)
            for index, weight in shared.items()
        ]
        best = sorted(scored, reverse=True)[: 2 * MOST]
        return [(Match(self.said[index][1], round(score, 2)), self.said[index][0]) for score, index in best]

    def _weight(self, stem: str) -> float:
        return self.rarity.get(stem, UNHEARD)


def in_words(one: Statement, verdict: Verdict, until: str | None) -> str:
    """A statement, the verdict on it, and its correction."""
    correct = f" Correct is: {one.correction}" if one.correction and verdict != "confirmed" else ""
    return f"“{one.text}”, which is {f'outdated: it held until {until}' if until else verdict}.{correct}"


def parts(sentence: str) -> list[str]:
    """A sentence, and those of its parts that may be statements of their own."""
    return [sentence, *(part for part in PART.split(sentence) if part != sentence)]


def agree(one: Said, other: Said) -> bool:
    """Whether nothing in a text turns the meaning of another.

    Numbers, names, negation and opposites are the same, and one of the two only adds words: where each has words that
    the other lacks, some may stand in the place of others.
    """
    mine, yours = one.stems, other.stems
    turned = any((pair & mine) != (pair & yours) for pair in PAIRS if pair & mine or pair & yours)
    common = [
        [name for name in names if name in one.names and name in other.names] for names in (one.names, other.names)
    ]
    others = {*one.names} ^ {*other.names}
    same = (one.numbers, one.negations) == (other.numbers, other.negations)
    return same and common[0] == common[1] and others <= NEUTRAL and not turned and (mine <= yours or yours <= mine)


def said(text: str, ordinary: Container[str] = ()) -> Said:
    """What a text says, apart from its words' endings; a first word whose stem is *ordinary* is no name."""
    text = TOPIC.sub(" ", text).strip()
    names = [_name(match[0]) for match in NAME.finditer(text) if match.start() or not _is_ordinary(match[0], ordinary)]
    stems = frozenset(cut(CODE.sub(" ", NEGATION.sub(" ", text)))) - EMPTY | {
        _name(code) for code in CODE.findall(text)
    }
    return Said(stems, frozenset(NUMBER.findall(text)), tuple(dict.fromkeys(names)), len(NEGATION.findall(text)))


def _name(name: str) -> str:
    """The last two parts of a name in code, other code as it is, a word's stem."""
    if not CODE.fullmatch(name):
        return next(iter(cut(name)), name.lower())
    bare = name.strip("`@").lower().removesuffix("()")
    last = ".".join(bare.split(".")[-2:]).replace("app.", "flask.")
    return last if re.fullmatch(r"[\w.-]+", bare) else "".join(bare.split())


def _is_ordinary(word: str, ordinary: Container[str]) -> bool:
    return not CODE.fullmatch(word) and word.lower() not in NEUTRAL and all(stem in ordinary for stem in cut(word))


def read(path: Path, articles: Iterable[ArticleInfo] = ()) -> Statements:
    """The statements of a `results.json`, and the accounts of the sentences of *articles*.

    Raises:
        DamagedFileError: the file is missing or damaged.
    """
    try:
        result = msgspec.json.decode(read_text(path), type=_Result)
    except UNREADABLE as error:
        raise DamagedFileError(path, str(error), "Make it with `uv run pytest claims`.") from error
    found = {one.id: one for one in _statements(result)}
    return Statements([*found.values()], dict(_accounts(articles, found)))


def _statements(result: _Result) -> Iterator[Statement]:
    for claim in (claim for article in result.articles for answer in article.answers for claim in answer.claims):
        correction = claim.corrections[0].statement if claim.corrections else None
        yield Statement(claim.id, _line(claim.statement), claim.outcomes, correction and _line(correction))
        for one in claim.corrections:
            yield Statement(one.id, _line(one.statement), one.outcomes)


def _line(text: str) -> str:
    return " ".join(text.split())


def _accounts(articles: Iterable[ArticleInfo], found: Mapping[str, Statement]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The ids of the claims that each sentence states."""
    by_name: dict[str, list[str]] = defaultdict(list)
    for name in found:
        module, _, claim = name.partition("::")
        article, question = place(name)
        for key in {claim, claim.partition("[")[0]}:
            by_name[f"{article}/{question}::{key}"].append(name)
            by_name[f"{'/'.join(module.removesuffix('.py').split('/')[-2:])}::{key}"].append(name)
    for article_info in articles:
        for number, accounts in article_info.accounts.items():
            for digest, account in accounts.items():
                keys = [one if "::" in one else f"{article_info.id}/{number}::{one}" for one in account.claims]
                ids = tuple(dict.fromkeys(name for key in keys for name in by_name.get(key, ())))
                if ids:
                    yield digest, ids
