# SPDX-License-Identifier: MIT
"""
Bad input: each kind gives one clear message with its place and the right exit status,
in a batch only for the line concerned; time and memory stay bounded.
"""
import array
import fcntl
import json
import os
import re
import subprocess
import tempfile
import termios
import time

import tap

DONE, NOT_ALL, USAGE, IO = 0, 1, 2, 3
LIMIT = 64 << 20  # S2_JSON_MAX_DOCUMENT

GOOD = '{"id":"good","events":[]}'
VMA = {"start": "0x400000000000", "end": "0x400000200000"}
SLOT = {"slot": 0, "gpa": "0x80000000", "size": "2M", "hva": "0x400000000000"}


def scenario(**keys):
    return json.dumps(keys).encode()


def with_vma(**keys):
    return scenario(vmas=[{**VMA, **keys}])


def with_slot(**keys):
    return scenario(memslots=[{**SLOT, **keys}])


def with_event(**keys):
    return scenario(events=[keys])


def with_map(cpu=(), **keys):
    return scenario(cpu=dict(cpu), events=[{"op": "map", "ipa": 0, "size": "4K", "pa": 0, "prot": [],
                                            **keys}])


# What it is, the document, where it is wrong, what is said (both whole, as expressions).
SCENARIOS = [
    ("an unknown key", scenario(kernal="v9"), "/kernal", r'unknown key; did you mean "kernel"\?'),
    ("an unknown key far from any", scenario(zzzzzz=1), "/zzzzzz", "unknown key"),
    ("an unknown key of a VMA", with_vma(pgport="NORMAL"), "/vmas/0/pgport", '.*"pgprot".*'),
    ("an unknown key of a slot", with_slot(falgs=[]), "/memslots/0/falgs", '.*"flags".*'),
    ("an unknown key of an event", with_event(op="walk", ipa=0, acces="read"), "/events/0/acces",
     "unknown key"),
    ("a key of another event", with_event(op="walk", ipa=0, access="read"), "/events/0/access",
     "unknown key"),
    ("a key with a slash and a tilde", b'{"a/b~c": 1}', "/a~1b~0c", "unknown key"),
    ("an unknown CPU flag", scenario(cpu={"fbw": True}), "/cpu/fbw", '.*did you mean "fwb".*'),
    ("an unknown VMA flag", with_vma(flags=["VM_PNFMAP"]), "/vmas/0/flags/0", '.*"PFNMAP".*'),
    ("an unknown event", with_event(op="flt"), "/events/0/op", '"flt" is not an event.*'),
    ("an unknown kernel", scenario(kernel="v6.16"), "/kernel",
     r'"v6.16" is not a kernel revision; did you mean "v6.1[27]"\?'),
    ("a fact that is not the scenario's to say", scenario(facts={"vma": True}), "/facts/vma",
     "the fact follows from the scenario; .*"),
    ("an undeclared fact", scenario(facts={"wet": True}), "/facts/wet", ".*declares no such fact"),
    ("no op", with_event(ipa=0), "/events/0", 'the key "op" is missing'),
    ("an event that is none", scenario(events=[1]), "/events/0", "expected an object, not an integer"),
    ("a change of no VMA", with_event(op="set_vma"), "/events/0", 'the key "vma" is missing'),
    ("a missing key", with_event(op="access", ipa=0), "/events/0", 'the key "access" is missing'),
    ("a list as the document", b"[1]", "", "expected an object, not an array"),
    ("a string for a flag", scenario(cpu={"fwb": "yes"}), "/cpu/fwb",
     'expected true or false, not "yes"'),
    ("a number for a granule", scenario(granule=4), "/granule",
     'expected "4K", "16K" or "64K", not an integer'),
    ("a number for a VMA's name", with_vma(name=1), "/vmas/0/name", "expected a string, not an integer"),
    ("a number for a slot's name", with_slot(name=1), "/memslots/0/name",
     "expected a string, not an integer"),
    ("a number for a title", scenario(title=1), "/title", "expected a string, not an integer"),
    ("a list for facts", scenario(facts=[]), "/facts",
     "expected an object: fact to true or false, not an array"),
    ("a number for a name", with_vma(pgprot=4), "/vmas/0/pgprot",
     "expected a page protection, not an integer"),
    ("an object for a list", scenario(vmas={}), "/vmas", "expected an array, not an object"),
    ("null for a list", scenario(events=None), "/events", "expected an array, not null"),
    ("a fraction for an address", with_event(op="walk", ipa=1.5), "/events/0/ipa",
     "expected an address.* not a number with a fraction or exponent"),
    ("a decimal string for an address", with_event(op="walk", ipa="4096"), "/events/0/ipa",
     'expected an address.* not "4096"'),
    ("a negative address", with_event(op="walk", ipa=-1), "/events/0/ipa", "-1 is negative.*"),
    ("an address of 65 bits", with_event(op="walk", ipa="0x1" + "0" * 16), "/events/0/ipa",
     "expected an address.*"),
    ("an IPA beyond reason", with_event(op="walk", ipa="0x100000000000000"), "/events/0/ipa",
     r"an IPA must stay below 2\^56"),
    ("a size too large for 64 bits", with_slot(size="99999999999T"), "/memslots/0/size",
     "expected a size.*"),
    ("a range too large", with_event(op="unmap", ipa=0, size="0x100000000000000"), "/events/0/size",
     r"a size must stay below 2\^56"),
    ("a range that is no size", with_event(op="unmap", ipa=0, size="2MB"), "/events/0/size",
     'expected a size: .*, not "2MB"'),
    ("a map to a PA beyond 48 bits", with_map(pa="0x1000000000000"), "/events/0",
     r"the physical range must end below 2\^48 with this CPU and granule"),
    ("a map that ends beyond 48 bits", with_map(pa="0xffffffff0000", size="128K"), "/events/0",
     r"the physical range must end below 2\^48 .*"),
    ("a map that ends beyond 52 bits", with_map({"lpa2": True}, pa="0xfffffffff0000", size="128K"),
     "/events/0", r"the physical range must end below 2\^52 .*"),
    ("a PA of 53 bits", with_vma(backing={"pa": "0x10000000000000"}), "/vmas/0/backing/pa",
     "a physical address has at most 52 bits"),
    ("a mapping that is no power of two", with_vma(backing={"mapping": 12288}),
     "/vmas/0/backing/mapping", "expected a power of two, not an integer"),
    ("a mapping of nothing", with_vma(backing={"mapping": 0}), "/vmas/0/backing/mapping",
     "expected a power of two, not an integer"),
    ("a mapping beyond memory", with_vma(backing={"mapping": "8192T"}), "/vmas/0/backing/mapping",
     'expected a power of two, not "8192T"'),
    ("a mapping that is no size", with_vma(backing={"mapping": True}), "/vmas/0/backing/mapping",
     "expected a size: .*, not true or false"),
    ("24 IPA bits", scenario(ipa_bits=24), "/ipa_bits", "24 bits: expected 32 to 48 .*"),
    ("52 IPA bits without LPA2", scenario(ipa_bits=52), "/ipa_bits", "52 bits: expected 32 to 48 .*"),
    ("a huge number of IPA bits", scenario(ipa_bits=2**40), "/ipa_bits", ".* is out of range: .*"),
    ("a level of 4", with_event(op="fault", ipa=0, access="read", level=4), "/events/0/level",
     "4 is out of range: expected 0 to 3"),
    ("a VMA that ends before it starts", with_vma(end="0x3ff000000000"), "/vmas/0/end",
     "the end .* must lie above the start .*"),
    ("an empty VMA", with_vma(end=VMA["start"]), "/vmas/0/end", "the end .* must lie above .*"),
    ("a VMA that is not aligned", with_vma(start="0x400000000800"), "/vmas/0/start",
     "0x400000000800 is not aligned to 4K"),
    ("a 4K slot with 64K pages", scenario(granule="64K", memslots=[{**SLOT, "size": "4K"}]),
     "/memslots/0/size", "0x1000 is not aligned to 64K"),
    ("an empty slot", with_slot(size=0), "/memslots/0/size", "a slot must not be empty"),
    ("VMAs that overlap", scenario(vmas=[VMA, {**VMA, "start": "0x400000100000"}]),
     "/vmas/1/start", "the VMA at 0x400000100000 overlaps another one"),
    ("slots that overlap", scenario(memslots=[SLOT, {**SLOT, "slot": 1, "gpa": "0x80100000"}]),
     "/memslots/1/gpa", "the slot overlaps /memslots/0"),
    ("slots without end", scenario(events=[{"op": "set_memslot", **SLOT}] * 513), "/events/512",
     "at most 512 slots"),
    ("two slots of one number", scenario(memslots=[SLOT, {**SLOT, "gpa": "0xc0000000"}]),
     "/memslots/1/slot", "the number is that of /memslots/0"),
    ("a VMA that would overlap later", scenario(
        vmas=[VMA, {"start": "0x400000200000", "end": "0x400000400000"}],
        events=[{"op": "set_vma", "vma": 0, "end": "0x400000300000"}]),
     "/events/0", "the VMA would overlap /vmas/1"),
    ("a VMA number that is none", scenario(vmas=[VMA], events=[{"op": "set_vma", "vma": 1}]),
     "/events/0/vma", "there are only 1 VMAs"),
    ("memory beyond 48 bits", with_vma(backing={"pa": "0xfffffffff000"}), "/vmas/0/backing/pa",
     r"the memory must end below 2\^48 .*"),
    ("too many slots", scenario(memslots=[SLOT] * 513), "/memslots",
     "513 elements: at most 512 are allowed"),
    ("too many VMAs", scenario(vmas=[VMA] * 4097), "/vmas", "4097 elements: at most 4096 .*"),
    ("a duplicate key", b'{"kernel": "v9", "kernel": "v10"}', "",
     "not valid JSON: line 1, column [0-9]+: duplicate object key.*"),
    ("a document cut short", b'{"id": 1,\n "events": [', "", "not valid JSON: line 2, column .*"),
    ("text after the document", b'{"id": 1} {"id": 2}', "", "not valid JSON: line 1, column .*"),
    ("nothing", b"", "", "not valid JSON: .*"),
    ("white space alone", b" \n\t\n", "", "not valid JSON: .*"),
    ("a NUL byte", b'{"id": 1\x00}', "", "not valid JSON: line 1, column .*"),
    ("a NUL byte in a string", b'{"id": "a\x00b"}', "", "not valid JSON: line 1, column .*"),
    ("an escaped NUL", rb'{"id": "a\u0000b"}', "", "not valid JSON: line 1, column .*"),
    ("invalid UTF-8", b'{"id": "\xff\xfe"}', "", "not valid JSON: line 1, column .*"),
    ("a NUL byte on a third line", b'{"id": 1,\n\n "a\x00b": 1}', "",
     "not valid JSON: line 3, column 4: a NUL byte"),
    ("half a surrogate pair", rb'{"id": "\ud800"}', "", "not valid JSON: line 1, column .*"),
    ("100,000 nested arrays", b"[" * 100000 + b"]" * 100000, "",
     "not valid JSON: .* maximum parsing depth.*"),
    ("100,000 nested objects", b'{"id":' * 100000 + b"1" + b"}" * 100000, "",
     "not valid JSON: .* maximum parsing depth.*"),
    ("a number of 100,000 digits", b'{"ipa_bits": ' + b"9" * 100000 + b"}", "",
     "not valid JSON: .*too big.*"),
    ("a real beyond a double", b'{"id": 1e999}', "", "not valid JSON: line 1, column .*overflow.*"),
    ("a name of 100,000 letters", with_vma(pgprot="N" * 100000), "/vmas/0/pgprot",
     '"N{60}" is not a page protection'),
    ("a key of 100,000 letters", scenario(**{"k" * 100000: 1}), "/k{100,130}", "unknown key"),
    ("a name cut within a letter", with_vma(pgprot="\u20ac" * 99), "/vmas/0/pgprot",
     '"\u20ac+[?]*" is not a page protection'),
    ("a key cut within a letter", scenario(**{"\u20ac" * 99: 1}), "/\u20ac+[?]*", "unknown key"),
    ("control characters in a name", with_vma(pgprot="\x1b[31m\nNORMAL"), "/vmas/0/pgprot",
     r'"\?\[31m\?NORMAL" is not a page protection.*'),
]

