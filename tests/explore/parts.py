# SPDX-License-Identifier: MIT
"""
Parts of a sweep in which one value is wrong: each is refused, and the message names the value's
place and what was expected there.
"""
import copy
import json
import os
import random
import re
import sys
import tempfile

sys.path.insert(0, os.path.join(os.environ["S2_SOURCE"], "tests"))
import tap  # noqa: E402
from model import Vocabulary  # noqa: E402

GONE = object()  # no value at all
# A part of many: there is little in it, but some of all that there can be.
ASKED = {"reach": ["reach", "v9"], "verify": ["verify", "v6.12"], "diff": ["diff", "v6.17", "v7.3"],
         "whatif": ["whatif", "--base", "v9", "--drop", "cow-special"]}
PARTS = {name: json.loads(tap.run(*args, "--shard", "1/900").stdout) for name, args in ASKED.items()}

SHARD = r"/shard: expected \[K, N\], K from 1 to N, N at most 1024"
A_COND = "expected an object: fact to true or false, not "

# Whose part, the place, what stands there, what is said (whole, as an expression).
VALUES = [
    # The head.
    ("reach", ["rules"], GONE, "is not an answer of reach, verify, diff or whatif"),
    ("reach", ["shard"], GONE, 'is not a part: there is no "shard"'),
    ("reach", ["shard"], "1/900", SHARD),
    ("reach", ["shard"], [1], SHARD),
    ("reach", ["shard"], ["1", 900], SHARD),
    ("reach", ["shard"], [0, 900], SHARD),
    ("reach", ["shard"], [2, 1], SHARD),
    ("reach", ["shard"], [1, 1025], SHARD),
    ("reach", ["revisions"], GONE, 'the key "revisions" is missing'),
    ("reach", ["revisions"], [], "/revisions: expected a number for each kernel"),
    ("diff", ["revisions"], ["0x1"], "/revisions: expected a number for each kernel"),
    ("whatif", ["revisions", 1], "1", '/revisions/1: expected an address: .*, not "1"'),
    ("reach", ["kernel"], GONE, 'the key "kernel" is missing'),
    ("reach", ["kernel"], 9, "/kernel: expected a string, not an integer"),
    ("reach", ["kernel"], "v6.16", '"v6.16" is not a kernel revision.*'),
    ("diff", ["to"], GONE, 'the key "to" is missing'),
    ("diff", ["from"], [], "/from: expected a string, not an array"),
    ("diff", ["from"], "v6.16", '"v6.16" is not a kernel revision.*'),
    ("whatif", ["base"], GONE, 'the key "base" is missing'),
    ("whatif", ["run_as"], None, "/run_as: expected a string, not null"),
    ("whatif", ["proposed"], GONE, 'the key "proposed" is missing'),
    ("whatif", ["proposed"], "v9", '/proposed: expected an object, not "v9"'),
    ("whatif", ["proposed", "kernel"], GONE, '/proposed: the key "kernel" is missing'),
    ("whatif", ["proposed", "rules", 2, "when"], [],
     "/proposed/rules/2/when: 0 conditions: expected 1 to 64.*"),
    ("whatif", ["reach"], True, "/reach: expected an object, not true or false"),
    ("whatif", ["reach", "assumptions"], GONE, '/reach: the key "assumptions" is missing'),
    ("reach", ["assumptions"], {}, "/assumptions: expected an array of names, not an object"),
    ("verify", ["assumptions"], ["none"], '/assumptions/0: "none" is not an assumption'),
    ("reach", ["nothing"], 1, "/nothing: unknown key"),
    ("diff", ["kernel"], "v9", "/kernel: unknown key"),
    # reach
    ("reach", ["states"], GONE, 'the key "states" is missing'),
    ("reach", ["states"], "64", '/states: expected an integer, not "64"'),
    ("reach", ["states"], -1, "/states: -1 is out of range: .*"),
    ("reach", ["rules"], {}, "/rules: expected an array, not an object"),
    ("reach", ["rules", 1], [], "/rules/1: expected an object, not an array"),
    ("reach", ["rules", 1, "id"], 1, "/rules/1/id: expected a rule, not an integer"),
    ("reach", ["rules", 1, "id"], "nothing", "/rules/1/id: is not a rule of v9"),
    ("reach", ["rules", 1, "reached"], 1.5,
     "/rules/1/reached: expected an integer, not a number with a fraction or exponent"),
    ("reach", ["rules", 1, "when"], GONE, '/rules/1: the key "when" is missing'),
    ("reach", ["rules", 4, "when"], "", '/rules/4/when: expected an array, not ""'),
    ("reach", ["rules", 4, "when", 0], [], f"/rules/4/when/0: {A_COND}an array"),
    ("reach", ["rules", 4, "when", 0], {"nothing": True},
     "/rules/4/when/0/nothing: is not a fact of these kernels"),
    ("reach", ["rules", 4, "when", 0], {"vma": 1},
     "/rules/4/when/0/vma: expected true or false, not an integer"),
    ("reach", ["definitions"], 0, "/definitions: expected an array, not an integer"),
    ("reach", ["definitions", 1, "fact"], 0, "/definitions/1/fact: expected a string, not an integer"),
    ("reach", ["definitions", 1, "fact"], "nothing", "/definitions/1: is not a part of a definition"),
    ("reach", ["definitions", 1, "part"], [], "/definitions/1: is not a part of a definition"),
    ("reach", ["definitions", 1, "part", 0], {"vma": True},
     "/definitions/1: is not a part of a definition"),
    ("reach", ["definitions", 1, "part", 0], {"insn-walk": False},
     "/definitions/1: is not a part of a definition"),
    # verify
    ("verify", ["invariants"], None, "/invariants: expected an array, not null"),
    ("verify", ["invariants", 0, "id"], {}, "/invariants/0/id: expected a string, not an object"),
    ("verify", ["invariants", 0, "holds"], 1,
     "/invariants/0/holds: expected true or false, not an integer"),
    ("verify", ["invariants", 0, "needs"], ["none"],
     '/invariants/0/needs/0: "none" is not an assumption'),
    ("verify", ["invariants", 0, "kinds"], {},
     "/invariants/0/kinds: expected an array of kinds of violations, not an object"),
    ("verify", ["invariants", 0, "kinds"], [{}] * 100,
     "/invariants/0/kinds: at most [0-9]+ kinds of violations"),
    ("verify", ["invariants", 0, "kinds"], [1], "/invariants/0/kinds/0: expected an object, .*"),
    ("verify", ["sizes"], {}, "/sizes: expected an array, not an object"),
    ("verify", ["sizes"], [], "/sizes: expected [0-9]+ invariants"),
    ("verify", ["sizes", 1, "when"], [{"vma": True}],
     "/sizes/1/when/0/vma: is not a fact of these kernels"),
    # diff
    ("diff", ["changes"], 1, "/changes: expected an array, not an integer"),
    ("diff", ["changes", 0, "from"], "fault", "/changes/0/from: expected an outcome with its stage"),
    ("diff", ["changes", 0, "from", "stage"], "end",
     "/changes/0/from: expected an outcome with its stage"),
    ("diff", ["changes", 0, "from_by"], {},
     "/changes/0/from_by: expected an array of rules, not an object"),
    ("diff", ["changes", 0, "from_by"], [1], "/changes/0/from_by/0: expected a rule, not an integer"),
    ("diff", ["changes", 0, "to_by"], ["nothing"], "/changes/0/to_by/0: is not a rule of v7.3"),
    ("diff", ["sizes", "changes"], {}, "/sizes/changes: expected an array, not an object"),
    ("diff", ["sizes", "changes", 0, "cases"], GONE, '/sizes/changes/0: the key "cases" is missing'),
    # whatif: all of them
    ("whatif", ["reach", "rules", 1, "id"], "nothing",
     "/reach/rules/1/id: is not a rule of proposed"),
    ("whatif", ["verify", "sizes"], [], "/verify/sizes: expected [0-9]+ invariants"),
    ("whatif", ["diff", "changes"], None, "/diff/changes: expected an array, not null"),
    ("whatif", ["nothing"], 1, "/nothing: unknown key"),
]


