# SPDX-License-Identifier: MIT
"""
Each example under the kernels that differ on it gives what tests/examples/NAME.expect
says. With --update the files are written from what s2pte says now: read the difference.
"""
import json
import os
import sys

import tap

KERNELS = ["v6.12", "v9", "v6.17", "v7.3"]
# What of a result is written down; the rest is for other tests.
SLOT_KEYS = ["slot", "errno", "rule"]
EVENT_KEYS = ["op", "errno", "action", "young", "level", "pte", "prot", "dirty", "rules", "leaves"]


def expect_path(name):
    return tap.source("tests", "examples", name + ".expect")


def part(value, keys):
    return {key: value[key] for key in keys if key in value}


def for_reading(by_kernel):
    """JSON with a line for each slot and event."""
    out = []
    for kernel, result in by_kernel.items():
        parts = []
        for key in ("memslots", "events"):
            rows = ",\n   ".join(json.dumps(row) for row in result[key])
            parts.append(f'  "{key}": [\n   {rows}\n  ]')
        out.append(f' "{kernel}": {{\n' + ",\n".join(parts) + "\n }")
    return "{\n" + ",\n".join(out) + "\n}\n"


def update():
    for name, scenario in tap.examples().items():
        by_kernel = {}
        for result in tap.batch([{**scenario, "kernel": kernel} for kernel in KERNELS]):
            by_kernel[result["kernel"]] = {
                "memslots": [part(slot, SLOT_KEYS) for slot in result["memslots"]],
                "events": [part(event, EVENT_KEYS) for event in result["events"]],
            }
        with open(expect_path(name), "w", encoding="utf-8") as file:
            file.write(for_reading(by_kernel))


def check(name, scenario):
    if not tap.ok(os.path.exists(expect_path(name)), f"{name} has its expectation"):
        return
    with open(expect_path(name), encoding="utf-8") as file:
        by_kernel = json.load(file)
    tap.ok(list(by_kernel) == KERNELS, f"{name} is expected under each kernel")
    for kernel, expect in by_kernel.items():
        line = {"scenario": {**scenario, "kernel": kernel}, "expect": expect}
        got = tap.run("check", data=json.dumps(line) + "\n")
        tap.ok(got.returncode == 0, f"{name} under {kernel}", got.stdout.decode())
    tap.ok(scenario.get("id") == name and scenario.get("title"), f"{name} has its id and a title")
    got = tap.run("run", tap.source("examples", name + ".json"))
    tap.ok(got.returncode == 0 and not got.stderr, f"{name} runs as a file", got.stderr.decode())
    options = [word for kernel in KERNELS for word in ("--kernel", kernel)]
    got = tap.run("run", *options, tap.source("examples", name + ".json"))
    tap.ok(tap.lines(got.stdout) == tap.batch([{**scenario, "kernel": k} for k in KERNELS]),
           f"{name} runs as a file under kernels that the command line names", got.stderr.decode())


if "--update" in sys.argv[1:]:
    update()
    sys.exit()
found = tap.examples()
for example in found:
    check(example, found[example])
stale = {n[:-7] for n in os.listdir(tap.source("tests", "examples"))} - set(found)
tap.ok(not stale, "no expectation without its example", stale)
tap.done()
