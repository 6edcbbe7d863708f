# SPDX-License-Identifier: MIT
"""
s2pte cpu: what is derived from registers, against a second derivation; names wherever a CPU is
asked for; and that what is not known is said to be unknown.
"""
import json
import platform
import random

import tap


def cpu(*args):
    return json.loads(tap.run("cpu", *args).stdout)


def bits(value, high, low):
    return value >> low & (1 << high - low + 1) - 1


def derive(regs):
    """As the manual words it; None without the register."""
    mmfr0, mmfr1, mmfr2, ctr = (regs.get(name) for name in (
        "ID_AA64MMFR0_EL1", "ID_AA64MMFR1_EL1", "ID_AA64MMFR2_EL1", "CTR_EL0"))
    isar0 = regs.get("ID_AA64ISAR0_EL1")
    out = {"fwb": None, "ttl": None, "xnx": None, "ha": None, "hd": None, "dic": None, "idc": None,
           "tlbi_range": None, "lpa": None, "lpa2": None}
    if mmfr0 is not None:
        four, four2 = bits(mmfr0, 31, 28), bits(mmfr0, 43, 40)
        sixteen, sixteen2 = bits(mmfr0, 23, 20), bits(mmfr0, 35, 32)
        large, large2 = bits(mmfr0, 27, 24), bits(mmfr0, 39, 36)
        out["lpa2"] = (four2 >= 3 if four2 else 1 <= four <= 7) or \
            (sixteen2 >= 3 if sixteen2 else sixteen >= 2)
        out["lpa"] = bits(mmfr0, 3, 0) >= 6 and (large2 >= 2 if large2 else large <= 7)
    if mmfr1 is not None:
        out.update(xnx=bits(mmfr1, 31, 28) > 0, ha=bits(mmfr1, 3, 0) > 0, hd=bits(mmfr1, 3, 0) > 1)
    if mmfr2 is not None:
        out.update(fwb=bits(mmfr2, 43, 40) > 0, ttl=bits(mmfr2, 51, 48) > 0)
    if ctr is not None:
        out.update(dic=bool(ctr >> 29 & 1), idc=bool(ctr >> 28 & 1))
    if isar0 is not None:
        out["tlbi_range"] = bits(isar0, 59, 56) >= 2
    return out


def test_registers():
    rng = random.Random(2487)
    names = list(cpu("neoverse-n2")["registers"])
    wrong = []
    for i in range(80):
        # Small values, as real ones are, and any.
        regs = {name: sum(rng.choice([0, 1, 2, 3, 15]) << n for n in range(0, 64, 4)) if i % 2
                else rng.getrandbits(64) for name in rng.sample(names, rng.randint(1, len(names)))}
        got = cpu("--regs", ",".join(f"{name}={value:#x}" for name, value in regs.items()))
        want = derive(regs)
        has = {key: got["features"][key]["has"] for key in want}
        opened = [key for key in ("fwb", "dic", "xnx", "lpa2", "lpa", "tlbi_range") if want[key] is None]
        values = {name: int(reg["value"], 16) for name, reg in got["registers"].items()}
        fields = all(field["raw"] == bits(regs[name], *map(int, (field["bits"] + ":" + field["bits"])
                                                            .split(":")[:2] if ":" in field["bits"]
                                                            else (field["bits"],) * 2))
                     for name, reg in got["registers"].items() for field in reg["fields"])
        if has != want or got["open"] != opened or values != regs or not fields:
            wrong.append(f"{regs}: {has}, wanted {want}")
        scenario = got["scenario"]["cpu"]
        if scenario != {key: want[key] for key in scenario} or set(scenario) & set(opened):
            wrong.append(f"{regs}: the scenario's {scenario}")
    tap.ok(not wrong, "what registers say is what the manual says", "\n".join(wrong))
    both = cpu("neoverse-n2", "--regs", "CTR_EL0=0x9444c004")
    tap.ok(both["features"]["dic"]["has"] is False and not both["features"]["dic"]["choice"]
           and both["features"]["fwb"]["has"] is True, "a register goes before what a name says")