def merge(*documents):
    return tap.run("merge", "-", data="\n".join(json.dumps(d) for d in documents))


def with_value(document, place, value):
    changed = copy.deepcopy(document)
    inner = changed
    for key in place[:-1]:
        inner = inner[key]
    if value is GONE:
        del inner[place[-1]]
    else:
        inner[place[-1]] = value
    return changed


def refused(title, says, *documents):
    """The last of them, that is; @says is all that is said."""
    got = merge(*documents)
    message = got.stderr.decode()
    where = f"s2pte: merge: standard input, line {len(documents)}: "
    tap.ok(got.returncode == 2 and not got.stdout and message.startswith(where)
           and re.fullmatch(says + "\n", message[len(where):]), title, f"{got.returncode}: {message}")


def test_values():
    for question, place, value, says in VALUES:
        what = "no value" if value is GONE else json.dumps(value)[:30]
        refused(f"{question}: /{'/'.join(map(str, place))}: {what}", says,
                with_value(PARTS[question], place, value))


def test_belonging():
    second = {name: {**part, "shard": [2, 900]} for name, part in PARTS.items()}
    refused("parts of a diff from another kernel", "a part about v6.12 and v7.3, where standard input, "
            "line 1 is about v6.17 and v7.3", PARTS["diff"], {**second["diff"], "from": "v6.12"})
    other = "a part about other rules than standard input, line 1"
    as_it_is = with_value(PARTS["whatif"], ["run_as"], GONE)
    for title, first, then in [
            ("run as nothing", PARTS["whatif"], with_value(second["whatif"], ["run_as"], GONE)),
            ("run as something", as_it_is, second["whatif"]),
            ("run as another", PARTS["whatif"], {**second["whatif"], "run_as": "v10"}),
            ("with another rule", PARTS["whatif"],
             with_value(second["whatif"], ["proposed", "rules", 0, "why"], "no reason"))]:
        refused(f"parts of a whatif {title}", other, first, then)


