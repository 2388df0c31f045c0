"""Pages of docs/ that a script writes from the code, and holds against it with --check.

`pages` is a function from a root folder to {path: text}. `run` writes the pages, or, with --check, complains
of those that differ. --self-test shows on a made-up project that a stale page is refused.
"""

import argparse
import pathlib
import sys
import tempfile

import source


def stale(pages, root, script):
    """The complaints about pages that are missing or differ."""
    complaints = []
    for path, text in pages(root).items():
        file = root / path
        if not file.exists() or file.read_text() != text:
            complaints.append(f"{path}: not as the code has it: run tests/architecture/{script}")
    return complaints


def run(pages, tree, changes):
    """The command line. `tree` is a made-up project; `changes` are edits of it that must each show in a page."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--root", default=pathlib.Path(__file__).parents[2], type=pathlib.Path)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--self-test", action="store_true")
    options = parser.parse_args()
    script = pathlib.Path(sys.argv[0]).name
    if options.self_test:
        complaints = _self_test(pages, tree, changes, script)
    elif options.check:
        complaints = stale(pages, options.root, script)
    else:
        source.write(options.root, pages(options.root))
        complaints = []
    for complaint in complaints:
        print(complaint)
    print(f"{len(complaints)} complaints")
    sys.exit(1 if complaints else 0)


def _self_test(pages, tree, changes, script):
    wrong = []
    for number, change in enumerate(changes):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            source.write(root, tree)
            if not stale(pages, root, script):
                wrong.append("a missing page is not refused")
            source.write(root, pages(root))
            if stale(pages, root, script):
                wrong.append("a fresh page is refused")
            source.write(root, change)
            if not stale(pages, root, script):
                wrong.append(f"change {number} does not show in a page")
    return wrong


def table(heads, rows):
    """A table of Markdown. Bars inside cells are escaped."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join("| " + " | ".join(str(c).replace("|", "\\|") for c in line) + " |\n" for line in lines)
