"""Safe fixes: the diff applies, everything else stays, and a second run has nothing to do."""

import subprocess

import pytest

from report.check import fixing
from report.check.names import close
from tests.check.checks import checked

MARKDOWN = (
    "# Title\n\nUse `request.arg` or `app.json_encoder`.\nAnd **request.arg**['x'].\n\n- x\n\n"
    "```python\napp.beforeRequest(‘/’)\nx = f(1)\n```\n\nValidating user input prevents SQL injection.\n"
)
HTML = (
    "<h1>Title</h1>\n<p>Use <code>request.arg</code>, or <b>request</b>.arg, or request&#46;arg.</p>\n"
    "<pre><code class='language-python'>app.beforeRequest(&quot;/&quot;)\nrequest.arg</code></pre>\n"
)
FILES = {
    "Markdown": ("a.md", MARKDOWN),
    "CRLF": ("a.md", MARKDOWN.replace("\n", "\r\n")),
    "no end of line": ("a.md", MARKDOWN + "Use `request.arg`"),
    "HTML": ("a.html", HTML),
    "HTML, CRLF": ("a.html", HTML.replace("\n", "\r\n")),
    "reStructuredText": (
        "a.rst",
        "Title\n=====\n\nUse ``request.arg``.\n\n.. code-block:: python\n\n    request.arg\n",
    ),
    "other line separators": ("a.md", "Use\x0c`request.arg`\u2028and\x85`request.arg`.\n"),
}


@pytest.mark.parametrize(("name", "text"), FILES.values(), ids=FILES)
def test_the_diff_applies_and_a_second_run_has_nothing_to_do(tmp_path, name, text):
    """`git apply` takes the diff, and makes exactly the file that --fix writes."""
    new = fixing.fixed(text, checked(text, name).findings)
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / name).write_bytes(text.encode())
    (tmp_path / "fix.diff").write_bytes(fixing.diff(text, new, f"docs/{name}").encode())
    for arguments in (["init", "-q"], ["apply", "--check", "fix.diff"], ["apply", "--whitespace=nowarn", "fix.diff"]):
        done = subprocess.run(
            ["git", *arguments], cwd=tmp_path, check=False, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stderr

    assert new != text
    assert (folder / name).read_bytes() == new.encode()
    assert fixing.fixed(new, checked(new, name).findings) == new


def test_only_what_is_certain_changes():
    """A renamed name and quotes of code are fixed; what is gone and what is wrong stays."""
    new = fixing.fixed(MARKDOWN, checked(MARKDOWN, "a.md").findings)
    assert new == MARKDOWN.replace("`request.arg`", "`request.args`").replace("‘/’", "'/'").replace(
        "**request.arg**", "**request.args**"
    ).replace("app.beforeRequest", "app.before_request")


def test_names_with_markup_inside_stay():
    """What the file spells otherwise than it reads is not touched."""
    new = fixing.fixed(HTML, checked(HTML, "a.html").findings)
    assert "<b>request</b>.arg, or request&#46;arg." in new
    assert "<code>request.args</code>" in new
    assert new.endswith("app.before_request(&quot;/&quot;)\nrequest.args</code></pre>\n")


def test_no_fix_no_diff():
    """Nothing to fix gives an empty diff."""
    assert fixing.diff("a\n", "a\n", "a.md") == ""


def test_a_line_of_code_is_fixed_with_straight_quotation_marks():
    """A fixed line runs as it is pasted; the quotation marks of prose stay as they are."""
    text = "user = request.arg.get (‘user’)\n\nThe ‘short’ name is `request.arg`.\n"
    new = fixing.fixed(text, checked(text, "a.txt").findings)
    assert new == "user = request.args.get ('user')\n\nThe ‘short’ name is `request.args`.\n"


def test_of_a_slip_only_one_name_is_meant():
    """Where a letter is missing, a name that is only alike is no second choice: the slip can be fixed."""
    every = ["register_blueprint", "iter_blueprints", "route", "routes", "Flask", "flash"]
    meant = [close(name, every) for name in ("register_bluprint", "rote", "flask")]
    assert meant == [["register_blueprint"], ["route", "routes"], ["Flask"]]
