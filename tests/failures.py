# SPDX-License-Identifier: MIT
"""
System calls that fail and signals at any moment, each in its turn: what was complete is there,
the rest is told with the right exit status, and a file is the old one or all of the new one.
strace makes the calls fail.
"""
import collections
import concurrent.futures
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import tap

sys.path.insert(0, tap.source("tests", "shell"))
import terminal  # noqa: E402

IO = 3  # the exit status for input and output that failed
OLD = "what was there before\n"

# What the command answers, line by line, as it reads its input.
LINES = [json.dumps({"id": f"{n}", "events": [{"op": "walk", "ipa": 4096 * n}]})
         for n in range(2500)]
CHECKS = [json.dumps({"scenario": {"id": f"{n}"}, "expect": {"kernel": "v7.3"}})
          for n in range(2500)]


class Case:
    def __init__(self, name, *args, data=None, saves=None, answers=None):
        self.name = name
        self.args = args
        self.data = data  # standard input
        self.saves = saves  # the file it writes
        self.answers = answers  # what one line of input gives: a pattern of a line of output


CASES = [
    Case("batch", "batch", data="\n".join(LINES) + "\n", answers=rb'^\{"id":"[0-9]+".*\}$'),
    Case("batch of a file", "batch", "lines.ndjson", answers=rb'^\{"id":"[0-9]+".*\}$'),
    Case("check", "check", data="\n".join(CHECKS) + "\n", answers=rb"^ok [0-9]+ - .*$"),
    Case("run", "run", "--kernel", "rules.json", "mte.json", "grace-hopper.json"),
    Case("decode", "decode", "0x00400000800017db", "--text"),
    Case("rules", "rules", "rules.json"),
    Case("dump", "dump", "--ptdump", "dirty-logging.json"),
    Case("diff", "diff", "v9", "v10", "--format", "html"),
    Case("whatif", "whatif", "--base", "v9", "--drop", "cow-special", "--save", "saved",
         saves="saved"),
    Case("a script", "shell", "--file", "script.s2", saves="saved"),
    Case("a picture", "shell", "--commands",
         "vma a 0x10000 4M; slot 0 0x100000 1M a; write 0x100000; show svg saved",
         saves="saved"),
]

# What a call that failed has to lead to: "again", all is as if it had not; "told", it is said with
# the exit status for it; "either", nothing is silently wrong.
FAILURES = {
    "read": {"EIO": "told", "EINTR": "again", "EAGAIN": "again"},
    "write": {"ENOSPC": "told", "EIO": "told", "EPIPE": "told", "EINTR": "again",
              "EAGAIN": "again"},
    "openat": {"EINTR": "again", "EMFILE": "told", "EACCES": "either"},
    "close": {"EINTR": "again", "EIO": "either"},
    "fsync": {"EIO": "told", "ENOSPC": "told", "EINTR": "again", "EINVAL": "again"},
    "rename": {"ENOSPC": "told", "EINTR": "again"},
    "fchmod": {"EPERM": "again"},
    "readlink": {"EIO": "told"},  # what is there may be no file on a disk
    "newfstatat": {"EIO": "either"},
    "ioctl": {"EIO": "either"},
    "fcntl": {"EMFILE": "either"},
    "rt_sigprocmask": {"EINVAL": "either"},
    "poll": {"EINTR": "again"},
}
MEMORY = ("brk", "madvise", "mmap", "mprotect", "mremap", "munmap")
# Not the command's own: the locale, the seed of a hash table. They do without.
OTHERS = re.compile(r'"(/usr/(lib|share)/locale|/dev/urandom|/proc/|/sys/|/etc/)')

PROGRAM, LIBRARIES = terminal.PROGRAM, terminal.LIBRARIES
# No leak checker: it wants to trace the program, which strace does.
ENVIRONMENT = {**os.environ, **LIBRARIES, "LC_ALL": "C.UTF-8", "ASAN_OPTIONS": "detect_leaks=0",
               "HOME": "/nonexistent"}
CALL = re.compile(r"^(\w+)\((.*)\)\s+= (-?\w+)(.*)$")

