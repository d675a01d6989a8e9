"""An article's sentences, known by their hashes, and what each of them states."""

import tomllib

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from report.errors import DamagedFileError
from report.judge import articles
from report.judge.accounts import REASONS, Account, Part, account_table, written
from report.judge.articles import ArticleInfo

ARTICLE = """\
Ten facts about boxes

1) What is a box?

A box is a thing.It has a lid. Is it “closed”? "Yes." Nobody knows, e.g. nobody.

  1. first() : It comes first.
  • second(): It comes second

2) And a lid?

The lid is .Py. See 3) below.
"""
ABOUT = ArticleInfo("boxes", "Ten facts about boxes", 2, r"^\d+\) ")


def test_sentences_are_cut_at_their_ends():
    """A sentence ends before a capital, also where the space is missing; markers of lists are left out."""
    texts = [one.text for one in articles.sentences(ARTICLE, ABOUT) if one.question == 1]
    assert texts == [
        "What is a box?",
        "A box is a thing.",
        "It has a lid.",
        "Is it “closed”?",
        '"Yes."',
        "Nobody knows, e.g. nobody.",
        "first() : It comes first.",
        "second(): It comes second",
    ]


def test_a_question_begins_with_its_number():
    """Only the next number begins a question: a list within an answer does not."""
    assert [(one.question, one.text) for one in articles.sentences(ARTICLE, ABOUT) if one.question != 1] == [
        (0, "Ten facts about boxes"),
        (2, "And a lid?"),
        (2, "The lid is .Py."),
        (2, "See 3) below."),
    ]


@pytest.mark.parametrize(
    ("reference", "claim"),
    [
        ("has_a_lid", "claims/boxes/q01_box.py::has_a_lid"),
        ("colours", "claims/boxes/q01_box.py::colours[red]"),
        ("colours[red]", "claims/boxes/q01_box.py::colours[red]"),
        ("lids/q02_lid::fits", "claims/lids/q02_lid.py::fits"),
    ],
)
def test_a_reference_leads_to_a_claim(reference, claim):
    """A plain name is of the question's own module, a table's name is all its rows."""
    assert articles.refers(reference, claim, ("boxes", 1))


@pytest.mark.parametrize(
    ("reference", "claim"),
    [
        ("has_a_lid", "claims/boxes/q02_lid.py::has_a_lid"),
        ("has_a_lid", "claims/lids/q01_box.py::has_a_lid"),
        ("colours[red]", "claims/boxes/q01_box.py::colours[blue]"),
        ("lids/q02_lid::fits", "claims/more_lids/q02_lid.py::fits"),
    ],
)
def test_a_reference_leads_to_no_other_claim(reference, claim):
    """Another question, another article, another row: not what was meant."""
    assert not articles.refers(reference, claim, ("boxes", 1))


HEAD = 'title = "T"\nquestions = 2\n'


def write(tmp_path, text):
    """A folder of claims with one article, whose sentences.toml is *text*."""
    (tmp_path / "boxes").mkdir()
    (tmp_path / "boxes" / "sentences.toml").write_text(text, encoding="utf-8")
    return tmp_path


def test_accounts_are_read_by_question(tmp_path):
    """A list of references is what a sentence states; a list of parts says more."""
    folder = write(
        tmp_path,
        'title = "T"\nquestions = 2\n[intro]\naa = [{none = "heading"}]\n[q02]\n'
        'bb = ["fits", "lids/q02_lid::shut"]\ncc = []\n',
    )
    (about,) = articles.read(folder)
    assert about.accounts == {
        0: {"aa": Account((Part(none="heading"),))},
        2: {"bb": Account((Part(claims=("fits", "lids/q02_lid::shut")),)), "cc": Account()},
    }
    claims = ["claims/boxes/q02_lid.py::fits", "claims/lids/q02_lid.py::open", "claims/lids/q02_lid.py::shut"]
    assert about.stated(2, articles.Names(claims), shared=True) == ["claims/lids/q02_lid.py::shut"]


