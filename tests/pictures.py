# SPDX-License-Identifier: MIT
"""
Pictures and pages: they are XML, need nothing from elsewhere, are the same each time, hold
nothing of their input as markup, and say what JSON says.
"""
import json
import os
import random
import re
import shutil
import tempfile
import xml.etree.ElementTree as ElementTree

import tap

SVG = "{http://www.w3.org/2000/svg}"
EVIL = "<script>alert(1)</script> & \"quotes\" 'too' </title> ]]> \u2028 \U0001f600"


TWICE = set()


def made(*args, data=b"", ok=(0,)):
    """What is printed; the first of each command is the same twice."""
    done = tap.run(*args, data=data)
    again = done if args[0] in TWICE else tap.run(*args, data=data)
    TWICE.add(args[0])
    if done.returncode not in ok or done.stderr or done.stdout != again.stdout:
        raise SystemExit(f"{args}: status {done.returncode}, {done.stderr.decode()[:300]}, or not the same twice")
    return done.stdout.decode()


def from_elsewhere(text):
    """What in it would be loaded."""
    bare = text.replace('xmlns="http://www.w3.org/2000/svg"', "")
    return re.findall(r"(?:src|href|action|data)\s*=\s*\"(?!#)[^\"]*|url\([^)]*|@import|https?:|//[a-z]", bare)


def words(element):
    return "".join(element.itertext())


# ---- Descriptors --------------------------------------------------------------------------

def bits_of(texts):
    """The descriptor that the digits of a picture make."""
    return int("".join(words(t) for t in texts if (t.get("class") or "").startswith("bit")), 2)


def test_decode():
    rng = random.Random(64)
    wrong = []
    for _ in range(30):
        args = rng.choice([[], ["--fwb"], ["--fwb", "--lpa2"], ["--granule", "64K", "--lpa"], ["--xnx"]])
        args = args + ["--level", str(rng.choice([0, 1, 2, 3]))]
        raw = rng.choice([rng.getrandbits(64), rng.getrandbits(64) | 1, 0x7d9 | rng.getrandbits(18) << 30])
        text = made("decode", "--svg", *args, f"{raw:#x}")
        tree = ElementTree.fromstring(text)
        desc = json.loads(tap.run("decode", *args, f"{raw:#x}").stdout)[0]
        shown = {words(t) for t in tree.iter(SVG + "text")}
        missing = [f["meaning"] for f in desc["fields"].values() if f["raw"] and f["meaning"] not in shown]
        missing += [lint["id"] for lint in desc["lints"]
                    if f"{lint['id']}: {lint['message']}" not in shown]
        width, height = float(tree.get("width")), float(tree.get("height"))
        out = [t for t in tree.iter(SVG + "text") if not (0 < float(t.get("x").split()[-1]) < width
                                                          and 0 < float(t.get("y")) < height)]
        if bits_of(tree.iter(SVG + "text")) != raw or missing or out or from_elsewhere(text):
            wrong.append(f"{args} {raw:#x}: {missing} missing, {len(out)} outside")
    tap.ok(not wrong, "decode --svg has the bits and what decode says of them", "\n".join(wrong))
    two = ElementTree.fromstring(made("decode", "--svg", "0x7d9", "0x0"))
    tap.ok(len([t for t in two.iter(SVG + "text") if words(t).startswith("0x0000")]) == 2,
           "several descriptors are one picture")
    tap.ok(ElementTree.fromstring(made("encode", "--svg", "--oa", "0x40000000", "--prot", "R,W")) is not None,
           "encode --svg")
    for args in (["decode", "--svg", "--text", "0"], ["decode", "--svg", "--ptdump", "x"],
                 ["encode", "--svg", "--text"], ["fault", "--svg", "--text"], ["fault", "--svg", "--scenario"],
                 ["show", "--svg", "--text", "x"]):
        tap.ok(tap.run(*args).returncode == 2, f"{' '.join(args)}: one or the other")


# ---- Address spaces -----------------------------------------------------------------------

def evil_scenario():
    return {"title": EVIL + "long " * 60, "vmas": [
        {"name": EVIL, "start": "0x7f0000000000", "end": "0x7f0000400000",
         "backing": {"pa": "0x80000000"}, "flags": ["READ", "WRITE", "MAYREAD", "MAYWRITE"]}],
            "memslots": [{"name": EVIL, "slot": 0, "gpa": 0, "size": "8M", "hva": "0x7f0000000000"}],
            "events": [{"op": "access", "ipa": "0x1000", "access": "write"}]}


