#!/usr/bin/env bash
# Adds releases, accepts the outcomes of the main job, and writes a patch and a summary to proposal/.
#
#   newest.sh                 every release that is on the package index but not in the data file
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
    echo "No new releases."
    echo "changed=false" >>"$output"
    exit 0
  fi
fi

# The main job may fail: a correction no longer holds, or a test is broken. The pull request then says so.
uv run "${with[@]}" pytest claims --accept >proposal/main-job.txt || echo "The main job exits with $?." >>proposal/summary.md
tail -n 40 proposal/main-job.txt
sed -n '/answers checked/,$p' proposal/main-job.txt >>proposal/summary.md
printf '```\n' >>proposal/summary.md

# Update the counts in the documents, if the project has documents.
if [ -e docs/make.py ]; then uv run "${with[@]}" python -m docs.make; fi

git add --intent-to-add -- claims
git diff --binary -- claims pyproject.toml README.md docs >proposal/changes.patch
if [ -s proposal/changes.patch ]; then echo "changed=true"; else echo "changed=false"; fi >>"$output"
