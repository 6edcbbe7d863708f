# SPDX-License-Identifier: MIT
"""The shell on a real terminal: keys, completion, history, signals, and what may go wrong."""
import errno
import json
import os
import pty
import re
import resource
import signal
import subprocess
import sys
import termios
import time

sys.path.insert(0, os.path.join(os.environ["S2_SOURCE"], "tests"))
sys.path.insert(0, os.path.join(os.environ["S2_SOURCE"], "tests", "shell"))
import tap  # noqa: E402
from tap import ok  # noqa: E402

import terminal  # noqa: E402
from terminal import NO_TERMINAL, PROMPT, SLOW, Home, Terminal, pexpect  # noqa: E402

GPU = "vma gpu 0x7f0000000000 1G PFNMAP SHARED pa 0x4000000000 device mapping 2M"
SLOT = "slot 0 0x40000000 1G gpu"


# ---- Start and end ---------------------------------------------------------------------------

def test_start(home):
    spent = []
    for _ in range(15):
        started = time.monotonic()
        t = Terminal(home)
        spent.append(time.monotonic() - started)
        status = t.leave()
    ok(status == 0, "Ctrl-D leaves with status 0", status)
    print(f"# start to prompt: best {min(spent) * 1000:.1f} ms, "
          f"median {sorted(spent)[7] * 1000:.1f} ms, pexpect's own time included")
    t = Terminal(home)
    ok("help" in t.line("help"), "help answers")
    t.keys("quit\r")
    ok(t.end() == 0, "quit leaves with status 0")
    t = Terminal(home)
    t.keys("exit\r")
    ok(t.end() == 0, "exit leaves, too")


# ---- Completion ------------------------------------------------------------------------------

def test_completion(home):
    t = Terminal(home)
    t.line(GPU)
    t.line("slot big-slot 0x40000000 1G gpu")
    t.line("vma gap 0x7e0000000000 2M")
    home.write("my file.json", "{}")
    once = [
        ("command", "expl\t", "explain "),
        ("command of the command line", "geom\t", "geometry "),
        ("option", "fault --pgp\t", "fault --pgprot "),
        ("value of an option", "fault --pgprot DEVICE_nGnRE", "fault --pgprot DEVICE_nGnRE"),
        ("value, part of it", "fault --pgprot dev\t", "fault --pgprot DEVICE_nGnR"),
        ("value behind an equals sign", "fault --kernel=lat\t", "fault --kernel=latest "),
        ("list of flags", "fault --vma PFNMAP,sha\t", "fault --vma PFNMAP,SHARED "),
        ("flag taken away", "fault --vma -MAYW\t", "fault --vma -MAYWRITE "),
        ("CPU feature in a list", "fault --cpu fwb,di\t", "fault --cpu fwb,dic "),
        ("revision", "reach lat\t", "reach latest "),
        ("second revision", "diff v6.12 lat\t", "diff v6.12 latest "),
        ("rule", "whatif --base v9 --drop cow\t", "whatif --base v9 --drop cow-special "),
        ("second rule", "whatif --base v9 --drop cow-special,mism\t",
         "whatif --base v9 --drop cow-special,mismatch "),
        ("assumption", "reach v9 --assume slot\t", "reach v9 --assume slot-accepted "),
        ("VMA flag, whatever its case", "vma x 0x0 1G pfn\t", "vma x 0x0 1G PFNMAP "),
        ("key of a VMA", "vma x 0x0 1G pgp\t", "vma x 0x0 1G pgprot "),
        ("page protection", "vma x 0x0 1G pgprot normal_t\t", "vma x 0x0 1G pgprot NORMAL_TAGGED "),
        ("state of a page", "vma x 0x0 1G state hw\t", "vma x 0x0 1G state hwpoison "),
        ("flag of a VMA that is there", "vma gpu mixe\t", "vma gpu MIXEDMAP "),
        ("flag to be taken away", "vma gpu -sha\t", "vma gpu -SHARED "),
        ("VMA", "vma gp\t", "vma gpu "),
        ("VMA for a slot", "slot 5 0x80000000 1G gp\t", "slot 5 0x80000000 1G gpu "),
        ("slot", "slot bi\t", "slot big-slot "),
        ("slot flag", "slot big-slot LOG\t", "slot big-slot LOG_DIRTY_PAGES "),
        ("address of a slot", "write \t", "write 0x40000000 "),
        ("word of fault", "fault 0x0 s1\t", "fault 0x0 s1ptw "),
        ("permission", "map 0x0 2M 0x0 DEV\t", "map 0x0 2M 0x0 DEVICE "),
        ("setting", "set out\t", "set output "),
        ("value of a setting", "set output j\t", "set output json "),
        ("topic", "help wal\t", "help walk "),
        ("file", "load examples/grace-hopper-f\t", "load examples/grace-hopper-fwb.json "),
        ("directory", "source examp\t", "source examples/"),
        ("file with a space", "load my\t", "load my\\ file.json "),
        ("file of an option", "whatif --save my\t", "whatif --save my\\ file.json "),
        ("command behind a semicolon", "cpu fwb; expl\t", "cpu fwb; explain "),
        ("invariant", "bisect --invariant mte\t", "bisect --invariant mte-tags "),
        ("what is measured", "bench enc\t", "bench encode "),
    ]
    slowest = 0
    for name, keys, shows in once:
        # The line's first part is on the screen when TAB is pressed.
        t.keys(keys.rstrip("\t"))
        t.wait(keys.rstrip("\t").split(" ")[-1] or " ")
        started = time.monotonic()
        # X shows where the cursor is.
        t.keys("\tX" if keys.endswith("\t") else "X")
        t.wait("X")
        slowest = max(slowest, time.monotonic() - started)
        t.keys("\x01#\r")  # as a comment, so that it does nothing
        t.wait("\n")
        t.wait(PROMPT)
        t.keys("\x10")
        shown = t.typed("", shows + "X", 3)
        ok(shown, f"TAB completes: {name}", f"{keys!r} did not become {shows!r}")
        t.abandon()
    print(f"# the slowest TAB took {slowest * 1000:.1f} ms")
    t.leave()


