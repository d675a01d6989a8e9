"""Context locals."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import flask
import pytest
from flask import current_app, request

from claims import claim, needs

OBJECTS = ["request", "session", "g", "current_app"]


def apart(work, *arguments):
    """What *work* returns in a thread of its own."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work, *arguments).result()


@pytest.fixture
def applications(tmp_path):
    """Two applications."""
    return [flask.Flask(name, root_path=str(tmp_path)) for name in ("first", "second")]


@claim
@pytest.mark.parametrize("name", OBJECTS)
def object_is_local_to_its_context(applications, name):
    """`flask.{name}` is a proxy of an object local to its context: another application has another one."""
    found = getattr(flask, name)._get_current_object
    first, second = applications
    with first.test_request_context():
        before = found()
        with second.test_request_context():
            assert found() is not before
        assert found() is before


def name_in_greenlets(app, names):
    """The name that each of some requests has in the end, each being handled in a greenlet, all at a time."""
    import greenlet

    def handle(name):
        with app.test_request_context(f"/?name={name}"):
            greenlet.getcurrent().parent.switch()  # until the others have begun
            return request.args["name"]

    workers = [greenlet.greenlet(handle) for _ in names]
    for worker, name in zip(workers, names):
        worker.switch(name)
    return [worker.switch() for worker in workers]


def name_in_tasks(app, names):
    """The name that each of some requests has in the end, each being handled in a task of asyncio, all at a time."""

    async def handle(name):
        with app.test_request_context(f"/?name={name}"):
            await asyncio.sleep(0)  # until the others have begun
            return request.args["name"]

    async def everything():
        return await asyncio.gather(*map(handle, names))

    return asyncio.run(everything())


@claim
@pytest.mark.parametrize(
    ("units", "names_in"),
    [
        pytest.param("greenlets", name_in_greenlets, id="greenlets", marks=needs("greenlet")),
        pytest.param("tasks of asyncio", name_in_tasks, id="tasks"),
    ],
)
def contexts_are_local_to_other_than_threads(app, units, names_in):
    """In one thread, {units} that handle requests by turns have a context each."""
    assert apart(names_in, app, ["Ada", "Grace", "Hedy"]) == ["Ada", "Grace", "Hedy"]


@claim
def handling_thread_has_the_application(app, serve):
    """While a request is handled, the application is bound to the thread that does it, not to others."""
    seen = []
    app.route("/")(lambda: seen.append((current_app._get_current_object(), apart(flask.has_app_context))) or "")
    serve(app)("/")
    assert seen == [(app, False)]


@claim
def handling_thread_has_the_wsgi_environment(app, serve):
    """While a request is handled, its WSGI environment is bound to the thread that does it, not to others."""
    came, seen = [], []
    app.route("/")(lambda: seen.append((request.environ, apart(flask.has_request_context))) or "")

    def server_calls(environ, start_response):
        came.append(environ)
        return app(environ, start_response)

    serve(server_calls)("/")
    assert [(environ is came[0], elsewhere) for environ, elsewhere in seen] == [(True, False)]


def where():
    """Which application handles which request here."""
    return f"{current_app.name} {request.path}"


@claim
def application_invokes_another(applications, serve):
    """While it handles a request, one application can invoke another: each has its own context."""
    first, second = applications
    second.route("/second")(where)

    @first.route("/first")
    def outer():
        return "; ".join([where(), second.test_client().get("/second").get_data(as_text=True), where()])

    assert serve(first)("/first").text == "first /first; second /second; first /first"


def raised_by(code):
    """The class of the exception that some code raises, or None."""
    try:
        code()
    except Exception as error:
        return type(error)


@claim
def code_breaks_without_a_request(app):
    """Code that depends on a request raises a RuntimeError where there is none."""
    with app.app_context():
        assert raised_by(lambda: request.path) is RuntimeError


@claim
def request_of_ones_own_is_bound_to_the_context(app):
    """A request that one creates by hand is the one that code finds once it is bound to the context."""
    context = app.test_request_context("/hello")
    created = context.request
    with context:
        assert request._get_current_object() is created
        assert where() == "app /hello"


@pytest.fixture
def environ(serve):
    """A whole WSGI environment: the one that a server makes of a request."""
    came = []

    def application(environ, start_response):
        came.append(environ)
        start_response("200 OK", [])
        return [b""]

    serve(application)("/hello?name=Ada", method="POST", headers={"From": "Rome"})
    return came[0]


@pytest.fixture
def meets_its_assertions(app, environ, run_printed):
    """Run a printed piece of code that asserts something; returns whether that is so."""

    def met(piece):
        try:
            run_printed(piece, app=app, environ=environ, request=request)
        except AssertionError:
            return False
        return True

    return met


@claim
@needs("articles/quickstart.rst")
def with_statement_as_printed_binds_a_test_request(meets_its_assertions):
    """The `with` statement as printed binds a test request, whose path and method its assertions find."""
    assert meets_its_assertions("s12_test_request")


@claim
def request_lasts_until_the_end_of_the_block(app):
    """A test request is bound until the end of the `with` block."""
    with app.test_request_context("/hello"):
        inside = where()
    assert (inside, flask.has_request_context()) == ("app /hello", False)


@claim
def request_context_takes_a_whole_environment(app, environ):
    """`app.request_context()` binds the request of the whole WSGI environment that it is passed."""
    with app.request_context(environ):
        found = (request.method, request.path, request.args["name"], request.headers["From"])
        assert found == ("POST", "/hello", "Ada", "Rome")


@claim
@needs("articles/quickstart.rst")
def request_context_as_printed_binds_a_request(meets_its_assertions):
    """`app.request_context()` as printed binds a request, whose method the code's assertion finds."""
    assert meets_its_assertions("s12_environment")
