"""Blueprints."""

import flask
from hypothesis import given
from hypothesis import strategies as st

from claims import Untried, claim


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
    """Blueprints are components of an application: each that it registers brings its own view."""
    if serve(application(shop=component("shop")))("/blog/").status != 404:
        raise Untried("something else answers where a blueprint is to be")
    fetch = serve(application(shop=component("shop"), blog=component("blog")))
    assert [fetch(path).text for path in ("/shop/", "/blog/")] == [
        "shop.index at /shop/",
        "blog.index at /blog/",
    ]


@claim
def blueprint_is_reused_in_another_application(serve):
    """A blueprint is reusable: the same one works in two applications, at the URL that each gives it."""
    blueprint = component("shop")
    one, two = serve(application(shop=blueprint)), serve(application(store=blueprint))
    assert one("/shop/").text == "shop.index at /shop/"
    assert two("/store/").text == "shop.index at /store/"


@claim
def blueprint_is_reused_within_an_application(app, serve):
    """A blueprint is reusable within an application: registered twice, it answers at two prefixes."""
    blueprint = component("shop")
    for name in ("books", "music"):
        app.register_blueprint(blueprint, name=name, url_prefix=f"/{name}")  # Flask < 2.0.1 ignores the name
    fetch = serve(app)
    if fetch("/shop/").status != 404:
        raise Untried("the application answers at any prefix")
    assert [fetch(path).status for path in ("/books/", "/music/")] == [200, 200]


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
    """Blueprints let a project grow: their views do not collide where they have the same name."""
    client = application(**{name: component(name) for name in names}).test_client()
    pages = [client.get(f"/{name}/").get_data(as_text=True) for name in names]
    assert pages == [f"{name}.index at /{name}/" for name in names]