# What is just not wrong: what it is, the document, and a part of the result of its last event.
ALLOWED = [
    ("a map that ends at 48 bits", with_map(pa="0xffffffff0000", size="64K"), {"ret": 0}),
    ("a map beyond 48 bits with LPA2", with_map({"lpa2": True}, pa="0xfffffffff0000", size="64K"),
     {"ret": 0}),
    ("a map beyond 48 bits with LPA", scenario(granule="64K", cpu={"lpa": True}, events=[
        {"op": "map", "ipa": 0, "size": "64K", "pa": "0xfffffffff0000", "prot": []}]), {"ret": 0}),
    ("a fault at level -1", with_event(op="fault", ipa=0, access="read", level=-1),
     {"action": "mmio"}),
    ("a VMA changed between two others", scenario(
        vmas=[VMA, {"start": "0x3fffffe00000", "end": "0x400000000000"},
              {"start": "0x400000200000", "end": "0x400000400000"}],
        events=[{"op": "set_vma", "vma": 0, **VMA}]), {"op": "set_vma"}),
    ("hugetlbfs without a size: a PMD's", scenario(
        vmas=[{**VMA, "flags": ["HUGETLB", "READ", "WRITE", "MAYWRITE"]}], memslots=[SLOT],
        events=[{"op": "access", "ipa": "0x80001000", "access": "write"}]), {"size": 2 << 20}),
    ("more maintenance than is told", scenario(cpu={"fwb": False}, events=[
        {"op": "map", "ipa": 0, "size": "1G", "pa": "0x40000000", "prot": ["R"]},
        {"op": "split", "ipa": 0, "size": "1G"},
        {"op": "flush", "ipa": 0, "size": "1G"}]), {"maintenance_truncated": True}),
]

