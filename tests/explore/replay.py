# SPDX-License-Identifier: MIT
"""
Each scenario in an answer of reach, verify and diff shows in `run` what it is there to
show. States drawn by lot, made into scenarios here, give what the plain interpreter says.
"""
import json
import os
import random
import tempfile

from model import REVISIONS, Revision, Vocabulary, ask, decide, holds, outcome, outcome_of, tap
from scenarios import fault_outcome, scenario, slot_outcome

NO_SUCH_ACCESS = "--no-assume=plain-vma-is-ram,one-access"
ASSUMPTIONS = [[], ["--assume=slot-accepted"], ["--assume=gup-refuses-special"],
               ["--no-assume=plain-vma-is-ram"],
               [NO_SUCH_ACCESS]]
NONCACHEABLE = {"DEVICE", "NORMAL_NC"}


class Replays:
    """Scenarios to run, all in one batch, with what to say of each result."""

    def __init__(self):
        self.scenarios, self.judges = [], []

    def add(self, what, given, judge, **instead):
        if given is None:
            tap.ok(False, what, "no scenario")
            return
        self.scenarios.append({**given, **instead})
        self.judges.append((what, judge))

    def report(self, name):
        wrong = []
        for (what, judge), given, result in zip(self.judges, self.scenarios,
                                                tap.batch(self.scenarios)):
            why = result.get("error") or judge(given, result)
            if why:
                wrong.append(f"{what}: {why}\n{json.dumps(given)}\n{json.dumps(result)}")
        tap.ok(self.judges and not wrong, f"{name}: {len(self.judges)} scenarios",
               "\n".join(wrong) or "none")


def fired(rule):
    def judge(_, result):
        if rule["stage"] == "slot":
            return None if result["memslots"][0]["rule"] == rule["id"] else "does not fire"
        return None if rule["id"] in result["events"][-1]["rules"] else "does not fire"
    return judge


def gives(want):
    def judge(_, result):
        got = slot_outcome(result["memslots"][0]) if want[0] == "slot" else \
            fault_outcome(result["events"][-1])
        return None if got == want else f"{got}, not {want}"
    return judge


# ---- Is the violation to be seen? ----------------------------------------------------------

def alias_mismatch(given, event):
    return NONCACHEABLE & set(event["prot"]) and given["vmas"][0]["pgprot"].startswith("NORMAL") \
        and given["vmas"][0]["pgprot"] != "NORMAL_NC"


def cmo_needs_kva(given, event):
    flushed = [m for m in event["maintenance"] if m["op"] in
               ("dcache_clean_inval_poc", "icache_inval_pou") and m["elided_by"] is None]
    return flushed and not given["vmas"][0]["backing"]["map_memory"]


def no_exec_noncacheable(_, event):
    return "X" in event["prot"] and NONCACHEABLE & set(event["prot"])


def no_write_readonly(given, event):
    return "W" in event["prot"] and ("READONLY" in given["memslots"][0]["flags"] or
                                     not given["vmas"][0]["backing"]["writable"])


def dirty_log_exact(given, event):
    fault = given["events"][-1]
    return "W" in event["prot"] and given["memslots"][0]["flags"] == ["LOG_DIRTY_PAGES"] and \
        (fault["access"] != "write" or fault.get("s1ptw"))


def mte_tags(given, event):
    return given["vm"]["mte"] and "MTE_ALLOWED" not in given["vmas"][0]["flags"] and \
        event["action"] == "map" and not NONCACHEABLE & set(event["prot"])


def block_within_vma(given, event):
    slot, vma, mapped = given["memslots"][0], given["vmas"][0], event["range"]
    start = int(mapped["ipa"], 16) - int(slot["gpa"], 16) + int(slot["hva"], 16)
    return start < int(vma["start"], 16) or start + mapped["size"] > int(vma["end"], 16)


def block_within_slot(given, event):
    slot, mapped = given["memslots"][0], event["range"]
    start, first = int(mapped["ipa"], 16), int(slot["gpa"], 16)
    return start < first or start + mapped["size"] > first + slot["size"]


SEEN = {"alias-mismatch": alias_mismatch, "cmo-needs-kva": cmo_needs_kva,
        "no-exec-noncacheable": no_exec_noncacheable, "no-write-readonly": no_write_readonly,
        "dirty-log-exact": dirty_log_exact, "mte-tags": mte_tags,
        "block-within-vma": block_within_vma, "block-within-slot": block_within_slot}


