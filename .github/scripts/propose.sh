#!/usr/bin/env bash
# Opens a pull request with a patch, or updates the open one of the same branch.
#
#   propose.sh BRANCH TITLE PATCH SUMMARY
set -euo pipefail

branch="$1" title="$2" patch="$3" summary="$4"
base="$(git symbolic-ref --short HEAD)"

git switch --force-create "$branch"
git apply --index "$patch"
git -c user.name="github-actions[bot]" -c user.email="41898282+github-actions[bot]@users.noreply.github.com" \
  commit --quiet --message "$title"
git push --force origin "$branch"

if [ -n "$(gh pr list --head "$branch" --state open --json number --jq '.[].number')" ]; then
  gh pr edit "$branch" --title "$title" --body-file "$summary"
else
  gh pr create --head "$branch" --base "$base" --title "$title" --body-file "$summary"
fi
