# SPDX-License-Identifier: MIT
"""
bisect says of each revision what verify, run and check say of it; and what it cannot ask about is
refused. The status of whatif is about what the base kept and the changed revision does not.
"""
import json
import os
import sys
import tempfile

sys.path.insert(0, os.path.join(os.environ["S2_SOURCE"], "tests"))
import tap  # noqa: E402

KERNELS = [k["id"] for k in json.loads(tap.run("kernels").stdout)]
NOT_ALL, USAGE = 1, 2


def chain(*words, data=b""):
    got = tap.run("bisect", *words, data=data)
    return {row["kernel"]: row["as_expected"] for row in json.loads(got.stdout)["chain"]}


def verified(kernel):
    """All invariants of a revision, by their names."""
    answer = json.loads(tap.run("verify", kernel).stdout)
    return {i["id"]: i["violations"] == 0
            for i in answer["invariants"] + answer["sizes"] + answer["table"]}


def test_invariants():
    holds = {kernel: verified(kernel) for kernel in KERNELS}
    # One of the states, of the sizes, of the table.
    for name in ("alias-mismatch", "block-within-vma", "split-keeps-memtype"):
        expected = {kernel: holds[kernel][name] for kernel in KERNELS}
        got = chain("--invariant", name)
        tap.ok(got == expected, f"{name}, as verify says", f"{got}\n{expected}")


def kept(base, kernel):
    return all(holds or not before for before, holds in
               zip(verified(base).values(), verified(kernel).values()))


def test_whatif():
    for base, kernel in (("v10", "v6.12"), ("v6.12", "v10"), ("v7.3", "v9")):
        got = tap.run("whatif", "--base", base, kernel)
        tap.ok(got.returncode == (0 if kept(base, kernel) else NOT_ALL),
               f"whatif {base} became {kernel}", got.returncode)


def test_scenarios():
    """What one revision gives, expected of all."""
    scenario = tap.examples()["grace-hopper-fwb"]
    scenario["events"] = scenario["events"][:2]
    data = json.dumps(scenario)
    results = {k: json.loads(tap.run("run", "--kernel", k, "-", data=data).stdout) for k in KERNELS}
    model = results["v6.12"]

    def last_action(result):
        return result["events"][-1]["action"]

    for name, expect, of in (
            ("the last event", {"action": last_action(model)}, last_action),
            ("all events", {"events": model["events"]}, lambda result: result["events"]),
            ("the slots", {"memslots": model["memslots"]}, lambda result: result["memslots"])):
        expected = {k: of(result) == of(model) for k, result in results.items()}
        got = chain("-", "--expect", json.dumps(expect), data=data)
        line = chain("-", data=json.dumps({"scenario": scenario, "expect": expect}))
        tap.ok(got == line == expected and len(set(got.values())) == 2,
               f"{name}, as run says", f"{got}\n{line}\n{expected}")


def test_refused(folder):
    path = os.path.join(folder, "scenario.json")
    for text, words, status, says in [
            ('{"vmas": 5}', ["--expect", "{}"], NOT_ALL,
             "bisect: the scenario is invalid: /vmas: expected an array, not an integer"),
            ('{"scenario": 3, "expect": {}}', [], NOT_ALL,
             'bisect: the key "scenario" is missing or not an object'),
            ('{"scenario": {}}', [], USAGE,
             "bisect: expected --expect JSON, or a check line with scenario and expect"),
            ('{"scenario": {}, "expect": 3}', [], USAGE,
             "bisect: expected --expect JSON, or a check line with scenario and expect"),
            ("[1]", [], NOT_ALL, f"{path}: expected an object"),
            ("{", [], NOT_ALL, f"{path}: not valid JSON: line 1, column 1: string or '}}' expected "
             "near end of file")]:
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        got = tap.run("bisect", path, *words)
        tap.ok(got.returncode == status and got.stderr.decode() == f"s2pte: {says}\n" and
               not got.stdout, f"refused: {text}", f"{got.returncode}: {got.stderr.decode()}")


def main():
    test_invariants()
    test_whatif()
    test_scenarios()
    with tempfile.TemporaryDirectory(prefix="s2pte-bisect-") as folder:
        test_refused(folder)
    tap.done()


if __name__ == "__main__":
    main()
