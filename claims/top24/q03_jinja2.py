"""Jinja2 in Flask."""

from types import SimpleNamespace

import flask
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import TemplateError

from claims import claim
from claims.programs import required, seeing_only

ALONE = """\
import jinja2, sys

print(jinja2.Template("Hello {{ name }}").render(name="Ada"), "flask" in sys.modules)
"""
WORDS = st.lists(st.text("abcdefgh", min_size=1, max_size=5), max_size=6)


@pytest.fixture
def template(app, tmp_path):
    """Write a template's source into the `templates` folder of `app`."""
    folder = tmp_path / "templates"
    folder.mkdir()
    app.config["TEMPLATES_AUTO_RELOAD"] = True
    return lambda name, source: (folder / name).write_text(source, encoding="utf-8")


@pytest.fixture
def shown(app, serve):
    """Have a view show a template with the given variables; returns the answer."""

    def answered(template, **variables):
        app.add_url_rule("/", "page", lambda: flask.render_template(template, **variables))
        return serve(app)("/")

    return answered


@claim
def jinja2_is_for_python(tmp_path):
    """Jinja2 is a templating engine for Python: it renders a template without Flask."""
    assert seeing_only(tmp_path, ["jinja2", *required("jinja2")], ALONE).told == "Hello Ada False"


@claim
def generates_html(template, shown):
    """In Flask, a template of Jinja2 generates HTML, with the values of the moment."""
    template("page.html", "<h1>Hello {{ name }}</h1>")
    answer = shown("page.html", name="Ada")
    assert (answer.text, answer.headers["Content-Type"]) == ("<h1>Hello Ada</h1>", "text/html; charset=utf-8")


@claim
@pytest.mark.parametrize(
    ("name", "outcome"),
    [
        ("page.html", "&lt;b&gt; &amp; c"),
        ("page.xml", "&lt;b&gt; &amp; c"),
        ("page.txt", "<b> & c"),
    ],
    ids=["html", "xml", "txt"],
)
def generates_markup(template, shown, name, outcome):
    """Jinja2 generates HTML or other markup: in `{name}`, the value `<b> & c` becomes `{outcome}`."""
    template(name, "{{ value }}")
    assert shown(name, value="<b> & c").text == outcome


EXPRESSIONS = {
    "variable": "{{ name }}",
    "attribute": "{{ poet.name }}",
    "item": "{{ names[1] }}",
    "call": "{{ name.strip() }}",
    "operator": "{{ 'A' ~ 'da' }}",
    "condition": "{{ 'Ada' if names else 'Nobody' }}",
    "filter": "{{ 'ADA'|capitalize }}",
    "test": "{{ name if names is iterable }}",
}


@claim
@pytest.mark.parametrize("kind", EXPRESSIONS)
def template_embeds_an_expression(render, kind):
    """A template embeds expressions, for one thing of the kind: {kind}."""
    values = {"name": "Ada", "names": ["Grace", "Ada"], "poet": SimpleNamespace(name="Ada")}
    assert render(EXPRESSIONS[kind], **values) == "Ada"


CONTROLS = {
    "if": "{% if names %}Grace, Ada{% else %}Nobody{% endif %}",
    "for": "{% for name in names %}{{ name }}{{ ', ' if not loop.last }}{% endfor %}",
    "set": "{% set last = names[1] %}Grace, {{ last }}",
    "macro": "{% macro both(one, two) %}{{ one }}, {{ two }}{% endmacro %}{{ both(*names) }}",
    "filter": "{% filter title %}grace, ada{% endfilter %}",
}


@claim
@pytest.mark.parametrize("word", CONTROLS)
def template_embeds_a_control_statement(render, word):
    """A template embeds control statements, for one `{word}`."""
    assert render(CONTROLS[word], names=["Grace", "Ada"]) == "Grace, Ada"


@claim
def presentation_changes_without_the_logic(app, template, serve):
    """Jinja2 separates the logic from the presentation: another template, and the view is as it was."""
    app.add_url_rule("/", "sum", lambda: flask.render_template("sum.html", total=sum([17, 25])))
    fetch = serve(app)
    template("sum.html", "{{ total }} in all")
    before = fetch("/").text
    template("sum.html", "<table><td>Total</td><td>{{ total }}</td></table>")
    assert [before, fetch("/").text] == ["42 in all", "<table><td>Total</td><td>42</td></table>"]


LOGIC = {"module": "{{ os.sep }}", "assignment": "{% total = 6 * 7 %}", "open": "{{ open('/') }}"}


@claim
@pytest.mark.parametrize("code", LOGIC.values(), ids=LOGIC)
def logic_stays_out_of_the_template(render, code):
    """Jinja2 separates logic and presentation: a template refuses what a program may do: `{code}`."""
    assert pytest.raises(TemplateError, render, code)


@claim
@given(words=WORDS)
def template_is_dynamic(render, words):
    """A template is dynamic: its output follows the values that it is rendered with, whatever they are."""
    listed = "".join(f"<li>{word}</li>" for word in words)
    assert render("{% for word in words %}<li>{{ word }}</li>{% endfor %}", words=words) == listed


REUSING = {
    "extends": "{% extends 'base.html' %}{% block text %}Hello{% endblock %}",
    "include": "{% include 'head.html' %}Hello{% include 'foot.html' %}",
    "import": "{% import 'macros.html' as macros %}{{ macros.page('Hello') }}",
}


@claim
@pytest.mark.parametrize("statement", REUSING)
def template_is_reusable(template, shown, statement):
    """A template is reusable: another one uses it by `{statement}`."""
    template("base.html", "<main>{% block text %}{% endblock %}</main>")
    template("head.html", "<main>")
    template("foot.html", "</main>")
    template("macros.html", "{% macro page(text) %}<main>{{ text }}</main>{% endmacro %}")
    template("page.html", REUSING[statement])
    assert shown("page.html").text == "<main>Hello</main>"