RULE = {"id": "r", "stage": "fault", "when": [{}], "then": {"errno": "EFAULT"}}


def rules(*rule, **keys):
    return json.dumps({"kernel": "mine", "rules": list(rule), **keys}).encode()


def one_rule(**keys):
    return rules({**RULE, **keys})


RULE_FILES = [
    ("an empty rule file", b"", "not valid JSON.*"),
    ("a list", b"[]", "expected an object, not an array"),
    ("no kernel", b'{"rules": []}', 'the key "kernel" is missing'),
    ("no rules", b'{"kernel": "mine"}', 'the key "rules" is missing'),
    ("rules as an object", b'{"kernel": "mine", "rules": {}}', "/rules: expected an array.*"),
    ("an unknown key", rules(rulez=1), '/rulez: unknown key; did you mean "rules".*'),
    ("an unknown key of a rule", one_rule(whn=[]), '/rules/0/whn: unknown key; did you mean "when".*'),
    ("a rule without an id", rules({k: v for k, v in RULE.items() if k != "id"}),
     '/rules/0: the key "id" is missing'),
    ("an id with a blank", one_rule(id="a b"), "/rules/0: a rule's id is made of .*"),
    ("an id twice", rules(RULE, RULE), '/rules/1: there is a rule "r" already'),
    ("an unknown stage", one_rule(stage="end"), '/rules/0/stage: expected "slot", .* not "end"'),
    ("a stage that is a number", one_rule(stage=1), '/rules/0/stage: expected "slot", .*, not an integer'),
    ("an id that is a number", one_rule(id=1), "/rules/0/id: expected a string, not an integer"),
    ("conditions as an object", one_rule(when={}),
     "/rules/0/when: expected an array of conditions, not an object"),
    ("a condition as a list", one_rule(when=[[]]), "/rules/0/when/0: expected an object: .*"),
    ("facts to set as a name", one_rule(then={"set": "prot-w"}),
     '/rules/0/then/set: expected an array of facts, not "prot-w"'),
    ("a fact to set as a number", one_rule(then={"set": [1]}),
     "/rules/0/then/set/0: expected the name of a fact, not an integer"),
    ("facts as an object", rules(facts={}), "/facts: expected an array of facts, not an object"),
    ("quirks as a list", rules(sizes=[]), "/sizes: expected an object: quirk to true or false, .*"),
    ("stages out of order", rules(RULE, {**RULE, "id": "s", "stage": "slot"}),
     '/rules/1: the rule "s" of stage slot stands out of order.*'),
    ("no condition at all", one_rule(when=[]), "/rules/0/when: 0 conditions: expected 1 to 64.*"),
    ("65 conditions", one_rule(when=[{}] * 65), "/rules/0/when: 65 conditions: .*"),
    ("an unknown fact", one_rule(when=[{"vma-pfnmp": True}]),
     '/rules/0/when/0/vma-pfnmp: "vma-pfnmp" is not a fact; did you mean "vma-pfnmap".*'),
    ("a fact that is a number", one_rule(when=[{"vma": 1}]),
     "/rules/0/when/0/vma: expected true or false, not an integer"),
    ("a rule without a consequence", one_rule(then={}), "/rules/0/then: expected at least one of .*"),
    ("a rule that sets no fact", one_rule(then={"set": [], "clear": []}),
     "/rules/0/then: expected at least one of .*"),
    ("an input fact changed", one_rule(then={"set": ["fwb"]}),
     '/rules/0/then/set/0: "fwb" is an input fact: .*'),
    ("an unknown error", one_rule(then={"errno": "EFALT"}),
     '/rules/0/then/errno: "EFALT" is not an error name; did you mean "EFAULT".*'),
    *((f"the action {name}, which is the table's to take", one_rule(then={"action": name}),
       f'/rules/0/then/action: expected .* not "{name}"') for name in ("relax", "hit", "none")),
    ("an action that is a number", one_rule(then={"action": 1}),
     "/rules/0/then/action: expected .*, not an integer"),
    ("an unknown action", one_rule(then={"action": "pray"}),
     '/rules/0/then/action: expected .*, not "pray"'),
    ("an action that rules cannot take", one_rule(then={"action": "map"}),
     '/rules/0/then/action: expected .* not "map"'),
    ("an unknown quirk", rules(sizes={"pfnmap-block": True}),
     '/sizes/pfnmap-block: unknown quirk; did you mean "pfnmap-blocks".*'),
    ("a quirk unlike any", rules(table={"zzzzzzzzzzzz": True}), "/table/zzzzzzzzzzzz: unknown quirk"),
    ("a fact unlike any", one_rule(when=[{"zzzzzzzzzzzz": True}]),
     '/rules/0/when/0/zzzzzzzzzzzz: "zzzzzzzzzzzz" is not a fact; a file may declare its own .*'),
    ("a quirk that is a string", rules(table={"xn-single": "on"}), "/table/xn-single: expected .*"),
    ("a fact declared twice", rules(facts=[{"id": "a"}, {"id": "a"}]), "/facts/1: there is a fact .*"),
    ("a fact declared that exists", rules(facts=[{"id": "vma"}]), "/facts/0: there is a fact .*"),
    ("too many facts", rules(facts=[{"id": f"f{i}"} for i in range(65)]), "/facts/[0-9]+: at most .*"),
    ("65 rules", rules(*[{**RULE, "id": f"r{i}"} for i in range(65)]), "/rules/64: at most 64 rules"),
    ("a duplicate key", b'{"kernel": "a", "kernel": "b", "rules": []}', "not valid JSON.*"),
    ("100,000 nested arrays", b"[" * 100000, "not valid JSON.*"),
    ("a NUL byte", b'{"kernel": "a\x00"}', "not valid JSON.*"),
]


