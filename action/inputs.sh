# What the scripts of the action share: where they run, and how inputs become arguments. It is sourced.
# shellcheck shell=bash
cd "$GITHUB_WORKSPACE/${INPUT_WORKING_DIRECTORY:-.}" || exit 2

# Ends the step where an input that is one value has several lines: the output of the step could be forged.
one_line() {
    if [[ $2 == *$'\n'* ]]; then
        echo "::error title=netlint::the input $1 is one line"
        exit 2
    fi
}

# The lines of an input that are not empty, in the array `lines`.
lines_of() {
    local line
    lines=()
    while IFS= read -r line; do
        if [ -n "$line" ]; then
            lines+=("$line")
        fi
    done <<<"$1"
}

# Whether this run is for a pull request: its merge commit is checked out.
is_pull_request() {
    [[ $GITHUB_REF =~ ^refs/pull/[0-9]+/merge$ ]]
}

# Directories of the runner that later steps read as well.
report_directory() {
    mkdir -p "$RUNNER_TEMP/netlint-report"
    printf '%s' "$RUNNER_TEMP/netlint-report"
}

# A report, or its headline where GitHub would refuse it for its length: FILE BYTES.
within() {
    if [ "$(wc -c <"$1")" -le "$2" ]; then
        cat "$1"
    else
        head -n 1 "$1"
        printf '\nThe report is too long to show here; it is in the log of the job.\n'
    fi
}