def test_lists(home):
    t = Terminal(home)
    t.line(GPU)
    t.keys("wr")
    t.wait("wr")
    t.keys("\t")
    # The bell, and no list.
    t.wait("\x07")
    t.keys("\t")
    listed = t.wait(PROMPT)
    ok("write " in listed and "wrprotect" in listed and "the guest writes" in listed,
       "the second TAB lists the commands with help", listed)
    t.keys("\t")
    ok("wrprotect" in t.wait(PROMPT), "so does every TAB after it")
    t.abandon()
    for line, wanted in [("vma gpu ", ["PFNMAP", "page frame numbers"]),
                         ("vma gpu pgprot ", ["DEVICE_nGnRE", "early write acknowledgement"]),
                         ("kernel ", ["v9", "cacheable PFNMAP with FWB"]),
                         ("fault --", ["--pgprot", "--kernel", "revision or rule file"]),
                         ("whatif --drop ", ["prot-write", "host and slot let"]),
                         ("cpu ", ["fwb", "FEAT_S2FWB"]),
                         ("load examples/", ["examples/mte.json"])]:
        t.keys(line)
        t.wait(line.split(" ")[-2])
        t.keys("\t\t")
        listed = t.wait(PROMPT)
        ok(all(w in listed for w in wanted), f'two TABs list what may follow "{line}"', listed)
        t.abandon()
    t.keys("wr\t")
    t.wait("\x07")
    t.keys("\x15wr\x02\x06\t")
    t.wait("\x07")
    ok(True, "keys between two TABs make the second a first one again")
    t.abandon()
    t.keys("# cpu f\t")
    t.wait("\x07")
    ok(True, "TAB in a comment does nothing")
    t.abandon()
    t.leave()


def candidates(words):
    done = tap.run("complete", "--", *words)
    return [line.split("\t") for line in done.stdout.decode().splitlines()]


def test_every_candidate_has_help():
    """Of every command's options and of the values of each."""
    missing = []
    for command, help_ in candidates([""]):
        if not help_:
            missing.append(command)
        for option, help_ in candidates([command, "--"]):
            if not help_:
                missing.append(f"{command} {option}")
            for value, help_ in candidates([command, option, ""]):
                if not help_ and not os.path.exists(value):
                    missing.append(f"{command} {option} {value}")
    ok(missing == [], "every candidate has a line of help", missing)
    ids = [i["id"] for i in tap.lines(tap.run("verify", "v9").stdout.decode())[0]["invariants"]]
    hinted = [c[0] for c in candidates(["bisect", "--invariant", ""])]
    known = [i for i in ids if i in hinted]
    ok(known == hinted and len(hinted) >= 8, "the invariants offered are those of verify",
       (ids, hinted))


# ---- History ---------------------------------------------------------------------------------