def whole(expression, text):
    return re.fullmatch(expression, text, re.S) is not None


def one_line(stream):
    text = stream.decode()  # valid UTF-8, or the test fails
    return text.count("\n") == 1 and text.endswith("\n") and text.startswith("s2pte: ")


def fields(result):
    error = result.get("error", {})
    return error.get("path", "no error"), error.get("message", "no error")


def test_run(folder):
    path = os.path.join(folder, "scenario.json")
    for name, text, where, said in SCENARIOS:
        with open(path, "wb") as file:
            file.write(text)
        got = tap.run("run", path)
        try:
            at, message = fields(json.loads(got.stdout))
        except ValueError as error:
            at, message = "", f"{error}: {got.stdout[:200]!r}"
        tap.ok(got.returncode == NOT_ALL and whole(where, at) and whole(said, message)
               and not got.stderr, f"run: {name}",
               f"status {got.returncode}, at {at}: {message}\n{got.stderr.decode()}")


def test_allowed():
    for name, text, has in ALLOWED:
        got = tap.run("run", "-", data=text)
        result = json.loads(got.stdout)
        last = result.get("events", [{}])[-1]
        tap.ok(got.returncode == DONE and {key: last.get(key) for key in has} == has,
               f"run: {name}", str(last if "error" not in result else result)[:300])


