"""The delimiters of a Jinja template."""

from importlib.metadata import metadata

import jinja2
import pytest

from claims import claim, corrects


@claim
@pytest.mark.parametrize(
    ("delimiters", "purpose", "template", "output"),
    [
        pytest.param("{% … %}", "a statement", "{% for n in 'ab' %}x{% endfor %}", "xx", id="statement"),
        pytest.param("{{ … }}", "an expression to print", "{{ 6 * 7 }}", "42", id="expression"),
        pytest.param("{# … #}", "a comment that is not printed", "a{# {{ 1 / 0 }} #}b", "ab", id="comment"),
    ],
)
def delimiters_mark(render, delimiters, purpose, template, output):
    """In a template, `{delimiters}` marks {purpose}."""
    assert render(template) == output


@pytest.fixture
def render_with(app, render):
    """Render a template's source with settings of `app.jinja_env`; returns the error where it has one."""

    def rendered(source, **settings):
        vars(app.jinja_env).update(settings)
        try:
            return render(source)
        except jinja2.TemplateSyntaxError as error:
            return f"TemplateSyntaxError: {error}"

    return rendered


@claim
def hashes_mark_a_line_statement(render_with):
    """In a template, `# … ##` marks a line statement."""
    template = "# for n in 'ab' ##\nx\n# endfor ##"
    as_it_comes = render_with(template)
    with_statements = render_with(template, line_statement_prefix="#")
    with_comments_too = render_with(template, line_statement_prefix="#", line_comment_prefix="##")
    assert "x\nx\n" in (as_it_comes, with_statements, with_comments_too)


@corrects(hashes_mark_a_line_statement)
def line_statement_needs_a_prefix(render_with):
    """After `app.jinja_env.line_statement_prefix = "#"`, `# …` is a line statement; no `##` ends it."""
    template = "# for n in 'ab'\nx\n# endfor"
    assert render_with(template) == template
    assert render_with(template, line_statement_prefix="#") == "x\nx\n"
    assert "TemplateSyntaxError" in render_with("# for n in 'ab' ##\nx\n# endfor", line_statement_prefix="#")


def engine(app):
    """The name under which the template engine behind `app.jinja_env` is distributed."""
    return metadata(type(app.jinja_env).__base__.__module__.partition(".")[0])["Name"]


@claim(editorial=True)
def engine_is_spelt_jinga2(app):
    """The template engine's name is Jinga2."""
    assert engine(app) == "Jinga2"


@corrects(engine_is_spelt_jinga2)
def engine_is_spelt_jinja2(app):
    """The template engine's name is Jinja2."""
    assert engine(app) == "Jinja2"
