"""Runs clang-tidy over the sources of the library, several at once.

A source that passed is not looked at again until it, a header of the project that it includes, its flags
or the settings change. Without clang-tidy the check is skipped.
"""

import argparse
import concurrent.futures
import functools
import hashlib
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

import source

PROGRAM = shutil.which("clang-tidy-14") or shutil.which("clang-tidy")
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.MULTILINE)
DROPPED_WITH_VALUE = {"-o", "-MF", "-MT"}
# Of the last two clang has never heard.
DROPPED = re.compile(r"^(-c|-MD|-Werror|-fno-sanitize-recover.*|-Wno-restrict|-Wno-maybe-uninitialized)$")


def flags(command, file):
    """What clang-tidy needs of a compiler's command line, which may begin with a compiler cache."""
    words = shlex.split(command)
    while words and not words[0].startswith("-"):
        words.pop(0)
    kept, skip = [], False
    for word in words:
        if not skip and word not in DROPPED_WITH_VALUE and not DROPPED.match(word) and word != file:
            kept.append(word)
        skip = word in DROPPED_WITH_VALUE
    return kept


def with_headers(file, folders, seen=None):
    """The file and all headers below `folders` that it includes, directly or not."""
    seen = set() if seen is None else seen
    if file in seen:
        return seen
    seen.add(file)
    for mark, name in INCLUDE.findall(file.read_text()):
        for folder in ([file.parent] if mark == '"' else []) + folders:
            if (folder / name).exists():
                with_headers((folder / name).resolve(), folders, seen)
                break
    return seen


@functools.cache
def program_version():
    return subprocess.run([PROGRAM, "--version"], capture_output=True, check=True).stdout


def fingerprint(root, file, arguments):
    digest = hashlib.sha256(program_version() + "\0".join(arguments).encode())
    headers = with_headers(file, [root / "include", root / "src"])
    for path in [root / ".clang-tidy", *sorted(headers)]:
        digest.update(str(path).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def look_at(root, cache, entry):
    """(file, what clang-tidy says, whether it was asked)"""
    file = pathlib.Path(entry["file"])
    arguments = flags(entry["command"], entry["file"])
    known = cache / fingerprint(root, file, arguments)
    if known.exists():
        return file, "", False
    done = subprocess.run(
        [PROGRAM, "--quiet", f"--config-file={root / '.clang-tidy'}", str(file), "--", *arguments],
        capture_output=True, text=True, cwd=entry["directory"],
    )
    if done.returncode == 0:
        known.touch()
        return file, "", True
    return file, done.stdout.strip() or done.stderr.strip() or f"{file}: clang-tidy failed", True


def check(root, build):
    """(complaints, asked, all)"""
    root = root.resolve()
    cache = build / "tidy"
    cache.mkdir(exist_ok=True)
    entries = [
        entry
        for entry in json.loads((build / "compile_commands.json").read_text())
        if pathlib.Path(entry["file"]).is_relative_to(root / "src")
    ]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(lambda entry: look_at(root, cache, entry), entries))
    complaints = [said for _, said, _ in results if said]
    return complaints, sum(asked for *_, asked in results), len(results)


def self_test():
    """A bad source is refused, the same one mended is accepted, and then not looked at again."""
    with tempfile.TemporaryDirectory(prefix="a folder ") as folder:
        root = pathlib.Path(folder).resolve()
        source.write(root, {".clang-tidy": "Checks: '-*,modernize-use-nullptr'\nWarningsAsErrors: '*'\n"
                                           "HeaderFilterRegex: '.*'\n",
                            "include/eduplat/a.hpp": "inline int* a() { return 0; }\n",
                            "src/a.cpp": "#include <eduplat/a.hpp>\n"})
        command = shlex.join(["ccache", "c++", f"-I{root}/include", "-o", "a.o", "-c", f"{root}/src/a.cpp"])
        source.write(root, {"compile_commands.json": json.dumps(
            [{"directory": str(root), "file": f"{root}/src/a.cpp", "command": command}])})
        bad, again = check(root, root), check(root, root)
        source.write(root, {"include/eduplat/a.hpp": "inline int* a() { return nullptr; }\n"})
        good, known = check(root, root), check(root, root)
    return [
        f"self-test: {name}: {got}"
        for name, got, wanted in (
            ("bad", (len(bad[0]), bad[1]), (1, 1)),
            ("still bad", (len(again[0]), again[1]), (1, 1)),
            ("mended", (len(good[0]), good[1]), (0, 1)),
            ("known", (len(known[0]), known[1]), (0, 0)),
        )
        if got != wanted
    ]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--root", default=pathlib.Path(__file__).parents[2], type=pathlib.Path)
    parser.add_argument("--build", type=pathlib.Path)
    parser.add_argument("--self-test", action="store_true")
    options = parser.parse_args()
    if not PROGRAM:
        print("no clang-tidy here")
        return 77
    if options.self_test:
        complaints = self_test()
    else:
        complaints, asked, everything = check(options.root, options.build.resolve())
        print(f"looked at {asked} of {everything} sources")
    for complaint in complaints:
        print(complaint)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
