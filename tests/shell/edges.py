# SPDX-License-Identifier: MIT
"""The shell on screens, with homes and in states that few people have."""
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.environ["S2_SOURCE"], "tests"))
sys.path.insert(0, os.path.join(os.environ["S2_SOURCE"], "tests", "shell"))
import tap  # noqa: E402
from tap import ok  # noqa: E402

import terminal  # noqa: E402
from terminal import NO_TERMINAL, PROMPT, SLOW, Home, Terminal, pexpect  # noqa: E402

GPU = "vma gpu 0x7f0000000000 1G PFNMAP SHARED pa 0x4000000000 device mapping 2M"
SLOT = "slot 0 0x40000000 1G gpu"
BIG = 65 << 20


# ---- Screens ---------------------------------------------------------------------------------

def test_many_candidates(home):
    for i in range(120):
        home.write(f"file{i:03}", "")
    t = Terminal(home, rows=200)
    t.keys("load file")
    t.wait("load file")
    t.keys("\t\t")
    listed = t.wait(PROMPT)
    ok("file099" in listed and "file100" not in listed and "and 20 more" in listed,
       "a hundred candidates are listed, and how many more there are", listed[-300:])
    t.abandon()
    t.leave()


def test_narrow_screen(home):
    t = Terminal(home, columns=24)
    t.keys("help relax")
    t.keys("\r")
    shown = t.wait(PROMPT)
    ok("permissions" in shown, "help on a screen of 24 columns", shown)
    t.keys("fault --pgp")
    t.wait("pgp")
    t.keys("rot D\t\t\t")
    listed = t.wait(PROMPT)
    ok("DEVICE_nGnRE" in listed and "acknowledgement" not in listed,
       "candidates come with as much of their help as there is room for", listed)
    t.abandon()
    t.line(GPU + "; cpu fwb dic; " + SLOT)
    shown = t.line("write 0x40001000")
    ok("maps" in shown, "an answer on a screen of 24 columns", shown)
    t.leave()
    t = Terminal(home, columns=16)
    t.keys("fault --pgprot D\t\t\t")
    t.wait("DEVICE_nGnRnE\r\n")
    ok(True, "where there is no room for help, candidates come alone")
    t.abandon()
    t.leave()


def test_screen_without_size(home):
    t = Terminal(home, PAGER=f"cat >{home.file('paged')}; echo PAGED")
    t.line("set pager on")
    t.child.setwinsize(0, 0)
    shown = t.line("help all")
    ok("PAGED" in shown, "a terminal that does not know its size is taken for one of 24 by 80", shown)
    t.keys("fault --pgprot D\t\t\t")
    t.wait("DEVICE_nGnRnE")  # a line that is drawn anew may show the prompt before
    t.wait(PROMPT)
    ok(True, "and candidates are listed on it")
    t.abandon()
    t.leave()


def test_kinds_of_terminal(home):
    for kind in ("linux", "dumb", "", None):
        t = Terminal(home, TERM=kind)
        t.keys("cpu fwb\r")
        t.wait(PROMPT)
        ok("\x1b[?2004" not in t.child.before, f"TERM={kind} is not asked to mark what is pasted",
           repr(t.child.before))
        t.keys("set output json\r")
        t.wait(PROMPT)
        ok('"fwb": true' in t.line("show"), f"TERM={kind} does for the shell")
        t.leave()


# ---- Homes -----------------------------------------------------------------------------------

def test_history_by_home(home):
    kept = os.path.join(home.path, ".local", "state", "s2pte", "history")
    for name, state in (("no XDG_STATE_HOME", None), ("one that is no absolute path", "state")):
        t = Terminal(home, XDG_STATE_HOME=state)
        t.line("cpu fwb")
        t.leave()
        ok(os.path.exists(kept), f"{name}: the history is below HOME")
        os.unlink(kept)
    t = Terminal(home, XDG_STATE_HOME=None, HOME="nowhere")
    t.line("cpu fwb")
    ok(t.leave() == 0 and not os.path.exists(home.file("nowhere")),
       "a HOME that is no absolute path keeps none")
    t = Terminal(home, XDG_STATE_HOME="/" + "x" * 2000)
    t.line("cpu fwb")
    ok(t.leave() == 0, "nor does a path that is too long")
    t = Terminal(home, XDG_STATE_HOME=home.write("file", ""))
    t.line("cpu fwb")
    ok(t.leave() == 0, "nor one below a file")


