# SPDX-License-Identifier: MIT
"""What the explorer is there to tell, one known answer after the other."""
import json
import os
import tempfile

from model import REVISIONS, Vocabulary, ask, holds, tap
from scenarios import fault_outcome, scenario, slot_outcome

SINCE_V9 = REVISIONS[REVISIONS.index("v9"):]
VOCABULARY = Vocabulary(REVISIONS[-1])
# A present, writable page of special memory, shared, behind a plain slot; a read of it.
SPECIAL = {**dict.fromkeys(VOCABULARY.inputs, False), "slot": True, "vma": True,
           "vma-pfnmap": True, "vma-write": True, "vma-read-or-exec": True, "vma-shared": True,
           "vma-maywrite": True, "vma-mte-allowed": True, "host-writable": True}


def by_id(rows):
    return {row["id"]: row for row in rows}


def reach(name, *options):
    return by_id(ask("reach", name, *options)["rules"])


def verify(name, *options):
    return by_id(ask("verify", name, *options)["invariants"])


def replay(given, kernel):
    result = tap.batch([{**given, "kernel": kernel}])[0]
    return slot_outcome(result["memslots"][0]), result["events"][-1]


def listed(conds, **changed):
    """Whether a state is in a list of conditions."""
    facts = VOCABULARY.derive({**SPECIAL, **{k.replace("_", "-"): v for k, v in changed.items()}})
    assert not any(holds(never, facts) for never in VOCABULARY.never(VOCABULARY.defaults))
    return any(holds(cond, facts) for cond in conds)


def implied(conds, **literals):
    """Every condition of the list says at least this."""
    want = {name.replace("_", "-"): value for name, value in literals.items()}
    return bool(conds) and all(want.items() <= cond.items() for cond in conds)


# ---- reach ------------------------------------------------------------------------------------

def dead_checks():
    rules = reach("v9")
    dead = {name for name, row in rules.items() if row["reached"] == 0}
    tap.ok(dead == {"cacheable-degraded", "mismatch"}, "v9: two rules are never reached", dead)
    because = rules["cacheable-degraded"]["because"]
    tap.ok("no rule before it sets noncacheable" in because, "cacheable-degraded: why", because)
    because = rules["mismatch"]["because"]
    tap.ok("vma-cacheable and noncacheable" in because and
           "set only by special-noncacheable" in because, "mismatch: why", because)
    tap.ok(all(row["scenario"] and "because" not in row for name, row in rules.items()
               if name not in dead), "everything else in v9 is reached, with a scenario")

    rules = reach("v9", "--assume=slot-accepted")
    now = {name for name, row in rules.items() if row["reached"] == 0} - dead
    row = rules["mte-disallowed"]
    tap.ok(now == {"mte-disallowed"} and row["assumption"] == "slot-accepted",
           "with slot-accepted the MTE check dies too", now)
    tap.ok("refused by slot-mte." in row["because"] and "No reason to drop" in row["because"] and
           "replaced under a slot" in row["because"], "... and that is no reason to drop it",
           row["because"])
    row = reach("v9-3of6")["mismatch"]
    tap.ok(row["reached"] > 0, "v9-3of6: mismatch is alive", row)
    _, event = replay(row["scenario"], "v9-3of6")
    tap.ok(event["rules"][-1] == "mismatch" and event["errno"] == "EINVAL",
           "... and its scenario ends there", event)


def mixedmap():
    """What of the MIXEDMAP test is left if special entries are reached by PFNMAP or IO alone."""
    plain, refuses = (
        next(row for row in ask("reach", "v9", *options)["definitions"]
             if row["fact"] == "special" and row["part"][0].get("vma-mixedmap"))
        for options in ([], ["--assume=gup-refuses-special"]))
    # Other special entries have ended in no-pfn before anyone asks.
    tap.ok(0 < refuses["decisive"] == plain["decisive"] and
           implied(refuses["when"], vma_pfnmap=False),
           "gup-refuses-special: what of the MIXEDMAP test was reachable still is", refuses)
    mixed = {"vma_pfnmap": False, "vma_mixedmap": True}
    tap.ok(listed(refuses["when"], **mixed) and
           listed(refuses["when"], **mixed, vma_io=True, pfn_special=True),
           "... a page that has its struct page, and any entry of VM_IO", refuses["when"])
    backing = refuses["scenario"]["vmas"][0]["backing"]
    tap.ok(not backing.get("special") and not backing["map_memory"],
           "... shown by a page with a struct page outside the linear map", refuses["scenario"])


