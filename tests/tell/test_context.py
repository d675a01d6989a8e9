"""What a report reads in addition to its result."""

from pathlib import Path

import pytest

from report.errors import DamagedFileError
from report.judge.results import Drift, Subject
from report.settings import Settings
from report.tell import context, page, summary

from .builders import everything, result

WOULD = "Flask 3.2.0 would change 1 verdict."


@pytest.fixture
def read(tmp_path):
    """Read the context of a result, with a forecast of a version."""
    config = Settings(tmp_path, "flask", tmp_path / "claims")

    def made(version, found):
        drift = (Drift("claims/top31/q11_x.py::f", "confirmed", "wrong"),)
        candidate = result(subject=Subject("flask", version, None, "3.11"), drift=drift)
        (tmp_path / "forecast.json").write_text(context.forecast(candidate), encoding="utf-8")
        return context.read(config, found, tmp_path)

    return made


def test_page_and_summary_show_the_forecast(read):
    """The forecast of a coming version has its date, and the verdicts that would change."""
    for text in (
        page.render(everything(), read("3.2.0", everything())),
        summary.render(result(), read("3.2.0", result())),
    ):
        assert f"Forecast of 20 November 2026: {WOULD}" in text
        assert "claims/top31/q11_x.py::f" in text


def test_a_version_that_is_out_has_no_forecast(read):
    """A forecast of the result's own version, or of an older one, is not shown."""
    assert read("3.1.3", result()).forecast is None
    assert read("3.1.0rc1", result()).forecast is None


def test_a_damaged_forecast_says_what_to_do(tmp_path):
    """It is named, and may be deleted."""
    (tmp_path / "forecast.json").write_text("{", encoding="utf-8")
    with pytest.raises(DamagedFileError, match="Delete it"):
        context.read(Settings(Path(), "flask", tmp_path / "claims"), result(), tmp_path)


@pytest.mark.parametrize(
    ("repository", "policy", "url"),
    [
        ("https://example.org/p", "docs/p.md", "https://example.org/p/blob/HEAD/docs/p.md"),
        (None, "https://example.org/p.md", "https://example.org/p.md"),
        (None, "docs/p.md", None),
        ("https://example.org/p", None, None),
    ],
)
def test_policy_has_a_url_if_the_project_has(repository, policy, url):
    """A path is looked up in the repository; without one it stays a path."""
    assert context.Context(repository=repository, policy=policy).policy_url == url
