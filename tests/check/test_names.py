"""Names in code, prose, shell lines and templates: what exists, what is gone, and when the check is silent."""

import pytest

from tests.check.checks import checked, found

IMPORT = "from flask import (\n    escape\n)\n"
BEGIN = "from flask import Flask, request\napp = Flask(__name__)\n"


def python(*lines: str) -> str:
    """A block of Python in Markdown, below the usual beginning."""
    return f"Text.\n\n```python\n{BEGIN}{chr(10).join(lines)}\n```\n"


FOUND = {
    "an attribute that is gone": (python("app.json_encoder"), ("gone", "app.json_encoder")),
    "one that the article sets": (python("app.json_encoder = X"), ("gone", "app.json_encoder")),
    "a decorator": (python("@app.before_first_request", "def f(): pass"), ("gone", "app.before_first_request")),
    "an import": ("```python\nfrom flask import escape\n```", ("gone", "escape")),
    "a module": ("```python\nfrom flask.ext.login import login_user\n```", ("gone", "flask.ext.login")),
    "a module by its dots": ("```py\nimport flask.ext.login as mine\n```", ("gone", "flask.ext.login")),
    "a module in prose": ("See flask.ext.login for more.", ("gone", "flask.ext.login")),
    "a module spelt another way": (
        "```py\nfrom flask_ext.login import login_user\nlogin_user(x)\n```",
        ("never", "flask_ext.login"),
    ),
    "a slip in a module": ("```py\nfrom flask_lgoin import login_user\n```", ("never", "flask_lgoin")),
    "code between tags": (f"{{% highlight python %}}\n{IMPORT}{{% endhighlight %}}", ("gone", "escape")),
    "code between tags with a title": (
        f"{{% codeblock lang:python a.py %}}\n{IMPORT}{{% endcodeblock %}}",
        ("gone", "escape"),
    ),
    "code between signs": (f'[code lang="python"]\n{IMPORT}[/code]', ("gone", "escape")),
    "an import that never was": ("```python\nfrom flask import reqest\n```", ("never", "reqest")),
    "a call": (python("app.start_all()"), ("never", "app.start_all")),
    "a misspelt attribute": (python("request.arg.get('x')"), ("never", "request.arg")),
    "a misspelt parameter": (python("app.run(debgu=True)"), ("never", "debgu")),
    "a misspelt parameter of a class": (python("x = Flask('x', statc_folder='y')"), ("never", "statc_folder")),
    "what a call gives": (python("app.test_client().gte('/')"), ("never", "app.test_client().gte")),
    "another name by with": (python("with app.test_client() as c:", "    c.gte('/')"), ("never", "c.gte")),
    "what is deprecated": (python("app.old('/')"), ("deprecated", "app.old")),
    "a key of the configuration": (python("app.config['JSON_AS_ASCII'] = 1"), ("gone", "JSON_AS_ASCII")),
    "a key by update": (python("app.config.update(JSON_AS_ASCII=1)"), ("gone", "JSON_AS_ASCII")),
    "a key in a mapping": (python("app.config.from_mapping({'JSON_AS_ASCII': 1})"), ("gone", "JSON_AS_ASCII")),
    "an application bound in a span": (
        "`server = Flask(__name__)`\n\nThen `server.json_encoder`.",
        ("gone", "server.json_encoder"),
    ),
    "an application from the author's file": (
        "```python\nfrom hello import app\napp.json_encoder\n```",
        ("gone", "app.json_encoder"),
    ),
    "a code span": ("Use `app.json_encoder` here.", ("gone", "app.json_encoder")),
    "a code span with a call": ("Use `@app.before_first_request()`.", ("gone", "app.before_first_request")),
    "a dotted name in prose": ("Use app.json_encoder here.", ("gone", "app.json_encoder")),
    "a call in prose": ("By request.arg.get(‘user’) we read it.", ("never", "request.arg")),
    "a bare name in a span": ("The `before_first_request` decorator.", ("gone", "before_first_request")),
    "a name at the end of a sentence": ("Use `before_first_request`.", ("gone", "before_first_request")),
    "a decorator in a span": ("The decorator `@before_first_request`.", ("gone", "before_first_request")),
    "a bare call in prose": ("Call before_first_request() once.", ("gone", "before_first_request")),
    "an environment variable in prose": ("Set FLASK_ENV first.", ("gone", "FLASK_ENV")),
    "an environment variable": ("```sh\nexport FLASK_ENV=development\n```", ("gone", "FLASK_ENV")),
    "one before a command": ("```sh\n$ FLASK_ENV=x flask run\n```", ("gone", "FLASK_ENV")),
    "one in PowerShell": ('```powershell\n> $env:FLASK_ENV = "x"\n```', ("gone", "FLASK_ENV")),
    "an option": ("```console\n$ flask run --debg\n```", ("never", "--debg")),
    "an option in a span": ("Run `flask run --prot 80`.", ("never", "--prot")),
    "an option of the program after the command": ("```sh\nflask run --app hello\n```", ("never", "--app")),
    "a filter": ("```html+jinja\n{{ x|tojon }}\n```", ("never", "tojon")),
    "an attribute in a template": ("```jinja\n{{ request.arg.x }}\n```", ("never", "request.arg")),
    "the second attribute in a line": ("```jinja\n{{ request.args }} {{ request.arg }}\n```", ("never", "request.arg")),
    "a name in a session": ("```pycon\n>>> from flask import escape\n```", ("gone", "escape")),
    "a session that says no language": ("```\n>>> app.json_encoder\n```", ("gone", "app.json_encoder")),
    "a name between letters without spaces": ("使用`app.json_encoder`属性", ("gone", "app.json_encoder")),
    "an app of another file": (
        "In app.py:\n\n```py\nfrom app import app\napp.json_encoder\n```",
        ("gone", "app.json_encoder"),
    ),
    "a relative app": ("```py\nfrom . import app\napp.json_encoder\n```", ("gone", "app.json_encoder")),
    "what a factory gives": (
        python("def make():", "    return app", "it = make()", "it.json_encoder"),
        ("gone", "it.json_encoder"),
    ),
    "a fixture": (
        python("def me():", "    yield app.test_client()", "def test_it(me):", "    me.gte('/')"),
        ("never", "me.gte"),
    ),
    "a block with a comment for a body": (
        python("def f():", "    # ...", "", "app.json_encoder"),
        ("gone", "app.json_encoder"),
    ),
    "what any error is caught of": (
        python("try:", "    app.json_encoder", "except Exception: pass"),
        ("gone", "app.json_encoder"),
    ),
    "a setting in a module": ("```py\nSECRET_KEY = 'x'\nJSON_AS_ASCII = False\n```", ("gone", "JSON_AS_ASCII")),
    "a line that stands out by a mark": (
        "```py\n~~from flask import Flask\n~~\n~~app = Flask('x')\napp.json_encoder\n```",
        ("gone", "app.json_encoder"),
    ),
    "a name of which another block shows how it is made": (
        "```py\nfrom flask import request\n```\n\n```py\nrequest = LocalProxy()\n```\n\nUse `request.arg`.",
        ("never", "request.arg"),
    ),
    "a variable below a comment": ("```\n# for us\nexport FLASK_ENV=x\n```", ("gone", "FLASK_ENV")),
    "a setting for one command": ("```sh\nenv FLASK_ENV=x flask run\n```", ("gone", "FLASK_ENV")),
    "what stands before an error": (
        "```py\nfrom flask import escape\nfrom .a import (\n    b,\n# ... and so on\n```",
        ("gone", "escape"),
    ),
    "a package in capitals": ("Write `from Flask import Flask`.", ("never", "Flask")),
    "a call in a span": ("Call `before_first_request(f)`.", ("gone", "before_first_request")),
    "what a span imports": ("`import flask as f`.\n\nThen `f.escape`.", ("gone", "f.escape")),
    "a name after a line that cannot be parsed": (
        "```py\nretrun x y\napp.json_encoder\n```",
        ("gone", "app.json_encoder"),
    ),
    "a name in a line that a diff adds": (
        "```diff\n-x\n+if app.json_encoder:\n+def f():\n```",
        ("gone", "app.json_encoder"),
    ),
    "a variable in lines that are said to be Python": ("```py\n(venv)$ export FLASK_ENV=x\n```", ("gone", "FLASK_ENV")),
    "a variable below other lines": ("```\nFirst:\nexport FLASK_ENV=x\n```", ("gone", "FLASK_ENV")),
    "a call of what a call gives": ("By app.test_client().gett('/') it is.", ("never", "app.test_client().gett")),
    "a variable of a container": ("```dockerfile\nENV FLASK_ENV=x\n```", ("gone", "FLASK_ENV")),
    "a variable that is taken away": ("```sh\nunset FLASK_ENV\n```", ("gone", "FLASK_ENV")),
    "a variable in YAML": ("```yaml\nenvironment:\n  FLASK_ENV: x\n```", ("gone", "FLASK_ENV")),
    "a slip in a call": ("The befor_request() function.", ("never", "befor_request")),
    "a slip in a decorator": ("By `@beforerequest` it is.", ("never", "beforerequest")),
    "a slip in a short module": ("```py\nfrom flaks import session, url_for\n```", ("never", "flaks")),
    "an application that prose makes": (
        "We make server2 = Flask(__name__) first.\n\nThen server2.json_encoder.",
        ("gone", "server2.json_encoder"),
    ),
    "what prose makes an object with": ("We make server2 = Flask(‘x’, statc_folder=‘y’).", ("never", "statc_folder")),
    "a private name that nothing binds": ("```py\nx = _app_stack.top\n```", ("gone", "_app_stack")),
    "an option in brackets": ("```sh\nflask run [--prot <port>]\n```", ("never", "--prot")),
    "a placeholder for a value": ("`app.run(debgu=<value>)`", ("never", "debgu")),
    "an argument in brackets": ("`app.run(debug[, debgu=1])`", ("never", "debgu")),
    "an option of a command after another": ("```sh\ncd x && flask run --prot 80\n```", ("never", "--prot")),
    "an option on the next line": ("```sh\nflask run \\\n  --prot 80\n```", ("never", "--prot")),
    "an option in a list": ('```dockerfile\nCMD ["flask", "run", "--prot=80"]\n```', ("never", "--prot")),
    "a name in HTML": ("<p>Use <code>app.json_encoder</code>.</p>", ("gone", "app.json_encoder")),
}
SILENT = {
    "what exists": python("app.route('/')", "request.args.get('x')", "app.run(debug=True, port=5)"),
    "another framework's app": "```python\nfrom fastapi import FastAPI\napp = FastAPI()\napp.json_encoder\n```",
    "another app, in prose": "```python\napp = FastAPI()\n```\n\nThen `app.json_encoder` and app.json_encoder.",
    "an unknown receiver": python("other.json_encoder"),
    "an object that gives it by `__getattr__` now": python(
        "from flask import request", "auth = request.authorization", "auth.username"
    ),
    "an open object": python("from flask import g, session", "g.user", "session.uesr"),
    "a parameter of a view": "```python\ndef view(request):\n    return request.arg\n```",
    "what the article sets": python("app.my_own = 1", "app.my_own()"),
    "an unlike attribute": "The `app.celery_worker` is ours.",
    "an object of another package": python() + "\n```py\nfrom other.x import app\napp.json_encoder\n```\n",
    "a longer module": "```py\nfrom flask_loginx import login_user\n```",
    "a module without the name": "```py\nfrom flask_lgoin import other\n```",
    "one of the article's files": "In flask_lgoin.py:\n\n```py\nfrom flask_lgoin import login_user\n```",
    "a word like a function": "The `befor_request` (befor_request), @property and `@beforerequests`.",
    "an own function like another": "```py\ndef befor_request(): ...\n```\n\nCall `befor_request()`.",
    "a file like a module": "```py\nimport flask\n```\n\nCall it not `flask.py`.",
    "a longer name": "Call `before_requests()`.",
    "a variable in other code": "```js\nprocess.env.FLASK_ENV\n```",
    "an own module like another's end": "```py\nfrom lask import session, url_for\n```",
    "another short module": "```py\nfrom flaks import session\n```",
    "an own class": python("class Mine(Flask): pass", "Mine('x').json_encoder", "Mine('x').rotue()"),
    "an app from a factory": "```py\napp = create_app()\napp.json_encoder\n```",
    "a private name": python("app._got_it()"),
    "two meanings": "```py\napp = Flask(__name__)\n```\n\n```py\napp = Celery()\n```\n\nUse `app.json_encoder`.",
    "files and hosts": "See app.py, app.json, `app.db`, app.com, config.py and https://app.jsn_encoder.x/app.arg.",
    "a guarded import": "```python\ntry:\n    from flask import escape\nexcept ImportError:\n    escape = None\n```",
    "a relative import": "```python\nfrom . import app, db\nfrom .app import jsn\n```",
    "a custom command": "```sh\nflask init-db --froce\n```",
    "output after a prompt": "```console\n$ flask run\n * FLASK_ENV=x export FLASK_ENV=development\n```",
    "an own key": python("app.config['MY_OWN_KEY'] = 1"),
    "an own filter": "```python\n@app.template_filter()\ndef tojon(x): pass\n```\n\n```jinja\n{{ x|tojon }}\n```",
    "another engine": "```html\n{% load static %}{{ request.arg }}\n```",
    "what the sentence says is past": "`FLASK_ENV` was removed. Historically, it was `app.json_encoder`.",
    "a function of Python": "```py\nprint(list('x'))\n```\n\nCall `print()`.",
    "a word": "If `old` or `escape` is there, it is text.",
    "two kinds of app": "```py\nfrom . import app\n```\n\n```py\napp = Celery()\napp.json_encoder\n```",
    "a guarded module": "```py\ntry:\n    from flask import escape\nexcept Exception:\n    escape = None\n```",
    "a command of another package": "```sh\nflask db upgrade\n```",
    "an app of a marked line": "```py\n~~app = Celery()\napp.json_encoder\n```",
    "a word in capitals": "The instruction `ENV` of a Dockerfile.",
    "a name in a line that a diff removes": "```diff\n-app.json_encoder\n+import flask\n```",
    "a line that a block removes": "```\n-app.before_first_request(f)\n+app.run()\n+def f(): pass\n```",
    "a class that other packages have, too": "```py\nblp = Blueprint('x')\nblp.json_encoder\nblp.reqeust()\n```",
    "what is likely an app": "```py\nmy_app.json_encoder\nmy_app.rotue\n```",
    "an app from a function": "```py\ncelery_app = make()\ncelery_app.json_encoder\n```",
    "what a log says": "```\n12:00 AttributeError: app.json_encoder\n```",
    "a line that cannot be parsed": "```py\nretrun to app.json_encoder\n```",
    "an attribute of another framework": python("request.GET('x')"),
    "a variable that the article's code reads": "`create_app(os.getenv('FLASK_ENV', 'x'))`\n\nSet FLASK_ENV.",
    "raw text of a template": "```jinja\n{% raw %}{{ x|tojon }}{% endraw %}\n```",
    "an expression in an attribute": """Text.\n\n<a href="{{ x|tojon }}">Home</a>\n""",
    "a part of a template in prose": "Write {{ x|tojon }}.",
    "a module in capitals": "`from Models import User`.",
    "a service like a program": "```sh\ndocker compose run flask --prot\n```",
    "a command in a sentence": "Then flask run --prot does it.",
    "words in prose": "Take desks from Flask import desks, not by the escape function.",
    "a plain word that is called": "```py\nescape('x')\n```",
    "a name that another module has now": "```py\nmake_client('x')\n```",
    "a comment": "```python\n# app.json_encoder\n```",
    "other code": "```js\napp.json_encoder = request.arg\n```",
}


