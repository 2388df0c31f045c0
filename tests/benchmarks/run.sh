#!/usr/bin/env bash
# Builds the benchmarks and runs one group of them:
#
#   tests/benchmarks/run.sh storage [--json FILE] [--dir DIR]
#   tests/benchmarks/run.sh school [--oulad DIR] [--only PART] [--json FILE] [--dir DIR]
#   tests/benchmarks/run.sh recommender --data DIR [--quick] [--only PART] [--json FILE] [--dir DIR]
#   tests/benchmarks/run.sh analytics [--data DIR] [--quick] [--only PART] [--json FILE] [--dir DIR]
#
# Paths are relative to where it is called; --dir is where the files under test lie (default: the build). --oulad
# is a folder with the Open University Learning Analytics Dataset; PART is outline, oulad, checkout, search or access.
# --data is a folder with the recommender's sets (ncf-ml1m, gowalla, mooccubex-12k); PART is sweeps, serving, memory,
# cold, full, ml1m or time. Its peers, implicit and irspack, are installed from PyPI into a venv in the build.
# Of analytics --data is OULAD's folder; PART is metrics, csv, survival, school or scale; its peers, DuckDB and
# lifelines, come in the same way.
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

# with_peers GROUP: a venv with the group's peers, as `venv`.
with_peers() {
    local requirements=tests/benchmarks/$1/requirements.txt
    install_missing python3-venv
    venv=build/release/peers_$1
    cmp -s "$requirements" "$venv/installed.txt" && return
    step "installing the peers"
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet -r "$requirements"
    cp "$requirements" "$venv/installed.txt"
}

bin=build/release/tests/benchmarks
export PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=tests/benchmarks
case $group in
    recommender)
        build release eduplat_recommender_worker
        with_peers recommender
        exec "$venv/bin/python" tests/benchmarks/recommender/run.py "${arguments[@]:1}" \
            --worker "$bin/eduplat_recommender_worker" --dir "$folder"
        ;;
    analytics)
        build release eduplat_analytics_worker eduplat_benchmarks
        with_peers analytics
        exec "$venv/bin/python" tests/benchmarks/analytics/run.py "${arguments[@]:1}" \
            --worker "$bin/eduplat_analytics_worker" --school "$bin/eduplat_benchmarks" --dir "$folder"
        ;;
esac
build release eduplat_benchmarks
exec "$bin/eduplat_benchmarks" "${arguments[@]}" --dir "$folder"