# ---- verify -----------------------------------------------------------------------------------

def alias_mismatch():
    row = verify("v6.12")["alias-mismatch"]
    tap.ok(not row["holds"] and implied(row["when"], vma_cacheable=True),
           "v6.12 violates alias-mismatch: cacheable in the VMA", row)
    tap.ok(all(cond.get("map-memory") is False or cond.get("special") for cond in row["when"]),
           "... and not map memory", row["when"])
    for kernel, want in ("v6.12", True), ("v9", False):
        _, event = replay(row["scenario"], kernel)
        got = bool({"DEVICE", "NORMAL_NC"} & set(event.get("prot", [])))
        tap.ok(got == want, f"... {kernel} maps it non-cacheable: {want}", event)
    for name in REVISIONS:
        want = name not in ("v6.12", "v9-2of6")
        tap.ok(verify(name)["alias-mismatch"]["holds"] == want, f"{name}: alias-mismatch")


def cache_maintenance():
    for name in SINCE_V9:
        row = verify(name)["cmo-needs-kva"]
        tap.ok(row["holds"] and row["needs"] == ["plain-vma-is-ram"],
               f"{name}: cmo-needs-kva holds, given that plain VMAs are RAM", row)
        row = verify(name, "--no-assume=plain-vma-is-ram")["cmo-needs-kva"]
        tap.ok(not row["holds"] and implied(row["when"], special=False, map_memory=False),
               f"{name}: ... and fails without that, for plain VMAs alone", row)
        _, event = replay(row["scenario"], name)
        tap.ok(any(m["op"].startswith(("dcache", "icache")) and m["elided_by"] is None
                   for m in event["maintenance"]), f"{name}: ... which the scenario shows", event)


def slot_and_fault():
    strict_state = {"vma_cacheable": True, "map_memory": True}
    lax_state = {"vma_pfnmap": False, "vma_mixedmap": True, "vma_cacheable": True}
    for name in "v9", "v7.3":
        kinds = {kind["kind"]: kind["when"]
                 for kind in verify(name)["slot-fault-agree"]["kinds"]}
        tap.ok(listed(kinds["strict"], **strict_state),
               f"{name}: a slot of cacheable PFNMAP map memory is refused, its faults map")
        tap.ok(not listed(kinds["strict"], **strict_state, fwb=True, dic=True),
               f"{name}: ... not with FWB and DIC")
        tap.ok(listed(kinds["lax"], **lax_state),
               f"{name}: a slot of cacheable MIXEDMAP is accepted, its faults are refused")
        tap.ok(not listed(kinds["lax"], **lax_state, fwb=True, dic=True),
               f"{name}: ... not with FWB and DIC")
        for what, state, slot, installs in (
                ("strict", strict_state, ("slot", "EINVAL", None, None), True),
                ("lax", lax_state, ("slot", None, None, None), False)):
            state = {**SPECIAL, **{k.replace("_", "-"): v for k, v in state.items()}}
            got, _ = replay(scenario(state, name, force=False), name)
            _, event = replay(scenario(state, name), name)
            tap.ok(got == slot and ("prot" in event) == installs and
                   (installs or event["errno"] == "EFAULT"), f"{name}: {what} is so in run",
                   f"{got} {event}")


# ---- diff -------------------------------------------------------------------------------------

