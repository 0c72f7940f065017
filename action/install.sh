#!/usr/bin/env bash
# Installs netlint for the action: the binary of the release, verified by its checksum. Where there is none for this
# machine or version, cargo builds it. The output `netlint` is the program's path.
set -euo pipefail

repository=netlint/netlint
source=$GITHUB_ACTION_PATH
own_version=$(sed -n 's/^version = "\(.*\)"$/\1/p' "$source/Cargo.toml")
version=${INPUT_VERSION:-$own_version}
version=${version#v}
if ! [[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$ ]]; then
    echo "::error title=netlint::the input version is no version such as $own_version"
    exit 2
fi

case $RUNNER_OS-$RUNNER_ARCH in
    Linux-X64) target=x86_64-unknown-linux-musl ;;
    Linux-ARM64) target=aarch64-unknown-linux-musl ;;
    macOS-X64) target=x86_64-apple-darwin ;;
    macOS-ARM64) target=aarch64-apple-darwin ;;
    Windows-X64) target=x86_64-pc-windows-msvc ;;
    *) target= ;;
esac
suffix=
if [ "$RUNNER_OS" = Windows ]; then
    suffix=.exe
fi

# Everything happens in one directory of the runner, by names that tar takes on Windows too.
mkdir -p "$RUNNER_TEMP/netlint-$version"
cd "$RUNNER_TEMP/netlint-$version"

download() {
    curl --proto =https --tlsv1.2 --fail --silent --location --retry 3 --output "$1" \
        "https://github.com/$repository/releases/download/v$version/$1"
}

verify() {
    if command -v sha256sum >/dev/null; then sha256sum --check "$1"; else shasum -a 256 --check "$1"; fi >/dev/null
}

archive=netlint-$version-$target.tar.gz
if [ -n "$target" ] && download "$archive" && download "$archive.sha256"; then
    if ! verify "$archive.sha256"; then
        echo "::error title=netlint::the checksum of $archive is wrong"
        exit 1
    fi
    mkdir -p bin
    tar -xzf "$archive" -C bin "netlint$suffix"
elif [ "$version" = "$own_version" ]; then
    echo "No binary of netlint $version for $RUNNER_OS $RUNNER_ARCH; building it"
    cargo install --locked --root . --path "$source"
else
    echo "No binary of netlint $version for $RUNNER_OS $RUNNER_ARCH; building it"
    cargo install --locked --root . --version "$version" netlint
fi

"bin/netlint$suffix" --version
echo "netlint=$PWD/bin/netlint$suffix" >>"$GITHUB_OUTPUT"
