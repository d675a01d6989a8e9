"""Code as it is printed: what cannot be parsed, and what is only an excerpt."""

import pytest

from report.check import printed
from report.check.passages import passages
from tests.check.checks import checked
from tests.check.test_names import python

ERRORS = {
    "typographic quotes": ("@app.route(‘/’)\ndef f():\n    pass", 1, "typographic quotes"),
    "lost indentation": ("def f():\nreturn 1", 2, "indentation is lost"),
    "lost indentation of a view": ('@app.route("/")\ndef f():\nreturn "x"\n', 3, "indentation is lost"),
    "wrong indentation": ("x = 1\n  y = 2\nz = f(1)", 2, "indentation is wrong: unexpected indent"),
    "Python 2": ('import os\nprint "x"', 2, "Missing parentheses"),
    "a word too many": ("Flask import Flask\napp = Flask(__name__)", 1, "invalid syntax"),
    "a bracket": ("from flask import Flask\napp = Flask(__name__]\n", 2, "does not match"),
    "a no-break space": ("if f(1):\n\u00a0   y = g(1)", 2, "a no-break space (U+00A0)"),
    "tabs and spaces": ("def f():\n        if y:\n\tg(1)", 3, "inconsistent use of tabs"),
    "both quotes": ("x = f(“a‘)\ny = g(1)", 1, "typographic quotes"),
}
SILENT = {
    "whole code": "from flask import Flask\napp = Flask(__name__)",
    "typographic quotes in a string": 'x = "it’s “fine”"',
    "an ellipsis": "def f(...):\n    pass",
    "a typographic ellipsis": "app = Flask(__name__)\n…\napp.run()",
    "a header without its body": '@app.route("/")\ndef f():',
    "a header before the next": "def f():\ndef g():",
    "a decorator alone": '@app.route("/")',
    "a method without its class": "    def get(self):\n        return 1",
    "a placeholder": "app.config['KEY'] = <your key>\nx = f(1)",
    "a session": ">>> from flask import Flask\n>>> Flask\n<class 'flask.app.Flask'>",
    "a session with a block": ">>> def f():\n...     return 1\n...\n>>> f()\n1",
    "a shell's lines": "$ pip install flask\nfrom flask import Flask",
    "a template inside": "x = {{ value }}\ny = f(1)",
    "a return alone": "return render_template('x')",
    "a diff": "-from flask import escape\n+from markupsafe import escape",
    "code and its output": "url_for('parent.create')\n/parent/create",
    "quotes of Python 3.12": "x = f'{y['a']}'\nz = f(1)",
    "a comment for a body": "def f():\n    # ...\n\nx = g(1)",
    "steps for a body": "@app.route('/')\ndef f():\n# look the user up\n# redirect to the page",
    "a shell's line after a note": "import flask\n# in a terminal\nflask db init  # makes the folder",
    "a variable of a shell": "import flask\n# in a terminal\nexport FLASK_APP=main.py",
    "a note between two files": "import a\nx = f(1)\n\nin main file\n\nfrom . import a",
    "a note after code": "@app.route('/x/') - Like a folder\n@app.route('/x')",
    "a cut": "def f():\n    if f(1):\n        return g(\n            x={'y': 1,",
    "a comment for a value": "import flask\ncount = # the number of rows\nprint(count)",
    "a branch alone": "# log it\nexcept ValueError as error:\n    print(f(error))",
    "a cell of a notebook": "%%writefile app.py\nfrom flask import Flask\napp = Flask(__name__)",
    "a signature": "def url_for(endpoint, **values)",
    "what a call gives": "x = url_for('index')  => /\nprint(x)",
    "the name of a file": "main.py:\nfrom flask import Flask\napp = Flask(__name__)",
    "output with brackets": "print(User.all())\n[<User 'ada'>, <User 'bob'>]",
    "a log": 'app.run()\nprint(1)\n127.0.0.1 - - [01/Jan/2024] "GET / HTTP/1.1" 200 -',
    "what an error says": "import a\nprint(a.b)\nTypeError: expected str instance, int found",
    "numbers of notes": "import flask  ❶\napp = flask.Flask(__name__)  ❷",
    "what is left out": "import flask\n--snip--\nx = f(1) 2",
    "a session whose bodies have no prompts": ">>> for x in y:\n        f(x)\n>>> print(x)\n1",
    "a session of Python 2": "Python 2.7.2 (default)\n>>> import os\n>>> print 'x'\nx",
    "two dots": "def f():\n    g(..)\nx = f(1)",
    "a place for code": "app = Flask(__name__)\n[enter the code here]\napp.run()",
    "a decorator with notes": "@app.route(url)\n\n# the url",
    "a block in quotes": "`from flask import Flask\napp = Flask(__name__)`",
    "an excerpt below a comment": "# In the factory\n    with app.app_context():\n        f()",
    "a table": "Name    Value\nport    5000 x",
    "an excerpt": "    if x:\n        f()\n...\n  else:\n    g()",
}