def test_own_facts(folder):
    """Facts that a rule file declares are a scenario's to say."""
    path = os.path.join(folder, "own.json")
    with open(path, "wb") as file:
        file.write(rules({**RULE, "when": [{"own-fact": True}]}, facts=[{"id": "own-fact"}]))
    event = {"op": "access", "ipa": SLOT["gpa"], "access": "read"}
    for value, ret in ((True, -14), (False, 0)):
        got = tap.run("run", "-", data=scenario(kernel=path, facts={"own-fact": value}, vmas=[
            {**VMA, "flags": ["READ"]}], memslots=[SLOT], events=[event]))
        tap.ok(json.loads(got.stdout)["events"][0]["ret"] == ret, f"an own fact that is {value}",
               got.stdout)
    got = tap.run("run", "-", data=scenario(kernel=path, facts={"own-fact": "yes"}))
    tap.ok(fields(json.loads(got.stdout)) == ("/facts/own-fact", 'expected true or false, not "yes"'),
           "an own fact that is a string", got.stdout)


def test_batch():
    """Each bad line between two good ones."""
    bad = [row for row in SCENARIOS if b"\n" not in row[1] and row[1].strip()]
    text = b"".join(GOOD.encode() + b"\n" + row[1] + b"\n" for row in bad) + GOOD.encode()
    got = tap.run("batch", data=text)
    results = tap.lines(got.stdout.decode())
    tap.ok(got.returncode == NOT_ALL and len(results) == 2 * len(bad) + 1 and not got.stderr,
           f"batch: {len(bad)} bad lines are answered one by one", got.stderr.decode())
    tap.ok(all(r.get("id") == "good" and "error" not in r for r in results[::2]),
           "batch: the lines between them run")
    wrong = [name for (name, _, where, said), result in zip(bad, results[1::2])
             if not whole(where, fields(result)[0]) or not whole(said, fields(result)[1])]
    tap.ok(not wrong, "batch: the messages are those of run", wrong)
    got = tap.run("batch", data=b'{"id": [1, "x"], "granule": "8K"}\n')
    tap.ok(json.loads(got.stdout).get("id") == [1, "x"], "batch: an error tells whose it is", got.stdout)
    got = tap.run("batch", data=b"\n \t\r\n" + GOOD.encode() + b"\r\n")
    tap.ok(got.returncode == DONE and got.stdout.count(b"\n") == 1, "batch: blank lines are passed over")


