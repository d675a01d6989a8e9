"""Which of the measured statements a sentence makes: words alike, and nothing that could turn its meaning."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from packaging.version import Version

from report.check.model import Verdict
from report.files import read_text, reading
from report.judge.proposals import cut

if TYPE_CHECKING:
    from report.judge.articles import ArticleInfo
    from report.judge.results import Result

THRESHOLD = 0.6  # of the score from which a sentence gets a verdict; tests/check/test_statements.py measures it
SHORTEST = 3  # words that say something, in a statement
UNHEARD = 7.0  # the weight of a word that is in no statement
SUGGESTED, MOST = 0.35, 5  # the lowest score of a suggestion, and how many there are
NEGATION = re.compile(
    r"\b(?:not?|never|none|nothing|nor|neither|cannot|without|lacks?|unlike|except|hardly|instead|rather|fails?|only"
    r"|stop(?:s|ped)?|unless|prevents?|refuses?|avoids?|forbids?|un(?:able|necessary|safe|needed))\b|\w+n['’]t\b",
    re.IGNORECASE,
)
HEDGED = re.compile(
    r"(?i:\b(?:wrong|false|incorrect|untrue|myth|mis\w+|contrary|formerly|previously|used to|any ?more|no longer|longer"
    r"|earlier|older|prior|historically|originally|once|was|were|had|did|until|since|deprecated|removed"
    r"|supposed|might|could|would|should|some (?:say|people|claim)|think|thought|believe|claims? that|as if)\b)|\bmay\b"
)
EMPTY = frozenset(["any", "do", "does", "doe", "get", "has", "hav", "s", "using", "us"])  # stems that say nothing
PART = re.compile(
    r"[;:–—]\s+|,\s+(?:and|but|so|which|while|whereas|because)\s+|,\s+(?=\w+ing\b)|\s+and\s+(?=(?:is|was|released)\b)"
)
# A sentence that says what it is about only together with those before it.
DEPENDENT = re.compile(r"\W*(?:it|its|they|this|that|these|those|he|she|or|either|for instance|such)\b", re.IGNORECASE)
ALONE = 5  # words of a sentence that says by itself what it is about
NUMBER = re.compile(r"\d+(?:\.\d+)*")
CODE = re.compile(r"`[^`]+`|\b[A-Za-z]\w*(?:[._]\w+)+(?:\(\))?|\b\w+\(\)|(?<![\w-])--?\w[\w-]*")
NAME = re.compile(rf"{CODE.pattern}|\b\w*[A-Z]\w+(?:-\w+)*")

LETTERS = {"h": "held", "r": "refuted", "u": "untried"}


class _Line(msgspec.Struct, omit_defaults=True):
    id: str
    text: str
    outcomes: str  # a letter for each release, `-` for one that was not measured
    correction: str | None = None


class _File(msgspec.Struct):
    releases: list[str]
    statements: list[_Line]
    accounts: dict[str, list[str]]  # the ids that a sentence states, by its hash


@dataclass(frozen=True)
class Statement:
    """A statement with its outcome on each release, and its correction, if it is wrong on the newest."""

    id: str
    text: str
    outcomes: Mapping[str, str]
    correction: str | None = None

    def verdict(self, release: str) -> tuple[Verdict | None, str | None]:
        """The verdict as of a release, or None if it was not tried there; for an outdated one, until when it held."""
        measured = [name for name in sorted(self.outcomes, key=Version) if Version(name) <= Version(release)]
        held = [name for name in measured if self.outcomes[name] == "held"]
        last = self.outcomes[measured[-1]] if measured else "untried"
        if last != "refuted":
            return ("confirmed" if last == "held" else None), None
        return ("outdated", held[-1]) if held else ("wrong", None)


@dataclass(frozen=True)
class Match:
    """A statement that a sentence makes or may make, and how sure that is, from 0 to 1."""

    statement: Statement
    score: float


@dataclass(frozen=True)
class Said:
    """What a text says: its stems, its numbers, its names in their order, and how often it is negated.

    *actor*: the subject or its language, if the text begins with it.
    """

    stems: frozenset[str]
    numbers: frozenset[str]
    names: tuple[str, ...]
    negations: int
    actor: str


class Statements:
    """All statements about a *subject*; *accounts*: the ids of those that a sentence makes, if any, by its hash."""

    def __init__(
        self, every: Iterable[Statement], subject: str, accounts: Mapping[str, Iterable[str]] | None = None
    ) -> None:
        self.by_id, self.accounts = {statement.id: statement for statement in every}, accounts or {}
        self.subject = subject.casefold()
        self.topic = re.compile(rf"\b(?:in|with|of|for) {re.escape(subject)}\b,?", re.IGNORECASE)
        self.neutral = frozenset([self.subject, "python"])  # names that a text may add: all statements are about them
        texts = [statement.text.split() for statement in self.by_id.values()]
        proper = {stem for words in texts for word in words[1:] if word[:1].isupper() for stem in cut(word)}
        self.ordinary = frozenset(stem for words in texts for word in words for stem in cut(word)) - proper
        said = [
            (self.said(text), statement)
            for statement in self.by_id.values()
            if "printed" not in statement.text  # not about the code of an article
            for text in {statement.text, statement.text.partition(": ")[0]}
        ]
        self.stated = [pair for pair in said if len(pair[0].stems) >= SHORTEST]
        counts = Counter(stem for stated, _ in self.stated for stem in stated.stems)
        self.rarity = {stem: math.log(1 + len(self.stated) / count) for stem, count in counts.items()}
        self.weights = [self._weight(stated) for stated, _ in self.stated]
        self.with_stem: dict[str, list[int]] = defaultdict(list)
        for index, (stated, _) in enumerate(self.stated):
            for stem in stated.stems:
                self.with_stem[stem].append(index)

    def made(self, sentence: str, digest: str = "", before: str = "", copied: bool = False) -> list[Match]:
        """The statements that a sentence makes for certain, the likest first; *before*: what its `it` may refer to.

        *copied*: the sentence before has an account, too, so that a short one means what it means there.
        """
        end, is_short = sentence.rstrip()[-1:], len(sentence.split()) < ALONE
        if end in (":", "?") or (is_short and end not in (".", "!")):  # it states nothing by itself
            return []
        alone = not is_short and not DEPENDENT.match(sentence)
        if digest in self.accounts and (copied or alone):
            return [Match(self.by_id[claim], 1.0) for claim in self.accounts[digest]]
        if HEDGED.search(sentence):
            return []
        is_about = self.subject in f"{before} {sentence}".casefold()
        found = {
            match.statement.id: match
            for asked in map(self.said, {sentence, *PART.split(sentence)})
            for match, stated in self._likest(asked)
            if match.score >= THRESHOLD and (is_about or self.subject not in stated.names)
            if self._agree(asked, stated)
        }
        return sorted(found.values(), key=lambda match: -match.score)

    def near(self, sentence: str) -> list[Match]:
        """Up to five statements that a sentence may make, the likest first."""
        found: dict[str, Match] = {}
        for match, _ in self._likest(self.said(sentence)):
            found.setdefault(match.statement.id, match)
        return [match for match in found.values() if match.score >= SUGGESTED][:MOST]

    def _likest(self, asked: Said) -> list[tuple[Match, Said]]:
        """The statements that share the most words with a text, by the weight of these words in both (Dice)."""
        shared: dict[int, float] = defaultdict(float)
        for stem in asked.stems:
            for index in self.with_stem.get(stem, ()):
                shared[index] += self.rarity[stem]
        total = self._weight(asked)
        scored = [(2 * weight / (total + self.weights[at]), at) for at, weight in shared.items()]
        return [
            (Match(self.stated[at][1], round(score, 2)), self.stated[at][0])
            for score, at in sorted(scored, reverse=True)[: 2 * MOST]
        ]

    def _weight(self, said: Said) -> float:
        return sum(self.rarity.get(stem, UNHEARD) for stem in said.stems)

    def _agree(self, text: Said, stated: Said) -> bool:
        """Whether nothing in a text turns the meaning of a statement.

        Numbers, names and negations are the same, and the text has every word of the statement: where it lacks one,
        another may stand in its place. What does something with a name (`Flask uses X`) is not what the name does.
        """
        mine = [name for name in text.names if name in stated.names]
        yours = [name for name in stated.names if name in text.names]
        same = (text.numbers, text.negations, mine) == (stated.numbers, stated.negations, yours)
        is_same_actor = text.actor == stated.actor or self.neutral.issuperset(mine)
        others = {*text.names} ^ {*stated.names}
        return same and is_same_actor and stated.stems <= text.stems and others <= self.neutral

    def said(self, text: str) -> Said:
        """What a text says, apart from its words' endings."""
        text = self.topic.sub(" ", text).strip()
        names = [_name(match[0]) for match in NAME.finditer(text) if match.start() or not self._is_ordinary(match[0])]
        code = {_name(name) for name in CODE.findall(text)}
        stems = (frozenset(cut(CODE.sub(" ", NEGATION.sub(" ", text)))) - EMPTY) | code
        numbers, first = frozenset(NUMBER.findall(text)), text.split(" ")[0].lower()
        actor = first if first in self.neutral else ""
        return Said(stems, numbers, tuple(dict.fromkeys(names)), len(NEGATION.findall(text)), actor)

    def _is_ordinary(self, word: str) -> bool:
        """Whether the first word of a text is no name."""
        code = CODE.fullmatch(word) or word.lower() in self.neutral
        return not code and all(stem in self.ordinary for stem in cut(word))