def test_history_that_is_too_much(home):
    os.makedirs(os.path.dirname(home.history), exist_ok=True)
    with open(home.history, "wb") as file:
        file.write(b"_HiStOrY_V2_\nkernel\\040v9\n")
        file.truncate(9 << 20)
    t = Terminal(home)
    t.keys("\x10")
    ok(not t.typed("", "kernel v9", 1), "a file of 9 MiB is not read as a history")
    t.leave()
    os.unlink(home.history)
    t = Terminal(home)
    for i in range(0, 1010, 101):
        t.keys("".join(f"#{n}\r" for n in range(i, i + 101)) + f"end{i}\r")
        t.wait(f'there is no command "end{i}"', 60 * SLOW)  # what is typed ahead does not say that
    t.wait(PROMPT)
    t.leave()
    lines = home.read("state/s2pte/history").splitlines()
    ok(len(lines) == 1001 and lines[-1] == "end909" and lines[-2] == "#1009" and "#10" not in lines,
       "of more lines than are kept, the last", (len(lines), lines[1:3], lines[-2:]))


# ---- States ----------------------------------------------------------------------------------

def test_nul():
    home = Home("edit off\n")
    t = Terminal(home)
    t.keys("cpu fwb\x00dic\n")
    shown = t.wait(PROMPT)
    ok("the line has a NUL byte in it" in shown, "a NUL that is typed", shown)
    t.line("set output json")
    ok('"fwb"' not in t.line("show"), "and nothing is done by half")
    t.leave()
    home.remove()


def test_tutorial_elsewhere(home):
    home.write("tutorial.s2", "tutorial\n")
    t = Terminal(home)
    t.keys("source tutorial.s2\r")
    shown = t.wait("That is all.", 60 * SLOW)
    t.wait(PROMPT)
    ok("Enter goes on" not in shown,
       "a script does not wait for a reader", shown[-200:])
    t.keys("tutorial\r")
    t.wait("q leaves]")
    t.keys("Q\r")
    t.wait(PROMPT)
    ok("output text" in t.line("set"), "Q leaves the tutorial")
    t.leave()


def on_terminal(home, command):
    """What a command of the shell outside says on a terminal, and its status."""
    text, status = pexpect.run(f"/bin/sh -c '{command}'", withexitstatus=True, cwd=home.path,
                               env=home.environment(S=terminal.PROGRAM), timeout=60 * SLOW,
                               encoding="utf-8")
    return terminal.plain(text), status


def test_scripts_on_a_terminal(home):
    home.write("a.s2", "cpu fwb\nset output text\nshow\n")
    shown, status = on_terminal(home, '"$S" -f a.s2')
    ok(status == 0 and "fwb" in shown and PROMPT not in shown, "-f on a terminal has no prompt", shown)
    shown, status = on_terminal(home, '"$S" -c "cpu fwb; cpu nonsense"')
    ok(status == 2 and "nonsense" in shown and PROMPT not in shown, "nor has -c", shown)
    shown, status = on_terminal(home, '"$S" </dev/null')
    ok(status == 2 and "Usage" in shown, "alone without a keyboard it tells of its usage", shown)
    shown, status = on_terminal(home, "echo cpu fwb | \"$S\" shell")
    ok(status == 0 and PROMPT not in shown, "shell without a keyboard reads lines", shown)
    shown, status = on_terminal(home, '"$S" reach v9 --shard 1/9 | head -c 20; "$S" reach v9 --shard 1/9')
    ok('"shard"' in shown, "a part is JSON on a terminal, too", shown[:300])


