# SPDX-License-Identifier: MIT
"""
The shell without a terminal: scripts from standard input, a file, an argument. What the help
texts show is run, and each of the command line's commands answers a line of the shell as it
answers the command line. A command without an example fails.
"""
import json
import os
import random
import re
import resource
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.environ["S2_SOURCE"], "tests"))
sys.path.insert(0, os.path.join(os.environ["S2_SOURCE"], "tests", "shell"))
import tap  # noqa: E402
from tap import ok  # noqa: E402

from terminal import Home  # noqa: E402

GPU = "vma gpu 0x7f0000000000 1G PFNMAP SHARED pa 0x4000000000 device mapping 2M"
SLOT = "slot 0 0x40000000 1G gpu"
SETUP = ["kernel v9", GPU, "cpu fwb dic", SLOT]
# Not to be run as a line of the shell, and why; each is run on the command line.
OUTSIDE = {"shell": "it is the shell"}
# Numbers of a clock.
CHANGING = {"bench"}


def shell(text, *args, cwd=None, **env):
    """A script from standard input; or arguments and no input."""
    environment = {**os.environ, **env}
    return subprocess.run([tap.S2PTE, *args] if args else [tap.S2PTE, "shell"],
                          input=b"" if args else text.encode() if isinstance(text, str) else text,
                          capture_output=True, check=False, cwd=cwd, env=environment)


def answers(done):
    return [json.loads(line) for line in done.stdout.decode().splitlines()]


# ---- The ways in -----------------------------------------------------------------------------

def test_ways(home):
    lines = SETUP + ["write 0x40001000", "walk 0x40001000", "show"]
    from_input = shell("\n".join(lines) + "\n")
    home.write("gpu.s2", "# a comment; it's one\n" + "\n".join(lines) + "\n")
    from_file = shell("", "-f", home.file("gpu.s2"))
    from_words = shell("", "-c", "; ".join(lines))
    from_lines = shell("", "-c", "# it's a comment; or so\n" + "\n".join(lines))
    ok(from_input.returncode == 0 and len(answers(from_input)) == 4,
       "a script from standard input: a line of JSON for each answer",
       from_input.stdout.decode() + from_input.stderr.decode())
    for name, done in [("-f FILE", from_file), ("-c TEXT", from_words),
                       ("-c with lines", from_lines),
                       ("shell --file", shell("", "shell", "--file", home.file("gpu.s2"))),
                       ("shell --commands", shell("", "shell", "--commands", "\n".join(lines))),
                       ("source", shell(f"source {home.file('gpu.s2')}\n")),
                       ("without a last newline", shell("\n".join(lines))),
                       ("with carriage returns", shell("\r\n".join(lines) + "\r\n"))]:
        ok((done.returncode, done.stdout, done.stderr) ==
           (0, from_input.stdout, from_input.stderr), f"the same by {name}",
           done.stdout.decode()[:1000] + done.stderr.decode())
    slot, write, walk, show = answers(from_input)
    ok(slot == {"slot": 0, "ret": 0, "errno": None, "rule": None}, "slot answers", slot)
    ok(write["pte"] == walk["pte"] == "0x00000040000007d9", "write and walk answer", (write, walk))
    ok(show["scenario"]["events"] == [{"op": "access", "ipa": "0x40001000", "access": "write"}] and
       show["memslots"] == [slot] and len(show["leaves"]) == 1, "show answers", show)
    for words, status in [(["-c"], 2), (["-f"], 2), (["-f", "/no/such/file"], 3),
                          (["-c", "quit; nonsense"], 0), (["-f", home.file("gpu.s2"), "x"], 2)]:
        done = shell("", *words)
        ok(done.returncode == status, f"status {status}: s2pte {' '.join(words)[:40]}",
           done.stderr.decode())


