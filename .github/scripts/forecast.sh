#!/usr/bin/env bash
# Runs the claims on a candidate: the given requirement, or the newest packages if none is given.
#
#   forecast.sh ["flask @ git+https://…" | flask==4.0.0rc1 | WHEEL | ""]
#
# It exits with 0 even if verdicts would change, and with 1 only if there is no report. With a requirement, the current
# release runs first: its deprecation warnings show which changes were announced.
set -euo pipefail

with=()
if [ -n "${1:-}" ]; then
  with=(--with "$1")
  uv run pytest claims --quiet || echo "The current release exits with $?."
fi
UV_EXCLUDE_NEWER="$(date --utc +%Y-%m-%dT%H:%M:%SZ)"
export UV_EXCLUDE_NEWER

begun="$(mktemp)"
trap 'rm -f "$begun"' EXIT
uv run "${with[@]}" pytest claims || echo "The main job exits with $?."
test out/results.json -nt "$begun"
