#!/usr/bin/env bash
# Reports a run of the claims: the job summary, annotations, and the step output `drift`, the number of changed verdicts.
set -euo pipefail

results="${1:-out/results.json}"
uv run python -m report render "$results" --to summary --out out
cat out/summary.md >>"${GITHUB_STEP_SUMMARY:-/dev/stdout}"
uv run python .github/scripts/annotate.py "$results"
