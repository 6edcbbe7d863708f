# SPDX-License-Identifier: MIT
"""From a state to a scenario of our own making, and what a result says was decided."""

PAGE = 4096
HVA, GPA, LIMIT = 0x5500000000, 0x7000000, 1 << 40
FLAGS = {"vma-pfnmap": ["PFNMAP"], "vma-mixedmap": ["MIXEDMAP"], "vma-io": ["IO"],
         "vma-shared": ["SHARED"], "vma-maywrite": ["MAYWRITE"], "vma-write": ["WRITE"],
         "vma-read-or-exec": ["EXEC", "MAYEXEC"], "vma-mte-allowed": ["MTE_ALLOWED"],
         "vma-allow-any-uncached": ["ALLOW_ANY_UNCACHED"]}


def vma_of(state, pages):
    return {"start": HVA, "end": HVA + pages * PAGE,
            "flags": [flag for fact, flags in FLAGS.items() if state[fact] for flag in flags],
            "pgprot": "NORMAL_TAGGED" if state["vma-cacheable"] else "DEVICE_nGnRE",
            "backing": {"pa": 0x88000000, "map_memory": state["map-memory"],
                        "special": state["pfn-special"], "writable": state["host-writable"],
                        "state": "hwpoison" if state["pfn-hwpoison"] else
                                 "missing" if state["pfn-missing"] else "present"}}


def fault_of(state, ipa):
    fsc = [name for name in ("permission", "access-flag", "excl-atomic") if state[name]]
    walk = state["insn-walk"]
    access = "exec" if state["exec"] or walk else "write" if state["write"] else "read"
    return {"op": "fault", "ipa": ipa, "access": access, "fsc": (fsc or ["translation"])[0],
            "s1ptw": walk, "retry": state["invalidated"]}


def scenario(state, kernel, own=(), force=True):
    """@force: with the slot whatever the kernel says to it, for the fault's sake."""
    pages = 2 if state["slot-beyond-ipa"] else 1
    gpa = LIMIT - PAGE if state["slot-beyond-ipa"] else GPA
    ipa = LIMIT if state["ipa-beyond-limit"] else gpa
    slot = {"slot": 0, "gpa": gpa, "size": pages * PAGE, "hva": HVA, "force": force,
            "flags": ["LOG_DIRTY_PAGES"] * state["slot-logging"] +
                     ["READONLY"] * state["slot-readonly"]}
    events = []
    if not state["ipa-beyond-limit"] and (state["permission"] or state["access-flag"]):
        events.append({"op": "map", "ipa": ipa, "size": PAGE, "pa": 0x88000000, "prot": []})
    return {"kernel": kernel, "cpu": {"fwb": state["fwb"], "dic": state["dic"]},
            "vm": {"mte": state["vm-mte"]}, "facts": {name: state[name] for name in own},
            "vmas": [vma_of(state, pages)] * state["vma"], "memslots": [slot] * state["slot"],
            "events": [*events, fault_of(state, ipa)]}


def fault_outcome(event):
    """(stage, errno, action, granted), as model.outcome() has it."""
    if event["ret"] == 0 and event["action"] in ("map", "relax"):
        tags = {"sanitise" for m in event["maintenance"] if m["op"] == "sanitise_mte_tags"}
        return ("fault", None, None, frozenset(event["prot"]) | tags)
    return ("fault", event["errno"], event["action"], None)


def slot_outcome(slot):
    return ("slot", slot["errno"], None, None)