def picture_of(scenario):
    text = made("show", "--svg", "-", data=json.dumps(scenario))
    return text, ElementTree.fromstring(text)


def test_show():
    scenarios = dict(tap.examples(), evil=evil_scenario(), nothing={}, slots={
        "vmas": [{"start": "0x7f0000000000", "end": "0x7f0100000000"}],
        "memslots": [{"slot": n, "gpa": n << 21, "size": "2M", "hva": hex(0x7f0000000000 + (n << 21))}
                     for n in range(60)],
        "events": [{"op": "access", "ipa": hex(n << 21), "access": ["read", "write"][n % 2]}
                   for n in range(60)]})
    wrong = []
    for name, scenario in scenarios.items():
        text, tree = picture_of(scenario)
        shown = json.loads(tap.run("show", "-", data=json.dumps(scenario)).stdout)
        texts = [words(t) for t in tree.iter(SVG + "text")]
        for leaf in shown["leaves"][:40]:
            row = [t.get("y") for t in tree.iter(SVG + "text") if words(t) == leaf["ipa"]]
            where = [t.get("y") for t in tree.iter(SVG + "text") if words(t) == str(leaf["level"])]
            if not set(row) & set(where):
                wrong.append(f"{name}: no row for {leaf}")
        more = [t for t in texts if re.fullmatch(r"and \d+ more", t)]
        if len(shown["leaves"]) > 40 and more != [f"and {len(shown['leaves']) - 40} more"]:
            wrong.append(f"{name}: {len(shown['leaves'])} leaves, {more}")
        width, height = float(tree.get("width")), float(tree.get("height"))
        for box in tree.iter(SVG + "rect"):
            x, y, w, h = (float(box.get(key, 0)) for key in ("x", "y", "width", "height"))
            if x < 0 or y < 0 or x + w > width or y + h > height:
                wrong.append(f"{name}: a box outside")
        if from_elsewhere(text) or any(float(t.get("y")) > height for t in tree.iter(SVG + "text")):
            wrong.append(f"{name}: something from elsewhere, or outside")
    tap.ok(not wrong, "show --svg has each leaf, and all of it in the picture", "\n".join(wrong[:9]))
    text, tree = picture_of(evil_scenario())
    tap.ok("<script" not in text and any("<script>alert(1)" in words(t) for t in tree.iter(SVG + "text")),
           "names and titles are text")
    fault = ElementTree.fromstring(made("fault", "--svg", "--kernel", "v9", "--cpu", "grace"))
    tap.ok(any("kernel v9" in words(t) for t in fault.iter(SVG + "text")), "fault --svg")
    with tempfile.TemporaryDirectory() as folder:
        done = tap.run("shell", "--commands",
                       "load examples/dirty-logging.json; show svg a.svg".replace(
                           "examples", tap.source("examples")).replace("a.svg", os.path.join(folder, "a.svg")))
        with open(os.path.join(folder, "a.svg"), encoding="utf-8") as file:
            in_shell = file.read()
        tap.ok(done.returncode == 0 and in_shell == made("show", "--svg", tap.source("examples",
               "dirty-logging.json")), "the shell's show svg writes the same", done.stderr)
        bad = tap.run("shell", "--commands", f"show svg {folder}/no/a.svg; show png; show svg")
        tap.ok(bad.returncode == 3 and bad.stderr.count(b"^") == 3, "what it cannot write it says", bad.stderr)
    for data, status in (("{", 1), ('{"granule": "8K"}', 1)):
        tap.ok(tap.run("show", "-", data=data).returncode == status, f"show of {data} is status {status}")


def test_titles():
    """They are cut between characters, and what XML has no place for is replaced."""
    wrong = []
    for unit in ("\u00e9", "\u20ac", "\U0001f600"):
        for before in range(4):
            title = "x" * before + unit * 200
            _, tree = picture_of({"title": title})
            lines = [words(t) for t in tree.iter(SVG + "text") if t.get("class") == "title"]
            joined = "".join(lines)
            if len(lines) != 2 or joined[-3:] != "..." or not title.startswith(joined[:-3]):
                wrong.append(f"{unit!r} after {before}: {lines}")
    tap.ok(not wrong, "a title is cut between characters", "\n".join(wrong[:5]))
    _, tree = picture_of({"title": "a\tb\ufffec\uffffd"})
    lines = [words(t) for t in tree.iter(SVG + "text") if t.get("class") == "title"]
    tap.ok([re.sub("\ufffd+", "?", line) for line in lines] == ["a\tb?c?d"], "what is no character is replaced", lines)


