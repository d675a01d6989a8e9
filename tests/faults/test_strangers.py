"""Files from strangers: whatever stands in them, an error is one line, and nothing is written elsewhere."""

import copy
import json
import os

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from report import settings as project_settings
from report.__main__ import main
from report.errors import ReportError
from report.files import LARGEST
from report.judge import articles, changes, results
from report.measure import environments, ledger, records, releases

# A few by default; with the profile `fresh`, as many others as that wants.
FEW = settings(
    max_examples=60 if settings().derandomize else settings().max_examples, suppress_health_check=[*HealthCheck]
)
READERS = {
    "results.json": lambda path: results.read(path),
    "ledger.jsonl": lambda path: ledger.read(path),
    "record.jsonl": lambda path: records.read(path),
    "changes.toml": lambda path: changes.read(path),
    "releases.toml": lambda path: releases.read(path),
    "stacks.toml": lambda path: environments.read(path.parent),
    "pyproject.toml": lambda path: project_settings.read(path.parent),
    "demo/sentences.toml": lambda path: sentences(path),
}
JSON = [
    "{}",
    '{"a":' * 100_000,
    "[" * 100_000,
    '{"schema":1,"x":' + "[" * 10_000 + "]" * 10_000 + "}\n",
    '{"schema":NaN}',
]
TOML = ["a=" + "[" * 10_000, "a=" + "{a=" * 10_000, f"a={'9' * 5000}", "releases=1\nchanges=1\ntitle=1\nquestions=1"]
TOML += [f'title = "x"\nquestions = {number}' for number in ("inf", "-1", 10**18, "[1]", '"many"')]
TOML += [
    f'title = "x"\nquestions = 1\n{more}' for more in ("begins='('", "begins='[a-z]'", "contradictions=3", "[q1]\na=1")
]
TOML += [
    '[[releases]]\nversion = "x y"\nreleased = 2020-01-01',
    "[tool.report]\nsubject = 1\ntools = 5",
    "[1]\npython=2",
]
ANYTHING = ["", "\0", "\ufeff", "\ud800", *JSON, *TOML]
# Strings that mean something somewhere: to a path, a page, a terminal, a template, a version, or to us.
STRINGS = [
    "",
    "../../../evil",
    "/etc/evil",
    "<script>alert(1)</script>",
    "\0",
    "\x1b[2J",
    "x y",
    "9" * 400,
    "\u202e",
    "\n",
]
STRINGS += ["claims/demo/q01_x.py::y", "claims/../../q9_x.py::y", "javascript:alert(1)", "{{7*7}}", "`", "]]>", "--> "]
STRINGS += ["held", "refuted", "untried", "confirmed", "wrong", "outdated", "editorial", "3.0.4", "1.0", "2020-13-45"]
NUMBERS = [-1, 0, 10**18, 2**63, -(2**63)]


def sentences(path):
    """Read an article's accounts, and cut a text by them."""
    return [articles.sentences("1. What is it?\nIt is so. a b\n", one) for one in articles.read(path.parent.parent)]


def check_read(name, path, content):
    """Read *content* as the file that it says it is: that is done, or refused in one line."""
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    said = ""
    try:
        READERS[name](path)
    except ReportError as error:
        said = str(error)
    assert said.isprintable()  # and so one line, which does nothing to a terminal


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("content", ANYTHING, ids=lambda text: ascii(text[:30]))
def test_what_no_program_has_written(tmp_path, name, content):
    """What is too deep, too large a number, of another shape or no text is refused."""
    check_read(name, tmp_path / name, content.encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize("name", READERS)
@FEW
@given(data=st.data())
def test_what_anybody_may_write(tmp_path, name, data):
    """Any bytes, and any text in which lines of such files are mixed, are read or refused."""
    pieces = st.sampled_from(
        [*TOML, '{"schema":1,"environments":{"1.0":{"python":"3","stack":"x"}}}', '{"end":0}', '"']
    )
    mixed = st.lists(pieces | st.text(max_size=20), max_size=5).map("\n".join)
    content = data.draw(st.binary(max_size=200) | mixed.map(lambda text: text.encode("utf-8", "surrogatepass")))
    check_read(name, tmp_path / name, content)


@pytest.mark.parametrize("name", [name for name in READERS if name not in ("record.jsonl", "pyproject.toml")])
def test_a_file_that_is_too_large(tmp_path, name):
    """A file beyond all measure is refused before it is read."""
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.touch()
    os.truncate(path, LARGEST + 1)  # it takes no room on the disk
    with pytest.raises(ReportError, match=r"is damaged: .*larger than 512 MiB"):
        READERS[name](path)


@pytest.fixture(scope="module")
def genuine(accepted):
    """A result, as it is read by others."""
    return json.loads((accepted.root / "out" / "results.json").read_text(encoding="utf-8"))


def places(value, path=()):
    """The path to everything in *value*."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        yield (*path, key)
        yield from places(one, (*path, key))


def strange(was):
    """What a stranger may have put in the place of *was*, so that it is of the schema, or nearly so."""
    if isinstance(was, bool):
        return st.sampled_from([True, False, None, 1])
    if isinstance(was, int):
        return st.sampled_from(NUMBERS)
    if isinstance(was, list):
        return st.sampled_from([[], was + was, was[::-1]])
    if isinstance(was, dict):
        kept = next(iter(was.values()), None)
        return st.sampled_from(STRINGS).map(lambda name: {**was, name: kept}) | st.just({})
    return st.sampled_from([*STRINGS, None])


@st.composite
def results_of_strangers(draw, genuine):
    """A result of which one to three things are another's."""
    changed = copy.deepcopy(genuine)
    for *way, last in draw(st.lists(st.sampled_from(list(places(genuine))), min_size=1, max_size=3)):
        inner = changed
        try:
            for key in way:
                inner = inner[key]
            inner[last] = draw(strange(inner[last]))
        except (LookupError, TypeError):
            continue  # an earlier change took it away
    return changed


@FEW
@given(data=st.data())
def test_a_result_of_a_stranger(accepted, genuine, tmp_path_factory, data):
    """It is shown, or refused in one line; and nothing is written but where it was asked for."""
    folder = tmp_path_factory.mktemp("stranger")
    check_shown(accepted, folder, data.draw(results_of_strangers(genuine)))


@pytest.mark.parametrize("name", ["../../evil", "/etc/evil", "..", "", "a/b", "\0", "x" * 5000])
def test_an_article_with_the_name_of_a_path(accepted, genuine, tmp_path, name):
    """What an article is called leads to no other folder."""
    changed = copy.deepcopy(genuine)
    changed["articles"][0]["id"] = name
    check_shown(accepted, tmp_path, changed)


def check_shown(accepted, folder, result):
    """Render *result*, and compare it both ways."""
    file, out = folder / "results.json", folder / "inner" / "out"
    file.write_text(json.dumps(result), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(accepted.root)
        for arguments in (["render", file, "--out", out], ["diff", "out/results.json", file], ["diff", file, file]):
            ended = CliRunner().invoke(main, list(map(str, arguments)))
            assert (ended.exit_code, len(ended.stderr.splitlines())) in [(0, 0), (2, 1)], ended.exception
    assert {path.name for path in folder.iterdir()} <= {"results.json", "inner"}
    assert [path for path in folder.rglob("*") if path.is_dir()] in ([], [out.parent, out])
