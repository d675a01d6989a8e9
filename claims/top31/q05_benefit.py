"""The benefit of Flask."""

import pytest

from claims import claim, corrects, needs
from claims.programs import kilobytes, required, seeing_only

LIBRARIES = ["werkzeug", "jinja2"]
HELLO = """\
from flask import Flask

app = Flask("hello", root_path=".")
app.add_url_rule("/", "index", lambda: "Hello")
print(app.test_client().get("/").get_data(as_text=True))
"""


@pytest.fixture
def hello_beside(tmp_path):
    """What a Flask application answers, or what its program complains of, beside those distributions only."""
    return lambda names: seeing_only(tmp_path, ["flask", *names], HELLO).told


@claim
def needs_no_external_library(hello_beside):
    """Flask does not require external libraries."""
    assert hello_beside([]) == "Hello"


@corrects(needs_no_external_library)
def needs_the_libraries_that_come_with_it(hello_beside):
    """Flask requires only a few libraries, such as Werkzeug and Jinja2, which pip installs with it."""
    installed = required("flask")
    without = {name: hello_beside({*installed} - {name}) for name in LIBRARIES}
    assert hello_beside(installed) == "Hello"
    assert [name for name in LIBRARIES if name not in installed] == []
    assert without == {name: f"ModuleNotFoundError: No module named '{name}'" for name in LIBRARIES}


@claim(data=True)
@needs("Django")
def is_lightweight():
    """Flask is lightweight: with all that it requires, it is less code to install than Django."""
    assert kilobytes("flask", *required("flask")) < kilobytes("django", *required("django"))
