# SPDX-License-Identifier: MIT
"""
reach, verify and diff against a second implementation that evaluates every state: counts,
violations, differences, and that each list of conditions is exact, with no condition and
no literal too much.
"""
import copy
import json
import os
import random
import tempfile
import time

from model import REVISIONS, Revision, Vocabulary, ask, decide, holds, outcome, tap
from bits import Space, place_of
from checks import Diff, Reach, Verify, sweep

NEIGHBOURS = list(zip(REVISIONS, REVISIONS[1:]))
DISTANT = [("v6.12", "v9"), ("v6.17", "v7.3"), ("v6.12", "v7.3")]
N_RANDOM = 20000


def options(on, off):
    return ["--assume=" + ",".join(on)] * bool(on) + ["--no-assume=" + ",".join(off)] * bool(off)


class Bits:
    """A set, made quick to look up single states in."""

    def __init__(self, bits, space):
        self.bytes = bits.to_bytes((space.size + 7) // 8, "little")

    def has(self, bit):
        return self.bytes[bit >> 3] >> (bit & 7) & 1


class Random:
    """States drawn by lot, for the plain interpreter: it agrees with the sets of states."""

    def __init__(self, space, vocabulary, revisions):
        draw = random.Random(4)
        self.space, self.vocabulary, self.revisions = space, vocabulary, revisions
        self.states, self.outside, self.compared = {}, {}, 0
        self.wrong = []
        # Most states end early. Half of them are therefore drawn with nothing in the way.
        smooth = {"slot": True, "slot-beyond-ipa": False, "ipa-beyond-limit": False,
                  "vma": True, "pfn-missing": False, "pfn-hwpoison": False,
                  "excl-atomic": False, "access-flag": False, "invalidated": False}
        n = 0
        while n < N_RANDOM:
            state = {name: draw.random() < 0.5 for name in vocabulary.inputs}
            if n % 2:
                state.update(smooth)
            if draw.random() < 0.9:
                vocabulary.repair(state)
            facts = vocabulary.derive(state)
            slice_, bit = space.place(state)
            if any(holds(cond, facts) for cond in space.never):
                self.outside.setdefault(slice_, []).append(bit)
            else:
                self.states.setdefault(slice_, []).append((bit, facts))
                n += 1

    def look(self, piece, runs):
        here = place_of(piece)
        domain = Bits(piece.domain, self.space)
        for bit in self.outside.get(here, []):
            if domain.has(bit):
                self.wrong.append(f"{here} {bit} should not be there")
        states = self.states.pop(here, [])
        self.compared += len(states)
        for run in runs.values() if states else []:
            self.look_at_rules(run, states)
            for stage in "slot", "fault":
                self.look_at_outcomes(run, stage, states)

    def look_at_rules(self, run, states):
        sets = {name: Bits(bits, self.space) for name, bits in run.fired.items() if bits}
        for bit, facts in states:
            fired = {name for name, bits in sets.items() if bits.has(bit)}
            want = set(decide(run.revision.fault_rules, facts)[0])
            if facts["slot"]:
                want |= set(decide(run.revision.slot_rules, facts)[0])
            if fired != want:
                self.wrong.append(f"{run.revision.name}: {fired}, not {want} on {facts}")

    def look_at_outcomes(self, run, stage, states):
        sets = {what: Bits(bits, self.space) for what, bits in run.outcomes(stage).items()}
        for bit, facts in states:
            got = [what for what, bits in sets.items() if bits.has(bit)]
            want = outcome(run.revision, stage, facts)
            if got != ([want] if want else []):
                self.wrong.append(f"{run.revision.name} {stage}: {got}, not {want}")

    def report(self):
        tap.ok(not self.wrong and not self.states and self.compared == N_RANDOM,
               f"{N_RANDOM} states by lot, one by one: the same",
               "\n".join(self.wrong) or f"{len(self.states)} slices were never met")


class Setting:
    """One choice of assumptions, swept once for all that is asked under it."""

    def __init__(self, revisions, vocabulary, on=(), off=()):
        self.options = options(on, off)
        self.vocabulary = vocabulary
        self.revisions = revisions
        self.space = Space(vocabulary, (vocabulary.defaults | set(on)) - set(off))
        self.checks = []

    def reach(self, *names):
        for name in names:
            answer = ask("reach", name, *self.options)
            self.checks.append(Reach(self.revisions[name], answer, self.vocabulary))

    def verify(self, *names):
        for name in names:
            answer = ask("verify", name, *self.options)
            self.checks.append(Verify(self.revisions[name], answer))

    def count_only(self, *names):
        for name in names:
            self.checks.append(Verify(self.revisions[name]))

    def diff(self, *pairs):
        for a, b in pairs:
            answer = ask("diff", a, b, *self.options)
            self.checks.append(Diff(self.revisions[a], self.revisions[b], answer))

    def sweep(self, with_random=False):
        began = time.monotonic()
        used = {rev.name: rev for check in self.checks for rev in check.revisions}
        by_lot = None
        if with_random:
            by_lot = Random(self.space, self.vocabulary, list(used.values()))
        for piece, runs in sweep(self.space, list(used.values()), self.checks):
            if by_lot:
                by_lot.look(piece, runs)
        for check in self.checks:
            if getattr(check, "answer", None):
                if check.answer["assumptions"] != [
                        a for a in self.vocabulary.assumptions if a in self.space.assumptions]:
                    tap.ok(False, f"{check.name}: the assumptions are told", check.answer)
                faults = list(check.faults())
                tap.ok(not faults, " ".join([check.name, *self.options]), "\n".join(faults))
        if by_lot:
            by_lot.report()
        print(f"# {' '.join(self.options) or 'default'}: "
              f"{time.monotonic() - began:.1f} s", flush=True)


def check_needs(default, without):
    """An invariant names the assumptions without which it would not hold, and no others."""
    for check in default.checks:
        if not isinstance(check, Verify):
            continue
        for row in check.answer["invariants"]:
            if not row["holds"]:
                continue
            want = [name for name, setting in without.items()
                    if any(row["id"] in other.violated() for other in setting.checks
                           if isinstance(other, Verify) and
                           other.revisions == check.revisions)]
            if sorted(row["needs"]) != sorted(want):
                tap.ok(False, f"{check.name}: {row['id']} needs {want}", row["needs"])
    tap.ok(True, "the assumptions that an invariant needs")


def doctored(answer, key):
    """Copies of an answer with one thing wrong in each: every check must be able to fail."""
    def first_list(twin):
        return next(row["when"] for row in twin[key] if row["when"])

    def change(what, how):
        twin = copy.deepcopy(answer)
        how(twin)
        return what, twin

    def literal(twin):
        cond = first_list(twin)[0]
        del cond[next(iter(cond))]

    def more(twin):
        cond = first_list(twin)[0]
        cond["fwb" if "fwb" not in cond else "dic"] = True

    yield change("a state too many", lambda twin: twin.update(states=twin["states"] + 1))
    yield change("a condition missing", lambda twin: first_list(twin).pop())
    yield change("a condition twice", lambda twin: first_list(twin).append(first_list(twin)[0]))
    yield change("a literal missing", literal)
    yield change("a literal too many", more)


def check_doctored(setting, check):
    """Shown wrong answers, the check says so."""
    key = "changes" if isinstance(check, Diff) else "definitions" if isinstance(check, Reach) \
        else "invariants"
    rest = [*check.revisions, *([setting.vocabulary] if isinstance(check, Reach) else [])]
    if isinstance(check, Diff):
        twins = [(what, Diff(*rest, twin)) for what, twin in doctored(check.answer, key)]
    else:
        twins = [(what, type(check)(rest[0], twin, *rest[1:]))
                 for what, twin in doctored(check.answer, key)]
    for _ in sweep(setting.space, check.revisions, [twin for _, twin in twins]):
        pass
    missed = [what for what, twin in twins if not list(twin.faults())]
    tap.ok(not missed, f"{check.name} with errors put in: they are found", missed)


def own_facts(revisions):
    """Rules that ask for facts of their own, and set one: swept both ways."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "own.json")
        document = copy.deepcopy(revisions["v9"].document)
        rules = document["rules"]
        at = next(i for i, rule in enumerate(rules) if rule["id"] == "cow-special")
        rules[at]["when"] = [{**cond, "vouched": False} for cond in rules[at]["when"]]
        rules.insert(at, {"id": "vouch", "stage": "fault", "where": "", "why": "",
                          "when": [{"special": True, "trusted": True}],
                          "then": {"set": ["vouched"], "clear": ["writable"]}})
        document.update(kernel="own", rules=rules,
                        facts=[{"id": "trusted", "why": "the driver is trusted"},
                               {"id": "vouched", "why": "the driver vouches for the memory"}])
        with open(path, "w", encoding="utf-8") as file:
            json.dump(document, file)
        setting = Setting({**revisions, path: Revision(path)}, Vocabulary(path))
        setting.reach(path)
        setting.verify(path)
        setting.diff(("v9", path), (path, "v10"))
        setting.sweep()


def main():
    vocabulary = Vocabulary(REVISIONS[-1])
    revisions = {name: Revision(name) for name in REVISIONS}

    default = Setting(revisions, vocabulary)
    default.reach(*tap.some(REVISIONS))
    default.verify(*tap.some(REVISIONS))
    default.diff(*tap.some(dict.fromkeys(NEIGHBOURS + DISTANT)))
    default.sweep(with_random=tap.STRIDE == 1)
    # The other settings ask no more of the program, but take as long here.
    if tap.STRIDE > 1:
        return

    accepted = Setting(revisions, vocabulary, on=["slot-accepted"])
    accepted.reach("v9-3of6", "v9", "v7.3")
    accepted.verify("v9", "v7.3")
    accepted.diff(("v6.12", "v9"), ("v6.17", "v7.3"))
    accepted.sweep()

    refuses = Setting(revisions, vocabulary, on=["gup-refuses-special"])
    refuses.reach("v9", "v7.3")
    refuses.verify("v9", "v7.3")
    refuses.diff(("v9", "v10"), ("v6.12", "v9"))
    refuses.sweep()
    for check in refuses.checks[0], refuses.checks[3], refuses.checks[4]:
        check_doctored(refuses, check)

    anything = Setting(revisions, vocabulary, off=["plain-vma-is-ram"])
    anything.reach("v6.12", "v9")
    anything.verify("v9", "v7.3")
    anything.count_only("v6.12", "v9-2of6", "v9-3of6", "v10", "v6.17")
    anything.diff(("v6.12", "v9-2of6"), ("v6.17", "v7.3"))
    anything.sweep()

    two_accesses = Setting(revisions, vocabulary, off=["one-access"])
    two_accesses.verify("v7.3")
    two_accesses.count_only(*REVISIONS[:-1])
    two_accesses.sweep()
    own_facts(revisions)
    check_needs(default, {"plain-vma-is-ram": anything, "one-access": two_accesses})


if __name__ == "__main__":
    main()
    tap.done()
