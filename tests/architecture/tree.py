"""The top level holds the product's folders and files and nothing else."""

import source

FOLDERS = {"include", "src", "examples", "bindings", "tests", "docs"}
FILES = {"CMakeLists.txt", "CMakePresets.json", "LICENSE", "README.md", "CHANGELOG.md"}
DOT = {".ci", ".clang-format", ".clang-tidy", ".editorconfig", ".gitignore", ".git"}
IGNORED = {"CMakeUserPresets.json", "compile_commands.json"}


def check(root):
    complaints = []
    for path in sorted(root.iterdir()):
        allowed = FOLDERS if path.is_dir() else FILES | IGNORED
        if path.name not in allowed | DOT and not source.SKIPPED.match(path.name):
            complaints.append(f"{path.name}: not at the top level")
    return complaints


ACCEPTED = [
    {"src/a.cpp": "", "docs/a.md": "", "build/a": "", "build-clang/a": "", "LICENSE": "", ".ci/run": ""},
    {".git": "gitdir: elsewhere\n"},
]
REFUSED = [{"scripts/a.sh": ""}, {"NOTES.md": ""}, {".vscode/settings.json": ""}, {"src": ""}]

if __name__ == "__main__":
    source.run(check, ACCEPTED, REFUSED)
