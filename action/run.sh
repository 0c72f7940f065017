#!/usr/bin/env bash
# Runs netlint once for the action: annotations in the log, SARIF in a file, a summary of the job. Inputs come in INPUT_
# variables. Ends with netlint's exit status, which is the output `status` too.
set -euo pipefail
# shellcheck source=action/inputs.sh
. "$GITHUB_ACTION_PATH/action/inputs.sh"

summary=$(report_directory)/summary.md
one_line sarif "$INPUT_SARIF"

# Where a pull request was compared with its base, new findings are annotated already.
format=github
if [ -n "${DIFF_REPORT:-}" ]; then
    format=concise
fi
arguments=(--format "$format" --format "markdown:$summary" --fail-on "$INPUT_FAIL_ON")
if [ -n "$INPUT_SARIF" ]; then
    rm -f -- "$INPUT_SARIF"
    arguments+=(--format "sarif:$INPUT_SARIF")
fi
if [ -n "$INPUT_CONFIG" ]; then
    arguments+=(--config "$INPUT_CONFIG")
fi
if [ -n "$INPUT_PROFILE" ]; then
    arguments+=(--profile "$INPUT_PROFILE")
fi
if [ -n "$INPUT_BASELINE" ]; then
    arguments+=(--baseline "$INPUT_BASELINE")
fi
# Where the files can be read, for links.
directory=${INPUT_WORKING_DIRECTORY:-.}
if [ -n "${GITHUB_SERVER_URL:-}" ] && [ -n "${GITHUB_SHA:-}" ] && [[ $directory =~ ^[A-Za-z0-9_.-][A-Za-z0-9_./-]*$ ]]; then
    url=$GITHUB_SERVER_URL/$GITHUB_REPOSITORY/blob/$GITHUB_SHA
    [ "$directory" = . ] || url=$url/${directory#./}
    arguments+=(--source-url "$url")
fi
lines_of "$INPUT_ARGS"
arguments+=(${lines[@]+"${lines[@]}"})
lines_of "$INPUT_PATHS"

status=0
"$NETLINT" check "${arguments[@]}" -- ${lines[@]+"${lines[@]}"} || status=$?
echo "status=$status" >>"$GITHUB_OUTPUT"

if [ -n "$INPUT_SARIF" ] && [ -f "$INPUT_SARIF" ]; then
    # Code scanning does not read suppressions: what is suppressed would be an open alert.
    scratch=$(mktemp)
    jq -c '.runs[].results |= map(select(.suppressions | not))' "$INPUT_SARIF" >"$scratch"
    cp "$scratch" "$INPUT_SARIF"
    rm -f -- "$scratch"
    directory=${INPUT_WORKING_DIRECTORY:-.}
    case $INPUT_SARIF-$directory in
        /*-* | *-.) echo "sarif=$INPUT_SARIF" >>"$GITHUB_OUTPUT" ;;
        *) echo "sarif=$directory/$INPUT_SARIF" >>"$GITHUB_OUTPUT" ;;
    esac
fi

if [ -f "$summary" ]; then
    echo "report=$summary" >>"$GITHUB_OUTPUT"
    if [ "$INPUT_SUMMARY" = true ]; then
        within "$summary" 500000 >>"$GITHUB_STEP_SUMMARY"
    fi
fi
exit "$status"
