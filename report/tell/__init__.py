"""Reports of a result. Each form is a pure function of the result and its context."""

from collections.abc import Callable, Iterator
from pathlib import Path

from report.files import write_together
from report.judge import results
from report.judge.results import Result
from report.tell import badge, errata, junit, page, summary
from report.tell.context import Context
from report.tell.markup import anchor

Files = Iterator[tuple[str, str]]  # (file name, content)


def _errata(result: Result, context: Context) -> Files:
    """Write the errata of all articles, then the errata of each article for its author."""
    for article in (None, *(article.id for article in result.articles)):
        name = f"errata-{anchor(article)}" if article is not None else "errata"
        yield f"{name}.html", errata.to_html(result, context, article)
        yield f"{name}.md", errata.to_markdown(result, context, article)
        yield f"{name}.json", errata.to_json(result, context, article)


def _badges(result: Result, context: Context) -> Files:
    for article in result.articles:
        yield f"badge-{anchor(article.id)}.json", badge.render(article)


FORMS: dict[str, Callable[[Result, Context], Files]] = {
    "html": lambda result, context: iter([("index.html", page.render(result, context))]),
    "errata": _errata,
    "badge": _badges,
    "junit": lambda result, context: iter([("junit.xml", junit.render(result))]),
    "summary": lambda result, context: iter([("summary.md", summary.render(result))]),
}


def write_form(form: str, out: Path, result: Result, context: Context) -> list[Path]:
    """Write the files of one form into *out*, all or none, and return their paths."""
    texts = {out / name: text for name, text in FORMS[form](result, context)}
    write_together(texts)
    return [*texts]


def all_forms(out: Path, result: Result, context: Context) -> dict[Path, str]:
    """Render every form of *result*, and `results.json` last. Return the content by path; write nothing."""
    texts = {out / name: text for form in FORMS.values() for name, text in form(result, context)}
    return texts | {out / "results.json": results.text(result)}
