"""Which sentences make a measured statement, and which only look like it."""

from dataclasses import replace

import pytest

from report.check.statements import Statement, Statements
from report.reader.hashes import digest

WRONG, HELD = {"2.3.3": "refuted", "3.1.3": "refuted"}, {"2.3.3": "held", "3.1.3": "held"}
TEXTS = {
    "Validating user input prevents SQL injection.": WRONG,
    "Flask does not require external libraries.": WRONG,
    "The application context is created at the start of the application.": WRONG,
    "The stable version of Flask is 0.12.2.": {"0.12.5": "held", "3.1.3": "refuted"},
    "Flask-RESTPlus is a Flask extension for building REST APIs.": {"1.0.4": "held", "3.1.3": "refuted"},
    "`request.arg.get()` reads a value from the query string.": WRONG,
    "Flask has a testing framework built in, with which tests are written and executed.": WRONG,
    "A `before_request()` function is called before a request is handled.": HELD,
    "The error code 404 stands for Not Found.": HELD,
    "By default, the session is stored in a signed cookie on the client.": HELD,
    "Flask is based on Werkzeug and Jinja2.": HELD,
    "A program imports Flask by the line `Flask import Flask`.": WRONG,
    "A list that a view returns is answered as JSON.": HELD,
    "Jinja2 is a templating engine for Python: it renders a template without Flask.": HELD,
    "`flask run --debug` enables the debugger.": {"1.0.4": "refuted", "2.3.3": "held", "3.1.3": "held"},
    "Armin Ronacher is the developer of Flask: its first release names him.": HELD,
    "Flask is a web framework: a function answers the requests for a URL.": HELD,
    "`redirect()` sends a user to another endpoint.": HELD,
    "The script `flask` runs an application.": HELD,
}
WORDINGS = {
    15: ("Flask was created by Armin Ronacher",),
    16: ("Flask is a lightweight web framework", "Flask is used to build web applications"),
    17: ("`redirect()` redirects the user to another page",),
}
EVERY = [
    Statement(f"claims/{index}", text, on, wordings=WORDINGS.get(index, ()))
    for index, (text, on) in enumerate(TEXTS.items())
]
STATEMENTS = Statements(EVERY, "flask")

ALIKE = {
    "Validation of user inputs prevents SQL injections.": None,  # a first word that no statement has may be a name
    "In Flask, validating the user's input prevents SQL injection.": 0,
    "Flask doesn't require any external libraries.": 1,
    "An application context is created when the application starts.": 2,
    "The application context gets created at the start of an application.": 2,
    "The stable version of Flask is 0.12.2": 3,
    "Flask-RESTPlus is an extension of Flask for building REST APIs, and it is popular.": 4,
    "Reading a value from the query string: request.arg.get()": 5,
    "Functions in before_request() are called before requests are handled.": 7,
    "404 is the error code that stands for Not Found.": 8,
    "Flask is based on Jinja2 and Werkzeug.": None,  # the order of names counts
    "Flask is based on Werkzeug and on Jinja2.": 10,
    "Jinja2 is a templating engine that many use.": 13,
    "Jinja2: a templating engine with loops": 13,
    "`redirect()` is available in views that redirect the user to another page.": None,
    "Jinja2 is the default templating engine of Flask.": None,  # which of them, not what it is
    "Pages are written for the Jinja2 templating engine.": None,
    "Flask-X supports Jinja2, a templating engine.": None,
    "Templating: uses the Jinja2 templating engine.": None,
    "Flask was created by Armin Ronacher as a part of Pallets Projects.": None,
    "Flask is one of the best web frameworks.": None,
    "Flask is liked because it does not require external libraries.": 1,  # the reason is what it states
    "It is called a web framework because it answers requests.": None,
    "The stable version of Flask is 0.12.2 as of May 2017.": None,
    "Flask was created by Armin Ronacher in 2010, as a joke.": 15,
    "Creator: Flask was created by Armin Ronacher.": 15,
    "Flask is a lightweight and flexible web framework, unlike its rivals.": None,  # a negation, whatever it is of
    "Flask is a lightweight and flexible web framework.": 16,
    "Flask is a micro web framework because it does not include an ORM.": None,  # few of its words
    "A great choice is Flask, which is a Python web framework.": None,  # what it is, is said of `which`
    "Flask is used to build web applications and APIs with Python.": 16,
    "The function redirect() redirects the user to another page of the site.": 17,
}
TURNED = [
    "Validating user input does not prevent SQL injection.",
    "Validating user input never prevents SQL injection.",
    "Validating user input alone hardly prevents SQL injection.",
    "Validating user input prevents XSS injection.",
    "It is a myth that validating user input prevents SQL injection.",
    "Some people think that validating user input prevents SQL injection.",
    "Does validating user input prevent SQL injection?",
    "Validating user input should prevent SQL injection.",
    "Flask requires external libraries.",
    "Flask no longer does not require external libraries.",
    "Unlike Django, Flask does not require external libraries.",
    "Django does not require external libraries.",
    "Bottle.py does not require external libraries.",
    "The application context is not created at the start of the application.",
    "The application context is created at the end of the application.",
    "Before Flask 0.9, the application context was created at the start of the application.",
    "The application context is removed at the start of the application.",
    "The stable version of Flask is 3.1.3.",
    "The stable version of Flask was 0.12.2.",
    "The stable version of Flask-Login is 0.12.2.",
    "The stable version of Flask is 0.12.",
    "Flask-RESTX is a Flask extension for building REST APIs.",
    "Flask-RESTPlus was a Flask extension for building REST APIs.",
    "Flask-RESTPlus is no longer a Flask extension for building REST APIs.",
    "`request.args.get()` reads a value from the query string.",
    "`request.form.get()` reads a value from the query string.",
    "`request.arg.get()` cannot read a value from the query string.",
    "Flask has no testing framework built in, with which tests are written and executed.",
    "A `before_request()` function is called after a request is handled.",
    "An `after_request()` function is called before a request is handled.",
    "The error code 405 stands for Not Found.",
    "The error code 404 does not stand for Not Found.",
    "By default, the session is stored in a signed cookie on the server.",
    "By default, the session isn't stored in a signed cookie on the client.",
    "Werkzeug is based on Flask and Jinja2.",
    "Flask is based on Werkzeug and Mako2.",
    "It does not require external libraries.",
    "A `from flask import Flask` imports Flask by the line `Flask import Flask`.",
    "A dict that a view returns is answered as JSON.",
    "Flask used to be based on Werkzeug and Jinja2.",
    "Flask uses Jinja2 template engine.",
    "Python has a templating engine, Jinja2.",
    "`flask run --no-debug` enables the debugger.",
    "`flask run --reload` enables the debugger.",
    "`flask run --debug` disables the debugger.",
    "Flask was not created by Armin Ronacher.",
    "Django was created by Armin Ronacher.",
    "Flask-Login was created by Armin Ronacher.",
    "Armin Ronacher is not the developer of Flask.",
    "Django, Flask's rival, is a web framework.",
    "Quart is a lightweight web framework like Flask.",
    "Flask used to be a lightweight web framework.",
    "A lightweight web framework was once what Flask promised to be.",
    "To redirect the user to another page is easy in Flask.",
    "Unlike Flask, Bottle is a lightweight web framework.",
    "Flask 0.1 is a lightweight web framework.",
    "Creating a Flask Lightweight Web Framework",  # a heading
    "Why Flask is a lightweight web framework",
    "Redirect the user to another page by a tool like Flask, a lightweight web framework.",
    "A good book on how to test and deploy a program with Flask is not a lightweight web framework.",
]


