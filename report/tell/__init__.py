"""Who needs to know: each form of the result is one pure transform of it."""

from pathlib import Path

from report.files import write_whole
from report.judge import results
from report.tell import errata, page


def write_all(out: Path, result: results.Result) -> None:
    """Write every form of *result* into *out*, each file whole or not at all, `results.json` last."""
    write_whole(out / "index.html", page.render(result))
    write_whole(out / "errata.html", errata.to_html(result))
    write_whole(out / "errata.md", errata.to_markdown(result))
    results.write(out / "results.json", result)
