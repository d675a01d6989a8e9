"""A check of a text against the small index."""

from report.check.checking import check
from report.check.code import Conventions
from report.check.model import Report
from report.check.statements import Statement, Statements
from tests.check.fakes import Fake

RECEIVERS = {
    "app": "flask.Flask", "config": "flask.Flask.config", "request": "flask.request", "session": "flask.session",
    "g": "flask.g", "bp": "flask.Blueprint", "client": "flask.testing.FlaskClient", "Flask": "flask.Flask",
    "Blueprint": "flask.Blueprint*", "kit": "flask.testing.FlaskClient*",
}  # fmt: skip
TYPES = {
    "flask.Flask.test_client()": "flask.testing.FlaskClient", "*.queried": "flask.Request*",
    "flask.g.get": "flask.g.get", "flask.ext.": "flask_", "flask.Blueprint.*": "flask.testing.FlaskClient*",
    "flask.url_for(filename)": "flask.url_for(filename)", "global:super": "global:super",
    "flask.Flask.check_": "flask.testing.FlaskClient*",
    "flask.request.args[]": "flask.testing.FlaskClient*", "flask.session.*": "flask.testing.FlaskClient.*",
}  # fmt: skip
SETTINGS = Conventions(
    "flask", RECEIVERS, TYPES, ("flask",), ("flask", "flask.Flask", "flask.testing*", "flask.Flask.run*")
)
WRONG = Statement(
    "claims/a/q01_x.py::wrong", "Validating user input prevents SQL injection.", {"3.1.3": "refuted"}, "No."
)


def checked(
    text: str, name: str = "article.md", release: str = "3.1.3", suggest: bool = False, opened: tuple[str, ...] = ()
) -> Report:
    """The report on a text; what is in *opened* may have more than the index knows."""
    return check(text, name, Fake(opened), Statements([WRONG], "flask"), release, SETTINGS, suggest)


def found(text: str, name: str = "article.md", release: str = "3.1.3") -> list[tuple[str, str]]:
    """The verdict and the words of each finding."""
    return [(one.verdict, one.text) for one in checked(text, name, release).findings]
