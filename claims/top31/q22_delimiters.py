"""The delimiters of a Jinja template."""

from importlib.metadata import metadata

import pytest

from claims import claim, corrects


@claim
@pytest.mark.parametrize(
    ("delimiters", "purpose", "template", "output"),
    [
        pytest.param("{% … %}", "a statement", "{% for n in 'ab' %}x{% endfor %}", "xx", id="statement"),
        pytest.param("{{ … }}", "an expression to print", "{{ 6 * 7 }}", "42", id="expression"),
        pytest.param("{# … #}", "a comment that is not printed", "a{# {{ 1 / 0 }} #}b", "ab", id="comment"),
        pytest.param("# … ##", "a line statement", "# for n in 'ab' ##\nx\n# endfor ##", "x\nx\n", id="line"),
    ],
)
def delimiters_mark(render, delimiters, purpose, template, output):
    """In a template, `{delimiters}` marks {purpose}."""
    assert render(template) == output


@corrects(delimiters_mark, "line")
def line_statement_ends_with_its_line(app, render):
    """With `line_statement_prefix` set to `#`, a line statement begins with `#` and ends with its line."""
    app.jinja_options = dict(app.jinja_options, line_statement_prefix="#")
    assert render("# for n in 'ab'\nx\n# endfor") == "x\nx\n"


@claim(editorial=True)
def engine_is_spelt_jinga2():
    """The template engine's name is Jinga2."""
    assert metadata("jinja2")["Name"].lower() == "jinga2"


@corrects(engine_is_spelt_jinga2)
def engine_is_spelt_jinja2():
    """The template engine's name is Jinja2."""
    assert metadata("jinja2")["Name"].lower() == "jinja2"
