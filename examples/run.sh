#!/usr/bin/env bash
# Builds the examples and runs them, showing what they print. On a bare Debian 12 it first installs what
# is missing.
set -euo pipefail

usage='usage: examples/run.sh [--oulad DIR [--fresh]] [--help]
  (none)       builds all examples and runs them, each in an empty folder
  --oulad DIR  after them imports the Open University Learning Analytics Dataset, whose files (CSV,
               plain or .gz) lie in DIR, prints a report, and makes a page of it with charts; the school
               is kept, so that a second run goes on where the first one ended and changes nothing that
               is there
  --fresh      makes that school anew'

oulad=
fresh=()
while (($#)); do
    case $1 in
        --oulad)
            [[ -d ${2-} ]] || { echo "--oulad: no such folder: ${2-}" >&2; exit 2; }
            oulad=$(cd "$2" && pwd)
            shift
            ;;
        --fresh) fresh=(--fresh) ;;
        -h | --help) echo "$usage"; exit ;;
        *) echo "$usage" >&2; exit 2 ;;
    esac
    shift
done
[[ -z ${fresh[*]} || $oulad ]] || { echo "--fresh goes with --oulad" >&2; exit 2; }

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

if [[ $oulad ]]; then
    kept=$root/build/examples/school_day
    step "school_day with OULAD"
    mkdir -p "$kept"
    build/examples/bin/school_day --oulad "$oulad" --folder "$kept" "${fresh[@]}" | tee "$kept/report.txt"
    install_missing "${packages_python[@]}"
    python_environment examples examples/school_day/requirements.txt
    build/examples/python-venv/bin/python -B examples/school_day/render.py "$kept/report" "$kept/report.html"
    step "the report is in $kept/report.txt, its page in $kept/report.html, numbers and charts in $kept/report,"
    step "the school in $kept/oulad.db"
fi
step "ran ${#programs[@]} examples in $SECONDS s"
