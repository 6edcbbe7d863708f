# SPDX-License-Identifier: MIT
"""The completion of other shells, as they call it; those that are not there are not tested."""
import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.environ["S2_SOURCE"], "tests"))
sys.path.insert(0, os.path.join(os.environ["S2_SOURCE"], "tests", "shell"))
import tap  # noqa: E402
from tap import ok  # noqa: E402

from terminal import LIBRARIES, NO_TERMINAL, PROGRAM, Home, Terminal, pexpect  # noqa: E402

# A line, and what it becomes by a TAB.
CASES = [
    ("s2pte geo", "s2pte geometry "),
    ("s2pte fault --pgp", "s2pte fault --pgprot "),
    ("s2pte fault --pgprot NORMAL_T", "s2pte fault --pgprot NORMAL_TAGGED "),
    ("s2pte fault --pgprot=NORMAL_T", "s2pte fault --pgprot=NORMAL_TAGGED "),
    ("s2pte fault --vma PFNMAP,SHA", "s2pte fault --vma PFNMAP,SHARED "),
    ("s2pte reach lat", "s2pte reach latest "),
    ("s2pte whatif --base v9 --drop cow", "s2pte whatif --base v9 --drop cow-special "),
    ("s2pte run exam", "s2pte run examples/"),
    ("s2pte run examples/mixed", "s2pte run examples/mixedmap.json "),
    ("s2pte -f exam", "s2pte -f examples/"),
]


def environment(home):
    """s2pte in the path, and no files of the user's or the system's."""
    tools = home.file("bin")
    os.makedirs(tools, exist_ok=True)
    if not os.path.exists(os.path.join(tools, "s2pte")):
        os.symlink(PROGRAM, os.path.join(tools, "s2pte"))
    return {**home.environment(), **LIBRARIES, "PATH": tools + ":" + os.environ["PATH"]}


BASH = r"""
. "$1"
COMP_LINE=$2 COMP_POINT=${#2} COMP_WORDBREAKS=$' \t\n"\'><=;|&(:'
word=${2##*[ =:]}
_s2pte s2pte "$word" ""
printf '%s\n' "${COMPREPLY[@]}"
"""


def bash(home, line):
    done = subprocess.run(["bash", "-c", BASH, "bash", tap.source("completions", "s2pte.bash"), line],
                          capture_output=True, check=False, env=environment(home), cwd=home.path)
    return done.stdout.decode().splitlines(), done.stderr.decode()


def test_bash(home):
    for line, wanted in CASES:
        got, errors = bash(home, line)
        word = line.rsplit("=", 1)[-1] if "=" in line else line.rsplit(" ", 1)[-1]
        ok(errors == "" and [line[:len(line) - len(word)] + g for g in got] == [wanted],
           f"bash: {line}", (got, errors))
    got, errors = bash(home, "s2pte ")
    ok(errors == "" and "fault " in got and "diff " in got, "bash: all commands", (got, errors))
    got, errors = bash(home, "s2pte fault --cpu ")
    ok(errors == "" and got[:2] == ["fwb ", "dic "], "bash: all values", (got, errors))
    home.write("a file.json", "{}")
    got, errors = bash(home, "s2pte run a")
    ok(got == ["a\\ file.json "], "bash: a file with a space", (got, errors))
    got, errors = bash(home, "s2pte nonsense ")
    ok((got, errors) == ([""], ""), "bash: nothing where nothing is known", (got, errors))
    if NO_TERMINAL:
        print(f"# bash: {NO_TERMINAL}")
        return
    child = pexpect.spawn("bash", ["--norc", "--noprofile", "-i"], env=environment(home),
                          cwd=home.path, encoding="utf-8", dimensions=(40, 120), timeout=20)
    child.sendline(f". {tap.source('completions', 's2pte.bash')}; bind 'set bell-style none'; "
                   "PS1='rea''dy> '")
    child.expect_exact("ready> ")
    for line, wanted in CASES:
        child.send(line + "\tX")
        child.expect_exact("X")
        child.send("\x01echo '<\x05>'\r")
        shown = child.expect_exact(["<" + wanted + "X>\r\n", "\r\nready> "])
        ok(shown == 0, f"bash on a terminal: {line}", child.before)
        if shown == 0:
            child.expect_exact("ready> ")
    child.close()


def test_zsh(home):
    file = tap.source("completions", "_s2pte")
    done = subprocess.run(["zsh", "-f", "-n", file], capture_output=True, check=False)
    ok(done.returncode == 0, "zsh: the syntax", done.stderr.decode())
    if NO_TERMINAL:
        print(f"# zsh: {NO_TERMINAL}")
        return
    child = pexpect.spawn("zsh", ["-f", "-i"], env={**environment(home), "TERM": "dumb"},
                          cwd=home.path, encoding="utf-8", dimensions=(40, 120), timeout=20)
    child.sendline(f"fpath=({tap.source('completions')} $fpath); autoload -Uz compinit; "
                   "compinit -u -D; PS1='rea''dy> '; bindkey -e")
    child.expect_exact("ready> ")
    for line, wanted in CASES:
        if "=" in line:
            continue
        child.send(line + "\tX")
        child.expect_exact("X")
        child.send("\x01echo '<\x05>'\r")
        shown = child.expect_exact(["<" + wanted + "X>\r\n", "\r\nready> "])
        ok(shown == 0, f"zsh on a terminal: {line}", child.before)
        if shown == 0:
            child.expect_exact("ready> ")
    child.close()


def test_fish(home):
    file = tap.source("completions", "s2pte.fish")
    done = subprocess.run(["fish", "--no-execute", file], capture_output=True, check=False,
                          env=environment(home))
    ok(done.returncode == 0, "fish: the syntax", done.stderr.decode())
    for line, wanted in CASES:
        if "=" in line:
            continue
        done = subprocess.run(["fish", "-c", f"source {file}; complete --do-complete='{line}'"],
                              capture_output=True, check=False, env=environment(home),
                              cwd=home.path)
        got = [g.split("\t")[0] for g in done.stdout.decode().splitlines()]
        ok(wanted.split()[-1] in got, f"fish: {line}", (got, done.stderr.decode()))


def main():
    for name, test in [("bash", test_bash), ("zsh", test_zsh), ("fish", test_fish)]:
        if shutil.which(name) is None:
            print(f"# there is no {name}")
            continue
        home = Home()
        try:
            test(home)
        finally:
            home.remove()
    tap.done()


if __name__ == "__main__":
    main()
