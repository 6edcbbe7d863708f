# SPDX-License-Identifier: MIT
"""
The schemas against the program: all documents that are at hand are valid, all that
s2pte prints is, and of thousands of mutated documents schema and parser refuse the
same ones.
"""
import copy
import json
import os
import re
import tempfile

import tap

try:
    import jsonschema
    Validator = jsonschema.Draft202012Validator
except (ImportError, AttributeError):
    tap.skip_all("there is no python3-jsonschema with draft 2020-12")

try:
    import referencing  # from jsonschema 4.18 on, whose resolver is only a relic
except ImportError:
    referencing = None

NAMES = ["scenario", "result", "check-line", "rule-file", "answer", "reach", "verify", "diff", "whatif",
         "bisect", "facts", "cpu", "show"]
SCHEMAS = {f"{name}.schema.json": tap.load("schema", f"{name}.schema.json") for name in NAMES}


def validator(name):
    schema = SCHEMAS[f"{name}.schema.json"]
    if referencing is not None:
        found = [(key, referencing.Resource.from_contents(s)) for key, s in SCHEMAS.items()]
        return Validator(schema, registry=referencing.Registry().with_resources(found))
    resolver = jsonschema.RefResolver.from_schema(schema, store=SCHEMAS)
    return Validator(schema, resolver=resolver)


VALID = {name: validator(name) for name in NAMES}


def why(name, document):
    """What is wrong with @document, "" if nothing is."""
    error = next(VALID[name].iter_errors(document), None)
    return f"{error.json_path}: {error.message}"[:300] if error else ""


def all_valid(name, documents, title):
    bad = [f"number {i}: {reason}" for i, doc in enumerate(documents) if (reason := why(name, doc))]
    tap.ok(documents and not bad, f"{title}: {len(documents)} documents are a {name}",
           "\n".join(bad) or "there is none")


# ---- The schemas themselves -------------------------------------------------------------

def no_host(value):
    """No address but the dialect's own."""
    text = json.dumps({**value, "$schema": ""})
    return "://" not in text


def test_schemas():
    for name, schema in SCHEMAS.items():
        try:
            Validator.check_schema(schema)
            tap.ok(schema["$id"] == name and no_host(schema), f"{name} is a schema, found by its name")
        except jsonschema.SchemaError as error:
            tap.ok(False, f"{name} is a schema", error)


# Where the names of a table in the code must be those of a schema.
TABLES = [
    ("lib/host/names.c", "s2_vm_flag_names", "scenario", ["$defs", "vma-flags", "items", "enum"], "VM_"),
    ("lib/host/names.c", "s2_pgprot_names", "scenario", ["$defs", "pgprot", "enum"], None),
    ("lib/host/names.c", "s2_memslot_flag_names", "scenario",
     ["$defs", "slot-flags", "items", "enum"], "KVM_MEM_"),
    ("lib/host/names.c", "s2_backing_state_names", "scenario",
     ["$defs", "backing", "properties", "state", "enum"], None),
    ("lib/vm/names.c", "s2_op_names", "scenario",
     ["properties", "events", "items", "properties", "op", "enum"], None),
    ("lib/vm/names.c", "s2_op_names", "result", ["$defs", "event", "properties", "op", "enum"], None),
    ("lib/vm/names.c", "s2_cpu_flag_names", "scenario", ["properties", "cpu", "properties"], None),
    ("lib/vm/names.c", "s2_fsc_names", "scenario", ["$defs", "fault", "properties", "fsc", "enum"], None),
    ("lib/vm/names.c", "s2_maintenance_names", "result",
     ["$defs", "maintenance", "items", "properties", "op", "enum"], None),
    ("lib/kernel/names.c", "s2_errno_names", "result", ["$defs", "errno", "enum"], None),
    ("lib/kernel/names.c", "s2_errno_names", "rule-file",
     ["properties", "rules", "items", "properties", "then", "properties", "errno", "enum"], None),
    ("lib/kernel/names.c", "stage_names", "rule-file",
     ["properties", "rules", "items", "properties", "stage", "enum"], None),
    ("lib/kernel/names.c", "action_names", "result",
     ["$defs", "decision", "properties", "action", "enum"], None),
    ("lib/kernel/names.c", "s2_errno_names", "diff", ["$defs", "outcome", "properties", "errno", "enum"],
     None),
    ("lib/kernel/names.c", "size_quirks", "rule-file",
     ["properties", "sizes", "properties"], None),
    ("lib/kernel/names.c", "table_quirks", "rule-file",
     ["properties", "table", "properties"], None),
]


