"""Jinja2 in Flask."""

import os
from types import SimpleNamespace
from xml.etree import ElementTree

import flask
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from claims import claim
from claims.pages import texts
from claims.programs import required, seeing_only

ALONE = """\
import jinja2, sys

print(jinja2.Template("Hello {{ name }}").render(name="Ada"), "flask" in sys.modules)
"""
TEXT = st.text(st.characters(blacklist_categories=("Cs",)), max_size=5)


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
def generates_html(app, template, serve):
    """In Flask, a Jinja2 template generates HTML dynamically: another value makes another page."""
    template("page.html", "<h1>Hello {{ name }}</h1>")
    app.add_url_rule("/<name>", "page", lambda name: flask.render_template("page.html", name=name))
    fetch = serve(app)
    assert [texts(fetch(path).text, "h1") for path in ("/Ada", "/Grace")] == [["Hello Ada"], ["Hello Grace"]]
    assert fetch("/Ada").headers["Content-Type"] == "text/html; charset=utf-8"


SVG = """\
<svg xmlns="http://www.w3.org/2000/svg"><text>{{ name|e }}</text></svg>
"""
ATOM = """\
<feed xmlns="http://www.w3.org/2005/Atom">
  <id>urn:example:feed</id><updated>2018-04-26T12:00:00Z</updated><title>{{ name|e }}</title>
</feed>
"""


@claim
@pytest.mark.parametrize(
    ("kind", "source", "root", "held"),
    [
        ("SVG", SVG, "{http://www.w3.org/2000/svg}svg", "{http://www.w3.org/2000/svg}text"),
        ("Atom", ATOM, "{http://www.w3.org/2005/Atom}feed", "{http://www.w3.org/2005/Atom}title"),
    ],
    ids=["svg", "atom"],
)
def generates_markup(template, shown, kind, source, root, held):
    """In Flask, a Jinja2 template generates other markup than HTML, such as {kind}."""
    template("page", source)
    document = ElementTree.fromstring(shown("page", name="Ada & Grace").body)
    assert (document.tag, document.findtext(held)) == (root, "Ada & Grace")


EXPRESSIONS = {
    "variable": ("a variable", "{{ name }}"),
    "attribute": ("an attribute of an object", "{{ poet.name }}"),
    "item": ("an item of a list", "{{ names[1] }}"),
    "call": ("the call of a method", "{{ name.strip() }}"),
    "operator": ("an operator", "{{ 'A' ~ 'da' }}"),
    "condition": ("a condition", "{{ 'Ada' if names else 'Nobody' }}"),
    "filter": ("a filter", "{{ 'ADA'|capitalize }}"),
    "test": ("a test", "{{ name if names is iterable }}"),
}


@claim
@pytest.mark.parametrize(("kind", "source"), EXPRESSIONS.values(), ids=EXPRESSIONS)
def template_embeds_an_expression(render, kind, source):
    """A template can hold an expression, such as {kind}."""
    values = {"name": "Ada", "names": ["Grace", "Ada"], "poet": SimpleNamespace(name="Ada")}
    assert render(source, **values) == "Ada"


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
    """A template can hold a control statement, such as `{word}`."""
    assert render(CONTROLS[word], names=["Grace", "Ada"]) == "Grace, Ada"


@claim
def presentation_changes_without_the_logic(app, template, serve, tmp_path):
    """A view computes and a template presents: the template changes without a change of the view."""
    app.add_url_rule("/", "sum", lambda: flask.render_template("sum.html", total=sum([17, 25])))
    fetch = serve(app)
    template("sum.html", "{{ total }} in all")
    os.utime(tmp_path / "templates" / "sum.html", (0, 0))  # so that even a coarse clock shows the change
    before = fetch("/").text
    template("sum.html", "<table><td>Total</td><td>{{ total }}</td></table>")
    assert [before, fetch("/").text] == ["42 in all", "<table><td>Total</td><td>42</td></table>"]


@claim
def logic_changes_without_the_presentation(app, template, serve):
    """A view computes and a template presents: one template shows the results of two views."""
    template("result.html", "<b>{{ result }}</b>")
    app.add_url_rule("/sum", "sum", lambda: flask.render_template("result.html", result=sum([17, 25])))
    app.add_url_rule("/max", "max", lambda: flask.render_template("result.html", result=max([17, 25])))
    fetch = serve(app)
    assert [fetch(path).text for path in ("/sum", "/max")] == ["<b>42</b>", "<b>25</b>"]


@claim
@given(words=st.lists(TEXT, max_size=6))
def template_is_dynamic(render, words):
    """A template is dynamic: its output follows the values that it is rendered with."""
    listed = "".join(f"<li>{escape(word)}</li>" for word in words)
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