def test_mistakes(home):
    lines = SETUP + ["write 0x40001000", "show"]
    good = shell("\n".join(lines))
    for mistake in ["nonsense", "cpu nonsense", "write nowhere", "slot 0 nonsense", "undo 99",
                    "load /no/such/file", "reach v99", "fault --nonsense", 'cpu "fwb', "\x01",
                    "\xff\xfe", "kernel", "diff v9", "vma", "map", "help nonsense",
                    "vma gpu pgprot", "source /no/such/file", "set nonsense", "redo",
                    "load examples", "save /no/such/directory/x"]:
        mixed = []
        for line in lines:
            mixed += [line, mistake]
        data = "\n".join(mixed).encode("latin-1")
        done = shell(data, cwd=home.path)
        wanted = good.stdout
        ok(done.stdout == wanted and done.returncode in (1, 2, 3) and b"s2pte: " in done.stderr,
           f"a mistake costs nothing but the status: {mistake!r}",
           f"status {done.returncode}\n" + done.stderr.decode()[:300] + done.stdout.decode()[:900])
    done = shell("cpu fwb,dic\ncpu -fwb,xnx\nshow\n")
    ok(answers(done)[-1]["scenario"]["cpu"] == {"dic": True, "xnx": True}, "commas between features",
       done)
    done = shell("cpu fwb\ncpu fwbb\n")
    ok(done.stderr.decode().splitlines()[1:] == ["  cpu fwbb", "      ^"], "with a caret",
       done.stderr.decode())
    ok("did you mean fwb?" in done.stderr.decode(), "and a suggestion", done.stderr.decode())
    home.write("loop.s2", "source loop.s2\n")
    done = shell("source loop.s2\nkernels\n", cwd=home.path)
    ok(done.returncode == 2 and b"too deeply" in done.stderr and done.stdout != b"",
       "a file that names itself ends", done.stderr.decode())


# ---- What may come ---------------------------------------------------------------------------

def test_input(home):
    done = shell("# " + "x" * (1 << 20) + "\ncpu fwb\n" + "cpu " + "fwb " * 200000 + "\nshow\n")
    ok(done.returncode == 0 and answers(done)[0]["scenario"]["cpu"] == {"fwb": True},
       "lines of 1 MB", done.stderr.decode()[:300])
    done = shell("cpu fwb" + ";" * (1 << 20) + "show\n")
    ok(done.returncode == 0 and answers(done)[0]["scenario"]["cpu"] == {"fwb": True},
       "a line of a million commands", done.stderr.decode()[:300])
    done = shell("cpu fwb\n" + "x" * (1 << 20) + "\nshow\n")
    ok(done.returncode == 2 and len(done.stderr) < 1000, "the message about a long word is short",
       len(done.stderr))
    junk = bytes((i * 7919 + (i >> 3)) % 256 for i in range(100000))
    done = shell(b"cpu fwb\n" + junk + b"\nset\n")
    ok(done.returncode == 2 and done.stdout.startswith(b"output json"), "binary junk",
       done.stderr.decode(errors="replace")[:300])
    ok(all(b in b"\n\t" or 0x20 <= b < 0x7f for b in done.stderr),
       "nothing of it gets to the terminal")
    done = shell(b"cpu fwb\0\nshow\n")
    ok(done.returncode == 2 and b"NUL" in done.stderr and answers(done)[0]["scenario"]["cpu"] == {},
       "a NUL byte", done.stderr)
    done = shell("\n".join(SETUP + [f"write 0x{0x40000000 + 0x200000 * i:x}" for i in range(512)] +
                           ["undo"] * 500 + ["show"]))
    ok(done.returncode == 0 and len(answers(done)[-1]["scenario"]["events"]) == 12,
       "five hundred steps and back", done.stderr.decode()[:300])
    with subprocess.Popen([tap.S2PTE, "-c", "rules v9; " * 200], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE) as process:
        process.stdout.read(10)
        process.stdout.close()
        errors = process.stderr.read()
        status = process.wait()
    ok(status == 3 and errors.count(b"cannot write") == 1, "a closed pipe is an error of writing",
       (status, errors))
    with open("/dev/full", "w", encoding="utf-8") as full:
        done = subprocess.run([tap.S2PTE, "-c", "kernels"], stdout=full, stderr=subprocess.PIPE,
                              check=False)
    ok(done.returncode == 3 and b"No space" in done.stderr, "so is a full disk", done.stderr)
    done = shell(SETUP[1] + "\nsave /dev/full\nshow\n")
    ok(done.returncode == 3 and b"No space" in done.stderr and
       answers(done)[-1]["scenario"]["vmas"], "a file that cannot be saved", done.stderr)
    test_saving(home)


