# SPDX-License-Identifier: MIT
"""
What an answer of reach, verify and diff claims, held against the second implementation.
Each check is shown every slice and tells in the end what was wrong.
"""
from bits import FAULT, Run, count
from model import outcome_of

# Refusals for what the memory is, as opposed to how it is accessed or whether it is there.
MEMORY_RULES = ["cow-special", "cacheable-unsupported", "cacheable-degraded", "mismatch",
                "mte-disallowed"]


def constants(piece, cond):
    """The literals that hold nowhere in a slice, and those that are neither that nor true."""
    never, sets = set(), {}
    for name, value in cond.items():
        bits = (piece.yes if value else piece.no)[name]
        if not bits:
            never.add(name)
        elif bits is not piece.every:
            sets[name] = bits
    return never, sets


class Cover:
    """
    A list of conditions is exactly a set: nothing else in it, nothing of it left out, and
    neither a condition nor a literal too much.
    """

    def __init__(self, what, conds):
        self.what, self.conds = what, conds
        self.wrong = self.missing = False
        self.idle = set(range(len(conds)))
        self.loose = [set(cond) for cond in conds]

    def add(self, piece, domain, target):
        off = domain & ~target
        once = twice = 0
        met = []
        for cond, loose in zip(self.conds, self.loose):
            part = 0
            never, sets = constants(piece, cond)
            # With two literals that fail in all of the slice no one of them matters.
            if len(never) == 0:
                part = domain
                for bits in sets.values():
                    part &= bits
            if len(never) < 2 and off:
                for name in loose & (never or set(sets)):
                    rest = off
                    for other, bits in sets.items():
                        if other != name:
                            rest &= bits
                    if rest:
                        loose.discard(name)
            met.append(part)
            twice |= once & part
            once |= part
        self.wrong |= bool(once & off)
        self.missing |= bool(target & ~once)
        alone = target & ~twice
        for i in list(self.idle):
            if met[i] & alone:
                self.idle.discard(i)

    def faults(self):
        if self.wrong:
            yield f"{self.what}: a condition is met by other states too"
        if self.missing:
            yield f"{self.what}: states are missing"
        for i in self.idle:
            yield f"{self.what}: condition {i} can be dropped: {self.conds[i]}"
        for i, loose in enumerate(self.loose):
            if loose:
                yield f"{self.what}: condition {i}: {sorted(loose)} can be removed"


class Check:
    def __init__(self, name, revisions):
        self.name, self.revisions = name, revisions
        self.states = 0

    def domain(self, space, piece, runs):
        """slot-accepted has no condition: it is what the slot rules of these say."""
        domain = piece.domain
        if "slot-accepted" in space.assumptions:
            for revision in self.revisions:
                domain &= ~runs[revision.name].refused
        self.states += count(domain)
        return domain

    def run(self, revision, piece, runs, domain):
        run = runs[revision.name]
        return run if domain == piece.domain else Run(revision, piece, domain)

    def end_group(self):
        pass


class Reach(Check):
    def __init__(self, revision, answer, vocabulary):
        super().__init__(f"reach {revision.name}", [revision])
        self.answer, self.vocabulary = answer, vocabulary
        self.reached = {rule["id"]: 0 for rule in revision.rules}
        self.parts = [{"answer": part, "decisive": 0,
                       "cover": Cover(f"{part['fact']} by {part['part'][0]}", part["when"])}
                      for part in answer["definitions"]]

    def add(self, space, piece, runs):
        revision = self.revisions[0]
        domain = self.domain(space, piece, runs)
        run = self.run(revision, piece, runs, domain)
        # Whether a slot rule is reached is asked of all slots, not of the accepted ones.
        for rule in revision.slot_rules:
            self.reached[rule["id"]] += count(runs[revision.name].fired[rule["id"]])
        for rule in revision.fault_rules:
            self.reached[rule["id"]] += count(run.fired[rule["id"]])
        for part in self.parts:
            fact = part["answer"]["fact"]
            asked = 0
            for rule in revision.fault_rules:
                if any(fact in cond for cond in rule["when"]):
                    asked |= run.comes[rule["id"]]
            for cond in self.vocabulary.derived[fact]:
                met = piece.where(cond, asked)
                asked = met if cond == part["answer"]["part"][0] else asked & ~met
            part["decisive"] += count(asked)
            part["cover"].add(piece, domain, asked)

    def faults(self):
        if self.answer["states"] != self.states:
            yield f"states: {self.answer['states']}, not {self.states}"
        for row in self.answer["rules"]:
            if row["reached"] != self.reached[row["id"]]:
                yield f"{row['id']}: {row['reached']}, not {self.reached[row['id']]}"
            if (row["reached"] == 0) != bool(row.get("because")):
                yield f"{row['id']}: a reason if and only if it is dead"
        if [row["id"] for row in self.answer["rules"]] != list(self.reached):
            yield "not the rules of the revision"
        asked = {fact for fact, when in self.vocabulary.derived.items() if len(when) > 1 and
                 any(fact in cond for rule in self.revisions[0].fault_rules
                     for cond in rule["when"])}
        if {part["answer"]["fact"] for part in self.parts} != asked:
            yield "definitions: not the facts of several parts that rules ask for"
        for part in self.parts:
            if part["decisive"] != part["answer"]["decisive"]:
                yield f"{part['cover'].what}: {part['answer']['decisive']}, " \
                      f"not {part['decisive']}"
            yield from part["cover"].faults()


