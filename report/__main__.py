"""The command line: `python -m report`."""

from report.cli import articles, checking, main, measuring, reporting

__all__ = ["articles", "checking", "main", "measuring", "reporting"]

if __name__ == "__main__":
    main(prog_name="python -m report")