def test_words(home):
    """What a line may say in several ways."""
    def now(*lines):
        return answers(shell("\n".join([*lines, "show"])))[-1]["scenario"]

    ok(now("ram 0x80000000 1G", "ram 0x1000 2M")["ram"] ==
       [{"pa": "0x80000000", "size": "1G"}, {"pa": "0x1000", "size": "2M"}], "ram, twice")
    vma = now("vma a 0x1000 4K device readonly special", "vma a ram", "vma 'b c' 0x4000 4K -WRITE -SHARED",
              "vma b\\ c writable special")["vmas"]
    ok(vma[0]["backing"] == {"pa": "0x80000000", "map_memory": True, "writable": False, "special": True}
       and vma[1]["name"] == "b c" and vma[1]["flags"] == ["READ", "MAYREAD", "MAYWRITE"]
       and vma[1]["backing"] == {"pa": "0x80000000", "writable": True, "special": True},
       "the words of a VMA", vma)
    slots = now("vma a 0x1000 4K", "slot 7 0x0 4K a", "slot x 0x10000 4K 0x20000", "slot 999 0x20000 4K a",
                "slot 7 READONLY", "slot x force")["memslots"]
    ok([(s["slot"], s["name"], s["flags"], "force" in s) for s in slots] ==
       [(7, "7", ["READONLY"], False), (1, "x", [], True), (2, "999", [], False)],
       "slots by number and name", slots)
    event = now("vma a 0x1000 4K", "fault 0x0 excl-atomic write level 2 s1ptw retry")["events"]
    ok(event == [{"op": "fault", "ipa": "0x0", "access": "write", "fsc": "excl-atomic", "level": 2,
                  "s1ptw": True, "retry": True}], "the words of a fault", event)
    done = shell("vma a 0x1000 4K\nread 0\nvma b 0x10000 4K\nvma a pa 0x1000")
    ok(b"VMAs are set up before the first event" in done.stderr and done.returncode == 2,
       "no new VMA after an event", done.stderr)
    done = shell("set output text\nset colour on\nset pager on\nset\nset pager off\nset", PAGER="")
    ok(done.stdout.decode() == "$PAGER is not set, so that nothing goes through it\n"
       "output text\ncolor on\npager on\noutput text\ncolor on\npager off\n", "settings", done.stdout)
    # The oldest steps are forgotten.
    done = shell("\n".join(["cpu fwb", "cpu none"] * 1000 + ["undo 999", "set output text", "undo"]))
    ok(b"nothing to undo" in done.stderr, "a thousand steps and no more", done.stderr)


def test_saving(home):
    """save puts the new file in the place of the old one once all of it is written."""
    home.write("old.json", "precious")
    os.chmod(home.file("old.json"), 0o640)
    os.symlink("old.json", home.file("link.json"))
    shell(f"save {home.file('link.json')}\n")
    ok(json.loads(home.read("old.json"))["kernel"] == "latest" and
       os.path.islink(home.file("link.json")) and
       os.stat(home.file("old.json")).st_mode & 0o777 == 0o640,
       "save writes over a file, follows a link and keeps the mode")
    before = home.read("old.json")

    def no_room():
        resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    done = subprocess.run([tap.S2PTE, "-c", f"save {home.file('old.json')}"], capture_output=True,
                          check=False, preexec_fn=no_room)
    ok(done.returncode == 3 and b"too large" in done.stderr.lower() and
       home.read("old.json") == before, "the old file survives a disk without room", done.stderr)
    left = [name for name in os.listdir(home.path) if "old.json." in name]
    ok(not left, "and nothing is left behind", left)


