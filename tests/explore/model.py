# SPDX-License-Identifier: MIT
"""
A second implementation of the rules, from what the command prints about them: the rule
file of a revision and the vocabulary of facts. It knows nothing else of the program.
Here: reading both, and the plain interpreter, one state at a time.
"""
import errno
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import tap  # noqa: E402

REVISIONS = ["v6.12", "v9-2of6", "v9-3of6", "v9", "v10", "v6.17", "v7.3"]
GRANTED = {"prot-w": "W", "prot-x": "X", "prot-device": "DEVICE", "prot-normal-nc": "NORMAL_NC"}


def ask(*args, status=(0, 1)):
    """A command's answer in JSON."""
    done = tap.run(*args)
    if done.returncode not in status:
        raise SystemExit(f"{' '.join(args)}: status {done.returncode}: {done.stderr.decode()}")
    return json.loads(done.stdout)


class Vocabulary:
    """Input facts (a rule file's own ones included), definitions, laws, assumptions."""

    def __init__(self, *ids):
        documents = [ask("facts", i) for i in ids]
        rows = {row["id"]: row for doc in documents for row in doc["facts"]}
        self.inputs = [i for i, row in rows.items() if row["kind"] in ("input", "own")]
        self.derived = {i: row["when"] for i, row in rows.items() if row["kind"] == "derived"}
        self.made = [i for i, row in rows.items() if row["kind"] == "made"]
        self.laws = [law["never"] for law in documents[0]["laws"]]
        self.assumptions = {a["id"]: a for a in documents[0]["assumptions"]}
        self.defaults = {i for i, a in self.assumptions.items() if a["default"]}

    def never(self, assumptions):
        """Conditions that no state meets; slot-accepted has none of its own."""
        return self.laws + [self.assumptions[a]["never"] for a in sorted(assumptions)
                            if "never" in self.assumptions[a]]

    def repair(self, state):
        """Drop from a state drawn by lot what is about something that is not there."""
        for law in self.laws:
            if sorted(law.values()) == [False, True] and holds(law, state):
                state[next(name for name, value in law.items() if value)] = False

    def derive(self, state):
        """The facts before any rule, of an assignment of the input facts."""
        facts = dict(state)
        for name, when in self.derived.items():
            facts[name] = any(holds(cond, facts) for cond in when)
        facts.update((name, False) for name in self.made)
        return facts


def holds(cond, facts):
    return all(facts[name] == value for name, value in cond.items())


class Revision:
    def __init__(self, name):
        self.document = ask("rules", name)
        self.name = self.document["kernel"]
        self.rules = self.document["rules"]
        self.slot_rules = [r for r in self.rules if r["stage"] == "slot"]
        self.fault_rules = [r for r in self.rules if r["stage"] != "slot"]


def ends(rule):
    return "errno" in rule["then"] or "action" in rule["then"]


def ended(rule):
    """The outcome of a rule that ends: (stage, errno, action, granted)."""
    slot = rule["stage"] == "slot"
    return ("slot" if slot else "fault", rule["then"].get("errno"),
            None if slot else rule["then"].get("action", "none"), None)


def outcome_of(answer):
    """The same of what a command printed."""
    granted = None
    if "prot" in answer:
        granted = set(answer["prot"])
        assert "R" in granted
        if answer.get("sanitise_mte_tags"):
            granted.add("sanitise")
        granted = frozenset(granted)
    number = getattr(errno, answer["errno"]) if answer["errno"] else 0
    assert answer["ret"] == -number, answer
    return (answer["stage"], answer["errno"], answer.get("action"), granted)


def decide(rules, facts):
    """The rules that fire on one state, and the rule that ends it or None."""
    facts = dict(facts)
    fired = []
    for rule in rules:
        if not any(holds(cond, facts) for cond in rule["when"]):
            continue
        fired.append(rule["id"])
        for name in rule["then"].get("set", []):
            facts[name] = True
        for name in rule["then"].get("clear", []):
            facts[name] = False
        if ends(rule):
            return fired, rule, facts
    return fired, None, facts


def table_refuses(given, granted):
    """An address beyond its range, and types that no new entry can have."""
    if given["ipa-beyond-limit"]:
        return "ERANGE"
    types = granted & {"DEVICE", "NORMAL_NC"}
    if not given["permission"] and (len(types) == 2 or (types and "X" in granted)):
        return "EINVAL"
    return None


def outcome(revision, stage, facts):
    """What becomes of one state; None for a slot that is not there."""
    if stage == "slot" and not facts["slot"]:
        return None
    fired, last, after = decide(revision.slot_rules if stage == "slot" else revision.fault_rules,
                                facts)
    if last is not None:
        return ended(last)
    if stage == "slot":
        return ("slot", None, None, None)
    granted = {"R"} | {letter for name, letter in GRANTED.items() if after[name]}
    if table_refuses(facts, granted):
        return ("fault", table_refuses(facts, granted), "none", None)
    if after["sanitise-tags"]:
        granted.add("sanitise")
    return ("fault", None, None, frozenset(granted))