def series():
    answer = ask("diff", "v10", "v6.17")
    tap.ok(answer["different"] == 0 and not answer["changes"] and
           answer["sizes"]["different"] == 0 and not answer["sizes"]["changes"],
           "v10 to v6.17: no difference", answer["different"])

    changes = ask("diff", "v9", "v10")["changes"]
    tap.ok(changes and all(implied(change["when"], special=True, cow=True) and
                           change["from_by"] == ["cow-special"] and
                           change["from"]["errno"] == "EINVAL" for change in changes),
           "v9 to v10: only special memory that is COW, which v9 refused", changes)

    changes = ask("diff", "v6.12", "v9")["changes"]
    slots = [change for change in changes if change["from"]["stage"] == "slot"]
    tap.ok(len(slots) == 1 and slots[0]["to_by"] == ["slot-cacheable-pfnmap"] and
           implied(slots[0]["when"], vma_pfnmap=True, vma_cacheable=True, cacheable_hw=False),
           "v6.12 to v9: slots of cacheable PFNMAP need FWB and DIC", slots)
    faults = [change for change in changes if change["from"]["stage"] == "fault"]
    tap.ok(all(implied(change["when"], special=True) for change in faults),
           "v6.12 to v9: only faults on special memory")
    refused = [change for change in faults if "cow-special" in change["to_by"]]
    tap.ok(refused and all(implied(c["when"], cow=True) and c["to"]["errno"] == "EINVAL"
                           for c in refused), "v6.12 to v9: COW is refused")
    others = [change for change in faults if change not in refused]
    tap.ok(all(implied(c["when"], vma_cacheable=True, cow=False) for c in others),
           "v6.12 to v9: all else is about memory that the VMA maps cacheable", others)
    tap.ok(any("cacheable-unsupported" in c["to_by"] and c["to"]["errno"] == "EFAULT"
               for c in others), "v6.12 to v9: ... refused without FWB and DIC")
    mapped = [c for c in others if "prot" in c["to"]]
    tap.ok(mapped and all(implied(c["when"], cacheable_hw=True) and
                          not {"DEVICE", "NORMAL_NC"} & set(c["to"]["prot"]) for c in mapped),
           "v6.12 to v9: ... mapped cacheable with them", mapped)
    # The first patches narrow what is a device: not for what is RAM, or said to be special.
    changes = ask("diff", "v6.12", "v9-2of6", "--no-assume=plain-vma-is-ram")["changes"]
    tap.ok(changes and all(implied(c["when"], special=False, map_memory=False)
                           for c in changes),
           "v6.12 to v9-2of6: only plain VMAs that hold no RAM", changes)


def rework():
    answer = ask("diff", "v6.17", "v7.3")
    causes = {name for change in answer["changes"] for name in change["from_by"]}
    tap.ok(causes == {"abort-fsc", "perm-read", "retry"},
           "v6.17 to v7.3: unexpected faults, read permission faults, and what retried", causes)
    for change in answer["changes"]:
        if change["from_by"] == ["retry"]:
            tap.ok(change["to_by"] == ["mte-disallowed"] and
                   implied(change["when"], invalidated=True, vm_mte=True, vma_mte_allowed=False),
                   "v6.17 to v7.3: MTE is checked before a retry", change)
    sizes = answer["sizes"]["changes"]
    blocks = [c for c in sizes if c["from"]["mapping"] == "PUD" and c["to"]["mapping"] == "page"]
    tap.ok(blocks and all(implied(c["when"], vma_pfnmap=True, logging=False) for c in blocks),
           "v6.17 to v7.3: PFNMAP is not mapped by blocks any more", blocks)
    marked = [c for c in sizes if c["from"]["marked"] == "page" and c["to"]["marked"] == "start" and
              c["from"]["mapping"] == c["to"]["mapping"] == "PMD"]
    tap.ok(marked and all(c["from"]["dirty"] != c["to"]["dirty"] for c in marked),
           "v6.17 to v7.3: the start of a mapping is marked dirty, not the page", marked)


# ---- whatif and bisect ------------------------------------------------------------------------

