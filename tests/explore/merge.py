# SPDX-License-Identifier: MIT
"""
The parts of a sweep, merged, are the whole: byte for byte, in each format, with the same exit
status. Parts that do not belong together, or not to the kernels any more, are refused.
"""
import copy
import json
import os
import random
import sys
import tempfile

sys.path.insert(0, os.path.join(os.environ["S2_SOURCE"], "tests"))
import tap  # noqa: E402

# Rules with a fact of their own, which a sweep takes both ways.
OWN = {"kernel": "mine", "facts": [{"id": "own-fact", "why": "a predicate nobody has modelled"}],
       "rules": [{"id": "own-check", "stage": "fault", "when": [{"own-fact": True, "special": True}],
                  "then": {"errno": "EFAULT"}}]}
FOLDER = tempfile.TemporaryDirectory()


def path(name, document=None):
    name = os.path.join(FOLDER.name, name)
    if document is not None:
        with open(name, "w", encoding="utf-8") as file:
            json.dump(document, file)
    return name


def part(args, k, n):
    done = tap.run(*args, "--shard", f"{k}/{n}")
    if done.returncode != 0:
        raise SystemExit(f"{args} --shard {k}/{n}: {done.returncode} {done.stderr.decode()}")
    return done.stdout.decode()


def merge(text, *options):
    return tap.run("merge", *options, "-", data=text)


# ---- The whole from its parts ---------------------------------------------------------------

def same(args, n, shuffled=True):
    parts = [part(args, k + 1, n) for k in range(n)]
    if shuffled:
        random.Random(n).shuffle(parts)
    exit_code = ["--exit-code"] if "--exit-code" in args else []
    for form in ("json", "text", "markdown") if n == 3 else ("json",):
        whole = tap.run(*args, "--format", form)
        merged = merge("".join(parts), "--format", form, *exit_code)
        tap.ok(whole.stdout == merged.stdout and whole.stdout,
               f"{' '.join(args)}: {n} part{'s' * (n > 1)} are the whole, as {form}",
               f"{whole.stdout[:150]}\n{merged.stdout[:150]}\n{merged.stderr.decode()}")
        tap.ok(whole.returncode == merged.returncode, "... with its exit status",
               f"{whole.returncode}, not {merged.returncode}")
    return parts


def test_same():
    own = path("own.json", OWN)
    replaced = path("replaced.json", json.loads(tap.run("rules", "v10").stdout))
    for args in tap.some([["reach", "v9"], ["reach", "v9", "--assume", "slot-accepted"],
                 ["verify", "v6.12"], ["verify", "v9", "--no-assume", "plain-vma-is-ram"],
                 ["verify", "v9-3of6", "--assume", "slot-accepted,gup-refuses-special"],
                 ["diff", "v6.12", "v9", "--exit-code"], ["diff", "v6.17", "v7.3"],
                 ["diff", "v10", "v6.17", "--exit-code"],
                 ["whatif", "--base", "v9", "--insert", own + "@before:cow-special"]]):
        for n in tap.some((3, 1)):
            same(args, n)
    for args in [["reach", own], ["diff", "v9", own], ["diff", replaced, "v6.12"],
                 ["whatif", "--base", replaced, "--drop", "exec-noncacheable,mte-sanitise"],
                 ["whatif", "--base", "v9", own]]:
        same(args, 2)
    if tap.STRIDE > 1:
        return
    for n in tap.some((7, 40)):
        same(["diff", "v6.12", "v9"], n)
    # What is dead, and what an invariant needs, no part alone can know.
    whole = json.loads(merge("".join(same(["reach", "v9"], 5))).stdout)
    tap.ok(sum("because" in rule for rule in whole["rules"]) >= 2, "dead rules have their reason")
    whole = json.loads(merge("".join(same(["verify", "v9"], 5))).stdout)
    tap.ok([i["id"] for i in whole["invariants"] if i.get("needs") == ["plain-vma-is-ram"]]
           == ["cmo-needs-kva"], "an invariant has what it needs")