def test_names():
    for path, table, schema, place, prefix in TABLES:
        with open(tap.source(path), encoding="utf-8") as file:
            body = re.search(re.escape(table) + r"\[\] = \{(.*?)\n\};", file.read(), re.S).group(1)
        names = set(re.findall(r'\{ "([^"]+)",', body))
        if prefix:
            names |= {prefix + name for name in names}
        there = SCHEMAS[f"{schema}.schema.json"]
        for key in place:
            there = there[key]
        tap.ok(names and names == set(there) - {None}, f"{schema}: the names of {table}",
               names ^ set(there))


# ---- What is at hand, and what comes out ---------------------------------------------------

def vectors():
    folder = os.environ["S2_VECTORS"]
    out = {}
    for name in sorted(os.listdir(folder)):
        if name.endswith(".ndjson"):
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                out[name] = tap.lines(file.read())
    return out


def test_documents(examples, recorded):
    all_valid("scenario", list(examples.values()), "examples")
    for name, found in recorded.items():
        all_valid("check-line", found, name)


def test_results(examples, recorded):
    kernels = ["v6.12", "v9", "v6.17", "v7.3"]
    run = [{**scenario, "kernel": kernel} for scenario in examples.values() for kernel in kernels]
    all_valid("result", tap.batch(run), "results of the examples")
    for name, found in recorded.items():
        some = [line["scenario"] for line in found[::13]]
        all_valid("result", tap.batch(some), f"results of a part of {name}")


def rules_of(kernel):
    return json.loads(tap.run("rules", kernel).stdout)


def test_rules():
    known = json.loads(tap.run("kernels").stdout)
    all_valid("rule-file", [rules_of(kernel["id"]) for kernel in known], "rules of all revisions")


# ---- Answers about revisions ------------------------------------------------------------------

def answer(*args):
    return json.loads(tap.run(*args).stdout)


def parts(*args):
    """The answer, and parts of it."""
    return [answer(*args)] + [answer(*args, "--shard", shard) for shard in ("1/1", "2/3", "700/1000")]


def test_answers():
    kernels = [kernel["id"] for kernel in answer("kernels")]
    own = tap.source("examples", "rules", "no-dax.json")
    all_valid("rule-file", [tap.load("examples", "rules", "no-dax.json")], "examples of rules")
    all_valid("facts", [answer("facts", kernel) for kernel in kernels + [own]], "facts")
    for name in ("reach", "verify"):
        found = [answer(name, kernel) for kernel in tap.some(kernels)]
        found += parts(name, "v6.12", "--assume", "slot-accepted,gup-refuses-special")
        found += parts(name, own, "--no-assume", "plain-vma-is-ram,one-access")
        all_valid(name, found, f"answers of {name}")
    found = [answer("diff", a, b) for a, b in tap.some(zip(kernels, kernels[1:]))]
    all_valid("diff", found + parts("diff", "v6.17", "v7.3") + parts("diff", own, "v6.12"),
              "answers of diff")
    all_valid("whatif", parts("whatif", "--base", "v9", "--drop", "cow-special")
              + parts("whatif", "--insert", own) + parts("whatif", "--base", "v6.12", own),
              "answers of whatif")
    mte = tap.source("examples", "mte.json")
    all_valid("bisect", [answer("bisect", "--invariant", "alias-mismatch"),
                         answer("bisect", mte, "--expect", '{"errno": "EFAULT"}')], "answers of bisect")


def test_shown(examples):
    all_valid("show", [json.loads(tap.run("show", "-", data=json.dumps(scenario)).stdout)
                       for scenario in [*examples.values(), {}]], "scenarios shown")


