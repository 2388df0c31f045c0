#!/usr/bin/env bash
# Builds the examples and runs them, showing what they print. On a bare Debian 12 it first installs what
# is missing.
set -euo pipefail

source "$(dirname "${BASH_SOURCE[0]}")/../tests/support/setup.sh"
install_missing "${packages_build[@]}"

build examples

programs=(build/examples/bin/*)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for program in "${programs[@]}"; do
    name=$(basename "$program")
    step "$name"
    mkdir "$folder/$name"
    (cd "$folder/$name" && "$root/$program")
done
step "ran ${#programs[@]} examples in $SECONDS s"