WORDS = ("kernel cpu granule ipa-bits mte ram vma slot read write exec fault map relax unmap "
         "wrprotect split flush age test_age mkyoung show pte walk dump explain undo redo save load "
         "reset source set help quiet decode encode geometry attrs kernels rules facts complete "
         "v9 v6.12 latest 4K 64K fwb dic -dic lpa2 none on off gpu a b 0 1 0x40000000 0x7f0000000000 "
         "0x4000000000 1G 2M 4096 0 -1 99999999999999999999 PFNMAP SHARED -SHARED MIXEDMAP pgprot "
         "NORMAL DEVICE_nGnRE pa pfn device ram readonly special mapping hugetlb state hwpoison "
         "pgoff force delete LOG_DIRTY_PAGES READONLY R W X permission level 3 s1ptw retry output "
         "json text color pager --text --kernel --cpu --vma --help -h -- --fwb --level --prot \\ "
         "' \" # ; ;; = \t x.json").split(" ")
BYTES = bytes(b for b in range(256) if b != 0x0a)


def random_lines(seed, n):
    """Lines that look like some, a few of bytes alone."""
    state = random.Random(seed)
    setup = [line.encode() for line in SETUP]
    for _ in range(n):
        if state.random() < 0.05:
            yield from setup
        if state.random() < 0.1:
            yield bytes(state.choice(BYTES) for _ in range(state.randrange(80)))
            continue
        words = [state.choice(WORDS[:48])] + [state.choice(WORDS)
                                             for _ in range(state.randrange(8))]
        line = " ".join(words).encode()
        if state.random() < 0.1 and line:
            at = state.randrange(len(line))
            line = line[:at] + bytes([state.choice(BYTES)]) + line[at + 1:]
        yield line


def test_random(home):
    """S2_FUZZ_SECONDS: go on for so long; each round has a seed that is told."""
    until = time.monotonic() + float(os.environ.get("S2_FUZZ_SECONDS", "0"))
    seed = int(os.environ.get("S2_FUZZ_SEED", "1"))
    while True:
        data = b"\n".join(random_lines(seed, 400)) + b"\nset\n"
        done = shell(data, cwd=home.path)
        good = done.returncode in (0, 1, 2, 3) and b"\npager " in done.stdout
        if not ok(good, f"random lines, seed {seed}",
                  f"status {done.returncode}\n" + done.stderr.decode(errors="replace")[-3000:]):
            break
        seed += 1
        if time.monotonic() > until:
            break


# ---- The table ---------------------------------------------------------------------------------

def help_texts(home):
    """Each topic of the shell's help, with its examples."""
    listed = shell("", "-c", "help all", cwd=home.path).stdout.decode()
    topics = [m.group(1) for m in re.finditer(r"^  (\S+) ", listed, re.M)]
    for topic in dict.fromkeys(topics):
        text = shell("", "-c", f"help {topic}", cwd=home.path).stdout.decode()
        parts = re.split(r"\nExamples\n\n", text)
        found = []
        for part in parts[1:]:
            found.append([line[2:] for line in part.split("\n\n")[0].splitlines()])
        yield topic, text, found


def files(home):
    """What the examples name."""
    home.write("gpu.s2", "\n".join(SETUP) + "\nwrite 0x40001000\n")
    scenarios = list(tap.examples().values())[:3]
    home.write("scenarios.ndjson", "".join(json.dumps(s) + "\n" for s in scenarios))
    home.write("checks.ndjson",
               json.dumps({"scenario": scenarios[0], "expect": {}}) + "\n")
    home.write("parts.ndjson", "".join(
        tap.run("reach", "v9", "--shard", f"{k}/3").stdout.decode() for k in (1, 2, 3)))


def commands():
    """Those of the command line."""
    return [line.split("\t")[0]
            for line in tap.run("complete", "--", "").stdout.decode().splitlines()]


def test_examples(home):
    files(home)
    shown = re.findall(r"^  (\S+) ", tap.run("-h").stdout.decode().split("To begin with")[0], re.M)
    ok(shown == commands() and len(shown) >= 18, "-h lists the commands that complete",
       (shown, commands()))
    seen = set()
    for topic, text, groups in help_texts(home):
        seen.add(topic)
        ok(groups != [] and all(groups), f"help {topic} has examples", text)
        wide = [line for line in text.splitlines() if len(line) > 100]
        ok(wide == [], f"help {topic} is not too wide", wide)
        for i, lines in enumerate(groups):
            # Those of the shell come first; both follow something that can be looked at.
            script = SETUP + ["write 0x40001000"] + lines
            if topic in OUTSIDE:
                continue
            done = shell("", "-c", "\n".join(script), cwd=home.path)
            # An answer may be that something is not as it should be; a mistake it is not.
            ok(done.returncode in (0, 1) and b"s2pte:" not in done.stderr,
               f"help {topic}: the examples run ({i + 1})",
               "\n".join(script) + "\n" + done.stderr.decode())
    ok(set(commands()) <= seen, "help knows all commands", set(commands()) - seen)