def violations(piece, run):
    """The invariants that a fault violates by itself, each as the set of such states."""
    yes, no = piece.yes, piece.no
    installs, writable, executable = run.installs, run.after("prot-w"), run.after("prot-x")
    forced = installs & (run.after("prot-device") | run.after("prot-normal-nc"))
    cacheable = installs & ~forced
    # Installing flushes what is cacheable and what is executable, if hardware does not.
    flushed = cacheable & no["fwb"] | installs & executable & no["dic"]
    # A write makes a page writable, unless it is mapped without a struct page to be made so.
    made = yes["write"] & yes["vma-write"] & no["vma-pfnmap"] & no["vma-io"]
    may_write = (yes["host-writable"] | made) & no["slot-readonly"]
    logged = installs & writable & yes["slot-logging"] & no["slot-readonly"]
    other_status = yes["permission"] | yes["access-flag"] | yes["excl-atomic"]
    return {
        "alias-mismatch": forced & yes["vma-cacheable"],
        "cmo-needs-kva": flushed & no["map-memory"],
        "no-exec-noncacheable": forced & executable,
        "no-write-readonly": installs & writable & ~may_write,
        # One page is marked; tests/explore/sizes.py shows that one page is mapped.
        "dirty-log-sound": 0,
        "dirty-log-exact": logged & no["write"],
        "mte-tags": cacheable & yes["vm-mte"] & no["vma-mte-allowed"] & ~other_status,
    }


class Verify(Check):
    def __init__(self, revision, answer=None):
        super().__init__(f"verify {revision.name}", [revision])
        self.answer = answer
        self.counts, self.covers = {}, {}
        self.group = []
        for row in answer["invariants"] if answer else []:
            for kind in row.get("kinds", [{"kind": "", "when": row["when"]}]):
                key = (row["id"], kind["kind"])
                self.covers[key] = Cover(" ".join(key), kind["when"])

    def add(self, space, piece, runs):
        revision = self.revisions[0]
        domain = self.domain(space, piece, runs)
        run = self.run(revision, piece, runs, domain)
        for name, bits in violations(piece, run).items():
            self.found((name, ""), piece, domain, bits)
        refused = 0
        for rule in revision.fault_rules:
            if rule["id"] in MEMORY_RULES:
                refused |= run.fired[rule["id"]]
        self.group.append((piece, domain, run.refused, run.installs, refused))

    def found(self, key, piece, domain, bits):
        self.counts[key] = self.counts.get(key, 0) + count(bits)
        if key in self.covers:
            self.covers[key].add(piece, domain, bits)

    def end_group(self):
        """A slot is judged by all faults that there may be in it."""
        some_maps = some_refused = 0
        for _, _, _, installs, refused in self.group:
            some_maps |= installs
            some_refused |= refused
        for piece, domain, refused, _, _ in self.group:
            about = piece.where({"slot": True, "vma": True, "slot-beyond-ipa": False}, domain)
            self.found(("slot-fault-agree", "strict"), piece, domain,
                       about & refused & some_maps)
            self.found(("slot-fault-agree", "lax"), piece, domain,
                       about & ~refused & some_refused)
        self.group = []

    def violated(self):
        return {name for (name, _), n in self.counts.items() if n}

    def faults(self):
        if self.answer["states"] != self.states:
            yield f"states: {self.answer['states']}, not {self.states}"
        rows = self.answer["invariants"]
        if {row["id"] for row in rows} != {name for name, _ in self.counts}:
            yield f"not the invariants: {[row['id'] for row in rows]}"
            return
        for row in rows:
            want = {kind: n for (name, kind), n in self.counts.items() if name == row["id"]}
            kinds = row.get("kinds", [{"kind": "", "violations": row["violations"]}])
            got = {kind["kind"]: kind["violations"] for kind in kinds}
            # The kinds exclude each other: a slot is refused or accepted.
            if got != want or row["violations"] != sum(want.values()):
                yield f"{row['id']}: {row['violations']} {got}, not {want}"
            if row["holds"] != (row["violations"] == 0):
                yield f"{row['id']}: {row['violations']} violations, holds: {row['holds']}"
            if not row["holds"] and row["scenario"] is None:
                yield f"{row['id']}: no scenario"
        for cover in self.covers.values():
            yield from cover.faults()


