"""Which of the measured statements a sentence makes: words alike, and nothing that could turn its meaning."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter

from report.check.model import Verdict
from report.judge.stems import cut
from report.judge.verdicts import judge
from report.model import Outcome, version

GENERIC = ("python", "wsgi", "http", "html", "css", "json", "url", "api", "rest")
METHODS = ("get", "post", "put", "delete")  # after the words of a statement: of which requests it speaks
LED = 2  # the most words before those of the statement
AFTER = 0.25  # of the weight of the words after those of the statement
THRESHOLD = 0.7  # of the score from which a sentence gets a verdict; tests/check/test_statements.py measures it
SHORTEST = 3  # words that say something, in a statement
UNHEARD = 5.0  # the weight of a word that is in no statement
SCORE = attrgetter("score")
SUGGESTED, MOST = 0.35, 5  # the lowest score of a suggestion, and how many there are
NEGATION = re.compile(
    r"\b(?:not?|never|none|nothing|nor|neither|cannot|without|lacks?|unlike|except|hardly|instead|rather|fails?|only"
    r"|stop(?:s|ped)?|unless|prevents?|refuses?|avoids?|forbids?|un(?:able|necessary|safe|needed))\b|\w+n['’]t\b",
    re.IGNORECASE,
)
HEDGED = re.compile(
    r"(?i:\b(?:wrong|false|incorrect|untrue|myth|mis\w+|contrary|formerly|previously|any ?more|no longer|longer"
    r"|earlier|older|prior|historically|originally|once|was|were|had|did|until|since|deprecated|removed|available|as of"
    r"|import(?:s|ed|ing)?|one of the|best|most"  # where a name comes from, a praise
    r"|must|(?:have|has|needs?) to|in (?:this|the above) (?:example|case|code)|following|above|below|first|second|third"
    r"|(?:is|are) called (?!before|after|when|for|by|with|on)"
    r"|(?:librar(?:y|ies)|extensions?|packages?|frameworks?|tools?|servers?) (?:like|such as)"
    r"|supposed|might|could|would|should|some (?:say|people|claim)|think|thought|believe|claims? that|as if)\b)|\bmay\b"
    r"|\A\W*(?:In|Inside|Within) (?:\w+ ){0,2}templates?\b"
    r"|(?<!\bis )(?<!\bare )(?<!\bbe )\bused to\b(?! (?:build|create|make|develop)\b)"
)
EMPTY = frozenset(["any", "do", "does", "doe", "get", "has", "hav", "s", "using", "us"])  # stems that say nothing
PART = re.compile(
    r"[;:–—]\s+|,?\s+which\s+|,\s+(?:and|but|so|while|whereas)\s+|,\s+(?=\w+ing\b)"
    r"|\s+and\s+(?=(?:is|was|released)\b)"
)
# A sentence that says what it is about only together with those before it.
DEPENDENT = re.compile(r"\W*(?:it|its|they|this|that|these|those|he|she|or|either|for instance|such)\b", re.IGNORECASE)
ALONE = 5  # words of a sentence that says by itself what it is about
TITLE = re.compile(  # a topic: `Using templates`
    r"\W*(?:\w+ing|what|how|why|when|where|create|build|develop|implement|add|learn|understand|explore|configure)\b[^.!?]*",
    re.IGNORECASE,
)
NUMBER = re.compile(r"\d+(?:\.\d+)*")
YEAR = re.compile(r"(?:19|20)\d\d")
CLAUSE = re.compile(r"(?:^|[.:;–—(→])\W*$")  # before the first word of a clause, which is no name for its capital
CLAUSE_END = re.compile(r"[,;(]|[.:]\s|\s[–—-]\s|\s(?:which|that|where|when|to|so|and|by|using|via|like)\s")
CODE = re.compile(r"`[^`]+`|\b[A-Za-z]\w*(?:[._]\w+)+(?:\(\))?|(?<!\w)\.?\w+\(\)|(?<![\w-])--?\w[\w-]*")
IS_A = re.compile(r"\b(?:is|are) an?\b")  # in a statement of what something is; this may stand for it:
SAYS_KIND = re.compile(r"[:–—]\s|\b(?:is|are|be|as)\s+(?:\w+\s+){0,2}?(?:an?\b|\w+['’]s\b)")
CONJUNCTION = re.compile(r";\s|\b(?:because|which)\b|,\s+(?:and|but|so|while|whereas)\b")  # between two clauses
TOKEN = re.compile(rf"{CODE.pattern}|[^\W_]+(?:-[^\W_]+)*")
NAME = re.compile(rf"{CODE.pattern}|\b\w*[A-Z]\w+(?:-\w+)*")


@dataclass(frozen=True)
class Statement:
    """A statement with its outcome on each release, and its correction, if it is wrong on the newest."""

    id: str
    text: str
    outcomes: Mapping[str, Outcome]
    correction: str | None = None
    wordings: Sequence[str] = ()

    def texts(self) -> list[str]:
        """How it may be said: as it stands, without its explanation, and in other words."""
        return [*dict.fromkeys([self.text, self.text.partition(": ")[0], *self.wordings])]

    def verdict(self, release: str) -> tuple[Verdict | None, str | None]:
        """The verdict as of a release, or None if it was not tried there; for an outdated one, until when it held."""
        past = {name: outcome for name, outcome in self.outcomes.items() if version(name) <= version(release)}
        found = judge(past, max(past, key=version), past) if past else None
        return (found.mark, found.until) if found and found.mark != "untried" else (None, None)


@dataclass(frozen=True)
class Match:
    """A statement that a sentence makes or may make, and how sure that is, from 0 to 1.

    *tested*: an article that was checked has the same sentence, and the statement was tested for it.
    """

    statement: Statement
    score: float
    tested: bool = False


@dataclass(frozen=True)
class Said:
    """What a text says: its stems and its names with where they end, its numbers, and how often it is negated.

    *actor*: the subject or its language, if the text begins with it. *depends*: it may go on from the sentence before.
    *hedges*: what says that it may not hold now. The places are those in *text*.
    """

    text: str
    stems: Mapping[str, int]
    names: tuple[tuple[str, int], ...]
    numbers: frozenset[str]
    negations: int
    actor: str
    depends: bool
    hedges: tuple[str, ...]

    def after_subject(self, stated: "Said") -> int:
        """Where the words end with which a statement begins."""
        head = min(stated.stems, key=lambda stem: stated.stems[stem])
        return 0 if self.depends else dict(self.names).get(stated.actor, self.stems[head])


class Statements:
    """All statements about a *subject*; *accounts*: the ids of those that a sentence makes, if any, by its hash."""

    def __init__(
        self, every: Iterable[Statement], subject: str, accounts: Mapping[str, Iterable[str]] | None = None
    ) -> None:
        self.by_id, self.accounts = {statement.id: statement for statement in every}, accounts or {}
        self.subject = subject.casefold()
        self.topic = re.compile(rf"\b(?:in|with|of|for) {re.escape(subject)}\b(?!['’]),?", re.IGNORECASE)
        extensions = "|".join(self._extensions(subject)) or "(?!)"
        self.spaced = re.compile(rf"\b((?i:{re.escape(subject)})) (?=(?:{extensions})\b)")  # `Flask Login`, say
        self.neutral = frozenset([self.subject, *GENERIC])  # names that a text may add: all statements are about them
        self.code = {
            _name(name) for every in self.by_id.values() for said in every.texts() for name in CODE.findall(said)
        }
        texts = [text.split() for statement in self.by_id.values() for text in statement.texts()]
        proper = {stem for words in texts for word in words[1:] if word[:1].isupper() for stem in cut(word)}
        self.ordinary = frozenset(stem for words in texts for word in words for stem in cut(word)) - proper
        said = [
            (self.said(text), statement)
            for statement in self.by_id.values()
            if "printed" not in statement.text  # not about the code of an article
            for text in statement.texts()
        ]
        self.stated = [pair for pair in said if len(pair[0].stems) >= SHORTEST - bool(pair[0].actor)]
        counts = Counter(stem for stated, _ in self.stated for stem in stated.stems)
        self.rarity = {stem: math.log(1 + len(self.stated) / count) for stem, count in counts.items()}
        self.weights = [self._weight(stated.stems) for stated, _ in self.stated]
        self.with_stem: dict[str, list[int]] = defaultdict(list)
        for index, (stated, _) in enumerate(self.stated):
            for stem in stated.stems:
                self.with_stem[stem].append(index)

    def made(self, sentence: str, digest: str = "", before: str = "", copied: bool = False) -> list[Match]:
        """The statements that a sentence makes for certain, the likest first; *before*: what its `it` may refer to.

        *copied*: the sentence before has an account, too, so that a short one means what it means there.
        """
        end, is_short = sentence.rstrip()[-1:], len(sentence.split()) < ALONE
        is_title = (is_short and end not in (".", "!")) or TITLE.fullmatch(sentence)
        if end in (":", "?") or is_title:  # it states nothing by itself
            return []
        alone = not is_short and not DEPENDENT.match(sentence)
        if digest in self.accounts and (copied or alone):
            # What is confirmed may be a part of the sentence, or be so with the code of that article.
            tested = [claim for claim in self.accounts[digest] if self.by_id[claim].correction]
            if tested:
                return [Match(self.by_id[claim], 1.0, tested=True) for claim in tested]
        is_about = self.subject in f"{before} {sentence}".casefold()
        sentence = sentence.partition(" because ")[2] or sentence  # it states the reason
        hedges, found = _hedges(sentence), dict[str, Match]()
        for asked in map(self.said, dict.fromkeys([sentence, *PART.split(sentence)])):
            for match, stated in self._contained(asked):
                is_version = any("." in number for number in stated.numbers)
                if hedges == stated.hedges and (is_about or not (is_version or self.subject in dict(stated.names))):
                    found[match.statement.id] = max(match, found.get(match.statement.id, match), key=SCORE)
        return sorted(found.values(), key=SCORE, reverse=True)

    def near(self, sentence: str) -> list[Match]:
        """Up to five statements that a sentence may make, the likest first: they share the most, by weight (Dice)."""
        asked, scores = self.said(sentence).stems, defaultdict[int, float](float)
        for stem in asked:
            for index in self.with_stem.get(stem, ()):
                scores[index] += 2 * self.rarity[stem] / (self._weight(asked) + self.weights[index])
        found: dict[str, Match] = {}
        for score, index in sorted(((score, index) for index, score in scores.items()), reverse=True):
            statement = self.stated[index][1]
            if score >= SUGGESTED and len(found) < MOST:
                found.setdefault(statement.id, Match(statement, round(score, 2)))
        return [*found.values()]

    def _contained(self, asked: Said) -> Iterator[tuple[Match, Said]]:
        """The statements whose words a text has all, with few others before the last of them."""
        shared = Counter(index for stem in asked.stems for index in self.with_stem.get(stem, ()))
        for index, count in shared.items():
            stated, statement = self.stated[index]
            if count == len(stated.stems):
                places = [asked.stems[stem] for stem in stated.stems]
                first, end = min(places), max(places)
                led = sum(at < first for at in asked.stems.values())
                before = self._weight(stem for stem, at in asked.stems.items() if at <= end)
                after = self._weight(asked.stems) - before
                score = 2 * self.weights[index] / (self.weights[index] + before + AFTER * after)
                if score >= THRESHOLD and led <= LED and self._agree(asked, stated, first, end):
                    yield Match(statement, round(score, 2)), stated

    def _weight(self, stems: Iterable[str]) -> float:
        return sum(self.rarity.get(stem, UNHEARD) for stem in stems)

    def _agree(self, text: Said, stated: Said, first: int, end: int) -> bool:
        """Whether nothing in a text turns the meaning of a statement, whose words end from *first* to *end*.

        The words are in one clause. Numbers and negations are the same, and names up to there. What does something with
        a name (`Flask uses X`) is not what the name does; what a statement begins with stands first.
        """
        if IS_A.search(stated.text) and not SAYS_KIND.search(text.text[text.after_subject(stated) : end]):
            return False
        if CONJUNCTION.search(text.text[first:end]) and not CONJUNCTION.search(stated.text):
            return False
        if stated.actor and not text.depends and all(name != stated.actor or at > first for name, at in text.names):
            return False
        theirs = [name for name, _ in stated.names]
        clause = CLAUSE_END.search(text.text, end)
        last = clause.start() if clause else len(text.text)
        names = [name for name, at in text.names if at <= end or (at <= last and name not in METHODS)]
        mine, yours = [name for name in names if name in theirs], [name for name in theirs if name in names]
        numbers = frozenset(number for number in text.numbers - stated.numbers if not YEAR.fullmatch(number))
        same = not numbers and (text.negations, mine) == (stated.negations, yours)
        is_same_actor = text.actor == stated.actor or self.neutral.issuperset(mine)
        missing = {*theirs} - {*names} - self.neutral  # names in code that are other words, too, such as `redirect`
        is_code = any(name in self.code and len(name) > 1 for name in missing)
        return same and is_same_actor and not is_code and {*names} - {*theirs} <= self.neutral

    def said(self, text: str) -> Said:
        """What a text says, apart from its words' endings."""
        text = self.topic.sub(" ", self.spaced.sub(r"\1-", text)).strip()
        names = {
            _name(match[0]): match.end()
            for match in reversed([*NAME.finditer(text)])
            if not self._is_ordinary(match[0], bool(CLAUSE.search(text[: match.start()])))
        }
        first = re.split(r"[^\w-]", text, maxsplit=1)[0].lower()
        return Said(
            text=text, stems=dict(_stems(text)), names=tuple(reversed(names.items())),
            numbers=frozenset(NUMBER.findall(text)), negations=len(NEGATION.findall(text)),
            actor=first if first in self.neutral else "", depends=bool(DEPENDENT.match(text)), hedges=_hedges(text),
        )  # fmt: skip

    def _extensions(self, subject: str) -> Iterator[str]:
        """What follows the subject and a hyphen in the names of its extensions."""
        found = {
            name
            for statement in self.by_id.values()
            for said in statement.texts()
            for name in re.findall(rf"\b{re.escape(subject)}-(\w+)", said, re.IGNORECASE)
        }
        return map(re.escape, sorted(found))

    def _is_ordinary(self, word: str, first: bool) -> bool:
        """Whether a word is no name: the *first* of a clause, or one with a capital that statements have without."""
        if CODE.fullmatch(word) or word.lower() in self.neutral:
            return False
        return (first or word.istitle()) and all(stem in self.ordinary for stem in cut(word))


def _hedges(text: str) -> tuple[str, ...]:
    return tuple(sorted(word.lower() for word in HEDGED.findall(text)))


def _stems(text: str) -> Iterator[tuple[str, int]]:
    """The stems of a text, last first, each with where its word ends."""
    text = NEGATION.sub(lambda match: " " * len(match[0]), text)
    for match in reversed([*TOKEN.finditer(text)]):
        is_code = CODE.fullmatch(match[0])
        is_adverb = match[0].endswith("ally")  # what is made dynamically is not dynamic
        for stem in [_name(match[0])] if is_code else [match[0].lower()] if is_adverb else cut(match[0]):
            if stem not in EMPTY:
                yield stem, match.end()


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