def violates(invariant):
    def judge(given, result):
        event = result["events"][-1]
        if "prot" not in event:
            return "nothing is installed"
        return None if SEEN[invariant](given, event) else "the violation is not to be seen"
    return judge


def slot_is(refused):
    def judge(_, result):
        return None if (result["memslots"][0]["ret"] != 0) == refused else "not so"
    return judge


def without_force(given):
    return {**given, "memslots": [{**slot, "force": False} for slot in given["memslots"]]}


def installs(_, result):
    return None if "prot" in result["events"][-1] else "nothing is installed"


def is_refused(_, result):
    event = result["events"][-1]
    return None if event["ret"] < 0 and event["action"] == "none" else "is not refused"


# ---- The answers ----------------------------------------------------------------------------

def add_reach(replays, name, options, kernel):
    rules = {rule["id"]: rule for rule in ask("rules", kernel)["rules"]}
    answer = ask("reach", kernel, *options)
    for row in answer["rules"]:
        what = f"reach {name} {options}: {row['id']}"
        if row["reached"] != 0:
            replays.add(what, row["scenario"], fired(rules[row["id"]]))
        else:
            assert row["scenario"] is None, what
    for part in answer["definitions"]:
        if part["decisive"] != 0:
            replays.add(f"{name} {part['fact']}", part["scenario"], lambda *_: None)


def add_verify(replays, name, options, kernel):
    answer = ask("verify", kernel, *options)
    seen = set()
    for row in answer["invariants"] + answer["sizes"]:
        what = f"verify {name} {options}: {row['id']}"
        if row["holds"]:
            assert row["scenario"] is None and row["violations"] == 0, what
            continue
        seen.add(row["id"])
        if row["id"] != "slot-fault-agree":
            replays.add(what, row["scenario"], violates(row["id"]))
            continue
        for kind in row["kinds"]:
            strict = kind["kind"] == "strict"
            if kind["violations"] == 0:
                continue
            replays.add(what, kind["scenario"], installs if strict else is_refused)
            replays.add(what, without_force(kind["scenario"]), slot_is(strict))
    return seen


def add_diff(replays, a, b, options, kernels):
    answer = ask("diff", *kernels, *options)
    for i, change in enumerate(answer["changes"]):
        for side, kernel in zip(("from", "to"), kernels):
            replays.add(f"diff {a} {b} {options}: change {i}, {side}", change["scenario"],
                        gives(outcome_of(change[side])), kernel=kernel)
    for i, change in enumerate(answer["sizes"]["changes"]):
        for side, kernel in zip(("from", "to"), kernels):
            replays.add(f"diff {a} {b}: sizes {i}, {side}", change["scenario"],
                        resolves(change[side]), kernel=kernel)


def resolves(want):
    """What a change of sizes claims: the operation, its range, the page marked dirty."""
    def judge(given, result):
        event = result["events"][-1]
        page = {"4K": 4096, "16K": 16384, "64K": 65536}[given["granule"]]
        if event["action"] != want["action"]:
            return f"{event['action']}, not {want['action']}"
        if "W" not in event["prot"] or event["dirty"] != [want["dirty"]]:
            return f"dirty {event['dirty']}, not {want['dirty']}"
        if want["action"] == "map" and (
                event["range"] != {"ipa": want["ipa"], "size": want["size"]}):
            return f"{event['range']}, not {want}"
        start = int(given["events"][-1]["ipa"], 16) & -want["size"]
        if (want["marked"] == "start") != (int(want["dirty"], 16) == start):
            return f"marked {want['marked']}"
        if want["ipa_page_aligned"] != (int(want["ipa"], 16) % page == 0):
            return "aligned or not"
        return None
    return judge


def replay_builtin():
    for options in tap.some(ASSUMPTIONS):
        replays = Replays()
        for name in REVISIONS:
            # No access is a write and a fetch at once: such a state is no scenario.
            if NO_SUCH_ACCESS not in options:
                add_reach(replays, name, options, name)
            add_verify(replays, name, options, name)
        for pair in [*zip(REVISIONS, REVISIONS[1:]), ("v6.12", "v9"), ("v6.17", "v7.3"),
                     ("v6.12", "v7.3"), ("v7.3", "v6.12")]:
            if NO_SUCH_ACCESS not in options:
                add_diff(replays, *pair, options, pair)
        replays.report(" ".join(options) or "by default")


