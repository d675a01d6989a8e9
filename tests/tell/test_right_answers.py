"""The right answers: what holds, linked to its proof, and what an article got wrong."""

from dataclasses import replace

from report import settings
from report.judge.accounts import REASONS
from report.judge.articles import Sentence
from report.tell import answers, context, page
from report.tell.context import EMPTY, Context
from report.tell.index import Index
from tests.project import ROOT

from .builders import VERSIONS, answer, article, claim, correction, everything, hostile, result
from .markup import Page

RIGHT = correction("top31/q11_x.py::args_reads", "hhhh")
WRONG = claim("top31/q11_x.py::arg_reads", "rrrr", corrections=(RIGHT,))
LATE = claim("top31/q11_x.py::late_holds", "rrhh")
ALWAYS = claim("top31/q11_x.py::always_holds", "hhhh")


def sheet(*claims):
    """A result with one answer that makes these claims."""
    return result(article(answer(11, "Reading the query string", *claims)))


def right(made):
    """The only right answer of a result's only article."""
    (part,) = made.articles
    return answers.right("Reading", "reading", [(part, part.answers[0])], answers.Sheet(Index(made)))


def test_what_is_wrong_gives_way_to_its_correction():
    """The sentences are the confirmed claims and the corrections that hold, each once, in the order of the answer."""
    found = right(sheet(WRONG, LATE, ALWAYS, ALWAYS))
    said = [truth.statement for truth in found.truths]
    assert said == [RIGHT.statement, LATE.statement, ALWAYS.statement]
    assert [fault.statement for fault in found.faults] == [WRONG.statement]
    assert [truth.when for truth in found.truths] == ["", f"since {LATE.verdict.since}", ""]


def test_what_failed_for_a_while_says_on_which_releases():
    """A statement that held before is no older for a release that failed; since when would be false."""
    found = right(sheet(claim("top31/q11_x.py::came_back", "hrhh"), claim("top31/q11_x.py::later", "urhh")))
    assert [each.when for each in found.truths] == [f"except on {VERSIONS[1]}", f"since {VERSIONS[2]}"]


def test_a_correction_that_fails_is_no_answer():
    """What does not hold now is nowhere said to be right."""
    failing = correction("top31/q11_x.py::args_reads", "hhhr")
    assert right(sheet(claim("top31/q11_x.py::arg_reads", "rrrr", corrections=(failing,)))).truths == []


def test_every_sentence_leads_to_its_proof():
    """Each link of the page leads to an element of the report."""
    for make in (everything, hostile, lambda: sheet(WRONG, LATE)):
        made = make()
        there = set(Page(page.render(made)).values("id"))
        pages = [text for name, text in answers.files(made, EMPTY) if name.endswith(".html")]
        links = [link for text in pages for link in Page(text).values("href")]
        proofs = {link.partition("#")[2] for link in links if link.startswith("index.html#")}
        assert proofs
        assert proofs <= there


def test_markdown_says_since_when():
    """A statement that is younger than the oldest release says so."""
    text = dict(answers.files(sheet(WRONG, LATE), EMPTY))["answers.md"]
    assert f"{LATE.statement} *(since {LATE.verdict.since})*" in text
    assert f"A list says otherwise: {WRONG.statement}" in text


def test_articles_are_merged_by_topic():
    """What two articles say of a topic stands there once; what no topic lists comes last."""
    other = replace(article(answer(2, "Parameters", ALWAYS, WRONG)), id="top24", title="Twenty-four")
    one = article(answer(11, "Reading", WRONG, ALWAYS), answer(12, "Sessions", LATE))
    topics = {"Requests": {"The query string": ["top31-11", "top24-2"], "Nothing": ["top31-99"]}}
    made = result(one, other)
    first, last = answers.chapters(made, answers.Sheet(Index(made), Context(topics=topics)))

    (merged,) = first.answers
    assert (merged.heading, [truth.statement for truth in merged.truths]) == (
        "The query string",
        [RIGHT.statement, ALWAYS.statement],
    )
    assert (last.title, [each.heading for each in last.answers]) == (answers.OTHERS, ["Sessions"])


def row(number, statement, letters="hhhh"):
    """A claim that is a row of a table."""
    return claim(f"top31/q11_x.py::takes[{number}]", letters, statement=statement)


def test_rows_of_a_table_are_one_sentence():
    """The first row stands whole; the others say what they say instead, whole if code would be cut."""
    rows = [row(1, "A rule takes `int` once."), row(2, "A rule takes `str` once."), row(3, "A rule takes `a b` once.")]
    (truth,) = right(sheet(*rows, row(4, "A rule takes `a c` once."))).truths
    assert truth.statement == "A rule takes `int` once."
    assert [words for words, _ in truth.likewise] == ["`str`", "`a b`", "`a c`"]
    assert answers.difference("A rule takes `a b`.", "A rule takes `a c`.") == "A rule takes `a c`"
    younger = right(sheet(rows[0], row(2, "A rule takes `str` once.", "rrhh"))).truths
    assert [each.likewise for each in younger] == [[], []]  # what holds since another release is another sentence


def test_what_was_tried_later_says_so():
    """A statement that could not be tried on old releases does not claim them."""
    found = right(sheet(claim("top31/q11_x.py::late", "uuhh"))).truths
    assert [each.when for each in found] == [f"tried since {VERSIONS[2]}"]


def test_the_sheet_by_topic_speaks_of_no_printed_code():
    """Who reads it has not the article's code before them; the article's own sheet keeps what is said of it."""
    printed = claim("top31/q11_x.py::printed", statement="The view as printed reads a value.")
    made = sheet(printed, ALWAYS)
    (by_topic,) = answers.chapters(made, answers.Sheet(Index(made), printed=False))[0].answers
    assert [each.statement for each in by_topic.truths] == [ALWAYS.statement]
    (alone,) = answers.of_article(made.articles[0], Index(made), EMPTY).answers
    assert [each.statement for each in alone.truths] == [printed.statement, ALWAYS.statement]


def test_a_question_is_quoted_from_a_copy():
    """The heading is ours; the question itself is there only with a copy of the article. Headings are link targets."""
    copy = (
        Sentence(11, "How is it read?", "0" * 12, reason=f"{REASONS['question']}."),
        Sentence(11, "By `args`.", "1" * 12),
    )
    made = sheet(WRONG)
    for given, shown in ((EMPTY, False), (Context(texts={"top31": copy}), True)):
        pages = dict(answers.files(made, given))
        for name in ("answers.html", "answers-top31.html"):
            assert ("How is it read?" in pages[name]) == shown
            assert "top31-11" in Page(pages[name]).values("id")
    assert "answers-top31.html#top31-11" in Page(pages["answers.html"]).values("href")


def test_an_outdated_statement_says_until_when():
    """Who learned it earlier reads when it went."""
    text = dict(answers.files(sheet(claim("top31/q11_x.py::gone", "hhrr", corrections=(RIGHT,))), EMPTY))["answers.md"]
    assert f"*(held until {VERSIONS[1]})*" in text


def test_every_answer_of_the_project_has_a_topic():
    """A topic lists only questions that exist, each is listed once, and the statements of each are there."""
    config = settings.read(ROOT)
    topics = context.read_topics(config)
    listed = [each for chapter in topics.values() for several in chapter.values() for each in several]
    assert len(listed) == len({*listed})
    modules = {f"{path.parent.name}-{int(path.name[1:3])}" for path in config.claims.glob("*/q[0-9][0-9]_*.py")}
    assert modules - {*listed} == set()
