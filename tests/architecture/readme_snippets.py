"""The C++ of the guide compiles: each block as the body of a function, under the names the guide introduces."""

import argparse
import pathlib
import re
import subprocess
import sys
import tempfile

import source

FOLDER = "docs/guide"
FENCE = re.compile(r"^```cpp\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PRELUDE = """#include <eduplat/analytics/activity.hpp>
#include <eduplat/analytics/funnel.hpp>
#include <eduplat/analytics/retention.hpp>
#include <eduplat/analytics/survival.hpp>
#include <eduplat/analytics/tables.hpp>
#include <eduplat/core/money_literals.hpp>
#include <eduplat/eduplat.hpp>
#include <eduplat/exporting/anonymous.hpp>
#include <eduplat/exporting/arrow.hpp>
#include <eduplat/exporting/csv.hpp>
#include <eduplat/exporting/frame_tables.hpp>
#include <eduplat/exporting/json_lines.hpp>
#include <eduplat/exporting/vega_lite.hpp>
#include <eduplat/recommender/als.hpp>
#include <eduplat/recommender/model_file.hpp>
#include <eduplat/recommender/tuner.hpp>
#include <eduplat/testing/fake_clock.hpp>
#include <eduplat/testing/fake_gateway.hpp>
#include <eduplat/testing/memory_log.hpp>
#include <eduplat/testing/memory_mailer.hpp>
#include <eduplat/testing/seeded_random.hpp>

#include <cstdio>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace edu = eduplat;
using namespace std::chrono_literals;
"""


def blocks(text):
    """[(line, C++)]"""
    return [(text.count("\n", 0, m.start()) + 2, m[1]) for m in FENCE.finditer(text)]


def program(root):
    parts = [PRELUDE]
    for page in sorted((root / FOLDER).glob("*.md")):
        for line, code in blocks(page.read_text()):
            name = f"{page.stem.replace('-', '_')}_{line}"
            parts.append(f"struct {name} {{ void run(edu::Platform& school, edu::Accounts& accounts, "
                         f"edu::Actor admin, edu::Actor ada); }};\n"
                         f"void {name}::run([[maybe_unused]] edu::Platform& school, "
                         f"[[maybe_unused]] edu::Accounts& accounts, [[maybe_unused]] edu::Actor admin, "
                         f"[[maybe_unused]] edu::Actor ada) {{ {{\n"
                         f'#line {line} "{page.relative_to(root).as_posix()}"\n{code}}} }}\n')
    return "".join(parts)


def check(root, compiler, headers):
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "snippets.cpp"
        file.write_text(program(root))
        done = subprocess.run([compiler, "-std=c++20", "-fsyntax-only", "-Wall", "-Wextra", "-Wno-shadow",
                               "-Wno-unused-variable", "-Wno-unused-but-set-variable", "-Werror",
                               f"-I{headers}", str(file)],
                              capture_output=True, text=True)
    return [done.stderr.strip()] if done.returncode else []


def self_test(compiler, headers):
    wrong = []
    for code, good in (("auto user = accounts.get_user(ada, ada.user());\n", True),
                       ("accounts.get_user(ada);\n", False), ("int x = nothing;\n", False)):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            source.write(root, {f"{FOLDER}/a-page.md": f"# A\n\n```cpp\n{code}```\n"})
            if bool(check(root, compiler, headers)) == good:
                wrong.append(f"{'refused' if good else 'accepted'}: {code}")
    return wrong


def main():
    parser = argparse.ArgumentParser()
    project = pathlib.Path(__file__).parents[2]
    parser.add_argument("--root", default=project, type=pathlib.Path)
    parser.add_argument("--compiler", default="c++")
    parser.add_argument("--self-test", action="store_true")
    options = parser.parse_args()
    headers = project / "include"
    if options.self_test:
        complaints = self_test(options.compiler, headers)
    else:
        complaints = check(options.root, options.compiler, headers)
    for complaint in complaints:
        print(complaint)
    print(f"{len(complaints)} complaints")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