def test_documents():
    """The pictures in doc/ are those that their commands make now."""
    with tempfile.TemporaryDirectory() as folder:
        done = tap.run("shell", "--commands", f"load {tap.source('examples', 'grace-hopper.json')}; kernel v9; "
                       f"show svg {folder}/a.svg")
        with open(f"{folder}/a.svg", encoding="utf-8") as file:
            spaces = file.read()
        if done.returncode != 0:
            raise SystemExit(done.stderr.decode())
    bits = made("decode", "--svg", "--fwb", "--level", "1", "0x00000420000007d9")
    for name, now in (("grace-hopper.svg", spaces), ("descriptor.svg", bits)):
        now = "<!-- SPDX-License-Identifier: MIT -->\n" + now
        if os.environ.get("S2_UPDATE"):
            with open(tap.source("doc", name), "w", encoding="utf-8") as file:
                file.write(now)
        with open(tap.source("doc", name), encoding="utf-8") as file:
            tap.ok(file.read() == now, f"doc/{name} is as it is drawn now (S2_UPDATE=1 writes it)")


# ---- Pages --------------------------------------------------------------------------------

def page(*args, ok=(0, 1)):
    text = made(*args, "--format", "html", ok=ok)
    return text, ElementTree.fromstring(text.split("\n", 1)[1])


def having(tree, name, class_=None):
    return [e for e in tree.iter(name) if class_ is None or class_ in (e.get("class") or "").split()]


def rows_of(table):
    return [[words(cell) for cell in row] for row in table.find("tbody")]


def condition(text):
    return {} if text == "" else {w.removeprefix("not "): not w.startswith("not ") for w in text.split(", ")}


def parts_of(tree):
    """Of each part: conditions, scenario, descriptors."""
    out = []
    for part in having(tree, "section", "part"):
        when = [condition(e.get("data-when")) for e in part.iter() if e.get("data-when") is not None]
        pre = [json.loads(words(e)) for e in part.iter("pre")]
        out.append({"name": words(part[0]), "when": when, "scenario": pre[0] if pre else None,
                    "raw": [words(e) for e in having(part, "p", "raw")],
                    "bits": [bits_of(svg.iter("text")) for svg in part.iter("svg")]})
    return out


def cover(when):
    return sorted(json.dumps(c, sort_keys=True) for c in when)


def last_pte(scenario, kernel):
    """The descriptor that a scenario ends with."""
    result = tap.batch([{**scenario, "kernel": kernel}])[0]
    if "error" in result or not result["events"]:
        return None
    return result["events"][-1].get("pte")


def marked(part):
    """Is each row marked whose field the other descriptor has otherwise, and no other?"""
    tables = [[(row.get("class") == "hit", words(row[1]), words(row[2])) for row in table]
              for table in having(part, "table", "fields")]
    if len(tables) != 2:
        return not any(hit for table in tables for hit, _, _ in table)
    said = [{name: meaning for _, name, meaning in table} for table in tables]
    return all(hit == (said[0].get(name) != said[1].get(name)) for table in tables for hit, name, _ in table)


def test_diff():
    for a, b in tap.some([("v9", "v10"), ("v6.17", "v7.3"), ("v10", "v6.17")]):
        _, tree = page("diff", a, b)
        answer = json.loads(tap.run("diff", a, b).stdout)
        parts, tables = parts_of(tree), having(tree, "table", "wide")
        changes, sizes = answer["changes"], answer["sizes"]["changes"]
        counts = [int(row[0]) for table in tables for row in rows_of(table)]
        tap.ok(counts == [c["states"] for c in changes] + [c["cases"] for c in sizes],
               f"diff {a} {b}: the numbers are those of JSON", counts)
        wrong = [f"{part['name']}: {what}" for part, change in zip(parts, changes + sizes) for what, differs in (
            ("conditions", cover(part["when"]) != cover(change["when"])),
            ("scenario", part["scenario"] != change["scenario"])) if differs]
        tap.ok(len(parts) == len(changes) + len(sizes) and not wrong,
               f"diff {a} {b}: conditions and scenarios of {len(parts)} changes are those of JSON", wrong)
        wrong = []
        for part in parts:
            want = [pte for kernel in (a, b) if part["scenario"] and (pte := last_pte(part["scenario"], kernel))]
            if part["raw"] != want or part["bits"] != [int(raw, 16) for raw in part["raw"]]:
                wrong.append(f"{part['name']}: {part['raw']}, wanted {want}")
        tap.ok(not wrong, f"diff {a} {b}: descriptors are those of the replay", "\n".join(wrong))
        tap.ok(all(marked(part) for part in having(tree, "section", "part")),
               f"diff {a} {b}: what differs between two descriptors is marked")
        links = {e.get("href")[1:] for e in tree.iter("a")}
        tap.ok(links == {e.get("id") for e in having(tree, "section", "part")}, f"diff {a} {b}: links lead somewhere",
               links)


