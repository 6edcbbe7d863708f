# SPDX-License-Identifier: MIT
"""
What people are told: lines of text that no example of the manual shows, since they are about
rare things: a slot that is gone, a list that is cut, a rule without a condition.
"""
import json
import os
import re
import tempfile

import tap

READ_WRITE = ["READ", "WRITE", "MAYREAD", "MAYWRITE"]
VMA = {"start": "0x7f0000000000", "end": "0x7f0000400000", "flags": READ_WRITE,
       "backing": {"pa": "0x80000000", "mapping": "2M"}}
SLOT = {"slot": 0, "gpa": "0x40000000", "size": "4M", "hva": "0x7f0000000000"}


def fault(**keys):
    return {"op": "fault", "ipa": "0x40000000", "access": "read", **keys}


def over(op, size="2M", **keys):
    return {"op": op, "ipa": "0x40000000", "size": size, **keys}


def set_slot(**keys):
    return {"op": "set_memslot", **SLOT, **keys}


def vm(*events, **keys):
    return {"kernel": "v9", "vmas": [VMA], "memslots": [SLOT], "events": list(events), **keys}


def many_vmas(n):
    """As many with holes between them, under one slot."""
    vmas = [{"start": hex(0x10000 + 0x2000 * i), "end": hex(0x11000 + 0x2000 * i)} for i in range(n)]
    return {"vmas": vmas, "memslots": [{"slot": 0, "gpa": "0x100000", "size": hex(0x2000 * n),
                                        "hva": "0x10000"}]}


