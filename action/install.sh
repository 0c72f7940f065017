#!/usr/bin/env bash
# Installs netlint for the action: the binary of the release, whose digest this commit records. What has no digest is not
# installed, and what cannot be fetched is an error. The output `netlint` is the program's path.
set -euo pipefail

repository=netlint/netlint
source=$GITHUB_ACTION_PATH
own_version=$(sed -n 's/^version = "\(.*\)"$/\1/p' "$source/Cargo.toml")
version=${INPUT_VERSION:-$own_version}
version=${version#v}

fail() {
    echo "::error title=netlint::$2"
    exit "$1"
}

if ! [[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$ ]]; then
    fail 2 "the input version is not a version such as $own_version"
fi

case $RUNNER_OS-$RUNNER_ARCH in
    Linux-X64) target=x86_64-unknown-linux-musl ;;
    Linux-ARM64) target=aarch64-unknown-linux-musl ;;
    macOS-X64) target=x86_64-apple-darwin ;;
    macOS-ARM64) target=aarch64-apple-darwin ;;
    Windows-X64) target=x86_64-pc-windows-msvc ;;
    *) fail 1 "no binary of netlint is released for $RUNNER_OS $RUNNER_ARCH; build it with cargo install netlint" ;;
esac
suffix=
if [ "$RUNNER_OS" = Windows ]; then
    suffix=.exe
fi

archive=netlint-$version-$target.tar.gz
digest=$(awk -v archive="$archive" '$2 == archive { print $1 }' "$source/action/digests")
if ! [[ $digest =~ ^[0-9a-f]{64}$ ]]; then
    fail 1 "this commit of the action records no digest of $archive; use the commit that was tagged for netlint $version"
fi

# Everything happens in one directory of the runner, by names that tar takes on Windows too.
mkdir -p "$RUNNER_TEMP/netlint-$version"
cd "$RUNNER_TEMP/netlint-$version"

if ! curl --proto =https --tlsv1.2 --fail --silent --show-error --location --retry 3 --output "$archive" \
    "https://github.com/$repository/releases/download/v$version/$archive"; then
    fail 1 "$archive cannot be downloaded"
fi
printf '%s  %s\n' "$digest" "$archive" >digest
if ! { if command -v sha256sum; then sha256sum --check digest; else shasum -a 256 --check digest; fi; } >/dev/null; then
    rm -f -- "$archive"
    fail 1 "$archive is not the file whose digest this commit records"
fi
mkdir -p bin
tar -xzf "$archive" -C bin "netlint$suffix"

"bin/netlint$suffix" --version
echo "netlint=$PWD/bin/netlint$suffix" >>"$GITHUB_OUTPUT"