def test_cpus():
    """Each CPU by its name, registers alone, and the names in the schema of a scenario."""
    listed = answer("cpu")
    names = [cpu["name"] for cpu in listed]
    found = [answer("cpu", name) for name in names]
    for regs in ("ID_AA64MMFR0_EL1=0", "CTR_EL0=0xffffffffffffffff,ID_AA64ISAR0_EL1=0",
                 ",".join(f"{reg}=ffffffffffffffff" for reg in found[0]["registers"])):
        found.append(answer("cpu", "--regs", regs))
    all_valid("cpu", found, "CPUs")
    pattern = SCHEMAS["scenario.schema.json"]["properties"]["cpu"]["pattern"]
    names += [also for cpu in listed for also in cpu["also"]]
    there = re.search(r"\|none\|([^)]*)\)", pattern).group(1).split("|")
    tap.ok(sorted(names) == sorted(there), "scenario: the names of CPUs", set(names) ^ set(there))
    words = list(SCHEMAS["scenario.schema.json"]["properties"]["cpu"]["properties"])
    tap.ok("(-?(" + "|".join(words) + ")|" in pattern, "scenario: the features of CPUs, as words")
    cases = [(word, {"cpu": word}) for word in
             ["grace", "neoverse-n1,dic", "-fwb", "none", "fwb,dic,", "", ",", "fwb,,dic", "fwb dic",
              "neoverse-v22", "cortex-x4", "cortex-x4,-dic,lpa2,-lpa", "--fwb", "-grace"]]
    agree("scenario", cases, [message(result) for result in tap.batch([c[1] for c in cases])])


def test_bad_answers():
    """What would be no answer is not valid."""
    reach, verify = answer("reach", "v9"), answer("verify", "v6.12")
    diff, part = answer("diff", "v6.17", "v7.3"), answer("reach", "v9", "--shard", "1/2")
    facts = answer("facts", "v9")
    dead = next(i for i, rule in enumerate(reach["rules"]) if rule["reached"] == 0)
    held = next(i for i, inv in enumerate(verify["invariants"]) if inv["holds"])
    for name, document, path, value in [
            ("reach", reach, ("states",), -1), ("reach", reach, ("more",), 1),
            ("reach", reach, ("rules", dead, "reached"), 1), ("reach", reach, ("rules", 0, "reached"), 0),
            ("reach", reach, ("rules", 0, "when"), []), ("reach", reach, ("shard",), [1, 2]),
            ("reach", reach, ("rules", 0, "scenario", "vma"), {}),
            ("reach", part, ("shard",), [0, 2]), ("reach", part, ("rules", 0, "because"), "of this"),
            ("verify", verify, ("invariants", held, "violations"), 1),
            ("verify", verify, ("invariants", held, "holds"), False),
            ("verify", verify, ("invariants", 0, "when", 0, "vma"), "yes"),
            ("verify", verify, ("sizes", 0, "needs"), []), ("verify", verify, ("sizes", 0, "holds"), 1),
            ("verify", verify, ("table", 0, "types"), ["WB"]),
            ("diff", diff, ("changes",), []), ("diff", diff, ("changes", 0, "from", "errno"), "EPERM"),
            ("diff", diff, ("changes", 0, "to", "prot"), ["W"]),
            ("diff", diff, ("sizes", "changes", 0, "to", "mapping"), "P4D"),
            ("facts", facts, ("facts", 0, "kind"), "derived"), ("facts", facts, ("facts", 0, "more"), 1),
            ("facts", facts, ("laws", 0, "never"), {}),
            ("facts", facts, ("assumptions", 0, "id"), "any")]:
        bad = copy.deepcopy(document)
        at(bad, path[:-1])[path[-1]] = value
        tap.ok(not why(name, document) and why(name, bad),
               f"{name}: not valid with {'/'.join(map(str, path))} = {json.dumps(value)}",
               why(name, document))


# ---- Agreement on bad documents -------------------------------------------------------------

