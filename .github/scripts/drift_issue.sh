#!/usr/bin/env bash
# Keeps one issue for each drift: opens it, updates it while the drift lasts, and closes it afterwards.
#
#   drift_issue.sh TITLE OUT        OUT contains the results.json and the summary.md of a run
set -euo pipefail

title="$1" out="$2"
export title
differences="$(python3 -c 'import json, sys; print(len(json.load(open(sys.argv[1], encoding="utf-8"))["drift"]))' "$out/results.json")"
open="$(gh issue list --state open --label drift --json number,title --jq '.[] | select(.title == env.title) | .number')"

if [ "$differences" -gt 0 ] && [ -n "$open" ]; then
  gh issue edit "$open" --body-file "$out/summary.md"
elif [ "$differences" -gt 0 ]; then
  gh label create drift --force --description "A verdict that differs from the ledger"
  gh issue create --title "$title" --label drift --body-file "$out/summary.md"
elif [ -n "$open" ]; then
  gh issue close "$open" --comment "Resolved: every verdict matches the ledger again."
fi