def test_names():
    """A name is short for its features, wherever it stands."""
    wrong = []
    for model in cpu():
        got = cpu(model["name"])
        more = [("-" if i % 2 else "") + key for i, key in enumerate(got["open"])]
        words = ",".join([model["name"]] + more)
        want = {key: True for key, on in got["scenario"]["cpu"].items() if on}
        want.update({key: True for key in more if key[0] != "-"})
        built = json.loads(tap.run("fault", "--cpu", words, "--scenario").stdout)
        if built["cpu"] != want:
            wrong.append(f"{words}: {built['cpu']}, wanted {want}")
        as_text, as_object = tap.batch([{**built, "cpu": words}, {**built, "cpu": want}])
        if as_text != as_object or "error" in as_text:
            wrong.append(f"{words}: {as_text}")
        shell = tap.run("shell", "--commands", f"cpu fwb; cpu {words.replace(',', ' ')}; show")
        if json.loads(shell.stdout.splitlines()[-1])["scenario"]["cpu"] != want:
            wrong.append(f"{words}: in the shell {shell.stdout}")
        if more and tap.run("fault", "--cpu", model["name"]).returncode != 2:
            wrong.append(f"{model['name']} leaves {got['open']} open, and that is taken")
        alone = tap.run("cpu", model["name"], "--scenario")
        known = {key: True for key, on in got["scenario"]["cpu"].items() if on}
        if json.loads(alone.stdout) != known or alone.returncode != (1 if more else 0):
            wrong.append(f"{model['name']}: --scenario prints {alone.stdout}")
    tap.ok(not wrong, "a CPU's name is short for its features", "\n".join(wrong))
    loaded = tap.run("shell", "--commands", "cpu -dic; show", data="")
    tap.ok(json.loads(loaded.stdout.splitlines()[-1])["scenario"]["cpu"] == {}, "-dic alone is nothing")


def test_errors():
    for args, told in [
            (["neoverse-v22"], "did you mean neoverse-v2?"), (["grace", "neoverse-n1"], "unexpected"),
            (["--regs", ""], "expected NAME=HEX"), (["--regs", "CTR_EL0"], "expected NAME=HEX"),
            (["--regs", "CTR_EL0=xyz"], "hex digits"), (["--regs", "CTR_EL0="], "hex digits"),
            (["--regs", "CTR_EL0=1,CTR_EL0=1"], "given twice"),
            (["--regs", "CTR_EL0=0x10000000000000000"], "hex digits"),
            (["--regs", "ID_AA64MMFR9_EL1=0"], "did you mean ID_AA64MMFR"),
            (["--regs", "=" + "9" * 500], "is not a register"), (["--scenario"], "expected a name"),
            (["grace", "--native"], "goes neither with")]:
        done = tap.run("cpu", *args)
        tap.ok(done.returncode == 2 and told in done.stderr.decode() and not done.stdout,
               f"cpu {' '.join(args)[:60]}: {told}", done.stderr)
    native = tap.run("cpu", "--native")
    if platform.machine() == "aarch64" and platform.system() == "Linux":
        got = json.loads(native.stdout)
        tap.ok(got["features"]["dic"]["has"] is not None and "midr" in got, "the CPU at hand", got)
    else:
        tap.ok(native.returncode == 3 and b"no arm64 Linux" in native.stderr,
               "--native says where there is nothing to read", native.stderr)


def test_text():
    text = tap.run("cpu", "--regs", "ID_AA64MMFR0_EL1=0x10000006", "--text").stdout.decode()
    tap.ok("52-bit addresses: yes" in text and "supported, 52-bit addresses too" in text
           and "CTR_EL0 is not known" in text and max(map(len, text.splitlines())) <= 80,
           "text: TGran4 = 1 is 52 bits, and what is not known", text)


test_registers()
test_names()
test_errors()
test_text()
tap.done()
