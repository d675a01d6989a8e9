#!/usr/bin/env bash
# Keeps one issue for a drift: opened when there is one, brought up to date while it lasts, closed when it is over.
#
#   drift_issue.sh TITLE OUT        OUT has the results.json and the summary.md of a run
set -euo pipefail

title="$1" out="$2"
export title
differences="$(python3 -c 'import json, sys; print(len(json.load(open(sys.argv[1], encoding="utf-8"))["drift"]))' "$out/results.json")"
open="$(gh issue list --state open --label drift --json number,title --jq '.[] | select(.title == env.title) | .number')"

if [ "$differences" -gt 0 ] && [ -n "$open" ]; then
  gh issue edit "$open" --body-file "$out/summary.md"
elif [ "$differences" -gt 0 ]; then
  gh label create drift --force --description "A verdict that is not the ledger's"
  gh issue create --title "$title" --label drift --body-file "$out/summary.md"
elif [ -n "$open" ]; then
  gh issue close "$open" --comment "It is over: every verdict is the ledger's again."
fi