DAMAGED = {
    "no title": ("questions = 2\n", "missing required field `title`"),
    "no questions": ('title = "T"\nquestions = 0\n', "Expected `int` >= 1"),
    "another table": (f"{HEAD}[question2]\naa = []\n", r"\[question2\] is neither \[intro\] nor a question"),
    "an account of another shape": (f'{HEAD}[q02]\naa = "advice"\n', "an account is a list of references or of parts"),
    "a part with another field": (f'{HEAD}[q02]\naa = [{{claim = "fits"}}]\n', "unknown field `claim`"),
    "no date": (f'{HEAD}published = "soon"\n', r"matching regex .* - at `\$\.published`"),
    "an account with no kind": (
        f'{HEAD}[q02]\naa = [{{says = "x"}}]\n',
        "a part has exactly one of claims, none",
    ),
    "an account with two kinds": (f'{HEAD}[q02]\naa = [{{none = "advice", todo = true}}]\n', "this one has"),
    "a reason that is not listed": (
        f'{HEAD}[q02]\naa = [{{none = "mood"}}]\n',
        "'mood' is no reason; these are:",
    ),
    "parts among references": (f'{HEAD}[q02]\naa = ["fits", {{todo = true}}]\n', "either references or parts"),
    "no address": (f'{HEAD}url = "javascript:0"\n', r"matching regex .* - at `\$\.url`"),
    "no expression": (f'{HEAD}begins = "("\n', "unterminated subpattern"),
    "no TOML": ("title =\n", "Invalid value"),
}


@pytest.mark.parametrize(("text", "reason"), DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_file_is_named(tmp_path, text, reason):
    """What is not read as it has to be is an error with the file's name and the reason."""
    with pytest.raises(DamagedFileError, match=rf"sentences\.toml is damaged: .*{reason}"):
        articles.read(write(tmp_path, text))


@pytest.mark.parametrize("date", ['"2020"', '"2020-05"', "2020-05-16", "2020"])
def test_a_date_may_lack_its_day(tmp_path, date):
    """A date is a string, or a date or a number of TOML."""
    (article,) = articles.read(write(tmp_path, f"{HEAD}published = {date}\n"))
    assert article.published == date.strip('"')


def test_parts_say_what_is_known(tmp_path):
    """A sentence in parts: claims, a reason of the list, what cannot be checked here, and what is open."""
    parts = """[
        {says = "fits", claims = ["fits"], why = "read as: the lid"},
        {says = "ease", none = "opinion", why = "how easy it is"},
        {says = "in space", unchecked = "needs a rocket"},
        {says = "colour", todo = true},
    ]"""
    (about,) = articles.read(write(tmp_path, f"{HEAD}[q02]\naa = {parts}\nbb = [{{todo = true}}]\n"))
    account = about.accounts[2]["aa"]
    assert (account.claims, account.todo, account.unchecked) == (("fits",), 1, ("needs a rocket",))
    assert account.reason == "read as: the lid; an opinion: how easy it is"
    assert str(account) == (
        "fits: fits; read as: the lid; ease: an opinion: how easy it is; "
        "in space: not checkable here: needs a rocket; colour: NOT YET CHECKED"
    )
    assert (about.todo(2), about.todo(1)) == (2, 0)


def test_where_an_article_stands_is_read(tmp_path):
    """Address, author and licence are metadata like the title."""
    (about,) = articles.read(write(tmp_path, f'{HEAD}url = "https://x.org/a"\nauthor = "Ada"\nlicence = "CC0"\n'))
    assert (about.url, about.author, about.licence) == ("https://x.org/a", "Ada", "CC0")


TEXTS = st.text(max_size=20)
REFERENCES = st.lists(TEXTS, min_size=1, max_size=3).map(tuple)
PARTS = st.one_of(
    st.builds(Part, says=st.none() | TEXTS, claims=REFERENCES, why=st.none() | TEXTS),
    st.builds(Part, says=st.none() | TEXTS, none=st.sampled_from([*REASONS]), why=st.none() | TEXTS),
    st.builds(Part, says=st.none() | TEXTS, unchecked=TEXTS.filter(bool)),
    st.builds(Part, says=st.none() | TEXTS, todo=st.just(True)),
)
ACCOUNTS = st.lists(PARTS, max_size=4).map(lambda parts: Account(tuple(parts)))


@given(ACCOUNTS)
def test_an_account_that_is_written_is_read_again(account):
    """Whatever an account says, its value in TOML says it, too."""
    value = tomllib.loads(f"a = {written(account)}")["a"]
    assert msgspec.convert(account_table(value), Account) == account
