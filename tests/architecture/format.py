"""All C++ is as clang-format leaves it. Without clang-format the check is skipped."""

import shutil
import subprocess
import sys

import source

PROGRAM = shutil.which("clang-format-14") or shutil.which("clang-format")
FOLDERS = {"include", "src", "examples", "bindings", "tests"}


def check(root):
    paths = [str(path) for path in source.files(root, source.CPP, FOLDERS)]
    if not paths:
        return []
    done = subprocess.run([PROGRAM, "--dry-run", "-Werror", *paths], capture_output=True, text=True)
    bad = sorted({line.split(":")[0] for line in done.stderr.splitlines() if "error:" in line})
    return [f"{path}: mend it with clang-format -i" for path in bad] or done.stderr.splitlines()


STYLE = {".clang-format": "BasedOnStyle: Google\n"}
ACCEPTED = [{**STYLE, "src/core/a.cpp": "int a = 1;\n"}]
REFUSED = [{**STYLE, "src/core/a.cpp": "int a=1 ;\n"}, {**STYLE, "src/core/a.cpp": "  int a;\n"}]

if __name__ == "__main__":
    if not PROGRAM:
        print("no clang-format here")
        sys.exit(77)
    source.run(check, ACCEPTED, REFUSED)