Call = collections.namedtuple("Call", "name nth number args result failed")
Run = collections.namedtuple("Run", "status out err saved left calls")


def calls_of(log):
    """The calls since main() began: the first thing that it asks is which files are open."""
    calls, count, number, begun = [], collections.Counter(), 0, False
    for line in log.splitlines():
        call = CALL.match(line)
        name = call.group(1) if call else line.partition("(")[0]
        if line.startswith(("---", "+++")):
            continue
        if ".gcda" in line:
            break  # what counts the lines that ran: its files must not suffer
        number += 1
        count[name] += 1
        begun |= line.startswith("fcntl(0, F_GETFD")
        if begun and call and call.group(3) != "?":
            calls.append(Call(name, count[name], number, call.group(2), call.group(3),
                              "INJECTED" in line))
    return calls


def run(case, *inject):
    """The case with a failure; in a directory of its own."""
    with tempfile.TemporaryDirectory(prefix="s2pte-failures-") as work:
        log = os.path.join(work, "..", os.path.basename(work) + ".log")
        for name in FILES:
            shutil.copyfile(FILES[name], os.path.join(work, name))
        if case.saves:
            with open(os.path.join(work, case.saves), "w", encoding="utf-8") as file:
                file.write(OLD)
        before = set(os.listdir(work))
        options = [option for what in inject for option in ("-e", f"inject={what}")]
        with open(os.path.join(work, "..", os.path.basename(work) + ".out"), "w+b") as file:
            os.unlink(file.name)
            done = subprocess.run(["strace", "-o", log, *options, PROGRAM, *case.args],
                                  input=(case.data or "").encode(), stdout=file,
                                  stderr=subprocess.PIPE, cwd=work, env=ENVIRONMENT, check=False)
            file.seek(0)
            out = file.read()
        with open(log, encoding="utf-8", errors="replace") as file:
            calls = calls_of(file.read())
        os.unlink(log)
        saved = None
        if case.saves:
            with open(os.path.join(work, case.saves), encoding="utf-8") as file:
                saved = file.read()
        left = set(os.listdir(work)) - before
    return Run(done.returncode, out, done.stderr, saved, left, calls)


def lines_read(case, calls):
    """Whole lines of input that the calls have read."""
    # One that is the last call of all has read what nobody has looked at.
    size = sum(int(c.result) for c in calls[:-1] if c.name == "read" and int(c.result) > 0)
    text = case.data if case.data is not None else read_text(FILES[case.args[-1]])
    return text.encode()[:size].count(b"\n")