def test_files():
    """Several files, several parts in one, blank lines between them."""
    parts = [part(["verify", "v9"], k, 4) for k in (1, 2, 3, 4)]
    for name, text in [("a", parts[3]), ("b", parts[0] + "\n \n" + parts[2])]:
        with open(path(name), "w", encoding="utf-8") as file:
            file.write(text)
    got = tap.run("merge", path("a"), "-", path("b"), data=parts[1])
    tap.ok(got.stdout == tap.run("verify", "v9").stdout, "parts from files and standard input",
           got.stderr.decode())
    parts = [json.loads(text) for text in parts]
    tap.ok(all(p["shard"] == [k + 1, 4] for k, p in enumerate(parts)), "each part has its number")
    whole = json.loads(got.stdout)
    tap.ok(sum(p["states"] for p in parts) == whole["states"]
           and all(0 < p["states"] < whole["states"] for p in parts), "states are cut, each once")
    for i, found in enumerate(whole["sizes"]):
        tap.ok(sum(p["sizes"][i]["cases"] for p in parts) == found["cases"]
               and all(p["sizes"][i]["cases"] < found["cases"] for p in parts),
               "so are combinations of sizes")


# ---- What is refused -------------------------------------------------------------------------

def refused(text, says, title):
    got = merge(text)
    message = got.stderr.decode()
    tap.ok(got.returncode == 2 and not got.stdout and says in message and message.count("\n") == 1,
           title, f"{got.returncode}: {message}")


def test_belonging():
    verify = [part(["verify", "v9"], k, 4) for k in (1, 2, 3, 4)]
    refused("".join(verify[:3]), "part 4 of 4 is missing", "one part is missing")
    refused("".join(verify[1::2]), "parts 1, 3 of 4 are missing", "two parts are missing")
    refused(part(["reach", "v9"], 8, 900), "parts 1-7, 9-900 of 900 are missing", "most are missing")
    refused("", "there are no parts", "no part at all")
    refused("".join(verify) + verify[1],
            "line 5: part 2 of 4 is there twice: also standard input, line 2", "one is there twice")
    for args, n, says in [
            (["reach", "v9"], 4, "a part of reach, where standard input, line 1 is one of verify"),
            (["verify", "v10"], 4, "about v10, where standard input, line 1 is about v9"),
            (["verify", "v9", "--assume", "slot-accepted"], 4, "under other assumptions"),
            (["verify", "v9"], 3, "one of 3 parts, where standard input, line 1 is one of 4")]:
        refused(verify[0] + part(args, 2, n), says, f"a part of another question: {says[:30]}")
    refused(part(["diff", "v9", "v10"], 1, 2) + part(["diff", "v9", "v6.17"], 2, 2),
            "about v9 and v6.17, where standard input, line 1 is about v9 and v10", "another diff")
    own = path("own.json", OWN)
    whatif = ["whatif", "--base", "v9", "--insert", own]
    first = part(whatif, 1, 2)
    path("own.json", {**OWN, "rules": [{**OWN["rules"][0], "then": {"errno": "EINVAL"}}]})
    refused(first + part(whatif, 2, 2), "about other rules than", "the proposed rules have changed")


def test_kernels():
    """A rule file is read again: it must still be what the parts are about."""
    file = path("kernel.json", json.loads(tap.run("rules", "v9").stdout))
    text = part(["diff", file, "v6.12"], 1, 1)
    tap.ok(merge(text).returncode == 0, "the rule file of a part is loaded")
    changed = json.loads(tap.run("rules", "v9").stdout)
    next(r for r in changed["rules"] if r["id"] == "cow-special")["when"][0]["logging"] = True
    path("kernel.json", changed)
    refused(text, f"made of other rules than {file} has now", "a rule has changed")
    os.remove(file)
    got = merge(text)
    tap.ok(got.returncode == 3 and "kernel.json" in got.stderr.decode(), "the rule file is gone",
           got.stderr.decode())


