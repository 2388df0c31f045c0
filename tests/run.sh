#!/usr/bin/env bash
# Builds eduplat and runs its tests. On a bare Debian 12 it first installs what is missing.
set -euo pipefail

usage='usage: tests/run.sh [--asan | --tsan] [--filter REGEX] [--label REGEX] [--help]
  (none)          every test, under the preset dev
  --asan          every test that runs eduplat, under AddressSanitizer and UBSan
  --tsan          the tests with threads, under ThreadSanitizer
  --filter REGEX  of those, the tests whose name matches
  --label REGEX   of those, the tests with a matching label (unit, concurrency, package, python, tidy ...)'

arguments=("$@")
preset=dev
select=()
while (($#)); do
    case $1 in
        --asan) preset=asan ;;
        --tsan) preset=tsan ;;
        --filter) select+=(--tests-regex "${2:?$usage}"); shift ;;
        --label) select+=(--label-regex "${2:?$usage}"); shift ;;
        -h | --help) echo "$usage"; exit ;;
        *) echo "$usage" >&2; exit 2 ;;
    esac
    shift
done

source "$(dirname "${BASH_SOURCE[0]}")/support/setup.sh"

targets=()
case $preset in
    asan) # the checks of the source and the hosts' projects say the same under every preset
        select+=(--label-exclude '^(architecture|tidy|package)$')
        export ASAN_OPTIONS=${ASAN_OPTIONS-detect_stack_use_after_return=1:strict_string_checks=1}
        export UBSAN_OPTIONS=${UBSAN_OPTIONS-print_stacktrace=1}
        # a fifth or a quarter of what is drawn or killed: all of it runs under dev, several times as fast. 101 cases
        # are one sweep of RapidCheck's sizes, as dev begins
        export EDUPLAT_PROPERTY_CASES=${EDUPLAT_PROPERTY_CASES:-101}
        export EDUPLAT_PAYMENT_HISTORIES=${EDUPLAT_PAYMENT_HISTORIES:-244}
        export EDUPLAT_CRASH_KILLS=${EDUPLAT_CRASH_KILLS:-25}
        export EDUPLAT_SEAT_ROUNDS=${EDUPLAT_SEAT_ROUNDS:-50}
        ;;
    tsan)
        select+=(--label-regex '^concurrency$')
        targets=(tests_concurrency)
        export TSAN_OPTIONS=${TSAN_OPTIONS-halt_on_error=1:second_deadlock_stack=1:suppressions=\"$root/tests/support/tsan.supp\"}
        # g++ 12's ThreadSanitizer does not start under every random address layout
        if [[ -z ${EDUPLAT_FIXED_LAYOUT-} ]] && setarch -R true 2>/dev/null; then
            EDUPLAT_FIXED_LAYOUT=1 exec setarch -R "$BASH" "$root/tests/run.sh" "${arguments[@]}"
        fi
        ;;
esac

packages=("${packages_build[@]}" "${packages_test[@]}")
[[ $preset != dev ]] || packages+=("${packages_benchmark[@]}" "${packages_check[@]}" "${packages_python[@]}")
install_missing "${packages[@]}"
[[ $preset != dev ]] || python_environment dev
build "$preset" "${targets[@]}"

step "testing ($preset)"
result=0
log=build/$preset/ctest.log
ctest --test-dir "build/$preset" --parallel "$jobs" --output-on-failure --no-tests=error \
    "${select[@]}" 2>&1 | tee "$log" || result=$?

step "$preset took $SECONDS s"
grep -E '^[0-9]+% tests passed' "$log" || { echo "no tests ran"; result=1; }
exit "$result"