def test_rule_files(folder):
    path = os.path.join(folder, "rules.json")
    for name, text, said in RULE_FILES:
        with open(path, "wb") as file:
            file.write(text)
        got = tap.run("rules", path)
        tap.ok(got.returncode == USAGE and one_line(got.stderr) and not got.stdout
               and whole(rf"s2pte: rules: {re.escape(path)}: {said}\n", got.stderr.decode()),
               f"rules: {name}", f"status {got.returncode}: {got.stderr.decode()}")
        result = json.loads(tap.run("run", "-", data=scenario(kernel=path)).stdout)
        tap.ok(fields(result)[0] == "/kernel" and whole(rf"{re.escape(path)}: {said}", fields(result)[1]),
               f"as a scenario's kernel: {name}", result)


def test_missing_rule_file(folder):
    """It makes one scenario invalid; the lines after it still run."""
    bad = scenario(id="bad", kernel=os.path.join(folder, "missing.json"))
    got = tap.run("batch", data=bad + b"\n" + GOOD.encode() + b"\n")
    results = tap.lines(got.stdout.decode())
    tap.ok(got.returncode == NOT_ALL and not got.stderr and [r["id"] for r in results] == ["bad", "good"]
           and fields(results[0])[0] == "/kernel", "batch: a rule file that is missing",
           got.stdout.decode() + got.stderr.decode())