def test_sets():
    """Counts and conditions must be those of a part of these kernels."""
    def damaged(args, damage, says):
        document = json.loads(part(args, 1, 1))
        damage(document)
        refused(json.dumps(document), says, f"{args[0]}: {says}")

    misfit = "part 1 is not of these kernels as they are now: "
    damaged(["reach", "v9"], lambda d: d.update(states=d["states"] - 1),
            misfit + "it has not as many states as it says")
    damaged(["reach", "v9"], lambda d: d["rules"][3]["when"].pop(),
            misfit + "a set has not as many states as it says")
    damaged(["reach", "v9"], lambda d: d["rules"].reverse(), misfit + "there are other rules")
    damaged(["verify", "v9"], lambda d: d["invariants"].pop(), misfit + "there are other invariants")
    damaged(["verify", "v6.12"], lambda d: d["invariants"][0]["when"][0].update({"prot-w": True}),
            misfit + "a condition is not about states")
    damaged(["diff", "v9", "v6.12"], lambda d: d["changes"][0].update(states=0, when=[]),
            misfit + "a change is none")
    damaged(["diff", "v6.17", "v7.3"], lambda d: d["sizes"]["changes"][0].update(cases=0, when=[]),
            misfit + "a change of sizes is none")
    damaged(["reach", "v9"], lambda d: d["rules"][0]["when"][0].update(nothing=True),
            "/rules/0/when/0/nothing: is not a fact of these kernels")


def test_options():
    for text in ("", "1", "0/2", "3/2", "1/0", "1/1025", "-1/2", "1/2/3", "a/b", "1/", "/2"):
        got = tap.run("reach", "v9", "--shard", text)
        tap.ok(got.returncode == 2 and "--shard" in got.stderr.decode(), f"--shard '{text}' is wrong")
    got = tap.run("reach", "v9", "--shard", "1/2", "--format", "text")
    tap.ok(got.returncode == 2 and "JSON" in got.stderr.decode(), "a part is not for people")
    for text, says in [("[1]", "is not an answer"), ("{", "not valid JSON"),
                       (tap.run("reach", "v9").stdout.decode(), 'is not a part: there is no "shard"')]:
        refused(text, says, f"no part: {text[:10]}")


# ---- Wrong parts are never a crash -------------------------------------------------------------

def places(value, where=()):
    yield where
    inner = value.items() if isinstance(value, dict) else enumerate(value) \
        if isinstance(value, list) else ()
    for key, item in inner:
        if key not in ("scenario", "says"):
            yield from places(item, where + (key,))


def at(document, where):
    for key in where:
        document = document[key]
    return document


def test_damaged():
    draw = random.Random(7)
    odd = [None, True, "", -1, 0, 2**63 - 1, 1.5, [], {}, {"prot-w": True}, [{"prot-w": True}], [{}],
           [{"special": True, "noncacheable": False}], "own-fact", [1, 1], [2, 1], [{"logging": True}]]
    own = path("own.json", OWN)
    for args in [["reach", "v9"], ["verify", "v6.12"], ["diff", "v6.17", "v7.3"],
                 ["whatif", "--base", "v9", "--insert", own]]:
        whole = json.loads(part(args, 1, 1))
        everywhere = [where for where in places(whole) if where]
        wrong, taken = [], 0
        for where in tap.some(draw.sample(everywhere, 24)):
            bad = copy.deepcopy(whole)
            value = draw.choice(odd)
            at(bad, where[:-1])[where[-1]] = value
            got = merge(json.dumps(bad))
            taken += got.returncode != 2
            if got.returncode not in (0, 1, 2, 3) or (got.returncode == 2) == bool(got.stdout) \
                    or (got.returncode == 2) != bool(got.stderr):
                wrong.append(f"{where} = {value}: {got.returncode} {got.stderr.decode()[:200]}")
        tap.ok(not wrong and taken < 12, f"{args[0]}: damaged parts are refused, or do not matter",
               f"{taken} taken\n" + "\n".join(wrong))


test_same()
test_files()
test_belonging()
test_kernels()
test_sets()
test_options()
test_damaged()
FOLDER.cleanup()
tap.done()