def test_history(home):
    t = Terminal(home)
    for line in ["kernel v9", "cpu fwb", "kernel v9", "mte off"]:
        t.line(line)
    t.keys("quit\r")
    t.end()
    t = Terminal(home)
    ok(t.typed("\x10", "quit"), "the last line of the last session is there")
    ok(t.typed("\x10", "mte off"), "and the one before it")
    ok(t.typed("\x10", "kernel v9"), "and so on")
    ok(t.typed("\x10", "cpu fwb"), "duplicates are folded, even when something is between them")
    t.abandon()
    ok(t.typed("\x12kern", "kernel v9"), "Ctrl-R searches")
    t.abandon()
    t.line("x" * 5000)
    t.leave()
    mode = os.stat(home.history).st_mode & 0o777
    ok(mode == 0o600, "the file is its owner's alone", oct(mode))
    lines = home.read("state/s2pte/history").splitlines()
    ok(sum("kernel" in line for line in lines) == 1, "a line is in the file once", lines)
    ok(not any("xxxx" in line for line in lines), "a very long line is not remembered")
    one, two = Terminal(home), Terminal(home)
    one.line("granule 16K")
    two.line("granule 64K")
    one.leave()
    two.leave()
    text = home.read("state/s2pte/history")
    ok("16K" in text and "64K" in text, "two shells at once lose nothing of each other's", text)


def test_history_is_bounded(home):
    os.makedirs(os.path.dirname(home.history), exist_ok=True)
    home.write("state/s2pte/history",
               "_HiStOrY_V2_\n" + "".join(f"write\\0400x{i:x}\n" for i in range(3000)))
    t = Terminal(home)
    t.line("kernel v9")
    t.leave()
    lines = home.read("state/s2pte/history").splitlines()
    ok(900 < len(lines) <= 1001 and "v9" in lines[-1] and "0xbb7" in lines[-2],
       "the file is bounded, the oldest lines go", (len(lines), lines[-2:]))


def survives(t, name):
    shown = t.line("set")
    ok("output text" in shown, f"{name}: the shell works", shown)
    status = t.leave()
    ok(status == 0, f"{name}: and leaves with status 0", status)


def test_history_file_troubles(home):
    # For root no directory is read-only; a file in the place of one is for all.
    home.write("not-a-directory", "")
    t = Terminal(home, XDG_STATE_HOME=home.file("not-a-directory"))
    survives(t, "no directory for the history")
    if os.getuid() != 0:
        os.makedirs(home.file("read-only"))
        os.chmod(home.file("read-only"), 0o500)
        survives(Terminal(home, XDG_STATE_HOME=home.file("read-only")), "a read-only directory")
    t = Terminal(home, XDG_STATE_HOME=None, HOME=None)
    survives(t, "no home")

    os.makedirs(os.path.dirname(home.history), exist_ok=True)
    before = "_HiStOrY_V2_\nkernel\\040v9\n"
    home.write("state/s2pte/history", before)

    def no_room():
        resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))

    t = Terminal(home, preexec=no_room)
    t.line("cpu fwb")
    survives(t, "no room for the history")
    ok(home.read("state/s2pte/history") == before, "a history that cannot be written stays",
       home.read("state/s2pte/history"))
    left = os.listdir(os.path.dirname(home.history))
    ok(left == ["history"], "and nothing is left behind", left)

    full = home.file("full")
    os.makedirs(full)
    mounted = os.getuid() == 0 and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=8k", "tmpfs", full],
        capture_output=True, check=False).returncode == 0
    if mounted:
        try:
            with open(os.path.join(full, "filler"), "wb") as file:
                try:
                    file.write(b"x" * 100000)
                except OSError as error:
                    assert error.errno == errno.ENOSPC
        except OSError:
            pass
        t = Terminal(home, XDG_STATE_HOME=full)
        t.line("cpu fwb")
        survives(t, "a full disk")
        subprocess.run(["umount", full], check=False)

    with open(home.history, "wb") as file:
        file.write(os.urandom(5000))
    t = Terminal(home)
    survives(t, "junk in the history file")
    os.unlink(home.history)
    os.mkfifo(home.history)
    survives(Terminal(home), "a FIFO in its place")