# Every key that there is, at least once; events one by one, for speed.
VMA = {"start": "0x400000000000", "end": "0x400040000000"}
MACHINE = {
    "id": 1, "title": "all keys", "kernel": "v9", "granule": "4K", "ipa_bits": 40,
    "cpu": {"fwb": True, "dic": True, "xnx": True, "lpa2": True, "lpa": False, "tlbi_range": True},
    "vm": {"mte": False}, "facts": {},
    "ram": [{"pa": "0x80000000", "size": "4G"}],
    "vmas": [{**VMA, "flags": ["READ", "VM_WRITE"],
              "pgprot": "NORMAL", "hugetlb": "2M", "pgoff": 5,
              "backing": {"pa": "0x80000000", "mapping": "2M", "writable": True, "special": False,
                          "state": "present", "map_memory": True}}],
    "memslots": [{"slot": 0, "gpa": 0x40000000, "size": "1M", "hva": "0x400000000000",
                  "flags": ["KVM_MEM_READONLY"], "force": True}],
    "events": [],
}
EVENTS = [
    {"op": "access", "ipa": "0x40000000", "access": "read"},
    {"op": "fault", "ipa": "0x40000000", "access": "write", "fsc": "translation", "level": 3,
     "s1ptw": False, "retry": False},
    {"op": "set_memslot", "slot": 1, "gpa": "0x80000000", "size": 4096, "hva": "0x1000",
     "flags": [], "force": False},
    {"op": "delete_memslot", "slot": 1},
    {"op": "set_vma", "vma": 0, **VMA, "flags": ["READ"], "pgprot": "NORMAL_NC", "pgoff": 1,
     "hugetlb": "1G", "backing": {"pa": "0x1000"}},
    {"op": "map", "ipa": "0x1000", "size": "4K", "pa": 4096, "prot": ["R", "SW0"],
     "shared": True, "memcache": 9},
    {"op": "relax", "ipa": "0x1000", "prot": ["W"]},
    {"op": "split", "ipa": "0x0", "size": "1G", "memcache": 4},
    {"op": "wrprotect", "ipa": "0x0", "size": "1G"}, {"op": "unmap", "ipa": "0x0", "size": "4K"},
    {"op": "flush", "ipa": "0x0", "size": "4K"}, {"op": "age", "ipa": "0x0", "size": "4K"},
    {"op": "test_age", "ipa": "0x0", "size": "4K"}, {"op": "mkyoung", "ipa": "0x0"},
    {"op": "walk", "ipa": "0x0"}, {"op": "dump", "ipa": "0x0", "size": "1G"}, {"op": "dump"},
]
SCENARIOS = [MACHINE] + [{"vmas": [VMA], "events": [event]} for event in EVENTS]
RULES = {
    "kernel": "mine", "title": "all keys",
    "sizes": {"pfnmap-blocks": True}, "table": {"xn-single": False},
    "facts": [{"id": "own", "why": "a predicate of its own"}],
    "rules": [
        {"id": "one", "stage": "slot", "when": [{"vma": True, "own": False}, {}],
         "then": {"errno": "EINVAL"}, "where": "here", "why": "because"},
        {"id": "two", "stage": "fault", "when": [{"special": True}],
         "then": {"set": ["noncacheable"], "clear": ["writable"], "action": "retry"}},
    ],
}
# Only in the case in which the schemas have names: s2pte takes any.
VALUES = [None, True, "", "y", -1, 0, 2**32, 2**63 - 1, 2**63, 2**64, 1.5, [], [[]], {}, {"x": 1},
          ["y"], "0x", "0xg", "0x1ffffffffffffffff", "0x1", "0XAB", "1Q", "2m", "10000000000000T",
          "4K", "WRITE ", "PFNMAP", -2]
# What only s2pte can see: several keys at once, or a value that depends on the granule.
BEYOND_SCHEMA = re.compile(
    r"is not aligned|must lie above|overlap|must end below|is not a kernel revision|there are only"
    r"|the number is that of|declares no such fact|must not be empty|a power of two|above the 64-bit"
    r"|must stay below|at most 52 bits|with this granule and CPU|is not a fact|is an input fact"
    r"|there is a (?:rule|fact) |leaves open|out of order|expected a size|cannot be read|only facts declared")


def places(value, path=()):
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) \
        if isinstance(value, list) else ()
    for key, item in inner:
        yield from places(item, path + (key,))


def at(document, path):
    for key in path:
        document = document[key]
    return document


def mutations(document):
    return tap.some(all_mutations(document))


def all_mutations(document):
    """(what was done, document): each value replaced, each key left out, new or misspelt."""
    for path in places(document):
        where = "/" + "/".join(map(str, path))
        if path and path != ("id",):  # which may be anything
            parent, key = path[:-1], path[-1]
            for value in VALUES:
                bad = copy.deepcopy(document)
                at(bad, parent)[key] = value
                yield f"{where} = {json.dumps(value)}", bad
            bad = copy.deepcopy(document)
            item = at(bad, parent).pop(key)
            yield f"{where} left out", copy.deepcopy(bad)
            if isinstance(key, str):
                at(bad, parent)[key + "x"] = item
                yield f"{where}x", bad
        if isinstance(at(document, path), dict):
            bad = copy.deepcopy(document)
            at(bad, path)["flags "] = []
            yield f"{where} with an unknown key", bad