def _name(name: str) -> str:
    """The last two parts of a name in code, other code as it is, a word's stem."""
    if not CODE.fullmatch(name):
        return next(iter(cut(name)), name.lower())
    bare = name.strip("`@").lower().removesuffix("()")
    last = ".".join(bare.split(".")[-2:])
    return last.removeprefix("app.").removeprefix("flask.") if re.fullmatch(r"[\w.-]+", bare) else "".join(bare.split())


def in_words(statement: Statement, verdict: Verdict, until: str | None) -> str:
    """A statement, the verdict on it, and its correction."""
    correct = f" Correct is: {statement.correction}" if statement.correction and verdict != "confirmed" else ""
    return f"“{statement.text}”, which is {f'outdated: it held until {until}' if until else verdict}.{correct}"


def read(path: Path, subject: str) -> Statements:
    """Read the file that `file_text` makes; raises DamagedFileError if it is missing or damaged."""
    with reading(path, "Make it with `uv run python -m docs.make`."):
        file = msgspec.json.decode(read_text(path), type=_File)
        statements = [_statement(line, file.releases) for line in file.statements]
    return Statements(statements, subject, file.accounts)


def _statement(line: _Line, releases: Iterable[str]) -> Statement:
    letters = zip(releases, line.outcomes, strict=True)
    outcomes = {release: LETTERS[letter] for release, letter in letters if letter != "-"}
    return Statement(line.id, line.text, outcomes, line.correction)


