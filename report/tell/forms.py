"""All forms of a result, to render some of them together."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from report.judge.results import Result
from report.tell import answers, badge, errata, junit, page, summary
from report.tell.context import Context

FORMS: dict[str, Callable[[Result, Context], Iterator[tuple[str, str]]]] = {  # to file names and contents
    "html": page.files,
    "answers": answers.files,
    "errata": errata.files,
    "badge": badge.files,
    "junit": junit.files,
    "summary": summary.files,
}


def render_forms(result: Result, context: Context, out: Path, forms: Iterable[str] = FORMS) -> dict[Path, str]:
    """Render *forms* of a result. Return the content by path in *out*; write nothing."""
    return {out / name: text for form in forms for name, text in FORMS[form](result, context)}
