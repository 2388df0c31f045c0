# Sourced by the project's commands. Sets `root`, goes there, and offers: step, install_missing, build.
# shellcheck shell=bash
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root"
jobs=$(nproc)

packages_build=(ca-certificates git cmake ninja-build g++ pkg-config ccache python3
    libsqlite3-dev libsqlitecpp-dev libeigen3-dev libfmt-dev libspdlog-dev libutf8proc-dev libsodium-dev libzip-dev zlib1g-dev
    nlohmann-json3-dev libxxhash-dev)
packages_test=(catch2 librapidcheck-dev)
packages_check=(clang-14 clang-format-14 clang-tidy-14)
packages_benchmark=(libbenchmark-dev)
packages_python=(python3-venv)

step() { printf '== %s\n' "$*"; }

# install_missing PACKAGE...: what is not installed comes by apt-get. Asks for nothing when all is there.
install_missing() {
    local missing=() package status
    command -v dpkg-query >/dev/null || { step "no dpkg here: taking the libraries as they are"; return; }
    for package in "$@"; do
        status=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
        [[ $status == installed ]] || missing+=("$package")
    done
    ((${#missing[@]})) || return 0
    step "installing ${missing[*]}"
    local as_root=()
    if (($(id -u) != 0)); then
        command -v sudo >/dev/null || { echo "needs root or sudo to install packages" >&2; exit 1; }
        as_root=(sudo)
    fi
    "${as_root[@]}" apt-get -q update
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get -q install -y --no-install-recommends "${missing[@]}"
}

# python_environment PRESET [FILE]: makes build/PRESET/python-venv with what FILE names, else
# tests/python/requirements.txt.
python_environment() {
    local environment=build/$1/python-venv wanted=${2-tests/python/requirements.txt}
    ! cmp -s "$wanted" "$environment/installed.txt" || return 0
    step "making $environment"
    python3 -m venv --clear "$environment"
    "$environment/bin/python" -m pip install --quiet --disable-pip-version-check --requirement "$wanted"
    cp "$wanted" "$environment/installed.txt"
}

# build PRESET [TARGET...]: configures and builds under build/PRESET.
build() {
    local preset=$1
    shift
    if command -v ccache >/dev/null; then
        # The flags and the text decide, not the folder: build trees share what they compile alike.
        export CMAKE_CXX_COMPILER_LAUNCHER=ccache CCACHE_NOHASHDIR=1
    fi
    step "configuring ($preset)"
    cmake --preset "$preset" >/dev/null
    step "building ($preset${*:+: $*})"
    cmake --build --preset "$preset" --parallel "$jobs" ${@:+--target "$@"}
}
