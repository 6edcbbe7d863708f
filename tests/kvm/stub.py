# SPDX-License-Identifier: MIT
"""A look at the machine from outside of it: system registers through the emulator's debug stub,
physical memory through its monitor. Nothing of the kernel under test takes part."""
import re
import socket


class Stub:
    """The remote protocol, as little of it as reads a register of a stopped machine."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(20)
        self.socket.connect(path)
        self._data = b""
        self.numbers = {}
        self.ask("?")  # whoever attaches stops the machine
        self._describe("target.xml")
        self.go()

    def _send(self, text):
        data = text.encode()
        self.socket.sendall(b"$" + data + b"#%02x" % (sum(data) & 0xff))

    def _receive(self):
        while True:
            match = re.search(rb"\$([^#]*)#..", self._data, re.S)
            if match:
                self._data = self._data[match.end():]
                self.socket.sendall(b"+")
                return match.group(1).decode("latin-1")
            more = self.socket.recv(65536)
            if not more:
                raise RuntimeError("the debug stub is gone")
            self._data += more

    def ask(self, text):
        self._send(text)
        return self._receive()

    def _describe(self, name):
        text = ""
        while True:
            part = self.ask(f"qXfer:features:read:{name}:{len(text):x},1000")
            text += part[1:]
            if part[0] == "l":
                break
        for number, register in enumerate(re.finditer(r"<reg [^>]*>", text)):
            found = dict(re.findall(r'(\w+)="([^"]*)"', register.group(0)))
            if "regnum" in found or name != "target.xml":
                self.numbers[found["name"]] = int(found.get("regnum", number))
        for included in re.findall(r'<xi:include href="([^"]+)"', text):
            self._describe(included)

    def stop(self):
        self.socket.sendall(b"\x03")
        self._receive()

    def go(self):
        self._send("c")

    def register(self, name):
        return int.from_bytes(bytes.fromhex(self.ask(f"p{self.numbers[name]:x}")), "little")


class Monitor:
    """The emulator's own prompt."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(20)
        self.socket.connect(path)
        self._until_prompt()

    def _until_prompt(self):
        data = b""
        while not data.endswith(b"(qemu) "):
            more = self.socket.recv(65536)
            if not more:
                raise RuntimeError("the monitor is gone")
            data += more
        return data.decode("latin-1")

    def read(self, address):
        """64 bits of physical memory."""
        self.socket.sendall(f"xp /1gx {address:#x}\n".encode())
        found = re.search(r"[0-9a-f]+: 0x([0-9a-f]{16})", self._until_prompt())
        if not found:
            raise RuntimeError(f"the monitor does not read {address:#x}")
        return int(found.group(1), 16)


# What a walk needs to know, after the architecture: page shift by TG0, start level by SL0.
PAGE_SHIFT = {0: 12, 2: 14, 1: 16}
START_LEVEL = {12: {0: 2, 1: 1, 2: 0}, 14: {0: 3, 1: 2, 2: 1}, 16: {0: 3, 1: 2, 2: 1}}


def _walk(read, table, start, page_shift, address, mask):
    """The entries met, from the start level down."""
    entries = []
    for level in range(start, 4):
        shift = page_shift + (3 - level) * (page_shift - 3)
        index = address >> shift
        if level > start:
            index &= (1 << page_shift - 3) - 1
        entry = read(table + 8 * index)
        entries.append(entry)
        if entry & 3 != 3 or level == 3:
            break
        table = entry & mask
    return entries


# VmFlags of /proc/PID/smaps, in the order of observe.FLAGS.
SMAPS = ("rd", "wr", "ex", "sh", "mr", "mw", "me", "ms", "pf", "mm", "io", "ht", "", "mt", "", "hg", "de",
         "dd")
# Memory types in the order of observe.PGPROT, by the byte in MAIR. Tagged memory is not met here.
MAIR = {0xff: 0, 0x44: 2, 0x00: 3, 0x04: 4}
WRITABLE, SPECIAL = 1 << 51, 1 << 56  # what Linux keeps in its own entries


