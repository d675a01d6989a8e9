"""The default method of a route."""

from claims import Untried, claim

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE")


def statuses(fetch, path):
    """The status code with which each method is answered at *path*."""
    return {method: fetch(path, method=method).status for method in METHODS}


@claim
def route_takes_get_by_default(app, serve):
    """A route that names no methods takes GET requests."""
    app.add_url_rule("/", "unnamed", lambda: "Hello")
    app.add_url_rule("/post", "post", lambda: "Hello", methods=["POST"])
    fetch = serve(app)
    if fetch("/post").status != 405:
        raise Untried("a route that names POST took GET")
    assert fetch("/").status == 200


@claim
def naming_no_methods_is_naming_get(app, serve):
    """A route that names no methods takes and refuses the same methods as one that names GET."""
    app.add_url_rule("/", "unnamed", lambda: "Hello")
    app.add_url_rule("/get", "get", lambda: "Hello", methods=["GET"])
    fetch = serve(app)
    assert statuses(fetch, "/") == statuses(fetch, "/get")
    assert fetch("/", method="POST").status == 405