def test_check():
    line = b'{"scenario": {"id": "a\\nnot ok 9 # TODO b"}, "expect": {"kernel": "v9"}}\n'
    got = tap.run("check", data=line)
    text = got.stdout.decode()
    tap.ok(got.returncode == NOT_ALL and text.count("not ok") == 2 and text.startswith("not ok 1 - ")
           and "\nnot ok" not in text and " # TODO" not in text,
           "check: an id cannot write lines or directives of TAP", text)
    for name, text, _, _ in SCENARIOS:
        if b"\n" in text or not text.strip():
            continue
        got = tap.run("check", data=b'{"expect": {}, "scenario": ' + text + b"}\n")
        lines = got.stdout.decode().splitlines()
        if got.returncode != NOT_ALL or len(lines) != 4 or not lines[0].startswith("not ok 1"):
            tap.ok(False, f"check: {name}", got.stdout.decode() + got.stderr.decode())
    tap.ok(True, "check: each bad scenario fails its line")


def test_files(folder):
    missing = os.path.join(folder, "missing")
    for command in ("run", "batch", "check", "rules"):
        for name, path in (("a directory", folder), ("a missing file", missing + "/x.json")):
            got = tap.run(command, path)
            tap.ok(got.returncode == IO and one_line(got.stderr) and path in got.stderr.decode(),
                   f"{command}: {name}", f"status {got.returncode}: {got.stderr.decode()}")
    good = os.path.join(folder, "good.json")
    with open(good, "w", encoding="utf-8") as file:
        file.write(GOOD)
    got = tap.run("run", missing, good)
    tap.ok(got.returncode == IO and json.loads(got.stdout)["id"] == "good",
           "run: the files after a missing one still run", got.stdout)


def test_usage():
    for args in (["nonsense"], ["run"], ["run", "--txt", "x"], ["batch", "a", "b"], ["rules", "v6.16"],
                 ["decode"], ["decode", "xyz"], ["geometry", "--granule", "8K"]):
        got = tap.run(*args)
        tap.ok(got.returncode == USAGE and one_line(got.stderr) and not got.stdout,
               f"usage: s2pte {' '.join(args)}", f"status {got.returncode}: {got.stderr.decode()}")


def unread(command, data):
    """Its status and messages when nobody reads what it writes."""
    reading, writing = os.pipe()
    os.close(reading)
    with subprocess.Popen([tap.S2PTE, *command], stdin=subprocess.PIPE, stdout=writing,
                          stderr=subprocess.PIPE) as child:
        os.close(writing)
        try:
            _, errors = child.communicate(data)
        except BrokenPipeError:
            errors = child.stderr.read()
        return child.returncode, errors


def test_output():
    line = GOOD.encode() + b"\n"
    check = b'{"scenario": {}, "expect": {}}\n'
    commands = [(["run", "-"], line), (["batch"], line), (["batch"], line * 20000),
                (["check"], check), (["check"], check * 20000), (["kernels"], b""),
                (["rules", "v9"], b""), (["attrs"], b""), (["decode", "0x7ff"], b""), (["-h"], b"")]
    for command, data in commands:
        name = f"s2pte {' '.join(command)}, {len(data)} bytes in"
        status, errors = unread(command, data)
        tap.ok(status == IO and one_line(errors), f"output: a closed pipe, {name}",
               f"status {status}: {errors.decode()}")
        with open("/dev/full", "wb") as full:
            got = subprocess.run([tap.S2PTE, *command], input=data, stdout=full,
                                 stderr=subprocess.PIPE, check=False)
        tap.ok(got.returncode == IO and one_line(got.stderr), f"output: a full disk, {name}",
               f"status {got.returncode}: {got.stderr.decode()}")


# ---- Time and memory ----------------------------------------------------------------------