KNOWN = {
    "a call in a span": "Call `render_template('x')`.",
    "a decorator without its function": "```python\n@app.route('/')\n```",
    "a decorator without a receiver": "```python\n@url_for\ndef f(): ...\n```",
    "a decorator in prose": "The @render_template decorator.",
    "a header without its body": "```python\nif request.args: # asked\n```",
    "a function without its body": "```python\n@app.route('/')\ndef f():\n```",
    "a line with too much indentation": "```python\nx = 1\n    app.run()\n```",
    "a line that cannot be parsed": "```python\nretrun url_for('x')\n```",
    "Python 2": "```python\nprint request.args\n```",
    "output": "```\nGET /x\nrequest.args.get('x')\n```",
    "a command below other words": "```\nRUN\nflask run\n```",
    "a word with an underscore in prose": "Then comes render_template, later.",
    "a word that is said to be a function": "The session object is there.",
    "a name that is not called": "```python\nsession['x'] = 1\n```",
    "a blueprint by its last word": "```python\n@auth_bp.route('/')\ndef f(): ...\n```",
    "an attribute that hardly anything else has": "```python\nx().before_request(f)\n```",
    "an attribute that says what it is": "```python\nUser.queried.args\n```",
    "an attribute that the settings add": "`g.get('x')`",
    "a Python session in a shell": "```bash\n$ python3\n>>> app.test_client()\n```",
    "a keyword": "With `debug=True` or so.",
    "a class": "By `FlaskClient.get` or so.",
    "a class in prose": "A FlaskClient asks.",
    "an attribute after its dot": "The `.before_request` of it.",
    "an expression of a template": "`{{ x|upper }}`",
    "an expression of a template in prose": "Write {{ x|upper }} there.",
    "a filter alone": "By `|upper` it is.",
    "a template that is cut off": "```jinja\n{% if request.args %}\n```",
    "a template with a gap": "```html\n<p>\n  ...\n  {{ url_for('x') }}\n</p>\n```",
    "an expression in an attribute": """Text.\n\n<a href="{{ url_for('x') }}">Home</a>\n""",
    "a command after a sign": "Run `$ flask run`.",
    "a parameter in prose": "The port argument is a number.",
    "a parameter in a span": "The `port` is a number.",
    "several parameters": "With `x=1, port=80`.",
    "a class after its kind": "The class Request is there.",
    "a class before its kind": "A Request object is there.",
    "a class with initials": "By WSGIHandler or so.",
    "a name in a comment": "```py\n# see render_template\n```",
    "a name in a string": '```py\n"""See url_for."""\n```',
    "a key in a string": "```py\nx = {'SECRET_KEY': 1}\n```",
    "a command in a file of settings": "```yaml\ncommand: flask run\n```",
    "an attribute in a template that hardly anything else has": "```jinja\n{{ mine.before_request }}\n```",
    "a cell of a table": "| Object | What |\n|---|---|\n| session | Data |",
    "a filter in a table": "| Filter | What |\n|---|---|\n| upper | Capitals |",
    "a name before its kind in Chinese": "这是request对象。",
    "a parameter in Chinese": "使用port参数。",
    "a name after its kind in Spanish": "La función `x` y el objeto request.",
    "a name after its kind in Russian": "Через объекта request.",
    "a word that a list explains": "- request: what is asked\n- other: more",
    "a heading": "# Request",
    "an option without its program": "As flask runs, give `--port 80`.",
    "an option that is said to be one": "As flask runs, the --debug flag.",
    "a command without its program": "With flask, the `routes` command.",
    "a command in prose": "Then flask routes shows them.",
    "a command by another program": "```sh\npipenv run flask routes\n```",
    "a command before a session": "```python\n(venv)$ flask routes\n>>> x = 1\n```",
    "an attribute after its dot in prose": "The .route of it.",
    "what a block has from its base": "```jinja\n{{ super() }}\n```",
    "plain text": "```txt\nSECRET_KEY=x\n```",
    "a filter in a span": "The filters `upper` and so on.",
    "a name that is gone, in a comment": "```python\n# app.json_encoder\n```",
    "a name that only an older release has": "```py\nx = make_kit()\n```",
    "a package with capitals": "See `Werkzeug.own`.",
    "a hook like an own function": "```py\ndef before_request(): ...\n```\n\nThe before_request hook.",
    "a class of another file by its last word": "```py\nfrom mine.x import OwnKit\nit = OwnKit()\nit.get('/')\n```",
    "a raw template": "```html\n{% raw %}{{ x|upper }}{% endraw %}\n```",
}