def test_verify_and_reach():
    _, tree = page("verify", "v6.12")
    answer = json.loads(tap.run("verify", "v6.12").stdout)
    invariants = answer["invariants"] + answer["sizes"] + answer["table"]
    rows = rows_of(having(tree, "table", "wide")[0])
    tap.ok([(row[0], row[1].startswith("holds"), int(row[2])) for row in rows] ==
           [(inv["id"], inv["holds"], inv["violations"]) for inv in invariants],
           "verify: each invariant as in JSON", rows)
    tap.ok(all(part["raw"] for part in parts_of(tree)
               if part["name"].startswith(("alias", "split", "block"))), "verify: violations are drawn")
    _, tree = page("reach", "v9")
    answer = json.loads(tap.run("reach", "v9").stdout)
    rows = rows_of(having(tree, "table", "wide")[0])
    tap.ok([(row[0], 0 if row[2] == "dead" else int(row[2])) for row in rows] ==
           [(rule["id"], rule["reached"]) for rule in answer["rules"]], "reach: each rule as in JSON", rows)
    tap.ok([words(e) for e in having(tree, "span", "bad")] == ["dead", "dead"], "reach: the dead are marked")
    _, tree = page("whatif", "--base", "v9", "--drop", "cow-special")
    tap.ok(len(having(tree, "h1")) == 1 and len(having(tree, "h2")) == 3, "whatif: one page of three answers")
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "parts")
        with open(path, "wb") as file:
            for shard in ("1/2", "2/2"):
                file.write(tap.run("diff", "v9", "v10", "--shard", shard).stdout)
        whole = made("diff", "v9", "v10", "--format", "html")
        merged = made("merge", path, "--format", "html")
        tap.ok(merged.split("<footer>")[0] == whole.split("<footer>")[0], "merge: the same page")


def test_markup():
    """Of a rule file's and a path's own words nothing is markup, and nothing is lost."""
    rules = json.loads(tap.run("rules", "v9").stdout)
    rules["title"] = EVIL
    for rule in rules["rules"]:
        rule["where"] = rule["why"] = EVIL
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "a<b>&\"'.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(rules, file)
        wrong = []
        for args in (["reach", path], ["verify", path], ["diff", path, "v6.12"],
                     ["whatif", "--base", path, "--drop", "cow-special"]):
            text, tree = page(*args)
            scripts = having(tree, "script")
            if len(scripts) != 1 or "alert" in words(scripts[0]):
                wrong.append(f"{args[0]}: a script came in")
            if path not in words(having(tree, "footer")[0]) or from_elsewhere(text.replace(folder, "")):
                wrong.append(f"{args[0]}: no path in the foot, or something from elsewhere")
            if args[0] == "reach" and not any(EVIL in cell for row in rows_of(having(tree, "table")[0])
                                              for cell in row):
                wrong.append("reach: where is not in the table")
            if any(name.startswith("on") for e in tree.iter() for name in e.attrib):
                wrong.append(f"{args[0]}: an attribute that is a script")
        tap.ok(not wrong, "rule files and paths are text", "\n".join(wrong))


def test_page():
    text, tree = page("diff", "v9", "v10")
    tap.ok(not from_elsewhere(text), "a page needs nothing from elsewhere", from_elsewhere(text))
    style, script = words(having(tree, "style")[0]), words(having(tree, "script")[0])
    tap.ok("prefers-color-scheme:dark" in style and "@media print" in style and "max-width:640px" in style,
           "a page is made for light and dark, paper and phones")
    tap.ok(not re.search(r"[<&]", style + script), "style and script are XML as they are")
    hidden = [e for e in tree.iter() if e.get("hidden") is not None]
    tap.ok([e.get("class") for e in hidden] == ["tools"], "without a script all is there but the filter", hidden)
    ids = [e.get("id") for e in tree.iter() if e.get("id")]
    tap.ok(len(ids) == len(set(ids)), "no id twice")
    node = shutil.which("node")
    if node:
        with tempfile.NamedTemporaryFile("w", suffix=".js") as file:
            file.write(script)
            file.flush()
            tap.ok(os.system(f"{node} --check {file.name}") == 0, "the script is one")


test_decode()
test_show()
test_titles()
test_documents()
test_diff()
test_verify_and_reach()
test_markup()
test_page()
tap.done()
