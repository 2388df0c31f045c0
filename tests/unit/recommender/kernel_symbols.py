"""Fails if an object of kernels defines an inline function or data that the linker may share.

usage: kernel_symbols.py NM OBJECT ...

The linker keeps one copy of a weak symbol. Were it that of an object with AVX2 instructions, a
processor without them would run it. Each object defines one symbol for others: its table.
"""

import subprocess
import sys


def broken(nm_output):
    found = []
    for line in nm_output.splitlines():
        *_, kind, name = line.split(maxsplit=2)
        if kind in "WVu" or (kind in "TDBRC" and not name.endswith("::table()")):
            found.append(f"{kind} {name}")
    return found


def main(nm, objects):
    assert broken("0000 W std::f()\n0000 T a::table()\n U memset\n0000 t g()") == ["W std::f()"]
    assert broken("0000 T g()\n0000 u h") == ["T g()", "u h"]
    if not objects:
        sys.exit("no objects")
    failed = False
    for path in objects:
        output = subprocess.run([nm, "-C", path], check=True, capture_output=True, text=True).stdout
        if "::table()" not in output:
            sys.exit(f"{path}: no table")
        for symbol in broken(output):
            print(f"{path}: {symbol}")
            failed = True
    sys.exit(failed)


main(sys.argv[1], sys.argv[2:])
