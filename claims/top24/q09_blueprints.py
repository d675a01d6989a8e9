"""Blueprints."""

import flask
from hypothesis import given
from hypothesis import strategies as st

from claims import claim


def component(name):
    """A blueprint with one view, which says whose it is and where it links to itself."""
    blueprint = flask.Blueprint(name, name, root_path=".")

    @blueprint.route("/")
    def index():
        return f"{flask.request.endpoint} at {flask.url_for('.index')}"

    return blueprint


def application(**components):
    """An application of blueprints, each with its name as its prefix."""
    app = flask.Flask("app", root_path=".")
    for name, blueprint in components.items():
        app.register_blueprint(blueprint, url_prefix=f"/{name}")
    return app


@claim
def application_is_organized_into_blueprints(serve):
    """Blueprints are components of an application: one that is not registered is not part of it."""
    fetch = serve(application(shop=component("shop"), blog=component("blog")))
    assert [fetch(path).text for path in ("/shop/", "/blog/")] == [
        "shop.index at /shop/",
        "blog.index at /blog/",
    ]
    assert [serve(application(shop=component("shop")))(path).status for path in ("/shop/", "/blog/")] == [
        200,
        404,
    ]


@claim
def blueprint_is_reused_in_another_application(serve):
    """A blueprint is reusable: the same one works in two applications, at the URL that each gives it."""
    blueprint = component("shop")
    one, two = serve(application(shop=blueprint)), serve(application(store=blueprint))
    assert (one("/shop/").text, two("/shop/").status) == ("shop.index at /shop/", 404)
    assert (one("/store/").status, two("/store/").text) == (404, "shop.index at /store/")


@claim
def blueprint_is_reused_within_an_application(app, serve):
    """A blueprint is reusable within an application: under two names, it answers at two prefixes."""
    blueprint = component("shop")
    for name in ("books", "music"):
        app.register_blueprint(blueprint, name=name, url_prefix=f"/{name}")  # Flask < 2.0.1 ignores the name
    fetch = serve(app)
    assert [fetch(path).status for path in ("/books/", "/music/", "/shop/")] == [200, 200, 404]


@claim
def blueprint_handles_its_own_requests(serve):
    """A blueprint handles its own functionality: its `before_request` is not called for another's views."""
    shop, blog = component("shop"), component("blog")
    shop.before_request(lambda: ("The shop is closed", 403))
    fetch = serve(application(shop=shop, blog=blog))
    assert [fetch(path).text for path in ("/shop/", "/blog/")] == [
        "The shop is closed",
        "blog.index at /blog/",
    ]


@claim
@given(names=st.lists(st.text("abc", min_size=1, max_size=3), min_size=1, max_size=8, unique=True))
def blueprints_scale_with_the_project(names):
    """However many blueprints a project has, their views of the same name do not collide."""
    client = application(**{name: component(name) for name in names}).test_client()
    pages = [client.get(f"/{name}/").get_data(as_text=True) for name in names]
    assert pages == [f"{name}.index at /{name}/" for name in names]
