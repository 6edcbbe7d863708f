# SPDX-License-Identifier: MIT
"""
report.py TRACEFILE OUT: lines and branches of lib/ and cli/ that ran, of what lcov captured.
Without those that tests/coverage/excluded lists, each with its reason, a copy for genhtml is
written to OUT. Fails if it is less than is asked for, or if an excluded line is not there.
"""
import os
import sys

SOURCE = os.environ["S2_SOURCE"]
# Percent of lines and of branches that have to run.
ASKED = {"lib": (100.0, 100.0), "cli": (95.0, 95.0)}


class Excluded:
    """Rows of "file: text of the line: reason", texts as they stand in the source, trimmed."""

    def __init__(self):
        self.rows = {}
        self.used = set()
        with open(os.path.join(SOURCE, "tests", "coverage", "excluded"), encoding="utf-8") as file:
            for row in file.read().splitlines():
                if row and not row.startswith("#"):
                    path, text, reason = row.split("\t")
                    assert reason, row
                    self.rows[path, text] = reason

    def lines(self, path):
        """Numbers of the lines of a source file that are not to be counted."""
        found = set()
        with open(os.path.join(SOURCE, path), encoding="utf-8") as file:
            for number, text in enumerate(file, 1):
                if (path, text.strip()) in self.rows:
                    self.used.add((path, text.strip()))
                    found.add(number)
        return found


class Count:
    def __init__(self):
        self.lines, self.branches = {}, {}

    def add(self, path, number, branch, count):
        """The same code may be in several programs: it ran if it did in any."""
        if branch is None:
            key, table = (path, number), self.lines
        else:
            key, table = (path, number, branch), self.branches
        table[key] = table.get(key, 0) + count

    def of(self, table, part):
        hits = [count > 0 for key, count in table.items() if key[0].startswith(part + "/")]
        return sum(hits), len(hits)


def read(path, excluded, count):
    """Count the records; give back what is left of the file."""
    kept, skip = [], set()
    name = None
    with open(path, encoding="utf-8") as file:
        for record in file.read().splitlines():
            key, _, value = record.partition(":")
            if key == "SF":
                name = os.path.relpath(value, os.path.realpath(SOURCE))
                skip = excluded.lines(name)
            elif key == "DA":
                number, hits = value.split(",")[:2]
                if int(number) in skip:
                    continue
                count.add(name, int(number), None, int(hits))
            elif key == "BRDA":
                number, block, branch, taken = value.split(",")
                if int(number) in skip:
                    continue
                count.add(name, int(number), (block, branch), 0 if taken == "-" else int(taken))
            elif key in ("LF", "LH", "BRF", "BRH"):
                continue
            kept.append(record)
    return kept


def main():
    excluded, count = Excluded(), Count()
    kept = read(sys.argv[1], excluded, count)
    with open(sys.argv[2], "w", encoding="utf-8") as file:
        file.write("\n".join(kept) + "\n")
    good = True
    for key in sorted(set(excluded.rows) - excluded.used):
        print(f"excluded, but not there: {key}")
        good = False
    for part, asked in ASKED.items():
        for what, table, least in zip(("lines", "branches"), (count.lines, count.branches), asked):
            hit, total = count.of(table, part)
            enough = total > 0 and 100 * hit >= least * total
            print(f"{part}/: {hit} of {total} {what}, {100 * hit / max(total, 1):.2f} %"
                  f"{'' if enough else f': less than {least} %'}")
            good &= enough
    if "-v" in sys.argv:
        for path, number in sorted(key for key, hits in count.lines.items() if not hits):
            print(f"{path}:{number}: never")
        for path, number, _ in sorted(key for key, hits in count.branches.items() if not hits):
            if count.lines.get((path, number)):
                print(f"{path}:{number}: branch never")
    sys.exit(not good)


if __name__ == "__main__":
    main()
