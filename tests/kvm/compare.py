# SPDX-License-Identifier: MIT
"""Check lines put to `s2pte check`: which of them it agrees with."""
import json
import os
import re
import subprocess


def check(s2pte, lines):
    """For each line None, or what s2pte says against it."""
    text = "".join(json.dumps(line) + "\n" for line in lines)
    done = subprocess.run([s2pte, "check"], input=text.encode(), capture_output=True, check=False)
    verdicts = []
    for out in done.stdout.decode().splitlines():
        if re.match(r"(not )?ok \d+", out):
            verdicts.append("it says no more" if out.startswith("not") else None)
        elif out.startswith("# ") and verdicts and verdicts[-1]:
            verdicts[-1] = out[2:]
    if len(verdicts) != len(lines):
        raise RuntimeError(f"s2pte check took {len(verdicts)} of {len(lines)} lines: "
                           + done.stderr.decode()[-300:])
    return verdicts


def revision(s2pte, name, cache):
    """A revision, or with +QUIRK a rule file that is it with one more quirk of the table code."""
    base, plus, quirk = name.partition("+")
    if not plus:
        return name
    rules = json.loads(subprocess.run([s2pte, "rules", base], capture_output=True, check=True).stdout)
    rules["kernel"] = name
    rules["table"][quirk] = True
    path = os.path.join(cache, name + ".json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump(rules, file)
    return path


def geometry(s2pte, page, ipa_bits, parange, lpa2, vmid16):
    command = [s2pte, "geometry", "--granule", page, "--ipa-bits", str(ipa_bits), "--parange",
               str(parange)] + ["--lpa2"] * lpa2 + ["--vmid16"] * vmid16
    return json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