def test_vi():
    home = Home("bind -v\n")
    t = Terminal(home)
    # Escape, 0, i: to the beginning of the line and insert there.
    t.keys("fwb")
    t.wait("fwb")
    t.keys("\x1b")
    time.sleep(0.2)
    t.keys("0icpu ")
    time.sleep(0.2)
    t.keys("\r")
    t.wait(PROMPT)
    out = t.line("set output json; show")
    ok('"fwb": true' in out, "vi's keys, by ~/.editrc", out)
    t.keys("gran\t16")
    t.keys("\t\r")
    t.wait(PROMPT)
    ok('"granule": "16K"' in t.line("show"), "TAB completes with vi's keys, too")
    t.leave()
    home.remove()


# ---- Mistakes --------------------------------------------------------------------------------

def caret(shown):
    """The word that the caret is under."""
    lines = [line for line in shown.splitlines() if line.strip()]
    at = next((i for i, line in enumerate(lines) if line.strip() == "^"), None)
    if at is None:
        return None
    return lines[at - 1][lines[at].index("^"):].split(" ")[0]


def test_carets(home):
    t = Terminal(home)
    t.line(GPU)
    t.line(SLOT)
    for line, word, meant in [
            ("kernle v9", "kernle", "kernel"),
            ("kernel v99", "v99", "v9"),
            ("cpu fwb dci", "dci", "dic"),
            ("vma x 0x7e0000000000 1G PFNMPA", "PFNMPA", "PFNMAP"),
            ("vma x 0x7e0000000000 1G pgprto NORMAL", "pgprto", "pgprot"),
            ("vma x 0x7e0000000000 1Q", "1Q", "size"),
            ("slot 0 LOG_DIRTY_PAGE", "LOG_DIRTY_PAGE", "LOG_DIRTY_PAGES"),
            ("write gpu", "gpu", "address"),
            ("map 0x0 2M 0x0 R Q", "Q", "permission"),
            ("fault 0x0 frobnicate", "frobnicate", "read, write, exec"),
            ("fault --kernel v99", "v99", "v9"),
            ("fault --pgprot NORMALL", "NORMALL", "NORMAL"),
            ("fault --kernal v9", "--kernal", "--kernel"),
            ("reach v99", "v99", "v9"),
            ("diff v9", "", "A B"),
            ("load missing.json", "missing.json", "No such file"),
            ("source missing.s2", "missing.s2", "No such file"),
            ("set outptu json", "outptu", "output"),
            ("help kernle", "kernle", "kernel"),
            ("cpu fwb; cpu dci; cpu xnx", "dci;", "dic"),
            ('load "a b', '"a', "quotes"),
            ("undo 99", "99", "only")]:
        shown = t.line(line)
        ok(caret(shown) == word or (word == "" and "expected" in shown),
           f"the caret is under the word: {line}", shown)
        ok(meant in shown, f"and the message helps: {line}", shown)
    shown = t.line("cpu " + "fwb " * 100 + "dci " + "dic " * 100)
    ok(caret(shown) == "dci", "the caret is right in a long line", shown)
    shown = t.line("cpu \u00e4\u00f6\u00fc dci")
    ok(caret(shown) == "\u00e4\u00f6\u00fc", "and in one that is not ASCII", shown)
    shown = t.line("undo; undo")
    ok("undone: cpu xnx" in shown and "undone: cpu fwb" in shown, "no mistake has cost a step",
       shown)
    t.leave()


# ---- Steps and files ---------------------------------------------------------------------------

def test_undo(home):
    t = Terminal(home)
    for line in [GPU, "cpu fwb dic", SLOT, "write 0x40001000"]:
        t.line(line)
    t.line("set output json")
    full = t.line("show")
    ok("undo" in t.line("help undo"), "help of undo")
    for _ in range(4):
        t.line("undo")
    shown = t.line("undo")
    ok("nothing to undo" in shown, "as far as it goes", shown)
    empty = json.loads(t.line("show"))["scenario"]
    ok(empty["vmas"] == [] and empty["events"] == [], "all is as in the beginning")
    t.line("redo 4")
    ok(t.line("show") == full, "redo does it all again")
    ok("nothing to redo" in t.line("redo"), "as far as it goes, too")
    t.line("undo 2")
    t.line("cpu xnx")
    ok("nothing to redo" in t.line("redo"), "a new step ends redo")
    t.line("reset")
    ok(json.loads(t.line("show"))["scenario"]["vmas"] == [], "reset begins anew")
    t.line("undo")
    ok(json.loads(t.line("show"))["scenario"]["cpu"].get("xnx") is True, "and can be undone")
    t.leave()


