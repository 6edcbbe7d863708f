# SPDX-License-Identifier: MIT
"""s2pte on a terminal of its own, for the tests that press its keys."""
import os
import re
import shutil
import signal
import tempfile

import tap

try:
    import pexpect
except ImportError:
    pexpect = None


def no_terminal():
    """Why no program can be put on a terminal here, None if it can."""
    if pexpect is None:
        return "there is no python3-pexpect"
    try:
        for end in os.openpty():
            os.close(end)
    except OSError:
        return "no terminal can be opened"  # a bare root without /dev/pts
    return None


NO_TERMINAL = no_terminal()
# What runs in the background may have been told to ignore them, and hands that down.
for ending in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
    signal.signal(ending, signal.SIG_DFL)

PROMPT = "s2pte> "
# Colours, cursor movements, modes of the terminal.
CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]|\x1b\([A-Z]|[\x07\x08]")


def real_program():
    """The program itself: libtool's script in front of it takes longer to start than it does."""
    build = os.environ["S2_BUILD"]
    program = os.path.join(build, ".libs", "s2pte")
    if not os.path.exists(program):
        return tap.S2PTE, {}
    paths = [os.path.join(build, ".libs"), os.environ.get("LD_LIBRARY_PATH", "")]
    return program, {"LD_LIBRARY_PATH": ":".join(p for p in paths if p)}


def sanitized():
    """Programs with sanitizers are slow, and need more memory than limits allow."""
    with open(os.path.join(os.environ["S2_BUILD"], "Makefile"), encoding="utf-8") as file:
        return "-fsanitize" in file.read()


PROGRAM, LIBRARIES = real_program()
tap.S2PTE = PROGRAM
os.environ.update(LIBRARIES)
SLOW = 10 if sanitized() else 1


def plain(text):
    """What a reader sees of it, nearly: control sequences are left out."""
    return CONTROL.sub("", text).replace("\r", "")


class Home:
    """A home of its own: history, .editrc and files."""
    def __init__(self, editrc=None):
        self.path = tempfile.mkdtemp(prefix="s2pte-shell-")
        self.state = os.path.join(self.path, "state")
        self.history = os.path.join(self.state, "s2pte", "history")
        shutil.copytree(tap.source("examples"), os.path.join(self.path, "examples"))
        # distcheck's source is read-only, and so is its copy.
        for directory, _, _ in os.walk(os.path.join(self.path, "examples")):
            os.chmod(directory, 0o755)
        if editrc is not None:
            self.write(".editrc", editrc)

    def file(self, name):
        return os.path.join(self.path, name)

    def write(self, name, text):
        with open(self.file(name), "w", encoding="utf-8") as file:
            file.write(text)
        return self.file(name)

    def read(self, name):
        with open(self.file(name), encoding="utf-8") as file:
            return file.read()

    def environment(self, **more):
        kept = {k: v for k, v in os.environ.items() if k.endswith("SAN_OPTIONS")}
        # libedit forgets the names of the functions that were added to it.
        kept["LSAN_OPTIONS"] = (kept.get("LSAN_OPTIONS", "") + ":print_suppressions=0:suppressions="
                                + self.write("suppressions", "leak:libedit.so\nleak:wcsdup\n"))
        return {"HOME": self.path, "XDG_STATE_HOME": self.state, "PATH": os.environ["PATH"],
                "TERM": "xterm", "LC_ALL": "C.UTF-8", **LIBRARIES, **kept, **more}

    def remove(self):
        shutil.rmtree(self.path, ignore_errors=True)


class Terminal:
    """The shell on a pseudo-terminal."""
    def __init__(self, home, args=(), rows=50, columns=100, prompt=True, preexec=None, **env):
        self.home = home
        # What it prints may be more than a test asks for: it must not wait for that.
        self.child = pexpect.spawn(PROGRAM, list(args), cwd=home.path,
                                   env={k: v for k, v in home.environment(**env).items()
                                        if v is not None},
                                   dimensions=(rows, columns), timeout=10 * SLOW,
                                   encoding="utf-8", codec_errors="replace",
                                   preexec_fn=preexec)
        self.child.delaybeforesend = None
        if prompt:
            self.wait(PROMPT)

    def wait(self, text, timeout=-1):
        """What comes before @text, which must come."""
        self.child.expect_exact(text, timeout=timeout)
        return plain(self.child.before)

    def keys(self, text):
        self.child.send(text)

    def line(self, text, timeout=-1):
        """Type a line, press Enter: what is printed before the next prompt."""
        self.keys(text + "\r")
        # libedit shows the line as it is typed, wherever it has to.
        self.child.expect(r"\n", timeout=timeout)
        return self.wait(PROMPT, timeout)

    def typed(self, keys, shows, timeout=-1):
        """Press keys until the line looks so; True, or False if it does not come to that."""
        self.keys(keys)
        try:
            self.wait(shows, timeout=3 * SLOW if timeout < 0 else timeout)
        except pexpect.TIMEOUT:
            return False
        return True

    def abandon(self):
        """Ctrl-C: a new prompt."""
        self.child.sendintr()
        self.wait("^C")
        return self.wait(PROMPT)

    def leave(self):
        """Ctrl-D at an empty line: the exit status, or minus the signal."""
        self.child.sendeof()
        return self.end()

    def end(self):
        self.child.expect(pexpect.EOF)
        self.child.close()
        if self.child.exitstatus is None:
            return -self.child.signalstatus
        return self.child.exitstatus
