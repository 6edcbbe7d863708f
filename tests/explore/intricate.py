# SPDX-License-Identifier: MIT
"""
Rule files made to hurt: as many rules, conditions and own facts as are allowed, by lot. Each
question ends soon, in an answer or in one line that says why not, and within 200 MB.
"""
import json
import os
import random
import resource
import tempfile

from model import Vocabulary, tap

MEMORY = 200 << 10  # KiB
SECONDS = 60        # of one processor; a few are usual


def rule_file(seed, literals, names):
    draw = random.Random(seed)
    own = [f"own-{i}" for i in range(15)]
    made = [*Vocabulary("v9").made, *own]
    rules = []
    for i in range(64):
        stage = ["slot", "abort", "fault", "prot"][i // 16]
        when = [{name: draw.random() < 0.5 for name in draw.sample(names + own, literals)}
                for _ in range(64)]
        then = {"set": draw.sample(made, 2)}
        if stage == "slot" or draw.random() < 0.3:
            then = {"errno": draw.choice(["EFAULT", "EINVAL", "ENOEXEC", "ENOMEM"])}
        rules.append({"id": f"rule-{i}", "stage": stage, "when": when, "then": then,
                      "where": "", "why": ""})
    return {"kernel": f"by-lot-{seed}", "rules": rules,
            "facts": [{"id": name, "why": "by lot"} for name in own]}


def limit():
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


def instrumented():
    with open(os.path.join(os.environ["S2_BUILD"], ".libs", "s2pte"), "rb") as file:
        return b"__asan_init" in file.read()


def main():
    inputs = Vocabulary("v9").inputs
    derived = list(Vocabulary("v9").derived)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "rules.json")
        for seed, literals, names in (1, 3, inputs), (2, 15, []), (4, 2, inputs + derived):
            with open(path, "w", encoding="utf-8") as file:
                json.dump(rule_file(seed, literals, names), file)
            # whatif is the other three in one.
            for question in (["whatif", "--base", "v9", path],) if seed != 1 or tap.STRIDE > 1 else \
                    (["reach", path], ["verify", path], ["diff", "v9", path]):
                done = tap.run(*question, preexec_fn=limit)
                error = done.stderr.decode()
                answered = done.returncode in (0, 1) and not error and json.loads(done.stdout)
                refused = done.returncode == 2 and not done.stdout and \
                    error.count("\n") == 1 and "too intricate" in error
                tap.ok(answered or refused, f"{question[0]} of {literals} literals of "
                       f"{len(names) + 15}: {'an answer' if answered else 'too intricate'}",
                       f"status {done.returncode}: {error}")
        used = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        if not instrumented():
            tap.ok(used < MEMORY, "none took more than 200 MB", f"{used} KiB")


if __name__ == "__main__":
    main()
    tap.done()