@pytest.mark.parametrize(("sentence", "number"), ALIKE.items(), ids=range(len(ALIKE)))
def test_a_sentence_in_other_words_makes_the_statement(sentence, number):
    """The words may be in another order and have other endings."""
    made = [match.statement.id for match in STATEMENTS.made(sentence)]
    assert made[:1] == ([] if number is None else [f"claims/{number}"])


@pytest.mark.parametrize("sentence", TURNED, ids=range(len(TURNED)))
def test_a_turned_sentence_inherits_no_verdict(sentence):
    """Negation, opposites, hedges, other numbers and other names: silence."""
    assert STATEMENTS.made(sentence) == []


def test_what_it_refers_to_stands_before():
    """A pronoun is taken for the subject only near its name."""
    sentence = "It does not require external libraries."
    assert [one.statement.id for one in STATEMENTS.made(sentence, before="Flask is small.")] == ["claims/1"]
    assert STATEMENTS.made(sentence, before="Bottle is small.") == []


def test_suggestions_come_below_the_threshold():
    """What may be meant is suggested, at most five, the likest first."""
    near = STATEMENTS.near("Validating user input does not prevent SQL injection.")
    assert near[0].statement.id == "claims/0"
    assert [match.score for match in near] == sorted((match.score for match in near), reverse=True)
    assert len(STATEMENTS.near("Flask is an application with a session, a request and a context.")) <= 5


def test_an_accounted_sentence_makes_its_claims():
    """A sentence of an article that we have read, copied elsewhere, is known by its hash."""
    key = digest([("Nothing alike.", False)])
    wrong = replace(EVERY[2], correction="It is created at the start of a request.")
    known = Statements([*EVERY[:2], wrong, *EVERY[3:]], "flask", {key: ("claims/2", "claims/7")})
    made = [known.made("Nothing at all is alike.", key), known.made("It is.", key, copied=True)]
    assert [[(match.statement.id, match.score) for match in one] for one in made] == [[("claims/2", 1.0)]] * 2
    partly = known.made("A function that is called before each request.", key)  # so that what is confirmed is a part
    assert [match.statement.id for match in partly] == ["claims/2"]
    assert known.made("Here is an example of it all:", key) == known.made("A heading", key) == []
    assert known.made("It is nothing that is alike.", key) == known.made("Gunicorn", key) == []


@pytest.mark.parametrize(
    ("number", "release", "verdict"),
    [
        (0, "3.1.3", ("wrong", None)),
        (3, "3.1.3", ("outdated", "0.12.5")),
        (3, "0.12.5", ("confirmed", None)),
        (3, "2.0.0", ("confirmed", None)),  # not measured: as on the release before
        (14, "1.0.4", ("wrong", None)),
        (14, "3.1.3", ("confirmed", None)),
        (0, "0.10", (None, None)),
    ],
)
def test_a_verdict_is_as_of_a_release(number, release, verdict):
    """The newest measured release up to the one asked for decides."""
    assert EVERY[number].verdict(release) == verdict


def test_a_part_of_a_sentence_makes_a_statement():
    """What follows a colon or a conjunction may be a statement of its own."""
    (match,) = STATEMENTS.made("Forms are checked, and validating user input prevents SQL injection.")
    assert match.statement.id == "claims/0"