def replay_dropped(base):
    """A base less one rule each: more that is violated, and more ways to decide differently."""
    replays, seen = Replays(), set()
    document = ask("rules", base)
    with tempfile.TemporaryDirectory() as folder:
        for rule in tap.some(document["rules"]):
            path = os.path.join(folder, rule["id"] + ".json")
            rules = [r for r in document["rules"] if r["id"] != rule["id"]]
            with open(path, "w", encoding="utf-8") as file:
                json.dump({**document, "kernel": "less-" + rule["id"], "rules": rules}, file)
            name = f"{base} less {rule['id']}"
            add_reach(replays, name, [], path)
            seen |= add_verify(replays, name, [], path)
            add_diff(replays, base, name, [], (base, path))
        replays.report(f"{base} less each of its rules")
    return seen


def replay_unchecked(base):
    """A base less all that refuses: faults pass where there is no page, no VMA, and no slot."""
    replays = Replays()
    document = ask("rules", base)
    rules = [r for r in document["rules"] if not {"errno", "action"} & set(r.get("then", {}))]
    assert 0 < len(rules) < len(document["rules"])
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "unchecked.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump({**document, "kernel": "unchecked", "rules": rules}, file)
        add_reach(replays, "unchecked", [], path)
        add_diff(replays, base, "unchecked", [], (base, path))
        replays.report(f"{base} less all that refuses")


# ---- What the table makes of it --------------------------------------------------------------

def memory_types(events):
    """The memory type of each run of leaves in the end."""
    result = tap.batch([{"vmas": [], "memslots": [], **events}])[0]
    leaves = result["events"][-1]["leaves"]
    return {int(leaf["pte"], 16) >> 2 & 0xf for leaf in leaves}


def replay_table():
    for name in REVISIONS:
        row = ask("verify", name)["table"][0]
        given = row["scenario"]
        if row["holds"]:
            tap.ok(given is None, f"{name}: {row['id']} holds")
            continue
        unsplit = {**given, "events": [e for e in given["events"] if e["op"] != "split"]}
        before, after = memory_types(unsplit), memory_types(given)
        tap.ok(len(before) == len(after) == 1 and before != after and row["violations"] > 0,
               f"{name}: {row['id']}: the memory type is another one", f"{before} {after}")


# ---- States drawn by lot ----------------------------------------------------------------------

def replay_random(n):
    draw = random.Random(5)
    vocabulary = Vocabulary(REVISIONS[-1])
    never = vocabulary.never(vocabulary.defaults - {"plain-vma-is-ram"})
    smooth = {"slot": True, "slot-beyond-ipa": False, "ipa-beyond-limit": False, "vma": True,
              "pfn-missing": False, "pfn-hwpoison": False, "invalidated": False}
    states = []
    while len(states) < n:
        state = {name: draw.random() < 0.5 for name in vocabulary.inputs}
        if draw.random() < 0.8:
            state.update(smooth)
        vocabulary.repair(state)
        if not any(holds(cond, vocabulary.derive(state)) for cond in never):
            states.append(state)
    for name in REVISIONS:
        revision = Revision(name)
        results = tap.batch([scenario(s, name) for s in states] +
                            [scenario(s, name, force=False) for s in states])
        wrong = []
        for state, forced, plain in zip(states, results, results[n:]):
            facts = vocabulary.derive(state)
            rules = decide(revision.fault_rules, facts)[0]
            if forced["events"][-1]["rules"] != rules:
                wrong.append(f"{forced['events'][-1]['rules']}, not {rules}: {state}")
            got = fault_outcome(forced["events"][-1])
            if got != outcome(revision, "fault", facts):
                wrong.append(f"{got}: {state}")
            got = slot_outcome(plain["memslots"][0]) if state["slot"] else None
            if got != outcome(revision, "slot", facts):
                wrong.append(f"{got}: {state}")
        tap.ok(not wrong, f"{name}: {n} states by lot", "\n".join(wrong))


if __name__ == "__main__":
    replay_builtin()
    SEEN_ALL = set()
    for BASE in "v6.12", "v9", "v7.3":
        SEEN_ALL |= replay_dropped(BASE)
    print(f"# violated in one or the other: {', '.join(sorted(SEEN_ALL))}")
    replay_unchecked("v7.3")
    replay_table()
    replay_random(1500 // tap.STRIDE)
    tap.done()
