# SPDX-License-Identifier: MIT
"""What the tests in Python share: TAP, and running the command."""
import json
import os
import subprocess
import sys

S2PTE = os.environ["S2PTE"]
SOURCE = os.environ["S2_SOURCE"]  # the top of the source tree
STRIDE = int(os.environ.get("S2_TEST_STRIDE") or 1)  # long sweeps take every n-th case
_n = 0


def ok(good, name, why=""):
    """One test; @why is told if it failed."""
    global _n
    _n += 1
    print(f"{'ok' if good else 'not ok'} {_n} - {name}", flush=True)
    if not good:
        for line in str(why).splitlines()[:20]:
            print("#   " + line[:400])
    return good


def some(cases):
    """The cases of a long sweep to take."""
    return list(cases)[::STRIDE]


def done():
    print(f"1..{_n}")


def skip_all(why):
    print(f"1..0 # SKIP {why}")
    sys.exit(0)


def source(*parts):
    return os.path.join(SOURCE, *parts)


def no_duplicates(pairs):
    keys = [key for key, _ in pairs]
    assert len(set(keys)) == len(keys), f"a key is there twice: {keys}"
    return dict(pairs)


def load(*parts):
    with open(source(*parts), encoding="utf-8") as file:
        return json.load(file, object_pairs_hook=no_duplicates)


def examples():
    """The scenario files in examples/, by name."""
    names = sorted(n[:-5] for n in os.listdir(source("examples")) if n.endswith(".json"))
    return {name: load("examples", name + ".json") for name in names}


def lines(text):
    """Each line of JSON as a value."""
    return [json.loads(line) for line in text.splitlines()]


def run(*args, data=b"", **options):
    """s2pte with @data as its standard input; everything is bytes."""
    if isinstance(data, str):
        data = data.encode()
    return subprocess.run([S2PTE, *args], input=data, capture_output=True, check=False, **options)


def batch(scenarios):
    """The results of scenarios (values, or text as it is), in their order."""
    text = [s if isinstance(s, str) else json.dumps(s) for s in scenarios]
    done_ = run("batch", data="\n".join(text) + "\n")
    results = lines(done_.stdout.decode())
    if len(results) != len(text):
        raise SystemExit(f"{len(text)} lines gave {len(results)} results: {done_.stderr.decode()}")
    return results
