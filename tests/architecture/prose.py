"""Texts hold no path of somebody's machine, no unfinished work and no stray white space."""

import re

import source

PATH = re.compile(r"(?<![\w.:/}])/(?:home|root|work|Users|mnt|opt|srv)/[\w.-]+|\b[A-Z]:\\\w+")
UNFINISHED = re.compile(r"\b(?:TO" r"DO|FIX" r"ME|X" r"XX|HA" r"CK)\b")
TABS_ALLOWED = {".tsv"}
LINE_END_SPACES_ALLOWED = {".txt", ".csv"}  # data of tests
SELF = "tests/architecture/prose.py"


def _line_complaints(line, suffix):
    if PATH.search(line):
        yield "a path of one machine"
    if UNFINISHED.search(line):
        yield "unfinished work"
    if "\t" in line and suffix not in TABS_ALLOWED:
        yield "a tab"
    if line != line.rstrip() and suffix not in LINE_END_SPACES_ALLOWED:
        yield "white space at the end of the line"


def check(root):
    complaints = []
    for file in source.files(root):
        path = file.relative_to(root).as_posix()
        try:
            text = file.read_bytes().decode()
        except UnicodeDecodeError:
            continue
        if "\0" in text or path == SELF:
            continue
        if "\r" in text:
            complaints.append(f"{path}: a carriage return")
        if text and not text.endswith("\n"):
            complaints.append(f"{path}: no line feed at the end")
        for number, line in enumerate(text.split("\n"), 1):
            complaints += [f"{path}:{number}: {what}" for what in _line_complaints(line, file.suffix)]
    return complaints


ACCEPTED = [
    {"docs/a.md": "See /usr/include and https://example.org/home/x and a/root/b and ${HOME}/work/x.\n"},
    {"src/core/a.cpp": "// what is to do\n"},
    {"docs/empty.md": ""},
]
REFUSED = [
    {"docs/a.md": "It lies in /home/ada/eduplat.\n"},
    {"tests/run.sh": "cd /root/eduplat\n"},
    {"docs/a.md": "In C:\\eduplat\n"},
    {"src/core/a.cpp": "// TO" + "DO: more\n"},
    {"src/core/a.cpp": "int a; \n"},
    {"src/core/a.cpp": "int a;"},
    {"src/core/a.cpp": "\tint a;\n"},
    {"src/core/a.cpp": "int a;\r\n"},
]

if __name__ == "__main__":
    source.run(check, ACCEPTED, REFUSED)
