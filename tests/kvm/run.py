# SPDX-License-Identifier: MIT
"""check: boot kernels on emulated CPUs and compare KVM's descriptors with s2pte's.
record: write what one kernel did, as check lines.

A kernel or a CPU that is not to be had is skipped, and told; none at all is a skip of the whole
(exit status 77), never a pass.
"""
import argparse
import json
import os
import re
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import cases
import kernel
import machine
import packages
import qemu
from session import PAGES, Failed, Session, build_init

CHECKED = ("6.12.95", "7.1.13", "7.3.4", "7.3.4-16k")
TOLD = 20  # of the differences of a boot; all are written to files
CPUS = ("max", "max-48", "cortex-a710", "neoverse-n1")


class Work:
    """What all boots share: emulator, init, unpacked kernels."""

    def __init__(self, options):
        self.options = options
        self.emulator = qemu.find(options.cache)
        self.init = build_init(options.cache)
        self.rows = [row for row in kernel.table() if row["id"] in options.kernel]
        self.source = kernel.apt(options.cache, self.rows)
        self.skipped = []
        self._print = threading.Lock()

    def say(self, text):
        with self._print:
            print(text, flush=True)

    def skip(self, text):
        self.skipped.append(text)
        self.say(f"SKIP: {text}")

    def kernels(self):
        """(kernel, module, vfio's modules) of each that is wanted and to be had."""
        for row in self.rows:
            try:
                row, note = kernel.settle(row, self.source)
                if note:
                    self.say(f"note: {note}")
                one = kernel.Kernel(row, self.options.cache, self.source)
                vfio = one.vfio(self.options.vfio)
                if not vfio:
                    self.say(f"note: {row['id']} without vfio's BAR, "
                             + ("which needs a package not listed" if row["modules"] == "-" else
                                "whose modules take a large package: --vfio"))
                yield one, one.module(), vfio
            except packages.Missing as why:
                self.skip(f"kernel {row['id']}: {why}")

    def cpus(self):
        for cpu in machine.cpus():
            if cpu["id"] not in self.options.cpu:
                continue
            if self.emulator.major < int(cpu["qemu"]):
                self.skip(f"CPU {cpu['id']}: QEMU {self.emulator.version} has it otherwise")
            else:
                yield cpu

    def boots(self):
        """Of each pair its share of the cases, another one each time."""
        number = 0
        for one, module, vfio in self.kernels():
            for cpu in self.cpus():
                if not module and not cpu["vhe"]:
                    self.skip(f"{one.row['id']} on {cpu['id']}: without VHE and module nothing can be read")
                    continue
                wanted = [case for case in cases.cases(PAGES[one.row["page"]], bool(module), bool(vfio),
                                                       cpu["mte"])
                          if re.search(self.options.cases, case.name)]
                shares = -(-len(wanted) // self.options.most) if self.options.most else 1
                share = wanted[number % shares::shares]
                number += 1
                yield Session(one, cpu, share, self.options.s2pte), module, vfio

    def boot(self, job):
        session, module, vfio = job
        started = time.monotonic()
        name = f"{session.kernel.row['version']} {session.kernel.row['page']} on {session.cpu['id']}"
        try:
            session.run(self.emulator, self.init, module, vfio)
            self._again(session, module, vfio)
        except (Failed, RuntimeError, OSError) as why:
            self.say(f"FAIL: {name}: {why}")
            return None
        agreed = len(session.lines) - len(session.wrong)
        self.say(f"{name}, as {session.kernel.row['revision']}: {agreed} of {len(session.lines)} agree, "
                 f"{session.walks} descriptors"
                 + (f" ({session.second} read twice)" if session.second else "")
                 + (f", {session.unsteady} only the second time" if session.unsteady else "")
                 + (f", {len(session.unreal)} not to be had" if session.unreal else "")
                 + f" ({time.monotonic() - started:.0f} s)")
        return session

    def _again(self, session, module, vfio):
        """The host may age or move a page at any time: what differs is tried once more, and what
        agrees then is counted apart."""
        wrong = {line["scenario"]["id"] for line, _ in session.wrong}
        if not wrong:
            return
        again = Session(session.kernel, session.cpu,
                        [case for case in session.cases if case.name in wrong], session.s2pte)
        again.run(self.emulator, self.init, module, vfio)
        agreed = {line["scenario"]["id"]: line for line, why in zip(again.lines, again.verdicts) if not why}
        session.unsteady = len(agreed)
        for n, line in enumerate(session.lines):
            if line["scenario"]["id"] in agreed:
                session.lines[n] = agreed[line["scenario"]["id"]]
                session.verdicts[n] = None


def _file_name(session, line):
    name = "-".join([session.kernel.row["id"], session.cpu["id"], line["scenario"]["id"]])
    return re.sub(r"[^A-Za-z0-9.+-]", "-", name) + ".json"


def tell_wrong(work, session):
    folder = os.path.join(work.options.cache, "disagreements")
    os.makedirs(folder, exist_ok=True)
    for n, (line, why) in enumerate(session.wrong):
        path = os.path.join(folder, _file_name(session, line))
        with open(path, "w", encoding="utf-8") as file:
            json.dump(line["scenario"], file, indent=1)
            file.write("\n")
        if n >= TOLD:
            continue
        work.say(f"  differs: {line['scenario']['id']}: {why}\n    s2pte run {path}")


    if len(session.wrong) > TOLD:
        work.say(f"  and {len(session.wrong) - TOLD} more, in {folder}")


def check(work):
    started = time.monotonic()
    with ThreadPoolExecutor(work.options.jobs) as pool:
        sessions = list(pool.map(work.boot, work.boots()))
    done = [session for session in sessions if session]
    for session in done:
        tell_wrong(work, session)
    lines = sum(len(session.lines) for session in done)
    wrong = sum(len(session.wrong) for session in done)
    work.say(f"{lines - wrong} of {lines} observations agree, on {len(done)} pairs of kernel and CPU; "
             f"{len(sessions) - len(done)} boots failed, {len(work.skipped)} skipped; "
             f"QEMU {work.emulator.version}; {time.monotonic() - started:.0f} s")
    if not sessions:
        return 77
    return 1 if wrong or len(done) < len(sessions) else 0


def record(work):
    with ThreadPoolExecutor(work.options.jobs) as pool:
        sessions = list(pool.map(work.boot, work.boots()))
    if not sessions:
        return 77
    with open(work.options.output, "w", encoding="utf-8") as file:
        for session in sessions:
            for line in session.lines if session else ():
                line["observed_on"] = {"kernel": session.kernel.row["version"],
                                       "cpu": session.cpu["id"],
                                       "emulator": f"QEMU {work.emulator.version}"}
                file.write(json.dumps(line, separators=(",", ":")) + "\n")
    work.say(f"wrote {work.options.output}")
    return 0 if all(sessions) else 1


def _known(parser, wanted, rows):
    names = [row["id"] for row in rows]
    for name in wanted:
        if name not in names:
            parser.error(f"there is no {name}; there are {' '.join(names)}")
    return wanted


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("do", choices=("check", "record"))
    parser.add_argument("--cache", default="kvm", help="where packages and builds are kept")
    parser.add_argument("--s2pte", default=os.environ.get("S2PTE", "s2pte"))
    parser.add_argument("--kernel", action="append", help="of the table kernels; several times")
    parser.add_argument("--cpu", action="append", help="of the table cpus; several times")
    parser.add_argument("--cases", default="", help="a regular expression")
    parser.add_argument("--most", type=int,
                        help="cases of a boot at most; 0: all; 500 to check, all to record")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--vfio", action="store_true", help="fetch vfio's modules though they are large")
    parser.add_argument("--output", default="real-kvm.ndjson")
    options = parser.parse_args()
    options.kernel = _known(parser, options.kernel or CHECKED, kernel.table())
    options.cpu = _known(parser, options.cpu or CPUS, machine.cpus())
    if options.most is None:
        options.most = 500 if options.do == "check" else 0
    options.cache = os.path.abspath(options.cache)
    os.makedirs(options.cache, exist_ok=True)
    try:
        work = Work(options)
        return check(work) if options.do == "check" else record(work)
    except packages.Missing as why:
        print(f"SKIP: {why}")
        return 77


if __name__ == "__main__":
    sys.exit(main())
