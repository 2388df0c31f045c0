"""The first program that README.md shows is the one that is built and run, to the letter."""

import re

import source

PAGE = "README.md"
PROGRAM = "examples/quickstart/main.cpp"
FENCE = re.compile(r"^```cpp\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def check(root):
    shown = FENCE.search((root / PAGE).read_text())
    if not shown:
        return [f"{PAGE}: shows no C++ program"]
    if shown[1] != (root / PROGRAM).read_text():
        return [f"{PAGE}: the first C++ program is not {PROGRAM}"]
    return []


PROGRAM_TEXT = "// A school.\nint main() {}\n"
ACCEPTED = [{PAGE: f"# x\n\n```sh\nls\n```\n\n```cpp\n{PROGRAM_TEXT}```\n", PROGRAM: PROGRAM_TEXT}]
REFUSED = [
    {PAGE: f"```cpp\n{PROGRAM_TEXT}```\n", PROGRAM: PROGRAM_TEXT + "\n"},
    {PAGE: "```cpp\nint main() {}\n```\n", PROGRAM: PROGRAM_TEXT},
    {PAGE: "# x\n", PROGRAM: PROGRAM_TEXT},
]

if __name__ == "__main__":
    source.run(check, ACCEPTED, REFUSED)