# The words, the document on standard input and in FILE, and lines that have to be in the answer;
# "..." stands for anything.
ROWS = [
    # Scenarios.
    ("run --text -", vm(cpu={"dic": True}), ["kernel v9 (plus...4K pages, 40-bit IPA, CPU: dic (no fwb)"]),
    ("run --text -", vm(cpu={"fwb": True}), ["kernel v9 (plus...40-bit IPA, CPU: fwb (no dic)"]),
    ("run --text -", vm(cpu={"fwb": True, "dic": True}), ["kernel v9 (plus...40-bit IPA, CPU: fwb dic"]),
    ("run --text -", vm(vm={"mte": True}),
     ["kernel v9 (plus...40-bit IPA, MTE, CPU: (no fwb, no dic)",
      "  slot        0: IPA 0x40000000, 4 MiB, HVA 0x7f0000000000: refused, EINVAL"]),
    ("run --text -", vm(vmas=[VMA, {"start": "0x10000", "end": "0x11000", "backing": {"state": "missing"}}]),
     ["              0x10000 to 0x11000, pgprot NORMAL",
      "              PA 0x0 (in the kernel's linear map), host mapping 4 KiB, missing"]),
    ("run --text -", vm({"op": "access", "ipa": "0x40000000", "access": "read"},
                        fault(access="write", fsc="permission", level=2, s1ptw=True)),
     ["event 1  fault: write, permission fault of a stage-1 walk at level 2 at IPA 0x40000000",
      "  result      relaxes the entry at IPA 0x40000000 to prot R W"]),
    ("run --text -", vm(fault(retry=True)),
     ["event 0  fault: read, translation fault, an invalidation raced at IPA 0x40000000",
      "  result      the guest tries again"]),
    ("run --text -", vm(fault(fsc="access-flag", level=2)),
     ["event 0  fault: read, access-flag fault at level 2 at IPA 0x40000000",
      "  result      the entry is made young"]),
    ("run --text -", vm(over("map", "64K", pa="0x80001000", prot=["R"]), over("age"), over("unmap", "64K")),
     ["  result      done, it was young", "              and 26 more"]),
    ("run --text -", vm(set_slot(flags=["LOG_DIRTY_PAGES"]),
                        set_slot(slot=1, gpa="0xfffffff000"), {"op": "delete_memslot", "slot": 0},
                        fault()),
     ["event 0  set_memslot 0", "event 1  set_memslot 1", "  result      EFAULT",
      "  rules       slot-ipa-range...", "event 2  delete_memslot 0", "  result      done",
      "  result      an MMIO exit to userspace"]),
    ("run --text -", vm(fault(), over("dump", "4K", ipa="0x40001000"), {"op": "dump"}),
     ["event 1  dump at IPA 0x40001000, 4 KiB", "event 2  dump at IPA 0x0",
      "  leaves      0x000040000000  level 2  ...  1 x 2 MiB"]),
    ("show --text -", many_vmas(70), ["  | a hole: no VMA      |   | slot 0              |                          ",
                                      "  and so on"]),
    ("show --text -", many_vmas(32), ["  +---------------------+   +---------------------+                          "]),
    ("show --text -", vm(vmas=[{**VMA, "name": "a very long name for memory",
                                "backing": {"writable": False}}]),
     ["  | vma a very long na..|   | slot 0              |   | in the linear map   |",
      "  | NORMAL              |   | 4 MiB               |   | by 4 KiB, read-only |"]),
    ("show --text -", vm(vmas=[{**VMA, "backing": {"state": "hwpoison"}}]),
     ["  | NORMAL              |   | 4 MiB               |   | hwpoison            |"]),
    # What has changed since the beginning is shown as it is.
    ("show --text -", vm(set_slot(slot=1, gpa="0x80000000"), {"op": "delete_memslot", "slot": 1}),
     ["  | vma 0               |   | slot 0              |   | in the linear map   |"]),
    ("show --text -", vm({"op": "set_vma", "vma": 0, "backing": {"pa": "0x90000000"}},
                         set_slot(flags=["READONLY"]), fault()),
     ["  | 0x7f0000000000      |<--| 0x40000000          |-->| 0x90000000          |"]),
    ("show --svg -", {"kernel": "v9", "memslots": [SLOT], "vmas": [{**VMA, "backing": {}}], "events": [
        fault(ipa=hex(0x40000000 + 0x2000 * i)) for i in range(60)]}, ["...and 20 more..."]),
    ("show --svg -", vm(over("map", "4K", pa="0x1000", prot=["R"])), ["...0x1000..."]),
    ("fault --text --host-readonly", None,
     ["              PA 0x80000000 (in the kernel's linear map), host mapping read-only 4 KiB",
      "  result      maps 4 KiB at IPA 0x40000000, prot R"]),
    ("run --text -", vm(over("map", "1G", pa="0x1000", prot=["R"])),
     ["              and 4088 more, the list is cut"]),
    ("run --text -", vm(cpu="neoverse-v2"), ["...CPU: fwb dic xnx tlbi_range"]),
    ("diff v9 v9 --exit-code --format text", None, ["No state is decided differently...."]),
    # Rule files.
    ("rules --text FILE", {"kernel": "mine", "rules": [
        {"id": "first", "stage": "fault", "when": [{}], "then": {"set": ["prot-w"]}}]},
     ["    if always", "    then set prot-w    in ()", "quirks: none"]),
    ("facts --text FILE", {"kernel": "mine", "facts": [{"id": "wet", "why": "it rains"}], "rules": []},
     ["wet                      own      it rains"]),
    ("reach FILE --format text", {"kernel": "mine", "rules": [
        {"id": "first", "stage": "fault", "when": [{}], "then": {"set": ["prot-w"]}}]},
     ["  first  fault  66063872  "]),
    # The architecture.
    ("geometry --text --ipa-bits 44", None,
     ["4K granule, 44-bit IPA: levels 0 to 3, start with 1 table (4 KiB)",
      "  level  0: an entry covers 512 GiB", "  level  3: an entry covers 4 KiB"]),
    ("geometry --text --granule 64K --ipa-bits 43", None,
     ["64K granule, 43-bit IPA: levels 2 to 3, start with 2 tables (128 KiB)"]),
    ("cpu --text", None,
     ["  name          PA  fwb  dic  xnx  tlbi_range also called",
      "  neoverse-n1   48  no   no * yes  no         ", "  neoverse-n3   ?   yes  ?    yes  yes        ",
      "  * chosen by who builds the chip; ? not known"]),
    ("decode --text 0 0x7ff", None,
     ["  0x0000000000000000  level 3 invalid, 4K granule", "",
      "  0x00000000000007ff  level 3 page, 4K granule: 4 KiB at PA 0x0, read with FWB=0"]),
    ("decode --text --oa-bits 40 0x8000000007ff", None, ["  oa-size: address 0x800000000000 needs less than 41 bits..."]),
    ("decode --text --level -1 --lpa2 3", None, ["  0x0000000000000003  level -1 table..."]),
    ("encode --text --level 2 --type block --prot NORMAL_NC,R", None,
     ["  MemAttr     Normal Non-cacheable", "  S2AP        read-only", "  XN          execute never"]),
    ("encode --text --lpa2 --prot R,W", None,
     ["  0x00400000000004ff  level 3 page, 4K granule...", "  S2AP        read-write"]),
    ("encode --text --prot R,DEVICE", None, ["  MemAttr     Device-nGnRE"]),
    ("encode --text --xnx --prot R,PX", None, ["  XN          execute at EL1 only"]),
    ("encode --text --xnx --prot R,UX", None, ["  XN          execute at EL0 only"]),
    ("encode --text --xnx --prot R,X", None, ["  XN          execute at EL1 and EL0"]),
    ("encode --text --type table --oa 0x1000 --level 2", None, ["  Type        table"]),
]