def drop_cow(folder):
    saved = os.path.join(folder, "saved.json")
    done = tap.run("whatif", "--base", "v9", "--drop", "cow-special", "--save", saved)
    answer = json.loads(done.stdout)
    tap.ok(done.returncode == 0, "v9 less cow-special breaks no invariant that v9 keeps",
           done.returncode)
    base = verify("v9")
    tap.ok(all(row["holds"] == base[row["id"]]["holds"]
               for row in answer["verify"]["invariants"]), "... each is as it was")
    changes = answer["diff"]["changes"]
    tap.ok(changes and all(change["from"]["errno"] == "EINVAL" and
                           change["from_by"] == ["cow-special"] and
                           implied(change["when"], special=True, cow=True) for change in changes),
           "... only what was refused as COW changes")
    same = ask("diff", "v9", "v10")
    tap.ok([(c["from"], c["to"], c["when"], c["states"]) for c in changes] ==
           [(c["from"], c["to"], c["when"], c["states"]) for c in same["changes"]],
           "... exactly as from v9 to v10")
    wrong = []
    for change in changes:
        for side, kernel in ("from", "v9"), ("to", saved):
            _, event = replay(change["scenario"], kernel)
            _, number, action, prot = fault_outcome(event)
            want = change[side]
            if number != want["errno"] or action != want.get("action") or (
                    prot and prot - {"sanitise"} != set(want["prot"])):
                wrong.append(f"{kernel}: {event}, not {want}")
    tap.ok(not wrong, "... which run shows, by v9 and by the saved rules", "\n".join(wrong))
    rules = by_id(answer["reach"]["rules"])
    tap.ok("cow-special" not in rules and rules["mismatch"]["reached"] == 0,
           "... and the dead checks stay dead")


def break_something(folder):
    done = tap.run("whatif", "--base", "v9", "--drop", "exec-noncacheable")
    rows = by_id(json.loads(done.stdout)["verify"]["invariants"])
    tap.ok(done.returncode == 1 and not rows["no-exec-noncacheable"]["holds"],
           "v9 less exec-noncacheable breaks an invariant, and the status says so")
    when = rows["no-exec-noncacheable"]["when"]
    tap.ok(listed(when, exec=True, permission=True) and not listed(when, exec=True),
           "... where an entry is there: a new one is refused by the table", when)
    del folder


def write(folder, name, rules, facts=()):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"kernel": "proposed", "facts": list(facts), "rules": rules}, file)
    return path


def own_facts(folder):
    rule = {"id": "vouched", "stage": "fault", "when": [{"special": True, "trusted": False}],
            "then": {"errno": "EFAULT"}, "where": "user_mem_abort", "why": "nobody vouches for it"}
    path = write(folder, "own.json", [rule], [{"id": "trusted", "why": "somebody vouches"}])
    answer = ask("whatif", "--base", "v9", "--insert", f"{path}@before:cow-special")
    plain = ask("reach", "v9")
    tap.ok(answer["reach"]["states"] == 2 * plain["states"], "a fact of a file is taken both ways")
    changes = answer["diff"]["changes"]
    tap.ok(changes and all(implied(c["when"], special=True, trusted=False) and
                           c["to_by"] == ["vouched"] for c in changes),
           "... and what changes is told in its terms", changes)
    order = [row["id"] for row in answer["reach"]["rules"]]
    tap.ok(order.index("vouched") + 1 == order.index("cow-special"), "inserted before", order)
    order = [row["id"] for row in ask("whatif", "--base", "v9", "--insert",
                                      f"{path}@after", "cow-special")["reach"]["rules"]]
    tap.ok(order.index("vouched") - 1 == order.index("cow-special"), "inserted after", order)
    answer = ask("whatif", "--base", "v9", "--replace", f"cow-special={path}")
    order = [row["id"] for row in answer["reach"]["rules"]]
    tap.ok("cow-special" not in order and
           order.index("vouched") == [r["id"] for r in plain["rules"]].index("cow-special"),
           "replaced in its place", order)
    for change in answer["diff"]["changes"]:
        for cond in change["when"]:
            if "trusted" not in cond and "cow" not in cond:
                tap.ok(False, "what changes asks for the old or the new fact", cond)
    whole = os.path.join(folder, "whole.json")
    tap.run("whatif", "--base", "v9", "--replace", f"cow-special={path}", "--save", whole)
    by_file = ask("whatif", "--base", "v9", whole)
    tap.ok(by_file["diff"]["different"] == answer["diff"]["different"] > 0,
           "the whole rule file says the same")
    tap.ok(tap.run("whatif", "--base", "v9", "--drop", "cow-specal").returncode == 2,
           "a rule that is not there is an error of usage")


