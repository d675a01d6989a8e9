"""An article as it was read: its questions, their sentences and code, each with its place in the author's file."""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence as it stands in the file, `file[start:end]`, with its markup, and its hash (12 hexadecimal digits).

    *shown* is how it reads, in one line. *line* and *column* are counted from 1. *label* stands before it, such as
    `Answer:`. A row of a table is one sentence; its hash is that of the row below its *header*.
    """

    text: str
    shown: str
    hash: str
    line: int
    column: int
    start: int
    end: int
    label: str = ""
    header: str = ""


@dataclass(frozen=True, slots=True)
class Code:
    """A block of code as it reads, without indentation and markup; it lies in `file[start:end]`, from *line* on."""

    text: str
    language: str | None
    line: int
    start: int
    end: int


@dataclass(frozen=True)
class Question:
    """A question with its answer, or a section: *heading* is how it reads, and begins its sentences.

    Number 0 is what stands outside of all answers, such as the introduction.
    """

    number: int
    heading: str
    line: int
    sentences: tuple[Sentence, ...]
    code: tuple[Code, ...] = ()

    def distinct(self) -> list[Sentence]:
        """Its sentences; those with the same hash count as one, the first."""
        firsts: dict[str, Sentence] = {}
        for sentence in self.sentences:
            firsts.setdefault(sentence.hash, sentence)
        return [*firsts.values()]


@dataclass(frozen=True)
class Outline:
    """An article: its title, its questions in their order, how they are marked, and what stands outside of them."""

    title: str
    questions: tuple[Question, ...]
    outside: Question
    layout: str
    style: str

    @property
    def read_as(self) -> str:
        """How the file was read: `Markdown, headings of level 2`."""
        return f"{self.layout}, {self.style}"

    @property
    def parts(self) -> tuple[Question, ...]:
        """What stands outside of the questions, and the questions."""
        return self.outside, *self.questions

    def sentences(self) -> Iterator[tuple[int, Sentence]]:
        """Every sentence with the number of its question, in the order of the file."""
        pairs = ((part.number, sentence) for part in self.parts for sentence in part.sentences)
        return iter(sorted(pairs, key=lambda pair: pair[1].start))


def listed(outline: Outline) -> Iterator[str]:
    """An outline for people: a line for each question, with its line in the file and what its answer has."""
    yield f"{outline.title or 'Without a title'} ({outline.layout})"
    yield f"{_count(len(outline.questions), 'question')}: {outline.style}"
    yield f"  outside of them: {_count(len(outline.outside.sentences), 'sentence')}"
    for question in outline.questions:
        code = [f"{len(question.code)} code"] if question.code else []
        size = ", ".join([_count(len(question.sentences), "sentence"), *code])
        yield f"{question.number:>4}  line {question.line}: {question.heading} ({size})"


def _count(number: int, name: str) -> str:
    return f"{number} {name}{'' if number == 1 else 's'}"