def peak(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        return int(re.search(r"VmHWM:\s*(\d+) kB", file.read()).group(1)) << 10


def idle(pid, pipe):
    """Has it read all there is, and does it wait for more?"""
    waiting = array.array("i", [0])
    fcntl.ioctl(pipe, termios.FIONREAD, waiting)
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        return waiting[0] == 0 and file.read().rsplit(")", 1)[1].split()[0] == "S"


def batch_peak(line, count):
    """The most memory that batch ever had after @count lines."""
    # A sanitizer would keep what was freed in quarantine.
    options = os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=0:thread_local_quarantine_size_kb=0"
    with subprocess.Popen([tap.S2PTE, "batch"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                          env={**os.environ, "ASAN_OPTIONS": options}) as child:
        for _ in range(0, count, 1000):
            child.stdin.write(line * 1000)
        child.stdin.flush()
        deadline = time.monotonic() + 60
        while not idle(child.pid, child.stdin) and time.monotonic() < deadline:
            time.sleep(0.02)
        return peak(child.pid)


def test_memory(folder):
    path = os.path.join(folder, "kernel.json")
    with open(path, "wb") as file:
        file.write(one_rule())
    kinds = {
        "good": json.dumps(tap.examples()["anon-thp"]).encode(),
        "invalid": b'{"id": "an id of some length", "granule": "8K"}',
        "broken": b'{"id": "',
        "with a rule file": scenario(kernel=path, vmas=[VMA]),
    }
    for name, line in kinds.items():
        few, many = batch_peak(line + b"\n", 1000), batch_peak(line + b"\n", 100000)
        tap.ok(many <= few + (2 << 20), f"batch: 100,000 lines take no more memory than 1,000 ({name})",
               f"{few} and {many} bytes")


def bounded(command, data_path, name, check):
    """On a huge file: refused as it should be, without the memory for all of it."""
    with open(data_path, "rb") as file, tempfile.TemporaryFile() as out:
        with subprocess.Popen([tap.S2PTE, *command], stdin=file, stdout=out,
                              stderr=subprocess.PIPE) as child:
            errors = child.stderr.read()
            _, status, usage = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        printed = out.read()
    tap.ok(check(child.returncode, printed, errors), f"huge: {name}",
           f"status {child.returncode}: {printed[:300]!r} {errors[:300]!r}")
    tap.ok(usage.ru_maxrss << 10 < 6 * LIMIT, f"huge: {name}, with little memory",
           f"{usage.ru_maxrss} KiB")


def too_large(result):
    return result.get("error", {}).get("message") == "the document is larger than 64 MiB"


def test_huge(folder):
    sparse = os.path.join(folder, "sparse.json")
    with open(sparse, "wb") as file:
        file.truncate(200 << 20)
    lines = os.path.join(folder, "lines.ndjson")
    with open(lines, "wb") as file:
        file.write(GOOD.encode() + b"\n")
        file.seek(200 << 20)
        file.write(b"\n" + GOOD.encode() + b"\n")

    def refused(status, printed, errors):
        return status == NOT_ALL and not errors and too_large(json.loads(printed))

    def only_its_line(status, printed, errors):
        results = tap.lines(printed.decode())
        return status == NOT_ALL and not errors and [too_large(r) for r in results] == [False, True, False]

    def usage_error(status, printed, errors):
        return status == USAGE and not printed and one_line(errors) and b"larger than" in errors

    bounded(["run", sparse], os.devnull, "run on 200 MiB", refused)
    bounded(["run", "-"], sparse, "run on 200 MiB of standard input", refused)
    bounded(["batch", lines], os.devnull, "batch with a line of 200 MiB", only_its_line)
    bounded(["rules", sparse], os.devnull, "rules of 200 MiB", usage_error)


def main():
    with tempfile.TemporaryDirectory() as folder:
        test_run(folder)
        test_allowed()
        test_own_facts(folder)
        test_batch()
        test_rule_files(folder)
        test_missing_rule_file(folder)
        test_check()
        test_files(folder)
        test_usage()
        test_output()
        test_huge(folder)
        test_memory(folder)
    tap.done()


main()
