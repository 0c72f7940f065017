#!/usr/bin/env bash
# Runs netlint once for the action: annotations in the log, SARIF in a file, a summary of the job, a comment on the pull
# request. Inputs come in INPUT_ variables. Ends with netlint's exit status, which is the output `status` too.
set -euo pipefail
cd "$GITHUB_WORKSPACE"

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
summary=$scratch/summary.md

if [[ $INPUT_SARIF == *$'\n'* ]]; then
    echo "::error title=netlint::the input sarif is one file"
    exit 2
fi

arguments=(--format github --format "markdown:$summary" --fail-on "$INPUT_FAIL_ON")
if [ -n "$INPUT_SARIF" ]; then
    rm -f -- "$INPUT_SARIF"
    arguments+=(--format "sarif:$INPUT_SARIF")
fi
if [ -n "$INPUT_CONFIG" ]; then
    arguments+=(--config "$INPUT_CONFIG")
fi
paths=()
while IFS= read -r path; do
    if [ -n "$path" ]; then
        paths+=("$path")
    fi
done <<<"$INPUT_PATHS"

status=0
"$NETLINT" check "${arguments[@]}" -- ${paths[@]+"${paths[@]}"} || status=$?
echo "status=$status" >>"$GITHUB_OUTPUT"

if [ -n "$INPUT_SARIF" ] && [ -f "$INPUT_SARIF" ]; then
    # Code scanning does not read suppressions: what is suppressed would be an open alert.
    jq -c '.runs[].results |= map(select(.suppressions | not))' "$INPUT_SARIF" >"$scratch/sarif"
    cp "$scratch/sarif" "$INPUT_SARIF"
    echo "sarif=$INPUT_SARIF" >>"$GITHUB_OUTPUT"
fi

# The summary, or its headline where GitHub would refuse it for its length.
summary_within() {
    if [ "$(wc -c <"$summary")" -le "$1" ]; then
        cat "$summary"
    else
        head -n 1 "$summary"
        printf '\nThe findings are too many to show here; they are in the log of the job.\n'
    fi
}

if [ "$INPUT_SUMMARY" = true ] && [ -f "$summary" ]; then
    summary_within 1000000 >>"$GITHUB_STEP_SUMMARY"
fi

# One comment, found again by its first line; a clean run writes none anew.
comment() {
    local mark='<!-- netlint -->' number id
    number=${GITHUB_REF#refs/pull/}
    number=${number%/merge}
    { printf '%s\n' "$mark"; summary_within 60000; } >"$scratch/comment.md"
    id=$(gh api --paginate "repos/$GITHUB_REPOSITORY/issues/$number/comments" --jq \
        ".[] | select(.user.login == \"github-actions[bot]\" and (.body | startswith(\"$mark\"))) | .id") || return
    id=${id%%$'\n'*}
    if [ -n "$id" ]; then
        gh api --silent --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$id" -F "body=@$scratch/comment.md"
    elif [ "$status" != 0 ]; then
        gh api --silent --method POST "repos/$GITHUB_REPOSITORY/issues/$number/comments" -F "body=@$scratch/comment.md"
    fi
}

if [ "$INPUT_COMMENT" = true ] && [ -f "$summary" ] && [[ $GITHUB_REF =~ ^refs/pull/[0-9]+/merge$ ]]; then
    comment || echo "::warning title=netlint::cannot comment; the job needs the permission pull-requests: write"
fi

exit "$status"
