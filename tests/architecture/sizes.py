"""How long functions and files may be, and how long they are."""

import re

import source

FUNCTION_MAX = 70
FUNCTION_MEAN_MAX = 12
FUNCTION_SHORT = 30  # most functions are shorter
FUNCTION_SHORT_SHARE = 0.90
FILE_MAX = 600
HEADER_MAX = 250  # of a public header
FOLDERS = {"include", "src", "examples", "bindings", "tests"}

SCOPE = re.compile(r"\b(namespace|class|struct|union|enum)\b|\bextern\s+\"\"\s*$")
INITIALIZER = re.compile(r"[=,(\[]\s*$|\breturn\s*$")
MEMBER_INITIALIZER = re.compile(r"\)[^;{}]*[^:]:[^:].*[\w>]\s*$", re.DOTALL)


def functions(text):
    """(first line, last line, head) of each function of a C++ text. A lambda is part of its function."""
    code = source.without_literals(text)
    code = re.sub(r"^[ \t]*#(?:\\\n|[^\n])*", lambda m: re.sub(r"[^\n]", " ", m[0]), code, flags=re.M)
    found, scopes, begin = [], [], 0
    for m in re.finditer(r"[{};]", code):
        inside = next((s for s in scopes if s[0] != "scope"), None)
        if m[0] == "{":
            head = code[begin : m.start()]
            scopes.append((_kind(head) if not inside else "inner", begin, head))
            if not inside and scopes[-1][0] == "scope":
                begin = m.end()
        elif m[0] == "}" and scopes:
            kind, start, head = scopes.pop()
            if kind == "function":
                start += len(head) - len(head.lstrip())
                first, last = (code.count("\n", 0, at) + 1 for at in (start, m.start()))
                found.append((first, last, " ".join(head.split())))
            if kind in ("function", "scope") and not inside or kind == "function":
                begin = m.end()
        elif not inside:
            begin = m.end()
    return found


def _kind(head):
    """What the brace after `head`, at the level of a namespace or class, begins."""
    bare = re.sub(r"<[^<>]*>", "", re.sub(r"<[^<>]*>", "", head))
    if "(" not in bare:
        return "scope" if SCOPE.search(bare) and "=" not in bare else "braces"
    if re.match(r"\s*(?:template\s*)?(?:requires\b.*)?(?:class|struct|union|enum|namespace)\b(?!.*\)\s*$)",
                bare, re.DOTALL) and not re.search(r"\)\s*(const|noexcept|override|->.*)*\s*$", bare):
        return "scope"
    if INITIALIZER.search(bare) or re.search(r"(?<!operator)[^=!<>]=\s*[^=]*$", _outside(bare)):
        return "braces"
    return "braces" if MEMBER_INITIALIZER.search(_outside(bare)) else "function"


def _outside(head):
    """`head` with what stands in parentheses taken away."""
    previous = None
    while previous != head:
        previous, head = head, re.sub(r"\((?!\))[^()]*\)", "()", head)
    return head


def measure(root):
    """[(path, lines, public)], [(path, first line, lines, head)]"""
    texts, bodies = [], []
    for file in source.files(root, source.CPP, FOLDERS):
        path, text = file.relative_to(root).as_posix(), file.read_text()
        texts.append((path, len(text.splitlines()), path.startswith("include/")))
        bodies += [(path, a, b - a + 1, head) for a, b, head in functions(text)]
    return texts, bodies


def _product(bodies):
    return [lines for path, _, lines, _ in bodies if not path.startswith("tests/")] or [0]


def check(root):
    texts, bodies = measure(root)
    complaints = [
        f"{path}:{line}: {lines} lines, at most {FUNCTION_MAX}: {head[:80]}"
        for path, line, lines, head in bodies
        if lines > FUNCTION_MAX
    ]
    for path, lines, public in texts:
        limit = HEADER_MAX if public else FILE_MAX
        if lines > limit:
            complaints.append(f"{path}: {lines} lines, at most {limit}")
    lengths = _product(bodies)
    mean = sum(lengths) / len(lengths)
    if mean > FUNCTION_MEAN_MAX:
        complaints.append(f"functions have {mean:.1f} lines on average, at most {FUNCTION_MEAN_MAX}")
    share = sum(n < FUNCTION_SHORT for n in lengths) / len(lengths)
    if share < FUNCTION_SHORT_SHARE:
        complaints.append(f"{share:.0%} of functions have under {FUNCTION_SHORT} lines, at least 90% should")
    return complaints


def report(root):
    texts, bodies = measure(root)
    lengths = _product(bodies)
    headers = [lines for _, lines, public in texts if public] or [0]
    files = [lines for path, lines, public in texts if not public] or [0]
    short = sum(n < FUNCTION_SHORT for n in lengths) / len(lengths)
    return (
        f"functions: {len(lengths)}, mean {sum(lengths) / len(lengths):.1f} lines, {short:.0%} under "
        f"{FUNCTION_SHORT}, longest {max(lengths)}; public headers: {len(headers)}, mean "
        f"{sum(headers) / len(headers):.0f}, longest {max(headers)}; other files: longest {max(files)}"
    )


def _body(lines):
    return "".join(f"    step({n});\n" for n in range(lines))


SHORT = "int f() { return 1; }\n" * 30
ACCEPTED = [
    {"src/core/a.cpp": SHORT + "namespace a {\nvoid f() {\n" + _body(68) + "}\n}\n"},
    {"src/core/a.cpp": "namespace a {\nstruct B {\n" + "    int c;\n" * 100 + "};\n}\n"},
    {"src/core/a.cpp": "constexpr std::array table{\n" + "    Row{f(1)},\n" * 100 + "};\n"},
    {"src/core/a.cpp": "Row const rows[] = {\n" + "    {f(1), '{', \"{\"},\n" * 100 + "};\n"},
    {"src/core/a.cpp": "// {\n" * 600},
    {"include/eduplat/core/a.hpp": "int a;\n" * 250},
]
REFUSED = [
    {"src/core/a.cpp": SHORT + "namespace a {\nvoid f() {\n" + _body(69) + "}\n}\n"},
    {"src/core/a.cpp": SHORT + "struct A {\n A() : b_{1}, c_(2) {\n" + _body(70) + "}\n};\n"},
    {"src/core/a.cpp": SHORT + "template <class T> requires(X<T>)\nauto f(T t) const -> int {\n" + _body(70) + "}\n"},
    {"src/core/a.cpp": SHORT + "void f() {\n auto g = [&] {\n" + _body(70) + "};\n}\n"},
    {"tests/unit/a.cpp": 'TEST_CASE("{ a") {\n' + _body(70) + "}\n"},
    {"src/core/a.cpp": "void f() {\n" + _body(12) + "}\n"},
    {"src/core/a.cpp": "int f() { return 1; }\n" * 80 + ("void f() {\n" + _body(28) + "}\n") * 10},
    {"src/core/a.cpp": "int a;\n" * 601},
    {"include/eduplat/core/a.hpp": "int a;\n" * 251},
]

if __name__ == "__main__":
    source.run(check, ACCEPTED, REFUSED, report)
