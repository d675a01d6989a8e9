"""Who needs to know: each form of the result is one pure transform of it."""

from collections.abc import Callable, Iterator
from pathlib import Path

from report.files import write_whole
from report.judge import results
from report.judge.results import Result
from report.tell import badge, errata, junit, page, sarif, summary
from report.tell.beside import Beside
from report.tell.markup import anchor

Files = Iterator[tuple[str, str]]  # the name of a file, and what it holds


def _errata(result: Result, beside: Beside) -> Files:
    """Write the sheet of all articles, and one for each, to be sent to its author."""
    for article in (None, *(one.id for one in result.articles)):
        name = f"errata-{anchor(article)}" if article is not None else "errata"
        yield f"{name}.html", errata.to_html(result, beside, article)
        yield f"{name}.md", errata.to_markdown(result, beside, article)
        yield f"{name}.json", errata.to_json(result, beside, article)


def _badges(result: Result, beside: Beside) -> Files:
    for article in result.articles:
        yield f"badge-{anchor(article.id)}.json", badge.render(article)


FORMS: dict[str, Callable[[Result, Beside], Files]] = {
    "html": lambda result, beside: iter([("index.html", page.render(result, beside))]),
    "errata": _errata,
    "badge": _badges,
    "junit": lambda result, beside: iter([("junit.xml", junit.render(result))]),
    "sarif": lambda result, beside: iter([("errata.sarif", sarif.render(result, beside))]),
    "summary": lambda result, beside: iter([("summary.md", summary.render(result))]),
}


def write_form(form: str, out: Path, result: Result, beside: Beside) -> list[Path]:
    """Write the files of one form into *out*, each whole or not at all, and name them."""
    written = []
    for name, text in FORMS[form](result, beside):
        write_whole(out / name, text)
        written.append(out / name)
    return written


def write_all(out: Path, result: Result, beside: Beside | None = None) -> None:
    """Write every form of *result* into *out*, each file whole or not at all, `results.json` last."""
    for form in FORMS:
        write_form(form, out, result, beside or Beside())
    results.write(out / "results.json", result)