def matches(line, wanted):
    return re.fullmatch(".*".join(re.escape(part) for part in wanted.split("...")), line) is not None


def write(folder, document):
    path = os.path.join(folder, "rules.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump(document, file)
    return path


def test_rows(folder):
    for words, document, wanted in ROWS:
        path = write(folder, document)
        got = tap.run(*words.replace("FILE", path).split(), data=json.dumps(document))
        lines = got.stdout.decode().split("\n")
        missing = [w for w in wanted if not any(matches(line, w) for line in lines)]
        tap.ok(not missing and got.returncode == 0 and not got.stderr, f"{words}: {wanted[0].strip()}",
               f"missing {missing}\n{got.stderr.decode()}{got.stdout.decode()[:3000]}")


def test_bench():
    """A line for each that was asked for, in the order of the help."""
    got = tap.run("bench", "--text", "--runs", "2", "encode", "decode")
    expected = r"encode +[0-9.]+ ns  a page's .*\ndecode +[0-9.]+ ns  a page's .*\n"
    tap.ok(re.fullmatch(expected, got.stdout.decode()) is not None, "bench --text", got.stdout)


def explained(*lines):
    return tap.run("-c", "\n".join(["set output text", *lines, "explain"])).stdout.decode()


def test_explain(folder):
    """Where no rule fires, and where nothing near goes another way."""
    setup = ["vma a 0x10000 4M", "slot 0 0x100000 1M a", "fault 0x100000 write"]
    for name, rules, said in [
            ("no rule", [], "The last fault: installs R, because of\n  no rule at all\n"),
            ("one", [{"id": "first", "stage": "fault", "when": [{}], "then": {"set": ["prot-w"]},
                      "why": "it is"}],
             "The last fault: installs R W, because of\n  first                  it is; in ()\n")]:
        path = write(folder, {"kernel": "mine", "rules": rules})
        text = explained(f"kernel {path}", *setup)
        tap.ok(text.endswith(said + "The nearest states that go another way:\n"
                             "  none: no change of one or two facts makes a difference\n"),
               f"explain: {name}", text[-600:])
    # Two facts, where none alone will do.
    both = [{"id": "both", "stage": "fault", "when": [{"fwb": True, "dic": True}],
             "then": {"errno": "EFAULT"}}]
    path = write(folder, {"kernel": "mine", "rules": both})
    text = explained(f"kernel {path}", *setup)
    tap.ok("  with fwb and with dic      EFAULT by both\n" in text, "explain: two facts", text[-600:])


def main():
    test_bench()
    with tempfile.TemporaryDirectory(prefix="s2pte-text-") as folder:
        test_rows(folder)
        test_explain(folder)
    tap.done()


if __name__ == "__main__":
    main()