def test_save(home):
    t = Terminal(home)
    lines = ["kernel v9", GPU, "cpu fwb dic", SLOT, "write 0x40001000", "vma gpu -SHARED",
             "slot 0 LOG_DIRTY_PAGES", "unmap 0x40000000 1G", "exec 0x40201000",
             "slot 1 0x100000000 2M gpu", "fault 0x40002000 write permission level 3"]
    for line in lines:
        shown = t.line(line)
        ok("s2pte:" not in shown, f"no complaint: {line}", shown)
    t.line("set output json")
    answers = [json.loads(t.line(line)) for line in ["read 0x40003000", "write 0x40003000"]]
    t.line("save gpu.json")
    session = json.loads(t.line("show"))
    t.leave()
    done = tap.run("run", home.file("gpu.json"))
    result = tap.lines(done.stdout.decode())[0]
    ok(done.returncode == 0 and result["events"][-2:] == answers,
       "run replays what was saved with the same results", result["events"][-2:])
    dump = json.loads(tap.run("dump", home.file("gpu.json")).stdout)
    leaves = dump["leaves"] if isinstance(dump, dict) and "leaves" in dump else dump
    ok(leaves == session["leaves"], "and leaves the same table", (leaves, session["leaves"]))
    t = Terminal(home)
    t.line("set output json")
    t.line("load gpu.json")
    again = json.loads(t.line("show"))
    ok(again == session, "load goes on from there", again)
    t.leave()


# ---- Ctrl-C, signals ---------------------------------------------------------------------------

def hard_rules(home):
    """A rule file whose sets grow: a sweep takes minutes."""
    rules = json.loads(tap.run("rules", "v9").stdout)
    rules.update(kernel="hard", title="hard")
    own = [f"own{i}" for i in range(15)]
    rules["facts"] = [{"id": name, "why": "to be hard"} for name in own]
    state = 12345
    for r in range(30):
        when = []
        for _ in range(64):
            condition = {}
            for _ in range(7):
                state = (state * 1103515245 + 12345) % 2 ** 31
                names = own + ["vma-write", "slot-logging", "vma-shared", "write", "vm-mte"]
                condition[names[(state >> 8) % len(names)]] = bool(state >> 20 & 1)
            when.append(condition)
        rules["rules"].append({"id": f"hard{r}", "stage": "prot", "when": when,
                               "then": {"set" if r % 2 else "clear": ["prot-w"]},
                               "where": "nowhere", "why": "to be hard"})
    home.write("hard.json", json.dumps(rules))


def test_interrupt(home):
    t = Terminal(home)
    t.line(GPU)
    t.keys("kernel v9 and so on")
    t.wait("so on")
    t.abandon()
    ok(t.typed("\r", PROMPT), "Ctrl-C cancels the line")
    hard_rules(home)
    for command in ["reach ./hard.json", "diff v9 ./hard.json", "verify ./hard.json"]:
        t.keys(command + "\r")
        t.child.expect(r": \d+\.\d s, Ctrl-C ends it", timeout=15 * SLOW)
        ok(True, f"a long sweep shows that it goes on: {command}")
        t.child.sendintr()
        t.wait("cancelled")
        t.wait(PROMPT)
        ok(True, f"Ctrl-C ends it: {command}")
    t.keys("bench --runs 10000 encode\r")
    t.child.expect(r"bench: \d+\.\d s, Ctrl-C ends it", timeout=15 * SLOW)
    t.child.sendintr()
    t.wait("cancelled")
    t.wait(PROMPT)
    ok("gpu" in t.line("show"), "and the session is as it was")
    shown = t.line("reach v9")
    ok("Ctrl-C ends it" not in shown and "prot-write" in shown, "a short sweep shows none")
    t.leave()
    # Into a file there is no progress, whatever standard error is.
    master, slave = pty.openpty()
    try:
        with subprocess.Popen([tap.S2PTE, "reach", home.file("hard.json")], stderr=subprocess.PIPE,
                              stdout=slave) as process:
            time.sleep(1.5)
            process.terminate()
            errors = process.communicate()[1]
    finally:
        os.close(master)
        os.close(slave)
    ok(b"Ctrl-C" not in errors, "no progress if standard error is no terminal", errors)


def settings(t):
    return termios.tcgetattr(t.child.child_fd)[:4]


