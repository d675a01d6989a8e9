"""The benefit of Flask."""

import pytest

from claims import claim, corrects
from claims.programs import kilobytes, required, seeing_only

HELLO = """\
from flask import Flask

app = Flask("hello", root_path=".")
app.add_url_rule("/", "index", lambda: "Hello")
print(app.test_client().get("/").get_data(as_text=True))
"""


@pytest.fixture
def hello_beside(tmp_path):
    """What an application of Flask tells, or what its program complains of, beside those distributions only."""
    return lambda names: seeing_only(tmp_path, ["flask", *names], HELLO).told


def missed(hello_beside, names):
    """Which of the distributions Flask cannot do without, though all the others are there."""
    return [one for one in names if hello_beside(set(names) - {one}) != "Hello"]


@claim
def needs_no_external_library(hello_beside):
    """Flask does not require external libraries."""
    assert hello_beside([]) == "Hello"


@corrects(needs_no_external_library)
def needs_the_libraries_that_come_with_it(hello_beside):
    """Flask requires six external libraries, which are installed with it, and no other."""
    assert hello_beside(required("flask")) == "Hello"
    assert missed(hello_beside, required("flask")) == [
        "blinker",
        "click",
        "itsdangerous",
        "jinja2",
        "markupsafe",
        "werkzeug",
    ]


@claim(data=True)
@pytest.mark.parametrize("other", ["Django", "Pyramid"])
def is_lightweight(other):
    """Flask is lightweight: with all that it requires it is less code, in kilobytes, than {other}."""
    assert kilobytes("flask", *required("flask")) < kilobytes(other, *required(other))


@claim(data=True)
def depends_on_less_than_django():
    """Flask is less dependent: it requires fewer distributions than Django."""
    assert len(required("flask")) < len(required("django"))


@corrects(depends_on_less_than_django)
def depends_on_less_than_pyramid():
    """Flask requires fewer distributions than Pyramid, and more than Django."""
    assert len(required("flask")) < len(required("pyramid"))
    assert len(required("flask")) > len(required("django"))
