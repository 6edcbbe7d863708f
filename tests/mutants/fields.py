# SPDX-License-Identifier: MIT
"""
fields.py [STRIDE]: the field table with one number of one segment changed by one, or one
condition, and the codec built anew with it; the unit tests have to fail. STRIDE takes one in
so many. Run by make mutants, which says in the environment how to compile.
"""
import concurrent.futures
import os
import re
import shlex
import subprocess
import sys
import tempfile

SOURCE, BUILD = os.environ["S2_SOURCE"], os.environ["S2_BUILD"]
ARCH = os.path.join(SOURCE, "lib", "arch")
TABLE = "field-table.h"
SEGMENT = re.compile(r"\bS\((ANY|DS|NO_DS|LPA), (\d+), (\d+), (\d+)\)")
PARTS = ["bit", "width", "value's bit"]
# In the order of what they cost.
SUITES = ["descriptor", "lint", "attrs", "geometry", "pgtable", "vm", "pgtable-model"]

# What says the same as the table in other numbers, and why.
EQUIVALENT = {
    "IGNORED: S(NO_DS, 8, 2, 6): width 3":
        "the third bit, 10, goes to bit 8 of the value: where the next segment puts it, too",
    "OA: S(DS, 8, 2, 50): width 3": "an address ends at bit 51, the third bit would be number 52",
    "OA: S(LPA, 12, 4, 48): width 5": "an address ends at bit 51, the fifth bit would be number 52",
}


def names(text):
    """The field that each segment belongs to."""
    rows = [(m.start(), m.group(1)) for m in re.finditer(r"ROW\((\w+), \"", text)]
    rows.append((text.index("#define S2I_OA_SEGMENTS"), "OA"))
    return lambda at: max(row for row in rows if row[0] < at)[1]


def mutants(text):
    """Pairs of what is changed and the table with it."""
    name_at = names(text)
    for m in SEGMENT.finditer(text):
        given = [int(n) for n in m.groups()[1:]]
        ways = [(m.group(1), given[:i] + [n + step] + given[i + 1:], f"{PARTS[i]} {n + step}")
                for i, n in enumerate(given) for step in (-1, 1) if n + step >= 0]
        ways.append(("ANY" if m.group(1) != "ANY" else "NO_DS", given, "another condition"))
        for cond, numbers, what in ways:
            segment = f"S({cond}, {', '.join(map(str, numbers))})"
            yield (f"{name_at(m.start())}: {m.group(0)}: {what}",
                   text[:m.start()] + segment + text[m.end():])


def command(*words):
    done = subprocess.run(words, capture_output=True, check=False,
                          env={**os.environ, "CK_FORK": "no"})
    return done.returncode == 0


def build(folder, table):
    """The unit tests with the codec of a table; None if it does not compile."""
    sources = []
    for name in os.listdir(ARCH):
        with open(os.path.join(ARCH, name), encoding="utf-8") as file:
            text = table if name == TABLE else file.read()
        if name.endswith(".c") and '#include "fields.h"' not in text:
            continue
        path = os.path.join(folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        if name.endswith(".c"):
            sources.append(path)
    unit = os.path.join(BUILD, "tests", "unit")
    objects = [os.path.join(unit, n) for n in os.listdir(unit) if re.match(r"unit-.*\.o$", n)]
    program = os.path.join(folder, "unit")
    good = command(*shlex.split(os.environ["CC"]), "-O0", "-w", "-I" + os.path.join(SOURCE, "include"),
                   "-o", program, *sources, *objects, os.path.join(BUILD, ".libs", "libcore.a"),
                   "-Wl,--wrap=s2_size_initial", *shlex.split(os.environ["CHECK_LIBS"]))
    return program if good else None


def killer(mutant):
    """What finds it out, or None."""
    what, table = mutant
    with tempfile.TemporaryDirectory() as folder:
        program = build(folder, table)
        if program is None:
            return what, "compiler"
        for suite in SUITES:
            if not command("env", "CK_RUN_SUITE=" + suite, program):
                return what, suite
    return what, None


def main():
    stride = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    with open(os.path.join(ARCH, TABLE), encoding="utf-8") as file:
        text = file.read()
    if killer(("as it is", text))[1] is not None:
        sys.exit("the tests fail with the table as it is")
    counts, lived = {}, 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for what, by in pool.map(killer, list(mutants(text))[::stride]):
            if by is None and what in EQUIVALENT:
                by = "none, being equivalent"
                print(f"{what}: equivalent: {EQUIVALENT[what]}")
            elif by is None or what in EQUIVALENT:
                print(f"{what}: " + ("no test tells it apart" if by is None else
                                     f"listed as equivalent, but found out by {by}"))
                lived += 1
                continue
            counts[by] = counts.get(by, 0) + 1
    total = sum(counts.values())
    print("fields: killed by " + ", ".join(f"{by} {n}" for by, n in sorted(counts.items())))
    print(f"fields: {total} of {total + lived} mutants accounted for")
    sys.exit(lived != 0)


if __name__ == "__main__":
    main()
