"""Links in the texts lead somewhere: files exist and headings are there. Addresses of the web are not asked."""

import re

import source

LINK = re.compile(r"(?<!!)\[[^\]\[]*\]\(([^()\s]+)\)")
CODE = re.compile(r"^```.*?^```$|`[^`\n]*`", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
ELSEWHERE = re.compile(r"[a-z]+:")


def without_code(text):
    return CODE.sub(lambda m: re.sub(r"[^\n]", " ", m[0]), text)


def anchors(text):
    """What GitHub names the headings of a page."""
    names = set()
    for heading in HEADING.findall(re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S)):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        names.add(re.sub(r"[^\w\- ]", "", plain).strip().replace(" ", "-"))
    return names


def _complaint(root, file, target):
    if ELSEWHERE.match(target):
        return None
    path, _, anchor = target.partition("#")
    aim = (file.parent / path).resolve() if path else file.resolve()
    if not aim.is_relative_to(root.resolve()) or path.startswith("/"):
        return f"{target} leads out of the project"
    if not aim.exists():
        return f"{target} does not exist"
    if anchor and (aim.suffix != ".md" or anchor not in anchors(aim.read_text())):
        return f"{target}: no such heading"
    return None


def check(root):
    complaints = []
    for file in source.files(root, {".md"}):
        text = without_code(file.read_text())
        for m in LINK.finditer(text):
            complaint = _complaint(root, file, m[1])
            if complaint:
                line = text.count("\n", 0, m.start()) + 1
                complaints.append(f"{file.relative_to(root).as_posix()}:{line}: {complaint}")
    return complaints


ACCEPTED = [
    {"README.md": "[a](docs/a.md#who-does-what) [b](docs/) [c](https://example.org/x) [d](#e)\n# E\n",
     "docs/a.md": "# A\n\n## Who does `what`?\n\n[up](../README.md)\n"},
    {"docs/a.md": "`[x](missing.md)`\n\n```cpp\n[x](missing.md);\n```\n"},
]
REFUSED = [
    {"README.md": "[a](docs/b.md)\n"},
    {"README.md": "[a](docs/a.md#who)\n", "docs/a.md": "# A\n"},
    {"docs/a.md": "[a](../../elsewhere.md)\n"},
    {"docs/a.md": "[a](/docs/a.md)\n"},
    {"README.md": "[d](#f)\n# E\n"},
]

if __name__ == "__main__":
    source.run(check, ACCEPTED, REFUSED)