def words_of(line):
    """As the shell splits it; the examples have no more than double quotes."""
    return [w.strip('"') for w in re.findall(r'"[^"]*"|\S+', line)]


def test_same(home):
    """A line in the shell, the same words on the command line: the same bytes."""
    files(home)
    for topic, _, groups in list(help_texts(home)):
        if topic not in commands() or not groups:
            continue  # one of the shell's own
        for line in groups[-1]:
            outside = tap.run(*words_of(line), cwd=home.path)
            ok(outside.returncode in (0, 1) and outside.stdout != b"",
               f"on the command line: {line}", outside.stderr.decode())
            if topic in OUTSIDE:
                continue
            inside = shell("", "-c", line, cwd=home.path)
            if topic in CHANGING:
                numbers = re.compile(rb"[0-9.]+")
                same = numbers.sub(b"", inside.stdout) == numbers.sub(b"", outside.stdout)
            else:
                same = inside.stdout == outside.stdout
            ok(same and inside.stderr == outside.stderr and
               inside.returncode == outside.returncode, f"the same in the shell: {line}",
               inside.stdout.decode()[:500] + inside.stderr.decode())
    for line in ["reach v99", "fault --pgprot NORMALL", "diff v9", "decode", "geometry --granule 5K",
                 "nonsense"]:
        outside, inside = tap.run(*line.split()), shell("", "-c", line)
        ok(inside.returncode == outside.returncode != 0 and inside.stdout == outside.stdout == b"",
           f"and refused by both: {line}", inside.stderr.decode() + outside.stderr.decode())


def test_events_are_those_of_run(home):
    """What the shell's own commands answer is what run says of the scenario it saves."""
    lines = ["write 0x40001000", "read 0x40001000", "exec 0x40203000",
             "fault 0x40001000 write permission level 2", "unmap 0x40000000 2M",
             "map 0x40000000 2M 0x80000000 R W", "relax 0x40000000 X", "wrprotect 0x40000000 2M",
             "split 0x40000000 2M", "flush 0x40000000", "age 0x40000000 2M",
             "test_age 0x40000000 2M", "mkyoung 0x40000000", "slot 0 LOG_DIRTY_PAGES",
             "slot 0 delete", "read 0x40001000"]
    done = shell("\n".join(SETUP[:-1] + [SLOT] + lines + ["save all.json"]), cwd=home.path)
    result = json.loads(tap.run("run", "all.json", cwd=home.path).stdout)
    ok(done.returncode == 0 and answers(done) == result["memslots"] + result["events"],
       "each event answers as run does", done.stderr.decode() + done.stdout.decode()[:2000])
    explained = answers(shell("\n".join(SETUP + ["write 0x40001000", "explain"])))[-1]
    ok({"when": {"fwb": False}, "then": {"errno": "EFAULT", "action": "none",
                                         "rule": "cacheable-unsupported"}}
       in explained["nearest"] and explained["outcome"] == {"prot": ["R", "W", "X"]} and
       "prot-write" in explained["rules"], "explain answers in JSON", explained)
    # What explain says would have happened does happen.
    other = answers(shell("\n".join(SETUP[:-1] + ["cpu -fwb", SLOT + " force",
                                                 "write 0x40001000"])))[-1]
    ok(other["errno"] == "EFAULT" and other["rules"][-1] == "cacheable-unsupported",
       "and it is true", other)


def main():
    for name, test in list(globals().items()):
        if name.startswith("test_"):
            home = Home()
            try:
                test(home)
            finally:
                home.remove()
    tap.done()


if __name__ == "__main__":
    main()
