#!/usr/bin/env bash
# Checks the names, the code and the sentences of an article's text: a page in out/, and a table in the job's summary.
#
#   check.sh TEXT
set -euo pipefail

uv run python -m report check "$1" --to html -o out/check.html --fail-on ""
uv run python -m report check "$1" --to md --fail-on "" >>"${GITHUB_STEP_SUMMARY:-/dev/stdout}"
uv run python -m report check "$1"