class Outside:
    """Both, of one running machine; each look stops it for as long as it takes."""

    def __init__(self, box, kernel_ram):
        self.stub = Stub(box.path("gdb"))
        self.monitor = Monitor(box.path("monitor"))
        self.kernel_ram = kernel_ram

    def answer(self, asked):
        """What the module would have answered, in its words."""
        return getattr(self, "_" + asked["what"])(asked)

    def _walk(self, asked):
        found = self.stage2(int(asked["ipa"], 0))
        if not found:
            raise RuntimeError("the CPU keeps no stage-2 root after a run")
        return found

    def _cpu(self, asked):
        self.stub.stop()
        try:
            ids = {name: self.stub.register(name) for name in
                   ("CTR_EL0", "ID_AA64MMFR0_EL1", "ID_AA64MMFR1_EL1", "ID_AA64MMFR2_EL1",
                    "ID_AA64ISAR0_EL1")}
        finally:
            self.stub.go()
        mmfr1 = ids["ID_AA64MMFR1_EL1"]
        values = {"fwb": ids["ID_AA64MMFR2_EL1"] >> 40 & 15, "dic": ids["CTR_EL0"] >> 29 & 1,
                  "xnx": mmfr1 >> 28 & 15, "tlbi_range": int(ids["ID_AA64ISAR0_EL1"] >> 56 & 15 == 2),
                  "vhe": mmfr1 >> 8 & 15, "parange": ids["ID_AA64MMFR0_EL1"] & 15,
                  "vmid16": int(mmfr1 >> 4 & 15 == 2)}
        return dict(asked, **{key: str(value) for key, value in values.items()})

    def _vma(self, asked):
        """The flags as the kernel lists them; the entry as it is in memory."""
        names = asked["names"].split(",")
        flags = sum(1 << bit for bit, name in enumerate(SMAPS) if name and name in names)
        hva = int(asked["hva"], 0)
        entry, size, pgprot = self._host(hva)
        pa = (entry & 0xfffffffff000 & -size) | hva & (size - 1) & ~0xfff if entry else 0
        start, length = self.kernel_ram
        return {"start": asked["start"], "end": asked["end"], "pgoff": asked["pgoff"],
                "flags": hex(flags), "pgprot": str(pgprot),
                "page_size": asked["page_size"] if "ht" in names else "0", "entry": hex(entry),
                "entry_size": str(size if entry else 0),
                "pa": hex(pa),
                "writable": str(int(bool(entry & WRITABLE))), "special": str(int(bool(entry & SPECIAL))),
                "map_memory": str(int(start <= pa < start + length))}

    def _host(self, hva):
        """(entry, its size, kind of memory) in the table of the only process, with VHE."""
        self.stub.stop()
        try:
            tcr, mair = self.stub.register("TCR_EL2"), self.stub.register("MAIR_EL2")
            root = self.stub.register("TTBR0_EL2") & 0xfffffffffffe
            page_shift = PAGE_SHIFT[tcr >> 14 & 3]
            bits = 64 - (tcr & 0x3f)
            start = 3 - (bits - page_shift - 1) // (page_shift - 3)
            mask = (0x3ffffffffffff if tcr >> 59 & 1 else 0xffffffffffff) & -(1 << page_shift)
            entries = _walk(self.monitor.read, root & ~0x3f, start, page_shift, hva, mask)
        finally:
            self.stub.go()
        entry = entries[-1]
        level = start + len(entries) - 1
        if not entry & 1:
            return 0, 1 << page_shift, 0
        return (entry, 1 << page_shift + (3 - level) * (page_shift - 3),
                MAIR[mair >> 8 * (entry >> 2 & 7) & 0xff])

    def stage2(self, ipa):
        """As the module answers a "walk"; None where the CPU keeps no root after a run."""
        self.stub.stop()
        try:
            root = self.stub.register("VTTBR_EL2")
            vtcr = self.stub.register("VTCR_EL2") & ~(1 << 31)
            table = root & 0xfffffffffffe
            if not table:
                return None
            page_shift = PAGE_SHIFT[vtcr >> 14 & 3]
            start = START_LEVEL[page_shift][vtcr >> 6 & 3]
            mask = (0x3ffffffffffff if vtcr >> 32 & 1 else 0xffffffffffff) & -(1 << page_shift)
            entries = _walk(self.monitor.read, table, start, page_shift, ipa, mask)
        finally:
            self.stub.go()
        return {"start_level": str(start), "ia_bits": str(64 - (vtcr & 0x3f)), "vtcr": hex(vtcr | 1 << 31),
                "root": hex(table), "count": str(len(entries)), "ptes": ",".join(map(hex, entries))}
