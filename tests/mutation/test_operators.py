"""Sabotage: which changes there are of a file, and which of them are tried first."""

import ast
import textwrap

import pytest

from report.mutation import ranking
from report.mutation.operators import changes
from report.mutation.sandbox import SITE
from report.settings import Settings

CHANGES = {
    "a number": ("port = 5000", ["port = 5001"]),
    "a text": ("return 'GET'", ["return 'GETx'"]),
    "bytes": ("return b'a'", ["return b'ax'"]),
    "a switch": ("return True", ["return False"]),
    "a comparison": ("return a == b", ["return (a != b)", "return None"]),
    "a membership": ("return a in b", ["return (a not in b)", "return None"]),
    "a conjunction": ("return a and b", ["return (a or b)", "return None"]),
    "a negation": ("return not a", ["return (a)", "return None"]),
    "a question": ("return a.endswith(b)", ["return (not a.endswith(b))", "return None"]),
    "arithmetic": ("return a + b", ["return (a - b)", "return None"]),
    "a condition": ("if a: return", ["if (not (a)): return"]),
    "a formatted text": ("return f'{a}b'", ["return (f'{a}b' + 'x')", "return None"]),
    "a call": ("a.append(b)", ["pass"]),
    "an order": ("for c in a: pass", ["for c in reversed([*a]): pass"]),
    "an argument": ("return a(key=b)", ["return a(key=None)", "return None"]),
    "an exception": ("raise a", ["pass"]),
    "a value": ("c = a", ["c = None"]),
    "nothing": ("return None", []),
    "a text alone": ("'''Says something.'''", []),
    "a hint": ("c: 'int'", []),
}


@pytest.fixture
def changed(tmp_path):
    """Write a module, and tell what becomes of its lines: for each change the line's text."""

    def lines(text, name="module.py"):
        path = tmp_path / name
        path.write_text(textwrap.dedent(text), encoding="utf-8")
        return [(change, change.words(path.read_text(encoding="utf-8"))[1]) for change in changes(path)]

    return lines


@pytest.mark.parametrize(("line", "becomes"), CHANGES.values(), ids=CHANGES)
def test_each_operator(changed, line, becomes):
    """Each kind of node is changed into one that says the opposite, or something else of its kind."""
    found = changed(f"def f(a, b):\n    {line}\n")

    assert sorted(text for _, text in found) == sorted(["def fx(a, b):", *becomes])
    assert {change.function for change, _ in found} <= {"f"}


def test_what_is_imported_is_told_from_what_is_called(changed):
    """Defaults, decorators and class bodies take effect when a module is imported, bodies when they are called."""
    found = changed(
        """\
        class C:
            code = 1

            @mark(2)
            def f(self, a=3):
                return lambda: 4
        """
    )

    assert [(change.constant, change.function, change.at_import) for change, _ in found if change.constant] == [
        ("1", "C", True),
        ("3", "C.f", True),
        ("2", "C.f", True),
        ("4", "C.f", False),
    ]


def test_a_change_leaves_all_else(changed):
    """What stands beside the change keeps its place, whatever letters stand before it and however long it was."""
    ((change, text), *_) = changed("a = ('é', 1)[1]\n")
    assert (change.constant, text) == ("", "a = None")
    assert "a = ('é', 2)[1]" in [text for _, text in changed("a = ('é', 1)[1]\n")]
    assert "a = ('bcx')" in [text for _, text in changed("a = ('b'\n     'c')\n")]


def test_data_is_changed_by_the_line(changed):
    """Of a file that is no Python, each number and word says something else, and each line is left out, or all."""
    found = changed("Version: 3.1.3\nName: Flask\n\n", "METADATA")

    assert [text for _, text in found] == [
        "", "Version: 3.1.4", "Versionx: 3.1.3", "", "Namex: Flask", "Name: Flaskx", "",
    ]  # fmt: skip


def test_a_program_of_one_line_takes_no_room(tmp_path):
    """Another's script may be a line of a million characters: few changes of it are tried, each a few characters."""
    path = tmp_path / "bundle.js"
    path.write_text("Ü" + 200_000 * "word 1;", encoding="utf-8")

    found = changes(path, read=True)

    assert len(found) < 50
    assert sum(len(one.instead) + len(one.constant) for one in found) < 10_000
    assert found[1].on(path.read_text(encoding="utf-8")).startswith("Üwordx 1;word 1;")


@pytest.mark.parametrize("content", [b"\xff\xfe", b"def f(:"], ids=["no text", "no Python"])
def test_what_cannot_be_read_is_left_alone(tmp_path, content):
    """A file that is no text, or none of this Python, is not changed."""
    path = tmp_path / "module.py"
    path.write_bytes(content)

    assert changes(path) == []


@pytest.mark.parametrize("name", ["markupsafe/__init__.py", "itsdangerous/signer.py"])
def test_every_change_of_a_real_module_is_python(name):
    """Whatever is changed in an installed module, Python can still read it."""
    text = (SITE / name).read_text(encoding="utf-8")
    found = changes(SITE / name)

    assert len(found) > 50
    assert all(ast.parse(change.on(text)) and change.on(text) != text for change in found)


def test_likely_changes_come_first(monkeypatch, tmp_path):
    """What the claim speaks of comes before what many claims execute, and that before what counts only at import."""
    (tmp_path / "subject.py").write_text(
        "def usual():\n    return 'x'\n\n\ndef run(p=7):\n    return 5000\n", encoding="utf-8"
    )
    monkeypatch.setattr(ranking, "original", tmp_path.joinpath)
    ranking.of.cache_clear()
    trace = {"subject.py": {2, 5, 6}, "tool.py": {1}}
    told = ranking.Told.of("5000 == 5000", "assert run().port == 5000")
    counted = ranking.usual([trace, {"subject.py": {2}}, {"subject.py": {2}}])

    found = ranking.candidates(trace, told, counted, Settings(tmp_path, "subject", tmp_path, ("tool",)))

    assert [one.change.constant for one in found] == ["5000", "x", "", "7", ""]
    assert {one.file for one in found} == {"subject.py"}
    ranking.of.cache_clear()


def test_a_file_that_a_claim_has_seen_comes_first():
    """What lists files by their paths speaks of them, whatever is changed in them."""
    change = ranking.Change((1, 0, 1, 6), "", "", "import x")
    told = ranking.Told.of("'backends/sqlite3/base.py' in [...]", "")

    assert told.hints("django/db/backends/sqlite3/base.py", change) > told.hints("django/db/models/base.py", change)
