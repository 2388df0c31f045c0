"""What the checks share: the files of the project, C++ text without comments, and the command line.

A check is a function from a root folder to the list of its complaints. `run` calls it on the project, or,
with --self-test, on small made-up projects that it must accept or refuse.
"""

import argparse
import pathlib
import re
import sys
import tempfile

CPP = {".cpp", ".hpp", ".h"}
SKIPPED = re.compile(r"^(build.*|\.git|\.cache|__pycache__)$")


def files(root, suffixes=None, folders=None):
    """Files below `root`, or below some of its folders, without what the build makes."""
    found = []
    for path in sorted(pathlib.Path(root).rglob("*")):
        parts = path.relative_to(root).parts
        if any(SKIPPED.match(part) for part in parts) or not path.is_file():
            continue
        if folders and parts[0] not in folders:
            continue
        if suffixes is None or path.suffix in suffixes:
            found.append(path)
    return found


TOKEN = re.compile(
    r"""(?P<comment>//(?:\\\n|[^\n])*|/\*.*?\*/)
      | (?P<raw>(?:u8|[uUL])?R"(?P<fence>[^\s()\\]{0,16})\(.*?\)(?P=fence)")
      | (?P<string>"(?:\\.|[^"\\\n])*")
      | (?P<number>\b\d(?:'?[\w.])*)
      | (?P<char>'(?:\\.|[^'\\\n])+')""",
    re.VERBOSE | re.DOTALL,
)


def _blank(text):
    return re.sub(r"[^\n]", " ", text)


def without_comments(text):
    """C++ text with comments blanked; lines stay where they are."""
    return TOKEN.sub(lambda m: _blank(m[0]) if m["comment"] else m[0], text)


def without_literals(text):
    """C++ text with comments, strings and characters blanked; lines stay where they are."""
    return TOKEN.sub(
        lambda m: m[0] if m["number"] else ('""' + _blank(m[0])[2:] if m["string"] else _blank(m[0])), text
    )


def string_literals(text):
    """(line, contents) of each string; neighbors that the compiler joins come as one."""
    joined, end = [], None
    for m in TOKEN.finditer(text):
        if not (m["string"] or m["raw"]):
            continue
        value = m["string"][1:-1] if m["string"] else m["raw"].split("(", 1)[1]
        if joined and not text[end : m.start()].strip():
            joined[-1][1] += value
        else:
            joined.append([text.count("\n", 0, m.start()) + 1, value])
        end = m.end()
    return [tuple(item) for item in joined]


def write(root, tree):
    """Makes files from {path: text}."""
    for path, text in tree.items():
        target = pathlib.Path(root) / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)


def run(check, accepted, refused, report=None):
    """The command line of a check. `accepted` and `refused` are made-up projects: {path: text}."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--root", default=pathlib.Path(__file__).parents[2], type=pathlib.Path)
    parser.add_argument("--self-test", action="store_true")
    options = parser.parse_args()
    complaints = _self_test(check, accepted, refused) if options.self_test else check(options.root)
    for complaint in complaints:
        print(complaint)
    if report and not options.self_test:
        print(report(options.root))
    print(f"{len(complaints)} complaints")
    sys.exit(1 if complaints else 0)


def _self_test(check, accepted, refused):
    wrong = []
    for expected, trees in ((False, accepted), (True, refused)):
        for number, tree in enumerate(trees):
            with tempfile.TemporaryDirectory() as root:
                write(root, tree)
                complaints = check(pathlib.Path(root))
                if bool(complaints) != expected:
                    what = "not refused" if expected else f"refused: {complaints}"
                    wrong.append(f"made-up project {number} {sorted(tree)}: {what}")
    return wrong