def test_signals(home):
    for number in [signal.SIGTERM, signal.SIGHUP]:
        t = Terminal(home)
        t.line("kernel v6.12")
        # The reading of a line changes them; that it is read must be sure.
        t.keys("cpu " + number.name)
        t.wait(number.name)
        changed = settings(t)
        os.kill(t.child.pid, number)
        t.child.expect(pexpect.EOF)
        after = settings(t)
        t.child.close()
        ok(not changed[3] & termios.ICANON and after[3] & termios.ICANON and
           after[3] & termios.ECHO, f"{number.name}: the terminal is as it was",
           (changed, after))
        ok(t.child.signalstatus == number, f"{number.name}: ends it as usual",
           (t.child.exitstatus, t.child.signalstatus))
        ok("v6.12" in home.read("state/s2pte/history"), f"{number.name}: the history is kept")
    t = Terminal(home)
    hard_rules(home)
    t.keys("reach ./hard.json\r")
    t.wait("Ctrl-C ends it")
    os.kill(t.child.pid, signal.SIGTERM)
    ok(t.end() == -signal.SIGTERM, "SIGTERM ends a sweep, too")


def test_stop(home):
    """Ctrl-Z and back, as a shell with jobs does it."""
    t = Terminal(home)
    t.keys("cpu f")
    t.wait("cpu f")
    t.keys("\x1a")
    deadline = time.monotonic() + 5 * SLOW
    state = ""
    while state != "T" and time.monotonic() < deadline:
        with open(f"/proc/{t.child.pid}/stat", encoding="utf-8") as file:
            state = file.read().rsplit(")", 1)[1].split()[0]
        time.sleep(0.02)
    # A process group without a parent that could continue it is not stopped.
    if state == "T":
        os.kill(t.child.pid, signal.SIGCONT)
        ok(t.typed("wb\r", PROMPT), "it goes on after Ctrl-Z")
        t.line("set output json")
        ok('"fwb": true' in t.line("show"), "with the line that was being typed")
    else:
        ok(t.typed("\x15", PROMPT), "Ctrl-Z without a shell around does no harm")
    t.leave()


# ---- Terminals ---------------------------------------------------------------------------------

def test_terminals(home):
    for term in ["dumb", "xterm", "vt100", "no-such-terminal", "", None]:
        t = Terminal(home, TERM=term, prompt=False)
        first = t.wait(PROMPT)
        t.line("cpu fwb")
        shown = t.line("set; undo")
        ok("output text" in shown and "undone: cpu fwb" in shown, f"TERM={term}", first + shown)
        t.leave()
    t = Terminal(home, TERM="dumb", prompt=False)
    t.line("help")
    t.line("cpu fwb")
    t.keys("quit\r")
    t.child.expect(pexpect.EOF)
    raw = t.child.before
    ok("\x1b" not in raw, "no escapes on a dumb terminal", repr(raw[-200:]))
    for env, wanted in [({}, True), ({"NO_COLOR": "1"}, False), ({"NO_COLOR": ""}, True)]:
        t = Terminal(home, **env)
        t.keys("help\r")
        t.child.expect_exact("tutorial takes")
        coloured = "\x1b[1m" in t.child.before
        ok(coloured == wanted, f"colours with {env}", repr(t.child.before[:300]))
        t.wait(PROMPT)
        t.leave()
    t = Terminal(home)
    t.line("set color off")
    t.keys("help\r")
    t.child.expect_exact("tutorial takes")
    ok("\x1b[1m" not in t.child.before, "set color off")
    t.wait(PROMPT)
    t.leave()


def test_resize(home):
    t = Terminal(home, rows=24, columns=100)
    t.line(GPU)
    t.keys("write 0x4000")
    t.wait("0x4000")
    for rows, columns in [(24, 40), (5, 20), (60, 200), (24, 80)]:
        t.child.setwinsize(rows, columns)
        time.sleep(0.1)
    t.keys("1000\r")
    t.wait("abort-mmio")
    t.wait(PROMPT)
    ok(True, "a resize in the middle of a line keeps the line")
    t.line(SLOT)
    t.line("cpu fwb dic")
    t.line("write 0x40001000")
    shown = t.line("explain") + t.line("show")
    wide = [line for line in shown.splitlines() if len(line) > 80]
    ok(wide == [], "explain and show fit 80 columns", wide)
    t.leave()


def test_read_only_terminal(home):
    """Nothing can be written to it: that is an error, and no endless loop."""
    master, slave = pty.openpty()
    reader = os.open(os.ttyname(slave), os.O_RDONLY | os.O_NOCTTY)
    done = None
    try:
        with subprocess.Popen([terminal.PROGRAM], stdin=reader, stdout=reader,
                              stderr=subprocess.PIPE, env=home.environment(),
                              cwd=home.path) as process:
            try:
                errors = process.communicate(timeout=10 * SLOW)[1]
                done = process.returncode
            except subprocess.TimeoutExpired:
                process.kill()
                errors = process.communicate()[1]
    finally:
        for fd in (master, slave, reader):
            os.close(fd)
    ok(done == 3 and b"cannot write" in errors, "a read-only terminal", (done, errors))


