# SPDX-License-Identifier: MIT
"""One boot: a script goes in with the initrd, answers come out on the console."""
import os
import re
import select
import subprocess
import tempfile
import time

import initrd

HERE = os.path.dirname(os.path.abspath(__file__))
CPU_COLUMNS = ("id", "qemu", "fwb", "dic", "lpa2", "vhe", "mte", "option")
RAM_START = 0x40000000
# The kernel is told of three of four gigabytes: the rest is memory that it does not own.
KERNEL_RAM = 3 << 30
FOREIGN = RAM_START + KERNEL_RAM
# DAMON would age pages behind the cases' back. Pages of 32M are gigantic to a kernel with 4K pages
# and 1G ones to all: those have to be set aside at the start.
COMMAND_LINE = ("console=ttyAMA0 rdinit=/init mem=3G hugepagesz=1G hugepages=1 hugepagesz=32M "
                "hugepages=2 iomem=relaxed transparent_hugepage=madvise damon_stat.enabled=N quiet "
                "loglevel=3 panic=-1")


def cpus():
    found = []
    with open(os.path.join(HERE, "cpus"), encoding="utf-8") as file:
        for line in file:
            if line.strip() and not line.startswith("#"):
                cpu = dict(zip(CPU_COLUMNS, line.split(), strict=True))
                for feature in ("fwb", "dic", "lpa2", "vhe", "mte"):
                    cpu[feature] = cpu[feature] == "yes"
                found.append(cpu)
    return found


def parse(line):
    """("access", {"errno": "0", ...}) of an answer."""
    words = line.split()
    return words[1], dict(word.partition("=")[::2] for word in words[2:])


class Machine:
    """A running emulator; iterate over it for its answers."""

    def __init__(self, emulator, cpu, image, files, timeout=300):
        # pylint: disable=consider-using-with
        self.folder = tempfile.TemporaryDirectory(prefix="s2pte-kvm-")
        self.log = []
        self.deadline = time.monotonic() + timeout
        initrd_path = self.path("initrd")
        with open(initrd_path, "wb") as file:
            file.write(initrd.pack(files))
        machine = "virt,virtualization=on,gic-version=3,iommu=smmuv3" + (",mte=on" if cpu["mte"] else "")
        self.process = subprocess.Popen(
            [emulator.path, *emulator.options, "-M", machine, "-cpu", cpu["option"], "-m", "4G",
             "-smp", "1", "-nic", "none", "-display", "none", "-no-reboot", "-serial", "stdio",
             "-monitor", f"unix:{self.path('monitor')},server=on,wait=off",
             "-gdb", f"unix:{self.path('gdb')},server=on,wait=off",
             "-object", "memory-backend-ram,id=bar,size=8M,share=on",
             "-device", "ivshmem-plain,memdev=bar", "-kernel", image, "-initrd", initrd_path,
             "-append", COMMAND_LINE],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=emulator.env)
        self._rest = b""

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def release(self):
        """Goes on after a "hold"."""
        self.process.stdin.write(b"\n")
        self.process.stdin.flush()

    def _lines(self):
        while True:
            left = self.deadline - time.monotonic()
            if left <= 0 or not select.select([self.process.stdout], [], [], left)[0]:
                raise RuntimeError("the machine says nothing any more")
            data = os.read(self.process.stdout.fileno(), 65536)
            if not data:
                return
            self._rest += data
            *whole, self._rest = self._rest.split(b"\n")
            for line in whole:
                yield line.decode(errors="replace").rstrip("\r")

    def __iter__(self):
        for line in self._lines():
            if line.startswith("@ "):
                yield parse(line)
            elif line.strip():
                self.log.append(line)

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.process.stdin.close()
        self.folder.cleanup()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def complaints(self):
        """What the kernel said of itself that it should not have."""
        return [line for line in self.log
                if re.search(r"WARNING:|BUG:|Oops|Call trace|panic|Unable to handle", line)]
