# SPDX-License-Identifier: MIT
"""
All states at once: the states are cut into slices by the facts of OUTER, and within a
slice a set of states is one integer with a bit for each assignment of the other facts.
"""
from itertools import product

from model import GRANTED, ended, ends

# What a fault is about: a slot is judged over all faults in it.
FAULT = ["write", "exec", "insn-walk", "permission", "access-flag", "excl-atomic",
         "ipa-beyond-limit", "invalidated"]
# Laws exclude most combinations of these: whole slices need not be looked at.
OUTER = ["slot", "slot-beyond-ipa", "vma", "pfn-missing", "pfn-hwpoison"]

if hasattr(int, "bit_count"):
    count = int.bit_count
else:
    def count(bits):
        return bin(bits).count("1")


def contradicts(cond, known):
    return any(name in known and known[name] != value for name, value in cond.items())


class Slice:
    """Facts as sets of states: @yes where a fact holds, @no where it does not."""

    def __init__(self, space, known):
        self.every = space.every
        self.known = known
        self.yes = dict(space.yes)
        self.no = dict(space.no)
        for name, value in known.items():
            self.yes[name], self.no[name] = (self.every, 0) if value else (0, self.every)
        for name, when in space.vocabulary.derived.items():
            bits = 0
            for cond in when:
                bits |= self.where(cond, self.every)
            self.fix(name, bits)
        self.domain = self.every
        for cond in space.never:
            self.domain &= ~self.where(cond, self.every)

    def fix(self, name, bits):
        # Constants stay the same objects, so that where() can skip them.
        if bits == self.every:
            bits = self.every
        self.yes[name] = bits
        self.no[name] = self.every ^ bits if bits is not self.every else 0
        if bits == 0:
            self.no[name] = self.every

    def where(self, cond, within):
        """The states of @within that meet a condition."""
        for name, value in cond.items():
            bits = (self.yes if value else self.no)[name]
            if bits is self.every:
                continue
            within &= bits
            if within == 0:
                break
        return within


class Space:
    def __init__(self, vocabulary, assumptions):
        self.vocabulary = vocabulary
        self.assumptions = set(assumptions)
        self.never = vocabulary.never(self.assumptions)
        self.inner = [i for i in vocabulary.inputs if i not in OUTER + FAULT]
        self.size = 1 << len(self.inner)
        self.every = (1 << self.size) - 1
        self.yes, self.no = {}, {}
        for k, name in enumerate(self.inner):
            block = ((1 << (1 << k)) - 1) << (1 << k)
            width = 2 << k
            while width < self.size:
                block |= block << width
                width *= 2
            self.yes[name], self.no[name] = block, self.every ^ block
        for name in vocabulary.made:
            self.yes[name], self.no[name] = 0, self.every

    def groups(self):
        """Slices that differ only in the fault, together: for each slot and page."""
        for outer in product((False, True), repeat=len(OUTER)):
            known = dict(zip(OUTER, outer))
            if any(set(c) <= set(known) and not contradicts(c, known) for c in self.never):
                continue
            group = []
            for fault in product((False, True), repeat=len(FAULT)):
                both = {**known, **dict(zip(FAULT, fault))}
                if any(set(c) <= set(both) and not contradicts(c, both) for c in self.never):
                    continue
                piece = Slice(self, both)
                if piece.domain:
                    group.append(piece)
            yield group

    def place(self, state):
        """(slice, bit) of one state."""
        return (tuple(state[name] for name in OUTER + FAULT),
                sum(state[name] << k for k, name in enumerate(self.inner)))


def place_of(piece):
    return tuple(piece.known[name] for name in OUTER + FAULT)


class Run:
    """A revision's rules on a slice."""

    def __init__(self, revision, piece, domain):
        self.revision = revision
        self.fired = {}
        self.comes = {}  # the states that come to a rule
        self.accepted = self.stage(revision.slot_rules, piece, piece.where({"slot": True}, domain))
        self.refused = piece.where({"slot": True}, domain) & ~self.accepted
        self.facts = {}
        self.installs = self.stage(revision.fault_rules, piece, domain)
        self.refused_by_table = self.let_table_refuse(piece)

    def stage(self, rules, piece, live):
        changed = {}  # facts that rules set or cleared; the others are as they were
        for rule in rules:
            self.comes[rule["id"]] = live
            hit = 0
            for cond in rule["when"]:
                part = live
                for name, value in cond.items():
                    if name in changed:
                        part = part & changed[name] if value else part & ~changed[name]
                    else:
                        part = piece.where({name: value}, part)
                    if part == 0:
                        break
                hit |= part
            self.fired[rule["id"]] = hit
            for name in rule["then"].get("set", []):
                changed[name] = changed.get(name, piece.yes.get(name, 0)) | hit
            for name in rule["then"].get("clear", []):
                changed[name] = changed.get(name, piece.yes.get(name, 0)) & ~hit
            if ends(rule):
                live &= ~hit
        self.facts = changed
        return live

    def let_table_refuse(self, piece):
        """An address beyond its range, and types that no new entry can have."""
        device, nc = self.after("prot-device"), self.after("prot-normal-nc")
        types = device & nc | self.after("prot-x") & (device | nc)
        beyond = piece.where({"ipa-beyond-limit": True}, self.installs)
        self.installs &= ~beyond
        no_such = piece.where({"permission": False}, self.installs & types)
        self.installs &= ~no_such
        return {"ERANGE": beyond, "EINVAL": no_such}

    def after(self, name):
        """Where a fact that rules make holds at the end."""
        return self.facts.get(name, 0)

    def outcomes(self, stage):
        """Disjoint sets by outcome."""
        sets = {}
        for rule in self.revision.rules:
            if ends(rule) and (rule["stage"] == "slot") == (stage == "slot"):
                what = ended(rule)
                sets[what] = sets.get(what, 0) | self.fired[rule["id"]]
        if stage == "slot":
            sets[("slot", None, None, None)] = self.accepted
        else:
            for error, bits in self.refused_by_table.items():
                what = ("fault", error, "none", None)
                sets[what] = sets.get(what, 0) | bits
            parts = [(frozenset("R"), self.installs)]
            for name, letter in [*GRANTED.items(), ("sanitise-tags", "sanitise")]:
                bits = self.after(name)
                parts = [(had | {letter} if yes else had, part)
                         for had, of in parts
                         for yes, part in ((True, of & bits), (False, of & ~bits)) if part]
            for granted, part in parts:
                sets[("fault", None, None, granted)] = part
        return {what: bits for what, bits in sets.items() if bits}
