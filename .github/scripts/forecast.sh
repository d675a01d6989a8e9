#!/usr/bin/env bash
# The claims on a candidate: a requirement in the place of the current release, or today's packages without one.
#
#   forecast.sh ["flask @ git+https://…" | flask==4.0.0rc1 | WHEEL | ""]
#
# A forecast is no fault: it exits with 0 where claims would turn, and with 1 where no report was made. Of a candidate it
# says which deprecations announced a turn: those that the current release, which runs first, gave for the same claim.
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