RESOLVED = {
    "an attribute of a test": python(
        "class T:",
        "    def setUp(self):",
        "        self.mine = app.test_client()",
        "    def test_it(self):",
        "        self.mine.get('/')",
    ),
    "a conventional attribute": python("class T:", "    def test_it(self):", "        self.client.get('/')"),
    "a value that is described": "`app.run(port=<the port>)`",
    "an attribute of a class": python("class T:", "    x = Flask('x')", "T().x.route('/')"),
    "a module that is not imported": "```py\nflask.Flask('x', static_folder='y').route('/')\n```",
    "an annotation": python("def f(x: Flask):", "    x.route('/')"),
    "an annotation of a function": python("def f() -> Flask: ...", "x = f()", "x.route('/')"),
    "what a function returns": python("x = app.made()", "x.get('/')"),
    "an own class": python("class Mine(Flask):", "    def f(self):", "        self.route('/')", "Mine('x').run()"),
    "an app from a factory": "```py\nfrom a import create_app\napp = create_app()\napp.route('/')\n```",
    "a parameter": "```py\ndef f(app):\n    app.route('/')\n```",
    "a class that is not imported": "```py\nx = FlaskClient()\nx.get('/')\n```",
    "any other attribute": python("auth_bp.anything.get('/')"),
    "an attribute of an attribute in a template": "```jinja\n{{ auth_bp.anything.get() }}\n```",
    "an item": python("x = request.args['a']", "x.get('/')"),
    "what another object has": python("session.get('/')"),
    "an app and a fixture": python() + "\n```py\ndef app(): ...\n```\n\n```py\n@app.route('/')\ndef f(): ...\n```\n",
    "a blueprint by the last word in capitals": python("authBp.route('/')"),
    "an object of an attribute that says what it is": python("x = mine.queried", "x.args"),
    "what methods take that begin so": python("class Mine(Flask):", "    def check_x(self, x):", "        x.get('/')"),
    "a method without its class": "```py\ndef before_request(self): ...\n```\n\nThen before_request().",
}


