#!/usr/bin/env bash
# Adds releases, accepts what the main job sees on the newest, and leaves a patch and its summary in proposal/.
#
#   newest.sh                 every release that the package index has and the data file lacks
#   newest.sh --add 3.1.4     this one
#   newest.sh --from WHEEL    the one in this file
set -euo pipefail

output="${GITHUB_OUTPUT:-/dev/null}"
with=()
mkdir -p proposal
printf '```text\n' >proposal/summary.md

if [ "$#" -gt 0 ]; then
  uv run python -m report releases "$@" | tee -a proposal/summary.md
  if [ "$1" = --from ]; then with=(--with "$2"); fi
else
  new="$(uv run python -m report releases --new)"
  for version in $new; do
    uv run python -m report releases --add "$version" | tee -a proposal/summary.md
  done
  if [ -z "$new" ]; then
    echo "Nothing is new."
    echo "changed=false" >>"$output"
    exit 0
  fi
fi

# A correction that does not hold any more, or a broken test, is for the reviewer: the pull request says so.
uv run "${with[@]}" pytest claims --accept >proposal/main-job.txt || echo "The main job exits with $?." >>proposal/summary.md
tail -n 40 proposal/main-job.txt
sed -n '/answers checked/,$p' proposal/main-job.txt >>proposal/summary.md
printf '```\n' >>proposal/summary.md

# What the documents count, where there are such.
if [ -e docs/make.py ]; then uv run "${with[@]}" python -m docs.make; fi

git add --intent-to-add -- claims
git diff --binary -- claims pyproject.toml README.md docs >proposal/changes.patch
if [ -s proposal/changes.patch ]; then echo "changed=true"; else echo "changed=false"; fi >>"$output"
