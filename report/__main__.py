"""The command line: `python -m report`."""

from report.cli import articles, main, measuring, proof, reporting

__all__ = ["articles", "main", "measuring", "proof", "reporting"]

if __name__ == "__main__":
    main(prog_name="python -m report")
