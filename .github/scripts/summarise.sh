#!/usr/bin/env bash
# Tells of a run of the claims: the summary of the job, annotations, and `drift`, how many verdicts are not the ledger's.
set -euo pipefail

results="${1:-out/results.json}"
uv run python -m report render "$results" --to summary --out out
cat out/summary.md >>"${GITHUB_STEP_SUMMARY:-/dev/stdout}"
uv run python .github/scripts/annotate.py "$results"
