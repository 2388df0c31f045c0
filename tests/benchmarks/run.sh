#!/usr/bin/env bash
# Builds the benchmarks and runs one group of them:
#
#   tests/benchmarks/run.sh storage [--json FILE] [--dir DIR]
#   tests/benchmarks/run.sh school [--oulad DIR] [--only PART] [--json FILE] [--dir DIR]
#
# Paths are relative to where it is called; --dir is where the files under test lie (default: the build). --oulad
# is a folder with the Open University Learning Analytics Dataset; PART is outline, oulad, checkout, search or access.
set -euo pipefail

arguments=()
folder=
while (($#)); do
    case $1 in
        --json) arguments+=("$1" "$(realpath -m -- "${2:?a path must follow $1}")"); shift ;;
        --oulad) arguments+=("$1" "$(realpath -e -- "${2:?a folder must follow $1}")"); shift ;;
        --dir) folder=$(realpath -m -- "${2:?a path must follow $1}"); shift ;;
        *) arguments+=("$1") ;;
    esac
    shift
done

source "$(dirname "${BASH_SOURCE[0]}")/../support/setup.sh"
install_missing "${packages_build[@]}" "${packages_test[@]}" "${packages_benchmark[@]}"
build release eduplat_benchmarks

folder=${folder:-$root/build/release/benchmark_files}
mkdir -p "$folder"
exec build/release/tests/benchmarks/eduplat_benchmarks "${arguments[@]}" --dir "$folder"