def test_missing():
    """A list of what is missing that does not fit a message ends in dots."""
    got = merge(*({**PARTS["reach"], "shard": [k, 900]} for k in range(2, 200, 2)))
    tap.ok(got.returncode == 2 and re.fullmatch(
        "s2pte: merge: parts 1, 3, 5, .*[0-9], [.]{3} of 900 are missing\n", got.stderr.decode()),
           "many parts are missing", got.stderr.decode())


def test_limits():
    """What no sweep would have left."""
    draw = random.Random(3)
    names = Vocabulary("v9").inputs
    conds = [{name: draw.random() < 0.5 for name in draw.sample(names, 9)} for _ in range(20000)]
    whole = json.loads(tap.run("reach", "v9", "--shard", "1/1").stdout)
    got = merge(with_value(whole, ["rules", 0, "when"], conds))
    tap.ok(got.returncode == 2 and b"the sets of states grow beyond the limit" in got.stderr,
           "conditions beyond the limit", got.stderr.decode()[:300])
    with tempfile.TemporaryDirectory() as folder:
        paths = [os.path.join(folder, name) for name in ("a", "b")]
        for path in paths:
            facts = [{"id": f"{os.path.basename(path)}-{i}"} for i in range(10)]
            with open(path, "w", encoding="utf-8") as file:
                json.dump({"kernel": "mine", "facts": facts, "rules": []}, file)
        refused("more facts of their own than two kernels can have", "the rules are too intricate",
                {**PARTS["diff"], "from": paths[0], "to": paths[1]})


test_values()
test_belonging()
test_missing()
test_limits()
tap.done()
