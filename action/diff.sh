#!/usr/bin/env bash
# Compares a pull request with its base for the action: annotations in the log, and a report for the summary and the
# comment. Inputs come in INPUT_ variables. Ends with netlint's exit status; the output `report` is set where there is one.
set -euo pipefail
# shellcheck source=action/inputs.sh
. "$GITHUB_ACTION_PATH/action/inputs.sh"

if [ "$INPUT_DIFF" = false ]; then
    exit 0
fi
base=$INPUT_BASE
if [ -z "$base" ]; then
    is_pull_request || exit 0
    # The first parent of the merge commit is the branch that the pull request is for.
    base=HEAD^1
    if ! git rev-parse --verify --quiet "$base^{commit}" >/dev/null; then
        echo "::warning title=netlint::there is no base to compare with; check out with fetch-depth: 2, or set the input base"
        exit 0
    fi
fi
one_line base "$base"

report=$(report_directory)/diff.md
arguments=(--base "$base" --format github --format "markdown:$report")
if [ -n "${GITHUB_SERVER_URL:-}" ]; then
    arguments+=(--repository-url "$GITHUB_SERVER_URL/$GITHUB_REPOSITORY")
fi
if [ -n "$INPUT_CONFIG" ]; then
    arguments+=(--config "$INPUT_CONFIG")
fi
if [ -n "$INPUT_PROFILE" ]; then
    arguments+=(--profile "$INPUT_PROFILE")
fi
lines_of "$INPUT_PATHS"

status=0
"$NETLINT" diff "${arguments[@]}" -- ${lines[@]+"${lines[@]}"} || status=$?
if [ -f "$report" ]; then
    echo "report=$report" >>"$GITHUB_OUTPUT"
    if [ "$INPUT_SUMMARY" = true ]; then
        within "$report" 500000 >>"$GITHUB_STEP_SUMMARY"
    fi
fi
exit "$status"