def test_hang_up(home):
    """The terminal goes away."""
    t = Terminal(home)
    pid = t.child.pid
    t.line("cpu fwb")
    os.close(os.dup(t.child.child_fd))
    t.child.close(force=False)
    for _ in range(100):
        try:
            os.kill(pid, 0)
            os.waitpid(pid, os.WNOHANG)
        except (ProcessLookupError, ChildProcessError):
            break
        time.sleep(0.05)
    else:
        os.kill(pid, signal.SIGKILL)
        ok(False, "a terminal that goes away ends it")
        return
    ok(True, "a terminal that goes away ends it")


# ---- Input -------------------------------------------------------------------------------------

def pump(t, data):
    """Write as much as the terminal takes while reading what it says."""
    said = b""
    fd = t.child.child_fd
    os.set_blocking(fd, False)
    while data:
        try:
            data = data[os.write(fd, data[:4096]):]
        except BlockingIOError:
            pass
        try:
            said += os.read(fd, 65536)
        except BlockingIOError:
            time.sleep(0.001)
    os.set_blocking(fd, True)
    return said


def test_paste(home):
    lines = [f"write 0x{0x40000000 + 4096 * i:x}" for i in range(100)]
    text = "\r".join(lines) + "\r"
    for name, pasted in [("marked", "\x1b[200~" + text + "\x1b[201~"), ("unmarked", text)]:
        t = Terminal(home)
        t.line(GPU + "; cpu fwb dic; " + SLOT)
        t.line("set output json")
        pump(t, pasted.encode())
        t.keys("mte off\r")
        t.child.expect("mte off", timeout=60 * SLOW)
        deadline = time.monotonic() + 30 * SLOW
        while time.monotonic() < deadline:
            try:
                t.wait(PROMPT, 1)
            except pexpect.TIMEOUT:
                break
        t.keys("save pasted.json\r")
        t.wait(PROMPT)
        time.sleep(0.2)
        events = json.loads(home.read("pasted.json"))["events"]
        ok([e["ipa"] for e in events] == [line.split()[1] for line in lines],
           f"a paste of a hundred lines, {name}", len(events))
        t.leave()
    t = Terminal(home)
    t.keys("\x1b[200~cpu\tfwb\t\x07\x1b\x01\rcpu\tdic\r\x1b[201~")
    t.wait(PROMPT)
    t.wait(PROMPT)
    t.line("set output json")
    shown = t.line("show")
    ok('"fwb": true' in shown and '"dic": true' in shown,
       "what is pasted is text: TABs and escapes press no keys", shown)
    t.leave()


def test_long_line(home):
    t = Terminal(home)
    started = time.monotonic()
    pump(t, b"cpu " + b"x" * (1 << 20) + b"\r")
    t.child.expect_exact("is not a feature", timeout=120 * SLOW)
    t.wait(PROMPT)
    print(f"# a line of 1 MB took {time.monotonic() - started:.1f} s")
    ok("output text" in t.line("set"), "a line of 1 MB")
    t.leave()


def test_junk(home):
    t = Terminal(home)
    junk = bytes((i * 7919 + (i >> 3)) % 256 for i in range(4096))
    # Without what ends it, stops it or makes it wait: Ctrl-C D S Q Z V O backslash.
    junk = bytes(b for b in junk if b not in b"\x03\x04\x13\x11\x1a\x16\x0f\x1c\x19")
    pump(t, junk)
    # Keys may be in the middle of something: Ctrl-C begins anew.
    t.child.sendintr()
    time.sleep(0.3)
    t.keys("\rhelp undo\r")
    t.wait("take the last step back", 20 * SLOW)
    t.wait(PROMPT)
    ok(t.leave() == 0, "binary junk on input")


# ---- Pager -------------------------------------------------------------------------------------