@pytest.mark.parametrize("text", RESOLVED.values(), ids=RESOLVED)
def test_a_receiver_is_known(text):
    """All names are known: the code says what they belong to."""
    names = checked(text).names
    assert (names.resolved > 0, names.silent) == (True, 0)


def test_a_function_that_takes_any_parameter_takes_one_that_it_had():
    """It hands the parameter on now, instead of having it itself."""
    verdicts = [
        [one.verdict for one in checked(python("app.run(reload=1)"), opened=opened).findings]
        for opened in ((), ("flask.Flask.run",))
    ]
    assert verdicts == [["gone"], []]


def test_an_article_may_stand_beside_the_menu():
    """An `aside` with the title of the page is no furniture."""
    page = (
        "<html><body><nav>Menu</nav><aside>{}<p>By <code>app.json_encoder</code>.</p></aside><p>End.</p></body></html>"
    )
    assert [found(page.format(title), "a.html") for title in ("<h1>Title</h1>", "<h2>Note</h2>")] == [
        [("gone", "app.json_encoder")],
        [],
    ]


@pytest.mark.parametrize("text", KNOWN.values(), ids=KNOWN)
def test_a_name_is_known(text):
    """The index has it: nothing is to be said."""
    report = checked(text)
    assert (report.names.resolved > 0, [one for one in report.findings if one.layer == "name"]) == (True, [])


