"""The index says what the changelogs say: 40 facts, read by hand in the changelogs and not in the index."""

import pytest
from packaging.version import Version

from report.names import index
from tests.project import ROOT

# Each is (name, the version whose changelog entry says so). An index knows only some versions of most packages, so the
# test compares with the last known version before it, or with the first known version from it.
REMOVED = [
    ("flask.Flask.json_encoder", "2.3.0"),
    ("flask.Flask.before_first_request", "2.3.0"),
    ("flask.Flask.init_jinja_globals", "1.0"),
    ("flask.Config.from_json", "2.1.0"),
    ("flask.safe_join", "2.1.0"),
    ("flask.json.JSONEncoder", "2.3.0"),
    ("flask.Markup", "3.0.0"),
    ("flask.send_file(attachment_filename)", "2.2.0"),
    ("config:JSON_SORT_KEYS", "2.3.0"),
    ("config:LOGGER_NAME", "1.0"),
    ("env:FLASK_ENV", "2.3.0"),
    ("option:flask run --eager-loading", "2.2.0"),
    ("werkzeug.security.safe_str_cmp", "2.1.0"),
    ("werkzeug.urls.url_quote", "3.0.0"),
    ("werkzeug.url_quote", "1.0.0"),
    ("jinja2.contextfilter", "3.1.0"),
    ("itsdangerous.TimedJSONWebSignatureSerializer", "2.1.0"),
    ("flask_sqlalchemy.BaseQuery", "3.1.0"),
    ("flask_babel.Babel.localeselector", "3.0.0"),
    ("markupsafe.soft_unicode", "2.1.0"),
]
ADDED = [
    ("flask.Flask.post", "2.0.0"),
    ("flask.stream_template", "2.2.0"),
    ("flask.Flask.open_resource(encoding)", "3.1.0"),
    ("config:SECRET_KEY_FALLBACKS", "3.1.0"),
    ("option:flask run --debug", "2.2.3"),
    ("command:flask routes", "1.0"),
    ("werkzeug.utils.send_file", "2.0.0"),
    ("filter:items", "3.1.0"),
    ("flask_sqlalchemy.SQLAlchemy.one_or_404", "3.0.0"),
    ("flask_wtf.file.FileSize", "0.15.0"),
]
DEPRECATED = [
    ("flask.Flask.before_first_request", "2.2.0"),
    ("flask.Flask.got_first_request", "2.3.0"),
    ("flask.Markup", "2.3.1"),  # 2.3.0 meant to, but its import failed: "Restore deprecated `from flask import Markup`"
    ("flask.__version__", "3.0.0"),
    ("flask.send_file(attachment_filename)", "2.0.0"),
    ("config:JSON_SORT_KEYS", "2.2.0"),
    ("werkzeug.urls.url_quote", "2.3.0"),
    ("werkzeug.datastructures.OrderedMultiDict", "3.1.0"),
    ("flask_login.LoginManager.header_loader", "0.6.2"),
    ("click.BaseCommand", "8.2.0"),
]


@pytest.fixture(scope="module")
def names():
    """The committed index."""
    return index.read(ROOT / "claims" / "names.jsonl")


def last_before(versions, version):
    """The last of *versions* before *version*."""
    return max((known for known in versions if Version(known) < Version(version)), key=Version)


def first_from(versions, version):
    """The first of *versions* from *version*."""
    return min((known for known in versions if Version(known) >= Version(version)), key=Version)


@pytest.mark.parametrize(("name", "version"), REMOVED)
def test_a_removed_name_ends_with_the_version_before(names, name, version):
    """The last known version that has the name is the last before the changelog says that it is removed."""
    entry = names.find(name)
    assert entry.ranges[-1][1] == last_before(names.versions(entry.package), version)


@pytest.mark.parametrize(("name", "version"), ADDED)
def test_an_added_name_starts_with_its_version(names, name, version):
    """The first known version that has the name is the first from that whose changelog adds it."""
    entry = names.find(name)
    assert entry.ranges[0][0] == first_from(names.versions(entry.package), version)
    assert Version(entry.ranges[0][0]) > Version(names.versions(entry.package)[0])


@pytest.mark.parametrize(("name", "version"), DEPRECATED)
def test_a_deprecated_name_is_announced_from_its_version(names, name, version):
    """The first known version that announces the end of the name is the first from that whose changelog does."""
    entry = names.find(name)
    assert entry.deprecated == first_from(names.versions(entry.package), version)
