"""Writes the pages of docs/reference/ from the code: limits, error codes, and who may make which call."""

import re

import generated_pages
import source

LIMITS = "include/eduplat/core/limits.hpp"
ERROR_HEADER = "include/eduplat/core/error.hpp"
ERROR_SOURCE = "src/core/error.cpp"
RULES = "src/domain/authorization.cpp"

NOTE = "<!-- Written by tests/architecture/reference_pages.py from {}. Do not edit it. -->\n"

LIMITS_HEAD = """# Limits

{note}
Every bound on input and on resources. They are constants of `eduplat::limits` in
`eduplat/core/limits.hpp`; lengths are in bytes of UTF-8 after normalization to NFC. An argument past its bound
ends in [`invalid_argument`](error-codes.md) with a violation that names the field, the rule (`too_long`,
`too_short`, `local_part_too_long`, `too_large`, `too_small`, `too_many`) and the bound.

"""

ABOUT = {
    "display_name_bytes_max": "a user's name",
    "email_bytes_max": "an e-mail address",
    "email_local_part_bytes_max": "what stands before its `@`",
    "password_bytes_min": "a new password",
    "password_bytes_max": "a password",
    "issuer_bytes_max": "an identity's issuer",
    "subject_bytes_max": "an identity's subject",
    "source_bytes_max": "the system an imported row comes from",
    "source_id_bytes_max": "its name there",
    "session_label_bytes_max": "what a user knows a session by",
    "throttle_source_bytes_max": "where an attempt to sign in comes from",
    "suspension_reason_bytes_max": "why an account is suspended",
    "persona_field_bytes_max": "a field of a persona, an item of its lists",
    "persona_list_items_max": "goals, and interests, of a persona",
    "search_query_bytes_max": "a search",
    "language_tag_bytes_max": "a language tag",
    "localized_text_languages_max": "languages of one text",
    "localized_text_bytes_max": "a text in one language",
    "page_size_default": "items of a page, where none are asked for",
    "page_size_max": "items of a page",
    "cursor_bytes_max": "the keys inside a cursor",
    "import_chunk_rows": "rows of an import in one transaction",
    "group_commit_members_max": "writes that share one commit",
    "readers_max": "connections that read beside the one that writes",
}

ERRORS_HEAD = """# Error codes

{note}
What an [`Error`](../guide/errors.md) can say. The list is closed. The HTTP status and the Python exception are
what an adapter makes of a code; `Error` in the last but one column is the module's own exception. *Retry* says
what `Error::retryable()` answers: whether the very same call may succeed later.

"""

RULES_HEAD = """# Who may make which call

{note}
The rule table of `src/domain/authorization.cpp`. What it does not allow is refused. Admins and
`Actor::system()` may make every call and are not listed. A user must be active; *about himself* is about the
asking user or something of his. A *privileged* user has the role staff or admin; for calls that give or take a
role, that role counts as well.

A call open to *everybody* is either harmless or asks for a secret: a password, a token. A row without any entry
is for the host: its callers are `Actor::system()` and admins, or it takes no actor at all
(`bootstrap_admin`, `actor_for`, `identities`).

"""


def limits(text):
    found = re.findall(r"inline constexpr \S+ (\w+) =\s*([\d']+);(?:\s*// ([^\n]*))?", text)
    rows = []
    for name, value, comment in found:
        about = "; ".join(part for part in (ABOUT.get(name, ""), comment) if part)
        rows.append((f"`{name}`", f"{int(value.replace(chr(39), '')):,}", about))
    return LIMITS_HEAD.format(note=NOTE.format(LIMITS)) + generated_pages.table(("limit", "value", "of"), rows)


def errors(header, text):
    when = dict(re.findall(r"^\s+(\w+),\s*///< ([^\n]*)$", header, re.MULTILINE))
    rows = [
        (f"`{name}`", when.get(name, ""), status, exception, "yes" if retry == "true" else "no")
        for name, status, exception, retry in re.findall(
            r'ErrorTraits\{\w+,\s*"(\w+)",\s*(\d+),\s*"(\w+)",\s*(true|false)\}', text)
    ]
    heads = ("code", "when", "HTTP", "Python", "retry")
    return ERRORS_HEAD.format(note=NOTE.format(ERROR_HEADER + " and " + ERROR_SOURCE)) + generated_pages.table(
        heads, rows)


def _roles(rule, field):
    found = re.search(r"\." + field + r" = (\{[^}]*\}|\w+)", rule)
    return found[1].strip("{} ") if found else ""


def authorization(text):
    body = re.search(r"constexpr std::array table\{(.*?)\n\};", source.without_comments(text), re.DOTALL)[1]
    rows = []
    for rule in body.split("Rule{")[1:]:
        call = re.search(r"\.call = (\w+)", rule)[1]
        everybody = "yes" if ".guest = true" in rule else ""
        own = "every user" if ".own = true" in rule else ""
        rows.append((f"`{call}`", everybody, own, _roles(rule, "others"), _roles(rule, "privileged")))
    heads = ("call", "everybody", "about himself", "about nobody or others", "about the privileged")
    return RULES_HEAD.format(note=NOTE.format(RULES)) + generated_pages.table(heads, rows)


def pages(root):
    def read(path):
        return (root / path).read_text()

    return {
        "docs/reference/limits.md": limits(read(LIMITS)),
        "docs/reference/error-codes.md": errors(read(ERROR_HEADER), read(ERROR_SOURCE)),
        "docs/reference/authorization.md": authorization(read(RULES)),
    }


TREE = {
    LIMITS: "inline constexpr std::size_t a_bytes_max =\n    1'000;  // RFC 1\ninline constexpr int b = 2;\n",
    ERROR_HEADER: "enum class ErrorCode {\n    a,  ///< first\n    b,  ///< second\n};\n",
    ERROR_SOURCE: 'ErrorTraits{a, "a", 400, "ValueError", false},\nErrorTraits{b, "b", 500, "Error", true},\n',
    RULES: "constexpr std::array table{\n    Rule{.call = x_y, .others = {staff, teacher}, .own = true},\n"
           "    Rule{.call = x_z, .privileged = staff, .guest = true},\n};\n",
}
CHANGES = [
    {LIMITS: TREE[LIMITS].replace("1'000", "1'001")},
    {LIMITS: TREE[LIMITS] + "inline constexpr int c = 3;\n"},
    {ERROR_HEADER: TREE[ERROR_HEADER].replace("second", "third")},
    {ERROR_SOURCE: TREE[ERROR_SOURCE].replace("500", "503")},
    {ERROR_SOURCE: TREE[ERROR_SOURCE].replace("true", "false")},
    {RULES: TREE[RULES].replace(", teacher", "")},
    {RULES: TREE[RULES].replace(", .own = true", "")},
    {RULES: TREE[RULES].replace(", .guest = true", "")},
    {"docs/reference/limits.md": ""},
]

if __name__ == "__main__":
    generated_pages.run(pages, TREE, CHANGES)
