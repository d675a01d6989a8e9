"""What a blueprint groups together."""

import flask
import pytest

from claims import Untried, claim

LINK = "{{ url_for('.static', filename='style.css') }}"


def component(name, place):
    """A blueprint with two views, a template and a static file, the two files in its own folder in *place*."""
    files = {"templates": (f"{name}.html", f"The {name}, styled by {LINK}"), "static": ("style.css", f"/* {name} */")}
    for folder, (file, text) in files.items():
        (place / name / folder).mkdir(parents=True)
        (place / name / folder / file).write_text(text, encoding="utf-8")
    folders = {"template_folder": "templates", "static_folder": "static"}
    blueprint = flask.Blueprint(name, name, root_path=str(place / name), url_prefix=f"/{name}", **folders)
    blueprint.add_url_rule("/", "page", lambda: flask.render_template(f"{name}.html"))
    blueprint.add_url_rule("/help", "help", lambda: f"Help with the {name}")
    return blueprint


@pytest.fixture
def site(app, tmp_path, serve):
    """Request a path of `app`, which has no files of its own and registers the named ones of two blueprints."""
    blueprints = {name: component(name, tmp_path) for name in ("shop", "blog")}

    def of(*names):
        for name in names:
            app.register_blueprint(blueprints[name])
        return serve(app)

    return of


@claim
def blueprint_groups_views(site):
    """A blueprint groups views: registering it adds them, under its prefix; until then they are absent."""
    fetch = site("shop")
    assert [fetch(path).status for path in ("/shop/", "/shop/help", "/blog/", "/blog/help")] == [200, 200, 404, 404]


@claim
def blueprint_groups_templates(site):
    """A blueprint groups templates: its views render those in its folder, if their names are unique."""
    fetch = site("shop", "blog")
    titles = [fetch(path).text.partition(",")[0] for path in ("/shop/", "/blog/")]
    assert titles == ["The shop", "The blog"]


@claim
def blueprint_groups_static_files(site):
    """A blueprint groups static files: under its URL prefix it serves those in its own folder."""
    fetch = site("shop", "blog")
    if fetch("/static/style.css").status != 404:
        raise Untried("the application has such a file of its own")
    assert fetch("/shop/static/style.css").text == "/* shop */"
    assert fetch("/blog/static/style.css").text == "/* blog */"


@claim
def blueprint_keeps_its_parts_together(site):
    """A blueprint's views, templates and static files go together: its page links to its own file."""
    fetch = site("shop", "blog")
    assert fetch("/shop/").text == "The shop, styled by /shop/static/style.css"
    assert fetch("/blog/").text == "The blog, styled by /blog/static/style.css"