@pytest.mark.parametrize(("text", "finding"), FOUND.values(), ids=FOUND)
def test_a_name_is_found(text, finding):
    """One finding, about exactly these words."""
    assert found(text) == [finding]


@pytest.mark.parametrize("text", SILENT.values(), ids=SILENT)
def test_silence_beats_a_false_alarm(text):
    """Nothing is said of what is not certain."""
    assert found(text) == []


def test_a_name_has_its_place_and_its_end():
    """Line, column and offsets lead to the words; the message says until when, and what to write instead."""
    text = "First.\r\n\r\nUse `request.arg` and\r\n`app.json_encoder`.\r\n"
    arg, encoder = checked(text).findings
    (marked,) = checked("<p>Use <b>app</b>.json_encoder.</p>", "a.html").findings
    assert (marked.text, marked.column, marked.end_column) == ("app.json_encoder", 11, 31)
    assert (arg.line, arg.column, arg.end_line, arg.end_column) == (3, 6, 3, 17)
    assert (encoder.line, encoder.column, text[encoder.start : encoder.end]) == (4, 2, "app.json_encoder")
    assert (arg.instead, arg.fix, arg.since, arg.until) == ("request.args", "request.args", None, None)
    assert (encoder.instead, encoder.fix, encoder.since, encoder.until) == (None, None, "0.12.5", "2.2.5")
    assert encoder.message == "`flask.Flask.json_encoder` is gone: Flask 2.2.5 was the last release that had it."