def bisect(folder):
    def first(*args):
        answer = ask("bisect", *args)
        assert [row["kernel"] for row in answer["chain"]] == REVISIONS
        return [(row["from"], row["to"], row["as_expected"]) for row in answer["changed"]]

    got = first("--invariant", "alias-mismatch")
    tap.ok(got == [("v9-2of6", "v9-3of6", True)], "bisect: patch 3 closed the hole", got)
    got = first("--invariant", "no-exec-noncacheable")
    tap.ok(got == [], "bisect: what always held was changed by nobody", got)
    got = first("--invariant", "cmo-needs-kva", "--no-assume", "plain-vma-is-ram")
    tap.ok(got and got[0][:2] == ("v6.12", "v9-2of6") and got[0][2] is False,
           "bisect: the assumption came with the first patches", got)
    path = os.path.join(folder, "scenario.json")
    state = {**SPECIAL, "vma-shared": False}  # private: COW
    with open(path, "w", encoding="utf-8") as file:
        json.dump(scenario(state, "v9"), file)
    got = first(path, "--expect", '{"errno": "EINVAL"}')
    tap.ok(got == [("v9-3of6", "v9", True), ("v9", "v10", False)],
           "bisect: COW of special memory was refused by v9 alone", got)
    tap.ok(tap.run("bisect", "--invariant", "nonsense").returncode == 2,
           "bisect: an unknown invariant is an error of usage")


# ---- The answers as such ----------------------------------------------------------------------

def stable():
    for args in (["reach", "v9"], ["verify", "v7.3"], ["diff", "v6.12", "v7.3"],
                 ["whatif", "--base", "v9", "--drop", "cow-special"],
                 ["bisect", "--invariant", "alias-mismatch"]):
        for form in ([],) if args[0] == "bisect" else ([], ["--format=text"],
                                                       ["--format=markdown"]):
            first = tap.run(*args, *form)
            again = tap.run(*args, *form, env={**os.environ, "MALLOC_PERTURB_": "85"})
            tap.ok(first.stdout and first.stdout == again.stdout,
                   f"{' '.join(args + form)}: the same byte for byte")


def statuses():
    for want, args in (
            (0, ["reach", "v9"]), (1, ["verify", "v9"]), (0, ["diff", "v6.12", "v9"]),
            (1, ["diff", "v6.12", "v9", "--exit-code"]), (0, ["diff", "v9", "v9", "--exit-code"]),
            (0, ["diff", "v10", "v6.17", "--exit-code"]),
            (1, ["diff", "v6.17", "v7.3", "--exit-code"]), (2, ["reach", "v99"]),
            (2, ["verify", "v99"]), (2, ["diff", "v9", "v99"]), (2, ["reach"]),
            (2, ["diff", "v9"]), (2, ["reach", "v9", "--assume=nonsense"]),
            (2, ["whatif", "--base", "v9"])):
        got = tap.run(*args).returncode
        tap.ok(got == want, f"{' '.join(args)}: status {want}", got)


if __name__ == "__main__":
    dead_checks()
    mixedmap()
    alias_mismatch()
    cache_maintenance()
    slot_and_fault()
    series()
    rework()
    with tempfile.TemporaryDirectory() as FOLDER:
        for test in drop_cow, break_something, own_facts, bisect:
            test(FOLDER)
    stable()
    statuses()
    tap.done()
