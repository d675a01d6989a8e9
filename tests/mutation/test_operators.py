"""Mutation operators: the mutations of a file, and which of them are the same."""

import ast
import os
import subprocess
import sys
import textwrap

import pytest

from report.mutation import operators
from report.mutation.operators import MAX_SHOWN, digest, mutations, original
from tests.conftest import ROOT

OPERATORS = {
    "a number": ("port = 5000", ["port = 5001"]),
    "a text": ("return 'GET'", ['return "GETx"']),
    "bytes": ("return b'a'", ["return b'ax'"]),
    "a boolean": ("return True", ["return False"]),
    "a comparison": ("return a == b", ["return a != b", "return None"]),
    "a comparison inside": ("return f(a == b)", ["return f((a != b))", "return None"]),
    "a membership": ("return a in b", ["return a not in b", "return None"]),
    "a conjunction": ("return a and b", ["return a or b", "return None"]),
    "a negation": ("return not a", ["return a", "return None"]),
    "a predicate": ("return a.endswith(b)", ["return not a.endswith(b)", "return None"]),
    "arithmetic": ("return a + b", ["return a - b", "return None"]),
    "a condition": ("if a: return", ["if not (a): return"]),
    "a compared condition": ("if a == b: return", ["if a != b: return"]),
    "an f-string": ("return f'{a}b'", ["return f'{a}b' + 'x'", "return None"]),
    "a call": ("a.append(b)", ["pass"]),
    "an argument": ("return a(key=b)", ["return a(key=None)", "return None"]),
    "an exception": ("raise a", ["pass"]),
    "a value": ("c = a", ["c = None"]),
    "None": ("return None", []),
    "a docstring": ("'''Says something.'''", []),
    "a type hint": ("c: 'int'", []),
}


@pytest.fixture
def site(monkeypatch, tmp_path):
    """A folder for site-packages of its own."""
    monkeypatch.setattr(operators, "SITE", tmp_path)
    caches = (operators.mutations, operators.original)
    for cached in caches:
        cached.cache_clear()
    yield tmp_path
    for cached in caches:
        cached.cache_clear()


@pytest.fixture
def mutate(site):
    """Write a file; return its mutations, each with the text of the mutated lines."""

    def lines(text):
        (site / "module.py").write_text(textwrap.dedent(text), encoding="utf-8")
        operators.mutations.cache_clear()
        operators.original.cache_clear()
        return [(mutation, mutation.place[3]) for mutation in mutations("module.py")]

    return lines


@pytest.mark.parametrize(("line", "mutants"), OPERATORS.values(), ids=OPERATORS)
def test_each_operator(mutate, line, mutants):
    """An operator negates a node, removes it, or replaces it by another of its kind."""
    mutated = mutate(f"def f(a, b):\n    {line}\n")

    assert sorted(text for _, text in mutated) == sorted(mutants)
    assert {mutation.function for mutation, _ in mutated} <= {"f"}


def test_import_time_is_distinct_from_call_time(mutate):
    """Mutations of defaults, decorators and class bodies take effect at import, those of function bodies at a call."""
    mutated = mutate(
        """\
        class C:
            code = 1

            @mark(2)
            def f(self, a=3):
                return lambda: 4
        """
    )

    constants = [mutation for mutation, _ in mutated if mutation.constant]
    assert [(mutation.constant, mutation.function, mutation.at_import) for mutation in constants] == [
        ("1", "C", True),
        ("3", "C.f", True),
        ("4", "C.f", False),
        ("2", "C.f", True),
    ]


def test_a_mutation_keeps_the_other_text(mutate):
    """Text before and after the span stays the same, also with non-ASCII letters and over several lines."""
    ((mutation, text), *_) = mutate("a = ('é', 1)[1]\n")
    assert (mutation.constant, text) == ("", "a = None")
    assert "a = ('é', 2)[1]" in [text for _, text in mutate("a = ('é', 1)[1]\n")]
    assert 'a = ("bcx")' in [text for _, text in mutate("a = ('b'\n     'c')\n")]


@pytest.mark.parametrize("content", [b"\xff\xfe", b"def f(:"], ids=["no text", "no Python"])
def test_an_unreadable_file_has_no_mutations(site, content):
    """A file that is not text, or not valid Python, has none."""
    (site / "module.py").write_bytes(content)

    assert mutations("module.py") == ()


@pytest.mark.parametrize("name", ["markupsafe/__init__.py", "itsdangerous/signer.py"])
def test_every_mutant_of_a_real_module_is_python(name):
    """Python can parse every mutant of an installed module, and each differs from the original."""
    mutants = [mutation.text for mutation in mutations(name)]

    assert len(mutants) > 50
    assert all(ast.parse(mutant) and mutant != original(name) for mutant in mutants)


ARID = """
    import a
    __version__ = "1"
    T = TypeVar("T")
    if t.TYPE_CHECKING:
        b = 1

    @t.overload
    def f(c=1): ...

    class C(Generic[T]):
        "Says something."
        def __repr__(self):
            return "C"
"""


def test_arid_code_has_no_mutations(mutate):
    """Nothing is mutated that cannot matter to a claim."""
    assert mutate(ARID) == []


def test_each_mutation_has_an_operator_class(mutate):
    """The class says what the operator does: of a line, each is tried once."""
    found = mutate("def f(a, b):\n    return a == b and 5\n")

    assert {mutation.operator: text for mutation, text in found} == {
        "condition": "return (a != b) and 5",
        "int": "return a == b and 6",
        "value": "return None",
    }


@pytest.mark.parametrize(
    ("text", "other", "same"),
    [
        ("def f(a): return a + 1\n", "def f(a):\n\n    return (a+1)\n", True),
        ("def f(a): return a + 1\n", "def f(a): return a + 2\n", False),
        ("def f(a): return a.b\n", "def f(a): return a.c\n", False),
        ("f(1)\n", "f(True)\n", False),
    ],
)
def test_equivalent_mutants_are_told_by_their_bytecode(text, other, same):
    """Positions do not count, but everything else does."""
    assert (digest("a.py", text) == digest("a.py", other)) is same
    assert digest("a.txt", text) != digest("a.txt", other)


def test_a_digest_is_the_same_in_each_process():
    """A constant set has another order in each process; kept cells would be lost."""
    program = 'from report.mutation.operators import digest\nprint(digest(\'a.py\', \'a in {1.5, "b", "c", "d"}\'))'
    seen = [
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed}, cwd=ROOT, capture_output=True, text=True, check=True,
        ).stdout
        for seed in "123"
    ]  # fmt: skip

    assert len(seen[0]) == 13
    assert len({*seen}) == 1


def test_long_lines_are_shown_where_they_differ(mutate):
    """What is shown of a change has the change in it, however far to the right."""
    text = f"{'x' * 500} = 1, '{'y' * 500}'"
    [(mutation, became)] = [found for found in mutate(text) if found[0].replacement == "2"]
    was = mutation.place[2]
    assert was.replace("1", "2") == became != was
    assert (was[0], was[-1], len(was)) == ("…", "…", MAX_SHOWN + 2)
    [(removed, became)] = mutate(f"{'a' * 500}(b)")
    assert (removed.place[2], became) == ("a" * MAX_SHOWN + "…", "pass")