def agree(name, cases, errors):
    """@errors: s2pte's message about each case, None if it takes it."""
    refused = 0
    wrong = []
    for (title, document), error in zip(cases, errors):
        reason = why(name, document)
        refused += error is not None
        if error is None and reason:
            wrong.append(f"{title}: s2pte takes it, the schema says {reason}")
        elif error is not None and not reason and not BEYOND_SCHEMA.search(error):
            wrong.append(f"{title}: the schema takes it, s2pte says {error}")
    tap.ok(not wrong and 0 < refused < len(cases),
           f"{name}: schema and s2pte agree on {len(cases)} documents, {refused} of them refused",
           f"{len(wrong)} differ\n" + "\n".join(wrong))


def message(result):
    return result["error"]["message"] if "error" in result else None


def test_scenarios():
    bad = [error for result in tap.batch(SCENARIOS) if (error := message(result))]
    tap.ok(not bad, "the scenarios with all keys are valid", bad)
    all_valid("scenario", SCENARIOS, "all keys")
    # The VMA of the events is that of the machine: its keys are mutated there.
    cases = list(mutations(MACHINE)) + [case for document in SCENARIOS[1:]
                                        for case in mutations(document)
                                        if not case[0].startswith("/vmas/")]
    agree("scenario", cases, [message(result) for result in tap.batch([c[1] for c in cases])])


def test_rule_files():
    """A rule file is read where a scenario's kernel names it."""
    cases = [("as it is", RULES)] + list(mutations(RULES))
    for then in ({"set": []}, {"set": [], "clear": []}, {"set": [], "clear": ["prot-w"]},
                 {"set": [], "errno": "EFAULT"}, {"clear": [], "action": "retry"}):
        cases.append((f"a consequence {then}",
                      {"kernel": "one", "rules": [{"id": "a", "stage": "prot", "when": [{}], "then": then}]}))
    with tempfile.TemporaryDirectory() as folder:
        scenarios = []
        for i, (_, document) in enumerate(cases):
            path = os.path.join(folder, f"{i}.json")
            with open(path, "w", encoding="utf-8") as file:
                json.dump(document, file)
            scenarios.append({"kernel": path})
        errors = [message(result) for result in tap.batch(scenarios)]
    tap.ok(errors[0] is None, "the rule file with all keys is valid", errors[0])
    agree("rule-file", cases, errors)


def test_check_lines():
    good = {"scenario": {"id": 1, "kernel": "v9"}, "expect": {"memslots": []}, "note": "free"}
    bad = [
        [], {}, {"scenario": {}}, {"expect": {}}, {"scenario": [], "expect": {}},
        {"scenario": {}, "expect": []}, {"scenario": {"flags": 1}, "expect": {}},
        {"scenario": {}, "expect": {"event": []}}, {"scenario": {}, "expect": {"memslots": [{"rc": 0}]}},
        {"scenario": {}, "expect": {"memslots": {}}}, {"scenario": {}, "expect": {"kernel": 9}},
        {"scenario": {"events": [{"op": "dump"}]}, "expect": {"events": [{"pgd": 0}]}},
        {"scenario": {"granule": "8K"}, "expect": {"kernel": "v7.3"}},
    ]
    invalid = {"scenario": {"granule": "8K"}, "expect": {"error": {"path": "/granule"}}}
    for line in (good, invalid):
        got = tap.run("check", data=json.dumps(line) + "\n")
        tap.ok(not why("check-line", line) and got.returncode == 0, f"a good line: {line}",
               why("check-line", line) + got.stdout.decode())
    for line in bad:
        got = tap.run("check", data=json.dumps(line) + "\n")
        tap.ok(why("check-line", line) and got.returncode == 1, f"a bad line: {json.dumps(line)}",
               got.stdout.decode())


def main():
    examples, recorded = tap.examples(), vectors()
    test_schemas()
    test_names()
    test_documents(examples, recorded)
    test_results(examples, recorded)
    test_scenarios()
    test_rule_files()
    test_check_lines()
    test_rules()
    test_answers()
    test_cpus()
    test_shown(examples)
    test_bad_answers()
    tap.done()


main()