@pytest.mark.parametrize(("code", "line", "said"), ERRORS.values(), ids=ERRORS)
def test_what_cannot_be_parsed_is_found(code, line, said):
    """The line and the cause are named."""
    errors = [one for one in checked(f"```python\n{code}\n```\n").findings if one.layer == "code"]
    assert [(one.verdict, one.line) for one in errors] == [("error", line + 1)]
    assert said in errors[0].message


@pytest.mark.parametrize("language", ["python", ""])
@pytest.mark.parametrize("code", SILENT.values(), ids=SILENT)
def test_an_excerpt_is_no_error(code, language):
    """Nothing is said of what is evidently only a part."""
    assert [one for one in checked(f"```{language}\n{code}\n```\n").findings if one.layer == "code"] == []


def test_output_is_no_python():
    """A block without a language counts as Python only with two signs of it."""
    assert checked("```\nimport failed: the module x is missing\n```\n").findings == ()


def test_sentences_are_no_python():
    """An article may stand in a fence as a whole: of it, nothing is said unless it says that it is Python."""
    text = (
        "from flask import Flask\napp = Flask(__name__)\nIt's the name of the module, and it's what Flask looks for.\n"
    )
    assert [len(checked(f"```{language}\n{text}```\n").findings) for language in ("python", "")] == [1, 0]


def test_a_template_is_parsed():
    """Jinja's own message, with the line; other engines and excerpts are left alone."""
    (error,) = checked("```html+jinja\n<p>\n{{ user.name }\n```\n").findings
    assert (error.verdict, error.line) == ("error", 3)
    for silent in ("{% endblock %}", "{% if x %}", "{% load x %}{{ y|z:1 }}", "{{ ... }}", "{% csrf_token %}"):
        assert checked(f"```html+jinja\n{silent}\n```\n").findings == ()


def test_typographic_quotes_are_fixed():
    """Where straight quotes alone make the code right."""
    (one,) = checked("```python\nx = f(‘a’, “b”)\n```\n").findings
    assert (one.text, one.fix) == ("‘a’, “b”", "'a', \"b\"")
    assert [one.fix for one in checked("```python\nx = f(‘a’\ny = g(1)\n```\n").findings] == [None]


def test_a_diff_is_not_executed():
    """What it leaves can be parsed, but it is an excerpt."""
    (passage,) = passages("```diff\n-import sys\n+import os\n```\n", "a.md")
    parsed = printed.read(passage)
    assert (parsed.whole, parsed.readable.shown) == (False, "import os\n")


def test_code_is_read_on_after_a_no_break_space():
    """It is an error; the names behind it are looked up all the same."""
    text = python("if app:", "\u00a0 \u00a0app.json_encoder")
    assert [one.verdict for one in checked(text).findings] == ["error", "gone"]