class Diff(Check):
    def __init__(self, a, b, answer):
        super().__init__(f"diff {a.name} {b.name}", [a, b])
        self.answer = answer
        self.different = 0
        self.found = {}
        self.ways = {}
        for change in answer["changes"]:
            way = (outcome_of(change["from"]), outcome_of(change["to"]))
            assert way not in self.ways, f"{way} is there twice"
            self.ways[way] = {"change": change, "by": (set(), set()),
                              "cover": Cover(f"{way[0]} to {way[1]}", change["when"])}

    def add(self, space, piece, runs):
        domain = self.domain(space, piece, runs)
        both = [self.run(rev, piece, runs, domain) for rev in self.revisions]
        targets = dict.fromkeys(self.ways, 0)
        any_way = 0
        for stage in "slot", "fault":
            outcomes = [run.outcomes(stage) for run in both]
            for before, a in outcomes[0].items():
                for after, b in outcomes[1].items():
                    bits = a & b
                    if before == after or not bits:
                        continue
                    way = (before, after)
                    targets[way] = bits
                    any_way |= bits
                    self.found[way] = self.found.get(way, 0) + count(bits)
                    if way in self.ways:
                        self.name_rules(self.ways[way]["by"], both, stage, bits)
        self.different += count(any_way)
        for way, row in self.ways.items():
            row["cover"].add(piece, domain, targets[way])

    def name_rules(self, by, both, stage, bits):
        for names, run in zip(by, both):
            for rule in run.revision.rules:
                if (rule["stage"] == "slot") == (stage == "slot") and \
                        ("errno" in rule["then"] or "action" in rule["then"]) and \
                        run.fired[rule["id"]] & bits:
                    names.add(rule["id"])

    def faults(self):
        answer = self.answer
        if answer["states"] != self.states or answer["different"] != self.different:
            yield f"{answer['different']} of {answer['states']}, " \
                  f"not {self.different} of {self.states}"
        if set(self.found) != set(self.ways):
            yield f"only here: {set(self.found) - set(self.ways)}, " \
                  f"only there: {set(self.ways) - set(self.found)}"
            return
        for way, row in self.ways.items():
            change = row["change"]
            if change["states"] != self.found[way]:
                yield f"{way}: {change['states']} states, not {self.found[way]}"
            for key, names in zip(("from_by", "to_by"), row["by"]):
                if set(change[key]) != names:
                    yield f"{way}: {key} {change[key]}, not {names}"
            yield from row["cover"].faults()
        order = [change["states"] for change in answer["changes"]]
        if order != sorted(order, reverse=True):
            yield "not ordered by weight"


def sweep(space, revisions, checks):
    """Show all states to all checks; yields (slice, runs) for whoever wants to look too."""
    for group in space.groups():
        for piece in group:
            runs = {rev.name: Run(rev, piece, piece.domain) for rev in revisions}
            for check in checks:
                check.add(space, piece, runs)
            yield piece, runs
        for check in checks:
            check.end_group()


assert len(FAULT) == 8