def test_pager(home):
    t = Terminal(home, rows=20, PAGER=f"cat >{home.file('paged')}; echo PAGED")
    ok("PAGED" not in t.line("help all"), "no pager unless it is wanted")
    ok("pager off" in t.line("set"), "set shows it")
    t.line("set pager on")
    shown = t.line("help all")
    ok("PAGED" in shown and "wrprotect" in home.read("paged"),
       "what is longer than the screen goes through $PAGER", shown)
    ok("PAGED" not in t.line("set"), "what is shorter does not")
    t.child.setwinsize(200, 100)
    ok("PAGED" not in t.line("help all"), "nor on a larger screen")
    t.leave()
    t = Terminal(home, rows=20, PAGER="true")
    t.line("set pager on")
    t.line("rules v9")
    ok("output text" in t.line("set"), "a pager that is left early does no harm")
    t.leave()
    t = Terminal(home, rows=20, PAGER="/no/such/pager")
    t.line("set pager on")
    t.line("rules v9")
    ok("output text" in t.line("set"), "nor does one that is missing")
    t.leave()
    t = Terminal(home, rows=20)
    shown = t.line("set pager on")
    ok("PAGER" in shown, "set pager on says if there is no $PAGER", shown)
    t.leave()


# ---- The tutorial, and what people see ------------------------------------------------------------

def test_tutorial(home):
    t = Terminal(home)
    t.line("cpu xnx")
    t.keys("tutorial\r")
    seen, stops = "", 0
    while True:
        at = t.child.expect_exact(["[Enter goes on, q leaves]", "That is all.", "s2pte: "])
        seen += terminal.plain(t.child.before)
        if at != 0:
            break
        stops += 1
        t.keys("\r")
    t.wait(PROMPT)
    ok(at == 1 and stops == 8, "the tutorial from start to end", (at, stops))
    for word in ["Device-nGnRE", "Normal Write-Back, forced", "slot-cacheable-pfnmap",
                 "cow-special", "dead", "installs R W X", "with dic"]:
        ok(word in seen, f"it shows {word}", seen[-500:])
    t.line("set output json")
    scenario = json.loads(t.line("show"))["scenario"]
    ok(scenario["cpu"] == {"xnx": True} and scenario["vmas"] == [],
       "the session is as it was before it", scenario)
    ok("set" in t.line("help set"), "help after the tutorial")
    for key, name in [("q\r", "q"), ("\x03", "Ctrl-C"), ("\x04", "Ctrl-D")]:
        t.keys("tutorial\r")
        t.wait("q leaves]")
        t.keys("\r")
        t.wait("q leaves]")
        t.keys(key)
        t.wait(PROMPT)
        ok("output json" in t.line("set"), f"{name} leaves the tutorial, and not the shell")
    t.leave()


def test_text(home):
    """On a terminal the answers are for people."""
    t = Terminal(home)
    for line, wanted in [("diff v9 v10", "states are decided differently"),
                         ("reach v9", "is never reached"),
                         ("verify v9", "alias-mismatch"),
                         ("whatif --base v9 --drop cow-special", "What if: v9 -cow-special"),
                         ("kernels", "v9"), ("decode 0x7d9", "MemAttr"),
                         ("geometry", "start with"), ("fault --cpu fwb,dic", "result")]:
        shown = t.line(line)
        ok(wanted in shown and not shown.lstrip().startswith(("{", "[")), f"as text: {line}",
           shown[:500])
    t.line(GPU)
    t.line(SLOT)
    shown = t.line("show")
    ok("HVA" in shown and "IPA" in shown and "refused: EINVAL" in shown and
       "outside linear map" in shown, "show draws the address spaces", shown)
    t.line("cpu fwb dic")
    t.line("write 0x40001000")
    shown = t.line("explain")
    ok("without fwb" in shown and "cacheable-unsupported" in shown, "explain tells what else",
       shown)
    shown = t.line("pte 0x40001000")
    ok("MemAttr" in shown and "Normal Write-Back, forced" in shown, "pte shows the bits", shown)
    t.leave()


def main():
    if NO_TERMINAL:
        tap.skip_all(NO_TERMINAL)
    test_every_candidate_has_help()
    for name, test in list(globals().items()):
        if not name.startswith("test_") or name == "test_every_candidate_has_help":
            continue
        home = Home()
        try:
            if test.__code__.co_argcount == 0:
                test()
            else:
                test(home)
        except (pexpect.TIMEOUT, pexpect.EOF) as error:
            at = error.__traceback__
            lines = []
            while at is not None:
                lines.append(f"{os.path.basename(at.tb_frame.f_code.co_filename)}:{at.tb_lineno}")
                at = at.tb_next
            text = re.sub(r"(?m)^", "", str(error))
            ok(False, f"{name} comes to its end", " ".join(lines) + "\n" + text[:3000])
        finally:
            home.remove()
    tap.done()


if __name__ == "__main__":
    main()
