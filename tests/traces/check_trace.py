#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Judge a trace by the rules of break-before-make; say where it breaks one.

An entry that translation can reach goes from valid to valid only if it stays the same
leaf, and otherwise through invalid, DSB, TLBI by IPA, DSB, TLBI VMALLE1, DSB (or DSB,
TLBI VMALLS12E1, DSB). Every write to it happens under the lock. A table page is freed only
when nothing points to it and no walk can still know it. Usage: check_trace.py FILE...
"""
import re
import sys

ADDRESS = 0xFFFFFFFFF000


class Broken(Exception):
    pass


class Entry:
    """One word of a table in the tree."""

    def __init__(self, level, ipa):
        self.level, self.ipa = level, ipa
        self.unclean = None  # or how far the invalidation has come: 0..4


class Machine:
    def __init__(self):
        self.memory = {}   # word address -> value
        self.entries = {}  # word address -> Entry, those that a walk can reach
        self.old = {}      # word address of an unclean entry -> what it was
        self.lock_of = None
        self.held = set()
        self.vtcr = self.root = None

    def size(self, level):
        return 1 << (12 + 9 * (3 - level))

    def is_table(self, value, level):
        return level < 3 and value & 3 == 3

    def enter(self, page, n, level, ipa):
        """The table at @page becomes reachable, with all that is below it."""
        for i in range(n):
            at = page + 8 * i
            if at not in self.memory:
                raise Broken(f"table memory at {at:#x} was never initialised")
            if at in self.entries:
                raise Broken(f"{at:#x} is in the tree twice")
            self.entries[at] = Entry(level, ipa + i * self.size(level))
            if self.is_table(self.memory[at], level):
                self.enter(self.memory[at] & ADDRESS, 512, level + 1,
                           ipa + i * self.size(level))

    def leave(self, page):
        for at in range(page, page + 4096, 8):
            entry = self.entries.pop(at, None)
            if entry is None:
                continue
            if entry.unclean is not None:
                raise Broken(f"{at:#x} leaves the tree before its TLB entry is gone")
            if self.is_table(self.memory[at], entry.level):
                self.leave(self.memory[at] & ADDRESS)

    def turn_on(self):
        bits = 64 - (self.vtcr & 63)
        level = 2 - (self.vtcr >> 6 & 3)
        self.enter(self.root, 1 << max(bits - self.size(level).bit_length() + 1, 0), level, 0)

    def write(self, at, new):
        if at not in self.memory:
            raise Broken(f"write to {at:#x}, which is no table memory")
        old, entry = self.memory[at], self.entries.get(at)
        self.memory[at] = new
        if entry is None:
            return
        if self.lock_of not in self.held:
            raise Broken(f"write to {at:#x} without the lock")
        table = self.is_table(new, entry.level)
        if new & 1 and entry.unclean is not None:
            raise Broken(f"make of {at:#x} before the old entry is out of the TLBs")
        if old & 1 and new & 1:
            was_table = self.is_table(old, entry.level)
            if table or was_table or (old ^ new) & (ADDRESS | 3 << 50 | 3 | 0x3C):
                raise Broken(f"{at:#x} from valid {old:#x} to valid {new:#x}")
        elif old & 1:
            entry.unclean, self.old[at] = 0, old
        elif table:
            self.enter(new & ADDRESS, 512, entry.level + 1, entry.ipa)

    def dsb(self):
        for at in list(self.old):
            entry = self.entries[at]
            if entry.unclean in (0, 2):
                entry.unclean += 1
            elif entry.unclean == 4:
                old, entry.unclean = self.old.pop(at), None
                if self.is_table(old, entry.level):
                    self.leave(old & ADDRESS)

    def tlbi(self, kind, ipa):
        for at in self.old:
            entry = self.entries[at]
            if kind == "ipas2e1is":
                if entry.unclean == 1 and 0 <= ipa - entry.ipa < self.size(entry.level):
                    entry.unclean = 2
            elif kind == "vmalle1is":
                if entry.unclean == 3:
                    entry.unclean = 4
            elif kind == "vmalls12e1is":
                if entry.unclean in (1, 3):
                    entry.unclean = 4

    def free(self, address, size):
        for at in range(address, address + size, 8):
            if at in self.entries:
                raise Broken(f"{at:#x} is freed while a walk can reach it")
            if self.memory.pop(at, None) is None:
                raise Broken(f"{at:#x} is freed, but no table memory")

    def step(self, kind, words, f):
        if kind == "sysreg-write":
            if f["sysreg"] == "vtcr_el2":
                self.vtcr = f["value"]
            elif f["sysreg"] == "vttbr_el2":
                self.root = f["value"] & 0xFFFFFFFFFFFE
            elif f["sysreg"] == "hcr_el2" and f["value"] & 1:
                self.turn_on()
        elif kind == "hint" and f["kind"] == "set_root_lock":
            self.lock_of = f["value"]
        elif kind == "lock":
            if f["address"] in self.held:
                raise Broken("the lock is held already")
            self.held.add(f["address"])
        elif kind == "unlock":
            self.held.remove(f["address"])
        elif kind == "mem-init":
            for at in range(f["address"], f["address"] + f["size"], 8):
                if at in self.memory:
                    raise Broken(f"{at:#x} is in use already")
                self.memory[at] = 0
        elif kind == "mem-free":
            self.free(f["address"], f["size"])
        elif kind == "mem-read":
            if self.memory.get(f["address"]) != f["value"]:
                raise Broken(f"read of {f['address']:#x} gives what was not written")
        elif kind == "mem-write":
            self.write(f["address"], f["value"])
        elif kind == "barrier" and words[0] == "dsb" and f["kind"] == "ish":
            self.dsb()
        elif kind == "tlbi":
            self.tlbi(words[0], (f.get("value", 0) & (1 << 44) - 1) << 12)
        elif kind not in ("hint", "barrier"):
            raise Broken("unknown kind of record")


def parse(line):
    match = re.fullmatch(r"\(([a-z-]+) (.*)\)", line)
    if match is None:
        raise Broken("no record")
    kind, rest = match.groups()
    fields = dict(re.findall(r'\(([a-z-]+) ([^()]*)\)', rest))
    words = re.sub(r"\([^()]*\)", " ", rest).split()
    if not re.fullmatch(r'"[a-z_]+:\d+"', fields.pop("src", "")):
        raise Broken("no source")
    number = int(fields.pop("id"))
    for key, value in fields.items():
        if value.startswith("0x"):
            fields[key] = int(value, 16)
    return number, kind, words, fields


def check(name):
    machine = Machine()
    line_number = 0
    with open(name, encoding="ascii") as file:
        for line_number, line in enumerate(file):
            try:
                number, kind, words, fields = parse(line.rstrip("\n"))
                if number != line_number:
                    raise Broken("records are not numbered one after the other")
                machine.step(kind, words, fields)
            except (Broken, KeyError, ValueError) as e:
                print(f"# {name}:{line_number + 1}: {e}: {line.strip()}")
                return False
    if line_number == 0 or machine.held:
        print(f"# {name}: ends early")
        return False
    return True


sys.exit(0 if all([check(name) for name in sys.argv[1:]]) else 1)
