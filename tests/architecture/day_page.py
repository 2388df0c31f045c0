"""What docs/guide/a-day.md shows is what examples/school_day prints.

    day_page.py --program PATH            compares
    day_page.py --program PATH --write    writes the page's block anew
"""

import argparse
import pathlib
import re
import subprocess
import sys
import tempfile

PAGE = "docs/guide/a-day.md"
BLOCK = re.compile(r"^```text\n(A day of .*?)^```$", re.MULTILINE | re.DOTALL)


def told(program):
    with tempfile.TemporaryDirectory() as folder:
        return subprocess.run([program, "--folder", folder], check=True, capture_output=True, text=True).stdout


def check(page, output):
    shown = BLOCK.search(page)
    if not shown:
        return [f"{PAGE}: shows no day"]
    return [] if shown[1] == output else [f"{PAGE}: is not what the program prints; write it anew by --write"]


def self_test():
    page = "# A day\n\n```text\nA day of x\n  08:00  y\n```\n"
    assert not check(page, "A day of x\n  08:00  y\n")
    assert check(page, "A day of x\n  08:00  z\n")
    assert check("# A day\n", "A day of x\n")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program")
    parser.add_argument("--root", default=pathlib.Path(__file__).parents[2], type=pathlib.Path)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--self-test", action="store_true")
    options = parser.parse_args()
    if options.self_test:
        return self_test()
    file = options.root / PAGE
    output = told(options.program)
    if output != told(options.program):
        sys.exit("two runs tell two days")
    if options.write:
        file.write_text(BLOCK.sub(lambda _: f"```text\n{output}```", file.read_text()))
    complaints = check(file.read_text(), output)
    print("\n".join(complaints))
    return sys.exit(1 if complaints else 0)


if __name__ == "__main__":
    main()
