"""Every public member function of a service is in the registry of service calls, once for each overload.

Services are the classes in include/eduplat/services/ that are built over Dependencies, and Platform.
What gives out a service, and what acts for the host and asks nobody, is no service call.
"""

import collections
import pathlib
import re
import sys

HOSTS_OWN = {
    "Platform::open",
    "Platform::atomically",
    "Platform::run_due",  # Jobs::run_due for the system
    "Platform::backup_to",
    "Platform::check",
    "Platform::schema_version",
    "Platform::statistics",
}


def without_comments(text):
    return re.sub(r"//[^\n]*|/\*.*?\*/", "", text, flags=re.DOTALL)


def classes(text):
    """Name and body of each class."""
    for match in re.finditer(r"\bclass (\w+)(?: final)? \{", text):
        depth, end = 1, match.end()
        while depth:
            depth += {"{": 1, "}": -1}.get(text[end], 0)
            end += 1
        yield match[1], text[match.end() : end - 1]


def public_functions(name, body, services):
    """The names of the public member functions that are service calls."""
    public = re.split(r"\b(?:private|protected):", body)[0].replace("public:", "")
    for declaration in public.split(";"):
        declaration = re.sub(r"\[\[.*?\]\]", "", declaration, flags=re.DOTALL).strip()
        match = re.match(r"(?P<result>[^()]*?)\b(?P<function>\w+)\s*\(", declaration)
        if not match or match["function"] == name or "operator" in declaration or "~" in declaration:
            continue
        if re.fullmatch(rf"(?:{'|'.join(services)})\s*&\s*", match["result"] or ""):
            continue
        yield match["function"]


def declared(root):
    headers = sorted((root / "include/eduplat/services").glob("*.hpp"))
    platform = root / "include/eduplat/platform.hpp"
    found = []
    for header in headers + ([platform] if platform.exists() else []):
        found += classes(without_comments(header.read_text()))
    services = {n: b for n, b in found if re.search(rf"\b{n}\(Dependencies const&", b) or n == "Platform"}
    return collections.Counter(
        f"{n}::{f}" for n, b in services.items() for f in public_functions(n, b, services)
    )


def registered(root):
    files = sorted((root / "tests/support").glob("service_calls*.cpp"))
    text = "".join(without_comments(file.read_text()) for file in files)
    # A row names its member, or gives it to a function that makes rows, after the Call.
    return collections.Counter(re.findall(r'(?:\.member = |\(Call::\w+,\s*)"(\w+::\w+)"', text))


def complaints(calls, entries):
    for call in sorted((calls.keys() | entries.keys()) - HOSTS_OWN):
        if calls[call] != entries[call]:
            yield f"{call}: declared {calls[call]} times, registered {entries[call]} times"


def self_test():
    text = without_comments(
        """class Things final { public: explicit Things(Dependencies const& d); ~Things();
           [[nodiscard]] Page<Thing> list(Actor const& a, int limit = f(2)) const; // void hidden();
           void add(Actor const& a); void add(Actor const& a, int b); Things& things() const;
           private: void inner(); };"""
    )
    body = dict(classes(text))["Things"]
    assert list(public_functions("Things", body, {"Things": body})) == ["list", "add", "add"]
    assert list(complaints(collections.Counter(["A::f", "A::f"]), collections.Counter(["A::f"])))


def main():
    self_test()
    root = pathlib.Path(sys.argv[1])
    calls = declared(root)
    wrong = list(complaints(calls, registered(root)))
    if not calls:
        wrong.append("no service calls found")
    print("\n".join(wrong) or f"{sum(calls.values())} declared, all registered")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