def test_lines_that_are_too_long(home):
    with open(home.file("long.s2"), "wb") as file:
        file.write(b"cpu fwb\n")
        file.truncate(BIG)
        file.seek(BIG)
        file.write(b"\nset output text\nshow\n")
    done = subprocess.run([terminal.PROGRAM, "-f", home.file("long.s2")], capture_output=True,
                          env=home.environment(), check=False)
    ok(done.returncode == 2 and b"a line is too long" in done.stderr and b"fwb" in done.stdout,
       "a line of 65 MiB is refused, and the next one is read", done.stderr)
    home.write("source.s2", "cpu fwb\nsource long.s2; cpu dic\nset output text; show\n")
    done = subprocess.run([terminal.PROGRAM, "-f", "source.s2"], capture_output=True,
                          env=home.environment(), check=False, cwd=home.path)
    ok(done.returncode == 2 and b"a line is too long" in done.stderr and b"dic" in done.stdout,
       "so it is in a file that another names", done.stderr)


def test_pager_without_pager(home):
    for pager in ("", None):
        t = Terminal(home, rows=10, PAGER=pager)
        t.line("set output json")
        shown = t.line("set pager on")
        ok("PAGER" not in shown, f"PAGER={pager}: a machine is told nothing of it", shown)
        ok("wrprotect" in t.line("help all"), f"PAGER={pager}: all is on the screen")
        t.leave()


def test_a_cpu_by_name(home):
    home.write("named.json", '{"cpu": "neoverse-v2"}')
    done = subprocess.run([terminal.PROGRAM, "-c", "load named.json; cpu -dic; show"],
                          capture_output=True, env=home.environment(), check=False, cwd=home.path)
    ok(b'"cpu":{"fwb":true,"xnx":true,"tlbi_range":true}' in done.stdout,
       "a CPU's name gives way to its features when one is changed", done.stdout[:300])


def test_in_the_middle(home):
    """The cursor within the line, where a space follows or none does."""
    t = Terminal(home)
    for keys, back, want in [("fault --pgp NORMAL", 7, "fault --pgprotX NORMAL"),
                             ("fault --pgpNORMAL", 6, "fault --pgprot XNORMAL"),
                             ("cpu --regs CTR", 0, "cpu --regs CTR_EL0=X")]:
        t.keys(keys)
        t.wait(keys[-5:])
        t.keys("\x02" * back + "\tX")
        t.keys("\x01#\r")
        t.wait("\n")
        t.wait(PROMPT)
        t.keys("\x10")
        ok(t.typed("", "#" + want, 3), f"TAB in the middle: {want}")
        t.abandon()
    t.leave()


def test_full_disk(home):
    if not os.path.exists("/dev/full"):
        return
    writes = "; ".join(f"write 0x{0x40000000 + 4096 * i:x}" for i in range(200))
    for line in ("save /dev/full", "show svg /dev/full", f"{writes}; save /dev/full",
                 f"{writes}; show svg /dev/full"):
        done = subprocess.run([terminal.PROGRAM, "-c", f"{GPU}; cpu fwb dic; {SLOT}; {line}; cpu xnx"],
                              capture_output=True, env=home.environment(), check=False)
        ok(done.returncode == 3 and b"No space left" in done.stderr,
           f"{line[-40:]}: says so", done.stderr)
    os.mkdir(home.file("folder"))
    for line in ("save folder", "show svg folder", "save " + "x/" * 2040 + "y",
                 "save " + "x" * 300):
        done = subprocess.run([terminal.PROGRAM, "-c", line], capture_output=True,
                              env=home.environment(), check=False, cwd=home.path)
        ok(done.returncode == 3 and b"cannot write" in done.stderr, f"{line[:40]}: says so",
           done.stderr[:300])
    ok(os.listdir(home.file("folder")) == [], "and nothing is left there")


def main():
    if NO_TERMINAL:
        tap.skip_all(NO_TERMINAL)
    for name, test in list(globals().items()):
        if not name.startswith("test_"):
            continue
        home = Home()
        try:
            test(*[home][:test.__code__.co_argcount])
        except (pexpect.TIMEOUT, pexpect.EOF) as error:
            ok(False, f"{name} comes to its end", str(error)[:3000])
        finally:
            home.remove()
    tap.done()


if __name__ == "__main__":
    main()