def read_text(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def faults(case, good, got, want):
    """What is wrong with a run; "" if nothing is."""
    said = re.sub(rb"==\d+==WARNING: ASan[^\n]*\n", b"", got.err)
    if got.status < 0 and want != "ended":
        return f"ended by signal {-got.status}: {got.err[:200]}"
    as_before = (got.status, got.out, got.saved) == (good.status, good.out, good.saved)
    if want == "again" and not as_before:
        return f"status {got.status}, {len(got.out)} of {len(good.out)} bytes, {said[:200]}"
    if want == "told" and (got.status != IO or not said):
        return f"status {got.status}, said {said[:200]}"
    if want == "either" and not as_before and (got.status == good.status or not said):
        return f"status {got.status}, said {said[:200]}"
    if want == "ended" and got.status >= 0 and not as_before:
        return f"status {got.status}, {len(got.out)} of {len(good.out)} bytes, {said[:200]}"
    if got.saved not in (OLD if case.saves else None, good.saved):
        return f"the file is neither the old one nor the new one: {got.saved[:200]!r}"
    if got.status == good.status and got.saved != good.saved:
        return "the file was not written, and nothing was said"
    if got.left - good.left:
        return f"left behind: {got.left}"
    if case.answers:
        # TAP ends with a plan, in any case.
        out = re.sub(rb"^1\.\.\d+\n\Z", b"", got.out, flags=re.M)
        if not good.out.startswith(out):
            return f"other answers: {got.out[-200:]!r}"
    return ""


def complete(case, got):
    """Whether each line that was read is answered, and each answer is whole."""
    if not case.answers:
        return ""
    out = got.out.split(b"\n")
    whole = [line for line in out[:-1] if re.match(case.answers, line)]
    rest = [line for line in out if line and line not in whole and not line.startswith(b"1..")]
    lines = lines_read(case, got.calls)
    if len(whole) < lines or rest:
        return f"{lines} lines were read, {len(whole)} are answered; {rest[:2]}"
    return ""


def fail_one(case, good, call, code, want):
    got = run(case, f"{call.name}:error={code}:when={call.nth}")
    why = faults(case, good, got, want)
    if not why and want == "told" and call.name == "read":
        why = complete(case, got)
    if not any(c.failed for c in got.calls):
        why = why or "nothing has failed"
    return why


def with_signal(case, good, call, number):
    name = signal.Signals(number).name
    got = run(case, f"{call.name}:signal={name}:when={call.nth}")
    return faults(case, good, got, "ended") or complete(case, got)


def killed(case, good, call):
    """Nothing can be done about this one, but the file is one or the other."""
    got = run(case, f"{call.name}:signal=SIGKILL:when={call.nth}")
    return "" if got.saved in (OLD, good.saved) else f"saved {got.saved[:200]!r}"


def expectation(call, want, seed):
    if call.name == "write" and call.args.startswith("2,"):
        return "again"  # nobody can be told
    if seed is not None and (call.name == "openat" or call.args.startswith(seed + ",")):
        return "again"
    if call.name == "close" and want == "either" and call.args == "1":
        return "told"
    return want


def moments(calls):
    """Of calls that are alike, of one file or for memory, the first, the second and the last."""
    alike = collections.defaultdict(list)
    for call in calls:
        if call.name in ("read", "write"):
            what = call.args.partition(",")[0]
        else:
            what = "" if call.name in MEMORY else call.args
        alike[call.name, what].append(call)
    return sorted({c for same in alike.values() for c in same[:2] + same[-1:]},
                  key=lambda call: call.number)


def attempts(good):
    seed = None
    for call in moments(good.calls):
        if call.name == "openat" and OTHERS.search(call.args):
            seed = call.result
        for code, want in FAILURES.get(call.name, {}).items():
            yield call, code, expectation(call, want, seed)
        if call.name == "close" and call.args == seed:
            seed = None


def test(pool, case):
    good = run(case)
    if not tap.ok(good.status in (0, 1) and good.calls and not good.left - {case.saves} and
                  good.saved != OLD, f"{case.name}: as it is", good):
        return
    if case.saves:
        tap.ok({"fsync", "rename"} <= {call.name for call in good.calls},
               f"{case.name}: what is saved is on the disk before it takes its place")
    jobs = [(f"{call.name}({call.args[:60]}), {code}", pool.submit(fail_one, case, good, call, code,
                                                                   want))
            for call, code, want in tap.some(attempts(good))]
    report(f"{case.name}: calls that fail", jobs)
    numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    jobs = [(f"{call.name}({call.args[:60]})",
             pool.submit(with_signal, case, good, call, numbers[n % len(numbers)]))
            for n, call in enumerate(tap.some(moments(good.calls)))]
    report(f"{case.name}: a signal at any moment", jobs)
    if case.saves:
        jobs = [(f"{call.name}({call.args[:60]})", pool.submit(killed, case, good, call))
                for call in tap.some(moments(good.calls))]
        report(f"{case.name}: killed at any moment", jobs)


def report(name, jobs):
    bad = [f"{what}: {job.result()}" for what, job in jobs if job.result()]
    tap.ok(jobs and not bad, f"{name} ({len(jobs)})", "\n".join(bad))


def without(descriptor):
    """The program is started with a standard file closed."""
    return lambda: os.close(descriptor)


def standard_files(work):
    saved = os.path.join(work, "saved")
    whatif = ["whatif", "--base", "v9", "--drop", "cow-special", "--save", saved]
    want = subprocess.run([PROGRAM, *whatif], env=ENVIRONMENT, capture_output=True, check=False)
    good = read_text(saved)
    for name, descriptor, args, saves in (
            ("input", 0, ["batch"], False), ("output", 1, ["rules", "v9"], False),
            ("output, while it saves", 1, whatif, True)):
        if saves:
            os.unlink(saved)
        got = subprocess.run([PROGRAM, *args], env=ENVIRONMENT, stderr=subprocess.PIPE,
                             preexec_fn=without(descriptor), check=False)
        tap.ok(got.returncode == IO and b"Bad file descriptor" in got.stderr and
               (not saves or read_text(saved) == good), f"no standard {name}", got)
    got = subprocess.run([PROGRAM, *whatif], env=ENVIRONMENT, stdout=subprocess.PIPE,
                         preexec_fn=without(2), check=False)
    tap.ok((got.returncode, got.stdout) == (want.returncode, want.stdout) and
           read_text(saved) == good, "no standard error", got)


def feed_all(descriptor, data):
    """In pieces that end within a line."""
    with os.fdopen(descriptor, "wb", buffering=0) as file:
        for at in range(0, len(data), 10007):
            file.write(data[at:at + 10007])


def pipes():
    """Non-blocking ones, as other programs leave them, and one that nobody reads."""
    data = read_text(FILES["lines.ndjson"]).encode()
    want = subprocess.run([PROGRAM, "batch"], input=data, env=ENVIRONMENT, capture_output=True,
                          check=False)
    (reads, feed), (drain, writes) = os.pipe(), os.pipe()
    os.set_blocking(reads, False)
    os.set_blocking(writes, False)
    with subprocess.Popen([PROGRAM, "batch"], stdin=reads, stdout=writes, env=ENVIRONMENT) as child:
        os.close(reads)
        os.close(writes)
        with concurrent.futures.ThreadPoolExecutor(max_workers=1) as feeder:
            with os.fdopen(drain, "rb") as file:
                feeder.submit(feed_all, feed, data)
                out = file.read()
    tap.ok(out == want.stdout and child.returncode == 0, "pipes that do not block",
           (child.returncode, len(out), len(want.stdout)))
    with open(FILES["lines.ndjson"], "rb") as file, subprocess.Popen(
            [PROGRAM, "batch"], stdin=file, stdout=subprocess.PIPE, env=ENVIRONMENT) as child:
        first = child.stdout.read(1)
        time.sleep(1.5)  # longer than it waits before it looks for signals
        out = first + child.stdout.read()
        child.wait(timeout=120)
        tap.ok(out == want.stdout and child.returncode == 0, "a reader that is slow",
               (child.returncode, len(out), len(want.stdout)))
    for number in (signal.SIGTERM, signal.SIGINT):
        with open(FILES["lines.ndjson"], "rb") as file, subprocess.Popen(
                [PROGRAM, "batch"], stdin=file, stdout=subprocess.PIPE, env=ENVIRONMENT) as child:
            child.stdout.read(1)  # it has begun
            child.send_signal(number)
            try:
                child.wait(timeout=120)
            except subprocess.TimeoutExpired:
                child.kill()
            tap.ok(child.returncode == -number, f"a reader that stops reading: {number.name}",
                   child.returncode)


def prepare(work):
    """The files of the cases, by name."""
    files = {name: tap.source("examples", name)
             for name in ("mte.json", "grace-hopper.json", "dirty-logging.json")}
    files["rules.json"] = tap.source("examples", "rules", "no-dax.json")
    for name, text in (("lines.ndjson", "\n".join(LINES) + "\n"),
                       ("script.s2", "kernel v9\nvma a 0x10000 4M; slot 0 0x100000 1M a\n"
                        "write 0x100000\nsave saved\nreach v9\n")):
        files[name] = os.path.join(work, name)
        with open(files[name], "w", encoding="utf-8") as file:
            file.write(text)
    return files


def may_trace():
    try:
        return subprocess.run(["strace", "-o", "/dev/null", "true"], capture_output=True,
                              check=False).returncode == 0
    except FileNotFoundError:
        return False


if not may_trace():
    tap.skip_all("there is no strace, or it may not trace")
with tempfile.TemporaryDirectory(prefix="s2pte-failures-") as top:
    FILES = prepare(top)
    with concurrent.futures.ThreadPoolExecutor(max_workers=2) as threads:
        for one in CASES:
            test(threads, one)
    standard_files(top)
    pipes()
tap.done()
