#!/usr/bin/env bash
# Builds the benchmarks and runs one group of them:
#
#   tests/benchmarks/run.sh storage [--json FILE] [--dir DIR]
#   tests/benchmarks/run.sh school [--oulad DIR] [--only PART] [--json FILE] [--dir DIR]
#   tests/benchmarks/run.sh recommender --data DIR [--quick] [--only PART] [--json FILE] [--dir DIR]
#
# Paths are relative to where it is called; --dir is where the files under test lie (default: the build). --oulad
# is a folder with the Open University Learning Analytics Dataset; PART is outline, oulad, checkout, search or access.
# --data is a folder with the recommender's sets (ncf-ml1m, gowalla, mooccubex-12k); PART is sweeps, serving, memory,
# cold, full, ml1m or time. Its peers, implicit and irspack, are installed from PyPI into a venv in the build.
set -euo pipefail

arguments=()
folder=
group=${1-}
while (($#)); do
    case $1 in
        --json) arguments+=("$1" "$(realpath -m -- "${2:?a path must follow $1}")"); shift ;;
        --oulad | --data) arguments+=("$1" "$(realpath -e -- "${2:?a folder must follow $1}")"); shift ;;
        --dir) folder=$(realpath -m -- "${2:?a path must follow $1}"); shift ;;
        *) arguments+=("$1") ;;
    esac
    shift
done

source "$(dirname "${BASH_SOURCE[0]}")/../support/setup.sh"
install_missing "${packages_build[@]}" "${packages_test[@]}" "${packages_benchmark[@]}"
folder=${folder:-$root/build/release/benchmark_files}
mkdir -p "$folder"

if [[ $group == recommender ]]; then
    install_missing python3-venv
    build release eduplat_recommender_worker
    venv=build/release/peers
    requirements=tests/benchmarks/recommender/requirements.txt
    if ! cmp -s "$requirements" "$venv/installed.txt"; then
        step "installing the peers"
        python3 -m venv "$venv"
        "$venv/bin/pip" install --quiet -r "$requirements"
        cp "$requirements" "$venv/installed.txt"
    fi
    PYTHONDONTWRITEBYTECODE=1 exec "$venv/bin/python" tests/benchmarks/recommender/run.py "${arguments[@]:1}" \
        --worker build/release/tests/benchmarks/eduplat_recommender_worker --dir "$folder"
fi
build release eduplat_benchmarks
exec build/release/tests/benchmarks/eduplat_benchmarks "${arguments[@]}" --dir "$folder"
