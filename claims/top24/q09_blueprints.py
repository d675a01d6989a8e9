"""Blueprints."""

import flask
from hypothesis import given
from hypothesis import strategies as st

from claims import claim


def component(name, folder="."):
    """A blueprint with one view, which tells whose it is and where it links to itself."""
    blueprint = flask.Blueprint(name, name, root_path=str(folder))

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
    """An application consists of smaller components, its blueprints: what is not registered is no part."""
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
    """A blueprint is reusable: one and the same works in two applications, at a URL of each one's choice."""
    blueprint = component("shop")
    one, two = serve(application(shop=blueprint)), serve(application(store=blueprint))
    assert (one("/shop/").text, two("/shop/").status) == ("shop.index at /shop/", 404)
    assert (one("/store/").status, two("/store/").text) == (404, "shop.index at /store/")


@claim
def blueprint_is_reused_within_an_application(app, serve):
    """A blueprint is reusable within an application: under two names, each with URLs of its own."""
    blueprint = component("shop")
    for name in ("books", "music"):
        app.register_blueprint(blueprint, name=name, url_prefix=f"/{name}")
    fetch = serve(app)
    assert [fetch(path).status for path in ("/books/", "/music/")] == [200, 200]
    assert fetch("/books/").text == "books.index at /books/"
    assert fetch("/music/").text == "music.index at /music/"


@claim
def blueprint_is_divided_into_blueprints(app, serve):
    """A blueprint is itself divided into smaller ones, whose prefixes and names add up."""
    shop, cart = component("shop"), component("cart")
    assert shop.register_blueprint(cart, url_prefix="/cart") is None
    app.register_blueprint(shop, url_prefix="/shop")
    assert serve(app)("/shop/cart/").text == "shop.cart.index at /shop/cart/"


@claim
def blueprint_handles_its_own_requests(serve):
    """A blueprint handles its own functionality: its `before_request` leaves the others' requests alone."""
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
    """However many blueprints there are, views of the same name in them are kept apart."""
    client = application(**{name: component(name) for name in names}).test_client()
    pages = [client.get(f"/{name}/").get_data(as_text=True) for name in names]
    assert pages == [f"{name}.index at /{name}/" for name in names]
