#!/usr/bin/env bash
# Keeps one comment on the pull request: what the change opens and closes with its new findings, else the findings. It
# alone has the token, and it runs nothing of the repository. A pull request of a fork has a token that only reads: there
# the summary of the job has all of it.
set -euo pipefail

mark='<!-- netlint -->'
report=${DIFF_REPORT:-${CHECK_REPORT:-}}
if [ ! -f "$report" ] || ! [[ $GITHUB_REF =~ ^refs/pull/([0-9]+)/merge$ ]]; then
    exit 0
fi
number=${BASH_REMATCH[1]}

# GitHub takes 65,536 characters.
body=$(mktemp)
trap 'rm -f -- "$body"' EXIT
{
    printf '%s\n' "$mark"
    if [ "$(wc -m <"$report")" -le 65400 ]; then
        cat "$report"
    else
        head -n 1 "$report"
        printf '\nThe report is too long for a comment; the summary of the job has it.\n'
    fi
} >"$body"

# The comment is found again by its first line. Where there is nothing to say, none is written anew.
comment() {
    local id
    id=$(gh api --paginate "repos/$GITHUB_REPOSITORY/issues/$number/comments" --jq \
        ".[] | select(.user.login == \"github-actions[bot]\" and (.body | startswith(\"$mark\"))) | .id") || return
    id=${id%%$'\n'*}
    if [ -n "$id" ]; then
        gh api --silent --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$id" -F "body=@$body"
    elif ! head -n 1 "$report" | grep -q '^### netlint: no '; then
        gh api --silent --method POST "repos/$GITHUB_REPOSITORY/issues/$number/comments" -F "body=@$body"
    fi
}

comment || echo "::notice title=netlint::no comment is written: that takes the permission pull-requests: write, which a pull request of a fork does not have; the summary of the job has the report"