def file_text(result: "Result", articles: "Iterable[ArticleInfo]") -> str:
    """The file of all statements of a *result*, a line each, and of what the sentences of *articles* state."""
    releases = [release.version for release in result.releases]
    found = {line.id: line for line in _lines(result, releases)}
    statements = ",\n".join(msgspec.json.encode(line).decode() for line in found.values())
    accounts = msgspec.json.encode(dict(_accounts(articles, found))).decode().replace("],", "],\n")
    head = f'{{"releases": {msgspec.json.encode(releases).decode()},'
    return f'{head}\n"statements": [\n{statements}],\n"accounts": {accounts}}}\n'


def _lines(result: "Result", releases: Iterable[str]) -> Iterator[_Line]:
    letters = {outcome: letter for letter, outcome in LETTERS.items()}
    for claim in result.claims:
        correction = " ".join(claim.corrections[0].statement.split()) if claim.corrections else None
        for checked in (claim, *claim.corrections):
            outcomes = "".join(letters.get(checked.outcomes.get(release, ""), "-") for release in releases)
            text = " ".join(checked.statement.split())
            yield _Line(checked.id, text, outcomes, correction if checked is claim else None)


def _accounts(articles: "Iterable[ArticleInfo]", found: Iterable[str]) -> Iterator[tuple[str, list[str]]]:
    """The ids of the claims that each sentence states, by its hash."""
    from report.judge.articles import refers  # imports far more than a check needs

    by_name: dict[str, list[str]] = defaultdict(list)
    for claim in found:
        by_name[_own_name(claim)].append(claim)
    for article in articles:
        for number, accounts in article.accounts.items():
            for digest, account in accounts.items():
                pairs = [(name, claim) for name in account.claims for claim in by_name[_own_name(name)]]
                stated = [claim for name, claim in pairs if refers(name, claim, (article.id, number))]
                yield digest, [*dict.fromkeys(stated)]


def _own_name(reference: str) -> str:
    """The name of a claim without its module and its row."""
    return reference.rpartition("::")[2].partition("[")[0]
