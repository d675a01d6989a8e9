"""A small index of names with the interface of `report.names.index`."""

from packaging.version import Version

from report.names.index import Entry, Index

VERSIONS = ("0.12.5", "1.0.4", "2.2.5", "2.3.3", "3.1.3")
ALWAYS, NEW = (("0.12.5", "3.1.3"),), (("2.3.3", "3.1.3"),)
NAMES = {
    "flask": "module", "flask.Flask": "class", "flask.Blueprint": "class", "flask.request": "attribute",
    "flask.Flask.route": "function", "flask.Flask.run": "function", "flask.Flask.run(debug)": "parameter",
    "flask.Flask.run(port)": "parameter", "flask.Flask.config": "attribute", "flask.Flask.test_client": "function",
    "flask.Flask()": "", "flask.Flask(static_folder)": "parameter", "flask.Flask(template_folder)": "parameter",
    "flask.Flask.before_request": "function", "flask.Flask.json": "attribute", "flask.Request": "class",
    "flask.Request.args": "attribute", "flask.Request.method": "attribute", "flask.Request.get_json": "function",
    "flask.render_template": "function", "flask.url_for": "function", "flask.session": "attribute",
    "flask.g": "attribute",
    "werkzeug": "module", "werkzeug.make_client": "function",
    "flask.testing": "module", "flask.testing.FlaskClient": "class", "flask.testing.FlaskClient.get": "function",
    "flask.Flask.made": "function", "flask_login": "module", "flask_login.login_user": "function",
    "flask.WSGIHandler": "class", "flask.test_client": "function", "flask.test_client(filename)": "parameter",
    "config:SECRET_KEY": "config", "env:FLASK_APP": "env", "command:flask": "command", "command:flask run": "command",
    "option:flask run --debug": "option", "option:flask run --port": "option", "option:flask --app": "option",
    "command:flask routes": "command", "filter:tojson": "filter", "filter:upper": "filter", "test:defined": "test",
    "global:request": "global", "global:url_for": "global",
}  # fmt: skip
GONE = {
    "flask.Flask.before_first_request": Entry(
        "flask.Flask.before_first_request", "function", "Flask", (("0.12.5", "2.2.5"),), "2.2.5"
    ),
    "flask.Flask.json_encoder": Entry(
        "flask.Flask.json_encoder", "attribute", "Flask", (("0.12.5", "2.2.5"),), "2.2.5"
    ),
    "flask.ext": Entry("flask.ext", "module", "Flask", (("0.12.5", "0.12.5"),)),
    "flask.escape": Entry("flask.escape", "function", "Flask", (("0.12.5", "2.3.3"),), "2.3.3"),
    "flask.make_client": Entry("flask.make_client", "function", "Flask", (("0.12.5", "2.3.3"),), "2.3.3"),
    "flask.make_client(filename)": Entry(
        "flask.make_client(filename)", "parameter", "Flask", (("0.12.5", "2.3.3"),), "2.3.3"
    ),
    "flask.testing.make_kit": Entry("flask.testing.make_kit", "function", "Flask", (("0.12.5", "2.2.5"),)),
    "flask.Flask.old": Entry("flask.Flask.old", "function", "Flask", ALWAYS, "2.2.5", "route"),
    "flask.Flask.beforeRequest": Entry(
        "flask.Flask.beforeRequest", "function", "Flask", ALWAYS, "2.2.5", "flask.Flask.before_request"
    ),
    "config:JSON_AS_ASCII": Entry("config:JSON_AS_ASCII", "config", "Flask", (("0.12.5", "2.2.5"),)),
    "config:ENV": Entry("config:ENV", "config", "Flask", (("1.0.4", "2.2.5"),)),
    "env:FLASK_ENV": Entry("env:FLASK_ENV", "env", "Flask", (("1.0.4", "2.2.5"),)),
    "command:flask db": Entry("command:flask db", "command", "Extension", (("0.12.5", "2.2.5"),)),
    "flask._app_stack": Entry("flask._app_stack", "attribute", "Flask", (("0.12.5", "2.2.5"),)),
    "flask.Flask.run(reload)": Entry("flask.Flask.run(reload)", "parameter", "Flask", (("0.12.5", "2.2.5"),)),
    "flask.Flask.run(load)": Entry("flask.Flask.run(load)", "parameter", "Flask", NEW),
    "flask.Blueprint.cli": Entry("flask.Blueprint.cli", "attribute", "Flask", NEW),
}
RETURNED = {"flask.Flask.made": "flask.testing.FlaskClient"}


class Fake(Index):
    """An index of the names above; what is in *opened* may have more."""

    def __init__(self, opened=()):
        self.opened = ("flask.session", "flask.g", *opened)
        self.entries = {name: Entry(name, kind, "Flask", ALWAYS) for name, kind in NAMES.items() if kind} | GONE
        aliases = {"flask.request.": "flask.Request.", "flask.Blueprint.": "flask.Flask."}
        self.aliases = aliases

    def _name(self, name):
        for start, real in self.aliases.items():
            if name.startswith(start) and name not in self.entries:
                return real + name.removeprefix(start)
        return name

    # ruff: noqa: D102
    @property
    def places(self):
        parts = [name.rpartition(".") for name in self.entries if "(" not in name]
        return {last: [owner for owner, _, other in parts if other == last] for _, _, last in parts}

    def returned(self, name):
        return RETURNED.get(name)

    def find(self, name):
        return self.entries.get(self._name(name))

    def members(self, name):
        if name.endswith(":"):
            return [one.removeprefix(name) for one in self.entries if one.startswith(name)]
        if name.endswith("()") or (name in self.entries and self.entries[name].kind == "function"):
            start = name.removesuffix("()") + "("
            return [one.removeprefix(start)[:-1] for one in self.entries if one.startswith(start)]
        start = self._name(name + ".")
        return [one.removeprefix(start) for one in self.entries if one.startswith(start) and "(" not in one]

    def is_open(self, name):
        return name.removesuffix("()") in self.opened

    def modules(self):
        return [name for name, entry in self.entries.items() if entry.kind == "module"]

    def versions(self, package):
        return VERSIONS

    def version_at(self, package, release):
        return release  # of any package

    def exists(self, entry, release):
        return any(Version(first) <= Version(release) <= Version(last) for first, last in entry.ranges)
