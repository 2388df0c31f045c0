"""Who may include whom: modules downwards only, third-party headers only where they belong."""

import re

import source

# The table of docs/architecture.md: module -> modules it may include, third party its sources may, and whether the
# system's own headers (posix).
MODULES = {
    "core": ((), ("fmt", "posix", "utf8proc")),
    "domain": (("core",), ()),
    "ports": (("domain", "core"), ()),
    "storage": (("core",), ()),
    "sqlite": (("storage", "ports", "core"), ("sqlitecpp", "sqlite3", "posix", "fmt")),
    "repositories": (("storage", "domain", "core"), ()),
    "recommender": (("core",), ("eigen", "zip", "posix")),
    "analytics": (("domain", "core"), ("posix", "xxhash")),
    "exporting": (("domain", "analytics", "core"), ("json", "sodium", "xlsxwriter")),
    "services": (
        ("domain", "storage", "repositories", "ports", "recommender", "analytics", "exporting", "core"),
        ("sodium", "spdlog", "fmt"),
    ),
    "testing": (("ports", "domain", "core"), ("sodium",)),
    "platform": (("services", "sqlite", "storage", "ports", "domain", "core"), ()),
    "fwd": ((), ()),
}
THIRD_PARTY = (
    ("fmt", r"fmt/"),
    ("utf8proc", r"utf8proc\.h$"),
    ("sqlitecpp", r"SQLiteCpp/"),
    ("sqlite3", r"sqlite3\.h$"),
    ("eigen", r"(Eigen|unsupported/Eigen)/"),
    ("json", r"nlohmann/"),
    ("zip", r"zip\.h$"),
    ("xlsxwriter", r"xlsxwriter"),
    ("xxhash", r"xxhash\.h$"),
    ("sodium", r"sodium(\.h$|/)"),
    ("spdlog", r"spdlog/"),
    ("posix", r"(sys/[a-z]+|unistd|fcntl|dlfcn|pthread|poll|signal|windows|io)\.h$"),
)
STANDARD = re.compile(r"[a-z][a-z_0-9]*$")
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.MULTILINE)


def module_of(path):
    """The module of a path below include/eduplat or src, None for what belongs to none."""
    parts = path.split("/")
    if len(parts) == 1:
        return {"eduplat.hpp": "platform", "platform.hpp": "platform", "fwd.hpp": "fwd"}.get(path)
    if parts[0] == "storage" and (parts[1] == "sqlite" or parts[1] == "sqlite.hpp"):
        return "sqlite"
    return parts[0] if parts[0] in MODULES else None


def _target(root, file, mark, name):
    """What an include names: ("module", m), ("third", t), ("standard", n) or ("unknown", n)."""
    if mark == '"':
        if (file.parent / name).exists():
            inside = (file.parent / name).resolve().relative_to(root.resolve()).as_posix()
            return "module", module_of(inside.removeprefix("src/").removeprefix("include/eduplat/"))
        return ("module", module_of(name)) if module_of(name) else ("unknown", name)
    if name.startswith("eduplat/"):
        return "module", module_of(name.removeprefix("eduplat/"))
    if STANDARD.match(name):
        return "standard", name
    for third, pattern in THIRD_PARTY:
        if re.match(pattern, name):
            return "third", third
    return "unknown", name


def _complaint(own, public, kind, target):
    modules, third = MODULES[own]
    if kind == "module" and target not in (own, "fwd", *modules):
        return f"{own} may not include {target}"
    if kind == "third" and public:
        return f"third-party {target} in a public header"
    if kind == "third" and target not in third:
        return f"{own} may not include {target}"
    return f"unknown include {target}" if kind == "unknown" else None


def check(root):
    complaints = []
    for file in source.files(root, source.CPP, {"include", "src"}):
        path = file.relative_to(root).as_posix()
        public = path.startswith("include/")
        own = module_of(path.removeprefix("include/eduplat/" if public else "src/"))
        if own is None:
            complaints.append(f"{path}: belongs to no module")
            continue
        text = source.without_comments(file.read_text())
        for m in INCLUDE.finditer(text):
            complaint = _complaint(own, public, *_target(root, file, m[1], m[2]))
            if complaint:
                complaints.append(f"{path}:{text.count(chr(10), 0, m.start()) + 1}: {complaint} <{m[2]}>")
    return complaints


ACCEPTED = [
    {"include/eduplat/domain/user.hpp": "#include <string>\n#include <eduplat/core/id.hpp>\n"},
    {"src/core/text.cpp": '#include <utf8proc.h>\n#include "core/wide.hpp"\n', "src/core/wide.hpp": ""},
    {"src/storage/sqlite/open.cpp": "#include <unistd.h>\n#include <eduplat/ports/clock.hpp>\n"},
    {"include/eduplat/eduplat.hpp": "#include <eduplat/services/accounts.hpp>\n"},
    {"src/core/a.cpp": '// #include <eduplat/services/accounts.hpp>\nauto s = "\\"/*";\n'},
    {"src/services/a.cpp": "#include <eduplat/fwd.hpp>\n"},
]
REFUSED = [
    {"include/eduplat/core/id.hpp": "#include <eduplat/domain/user.hpp>\n"},
    {"src/domain/rules.cpp": '#include "services/tokens.hpp"\n'},
    {"src/services/a.cpp": "#include <eduplat/platform.hpp>\n"},
    {"src/services/a.cpp": "#include <eduplat/storage/sqlite.hpp>\n"},
    {"src/services/a.cpp": "#  include <SQLiteCpp/Database.h>\n"},
    {"include/eduplat/core/text.hpp": "#include <utf8proc.h>\n"},
    {"include/eduplat/recommender/als.hpp": "#include <Eigen/Dense>\n"},
    {"src/core/a.cpp": "#include <boost/any.hpp>\n"},
    {"src/core/a.cpp": '#include "../services/a.hpp"\n', "src/services/a.hpp": ""},
    {"src/elsewhere/a.cpp": ""},
]

if __name__ == "__main__":
    source.run(check, ACCEPTED, REFUSED)
