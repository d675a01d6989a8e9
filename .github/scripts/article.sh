#!/usr/bin/env bash
# Runs the main job with an article's own text. The report shows the text, and the summary lists sentences without a claim.
#
#   article.sh ARTICLE TEXT
set -euo pipefail

article="$1" text="$2"
ARTICLES_DIR="$(mktemp -d)"
export ARTICLES_DIR
trap 'rm -rf "$ARTICLES_DIR"' EXIT
case "$text" in
  *.md | *.html | *.htm | *.rst) suffix="${text##*.}" ;;
  *) suffix=txt ;;
esac
cp -- "$text" "$ARTICLES_DIR/$article.$suffix"

status=0
uv run pytest claims || status=$?
.github/scripts/summarise.sh
open="$(uv run python -m report sentences "$article" --open)"
if [ -n "$open" ]; then
  printf '\nSentences that are not accounted for yet:\n\n```text\n%s\n```\n' "$open" >>"${GITHUB_STEP_SUMMARY:-/dev/stdout}"
fi
exit "$status"