@pytest.mark.parametrize(
    ("release", "finding"),
    [("3.1.3", [("gone", "FLASK_ENV")]), ("2.2.5", []), ("0.12.5", [("never", "FLASK_ENV")])],
)
def test_the_release_decides(release, finding):
    """A name that came later is not in the release; one that went later is."""
    assert found("Set FLASK_ENV first.", release=release) == finding


@pytest.mark.parametrize(("opened", "verdicts"), [((), ["never"]), (("flask.Flask.run",), [])])
def test_a_function_that_takes_any_parameter_took_a_later_one(opened, verdicts):
    """It handed the parameter on before it had the parameter itself."""
    report = checked(python("app.run(load=1)"), release="2.2.5", opened=opened)
    assert [one.verdict for one in report.findings] == verdicts


def test_code_with_tabs_and_spaces_is_read_as_it_looks():
    """It is an error; the names in it are looked up all the same, each at its place."""
    text = python("try:", "\tx = 1", "    app.json_encoder", "except ValueError:", "\tapp.json_encoder")
    error, *names = checked(text).findings
    assert (error.verdict, error.layer) == ("error", "code")
    assert [(one.verdict, one.column, text[one.start : one.end]) for one in names] == [
        ("gone", 5, "app.json_encoder"),
        ("gone", 2, "app.json_encoder"),
    ]


def test_each_use_of_an_imported_name_is_found():
    """Where it is imported, called and named in prose."""
    text = "```py\nfrom flask import escape\nescape('x')\n```\n\n`escape()` and `escape`.\n"
    assert found(text) == [("gone", "escape")] * 4
