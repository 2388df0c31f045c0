#!/usr/bin/env bash
# Builds the benchmarks and runs one group of them: tests/benchmarks/run.sh storage [--json FILE] [--dir DIR]
# Paths are relative to where it is called; --dir is where the files under test lie (default: the build).
set -euo pipefail

arguments=()
folder=
while (($#)); do
    case $1 in
        --json) arguments+=("$1" "$(realpath -m -- "${2:?a path must follow $1}")"); shift ;;
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
