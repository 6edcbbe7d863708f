# SPDX-License-Identifier: MIT
"""All cases: memory x slot x accesses, by tables, and what examples/ tells, where it can be had."""
from machine import FOREIGN
from plan import LOG, READONLY, Case

HVA = 0x10000000000
GPA = 0x80000000
MMIO = 0x0a000000  # registers of virtio-mmio transports that nothing is behind: reads harm nobody
K, M, G = 1 << 10, 1 << 20, 1 << 30
# What the module knows; s2probe.h has the same numbers.
REMAP, FAULT, FAULT_PAGE, FAULT_HUGE = range(4)
PFNMAP, MIXEDMAP, IO, ANY_UNCACHED, RO_ENTRIES, NO_IO = 1, 2, 4, 8, 16, 32
PGPROT = {"normal": 0, "nc": 2, "nGnRnE": 3, "nGnRE": 4}

# Accesses, in order. a: the host ages the page, t: asks whether it is young, d: takes the page
# out of its table, +: the next page, B: the next block; those of a slot that writes are last.
SEQUENCES = {
    "plain": ["r", "w", "x", "rw", "rx", "wx", "xw", "rwx", "rar", "wtataw", "xax", "wdr", "rxdw", "r+w+x", "wBr"],
    "readonly": ["r", "w", "x", "rw", "rx", "xr", "rar", "rdx", "r+x"],
    "log": ["r", "w", "x", "rw", "xw", "rwx", "wdr", "waw", "r+w+x", "w+wBw"],
    "logged-later": ["wLrw", "rLw", "xLrwx", "wLwPw", "w+wL+rw", "wLaw", "wLdw"],
}
BRIEF = ("r", "rwx", "rw", "wLrw", "w+wBw")
SLOT_FLAGS = {"plain": (), "readonly": (READONLY,), "log": (LOG,), "logged-later": ()}


class Sizes:
    """Of this kernel: page, the block above it, and the huge pages there are."""

    def __init__(self, page):
        self.page = page
        self.block = page * (page // 8)
        self.huge = {4 * K: (64 * K, 2 * M, 32 * M, G), 16 * K: (2 * M, 32 * M, G)}[page]


def _play(case, sequence, sizes, ipa=GPA):
    """The letters of a sequence, from @ipa on."""
    start = ipa
    for letter in sequence:
        if letter in "rwx":
            case.access(ipa, letter)
        elif letter == "+":
            ipa += sizes.page
        elif letter == "B":
            ipa = start + sizes.block
        elif letter in "at":
            case.age(ipa, sizes.page, test=letter == "t")
        elif letter == "d":
            case.discard(ipa & -sizes.page, sizes.page)
        else:
            case.flags(0, (LOG,) if letter == "L" else ())
    return case


# ---- What a host has by itself ------------------------------------------------------------------

def _ordinary(sizes):
    """name: (size, shift of the address, how to map, what the host does first)."""
    page, block = sizes.page, sizes.block
    kinds = {
        "anon": (16 * page, 0, {"kind": "anon", "thp": 0}, "write"),
        "anon-fresh": (16 * page, 0, {"kind": "anon", "thp": 0}, None),
        "anon-read": (16 * page, 0, {"kind": "anon", "thp": 0}, "read"),
        "anon-ro": (16 * page, 0, {"kind": "anon", "thp": 0, "prot": "r"}, None),
        "anon-rwx": (16 * page, 0, {"kind": "anon", "thp": 0, "prot": "rwx"}, "write"),
        "anon-none": (16 * page, 0, {"kind": "anon", "thp": 0, "prot": "-"}, None),
        "thp": (2 * block, 0, {"kind": "anon", "thp": 1}, "write"),
        "thp-fresh": (2 * block, 0, {"kind": "anon", "thp": 1}, None),
        "thp-off-by-page": (2 * block, page, {"kind": "anon", "thp": 1}, "write"),
        "tmpfs": (16 * page, 0, {"kind": "memfd", "shared": 1}, "write"),
        "tmpfs-fresh": (16 * page, 0, {"kind": "memfd", "shared": 1}, None),
        "tmpfs-private": (16 * page, 0, {"kind": "memfd"}, "read"),
        "tmpfs-ro": (16 * page, 0, {"kind": "memfd", "shared": 1, "prot": "r"}, "read"),
        "file-ro": (4 * page, 0, {"kind": "file", "path": "/zeros", "prot": "r"}, "read"),
        "file-rx": (4 * page, 0, {"kind": "file", "path": "/zeros", "prot": "rx"}, None),
        "file-cow": (4 * page, 0, {"kind": "file", "path": "/zeros", "prot": "rw"}, None),
        "devmem-mmio": (page, 0, {"kind": "devmem", "pa": MMIO, "shared": 1, "sync": 1}, None),
        "devmem-foreign": (2 * block, 0, {"kind": "devmem", "pa": FOREIGN, "shared": 1}, None),
        "devmem-foreign-sync": (2 * block, 0,
                                {"kind": "devmem", "pa": FOREIGN, "shared": 1, "sync": 1}, None),
        "devmem-cow": (4 * page, 0, {"kind": "devmem", "pa": FOREIGN}, None),
        "devmem-cow-copied": (4 * page, 0, {"kind": "devmem", "pa": FOREIGN}, "write"),
    }
    for huge in sizes.huge:
        name = f"hugetlb-{huge // G}G" if huge >= G else (
            f"hugetlb-{huge // M}M" if huge >= M else f"hugetlb-{huge // K}K")
        kinds[name] = (huge, 0, {"kind": "anon", "huge": huge}, None)
        kinds[name + "-shared"] = (huge, 0, {"kind": "memfd", "huge": huge, "shared": 1}, None)
        if huge > page and huge < G:
            kinds[name + "-off-by-page"] = (2 * huge, page, {"kind": "anon", "huge": huge}, None)
    return kinds


def _vfio():
    return {
        "vfio": (8 * M, 0, {"kind": "vfio", "bar": 2, "shared": 1}, None),
        "vfio-64k": (64 * K, 0, {"kind": "vfio", "bar": 2, "shared": 1}, None),
        "vfio-middle": (2 * M, 0, {"kind": "vfio", "bar": 2, "shared": 1, "bar_offset": 3 * M}, None),
    }


def _suits(kind, size, how, sequence, sizes):
    """Left out is what would say nothing, or harm the machine."""
    if "B" in sequence and size <= sizes.block:
        return False
    if "+" in sequence and size <= 2 * sizes.page:
        return False
    if "d" in sequence and how["kind"] in ("devmem", "vfio", "module"):
        return False
    if "d" in sequence and "huge" in how:
        return False
    # Clearing much memory takes its time.
    if size >= 32 * M and how["kind"] in ("anon", "memfd") and sequence not in BRIEF:
        return False
    # Registers are no place to run code.
    return not ("x" in sequence and kind == "devmem-mmio" and how.get("pa") == MMIO and
                sequence != "x")


def _host_cases(kinds, sizes, aging):
    for kind, (size, shift, how, first) in kinds.items():
        for slot, sequences in SEQUENCES.items():
            for sequence in sequences:
                if not _suits(kind, size, how, sequence, sizes):
                    continue
                if not aging and set(sequence) & set("at"):
                    continue
                case = Case(f"{kind}/{slot}/{sequence}")
                case.map(HVA, size, **how)
                if first:
                    case.touch(HVA, size, write=first == "write")
                case.slot(0, GPA + shift, size - shift, HVA, SLOT_FLAGS[slot])
                yield _play(case, sequence, sizes, GPA + shift + 0x18)


# ---- What drivers do: the module ---------------------------------------------------------------

STYLES = {
    "remap": (REMAP, 0), "remap-noio": (REMAP, NO_IO), "fault": (FAULT, PFNMAP),
    "fault-io": (FAULT, PFNMAP | IO), "mixed": (FAULT, MIXEDMAP), "mixed-io": (FAULT, MIXEDMAP | IO),
    "mixed-page": (FAULT_PAGE, MIXEDMAP), "huge": (FAULT_HUGE, PFNMAP),
    "remap-ro": (REMAP, RO_ENTRIES), "fault-ro": (FAULT, PFNMAP | RO_ENTRIES),
}
DRIVEN = {
    "plain": ["rw", "x", "wx", "rar"],
    "readonly": ["rw", "x"],
    "log": ["rw", "x"],
    "logged-later": ["rLw"],
    "swapped": ["rw", "x", "rar"],
    "swapped-log": ["rw"],
}
DRIVEN_FLAGS = {"swapped": (), "swapped-log": (LOG,), **SLOT_FLAGS}


def _driven(memory, style, pgprot, uncached, private):
    method, flags = STYLES[style]
    how = {"kind": "module", "method": method, "pgprot": PGPROT[pgprot],
           "vmflags": flags | (ANY_UNCACHED if uncached else 0)}
    if not private:
        how["shared"] = 1
    if memory == "foreign":
        how["pa"] = FOREIGN
    return how


def _driven_kinds():
    for memory in ("own", "foreign"):
        for style in STYLES:
            if style == "mixed-page" and memory == "foreign":
                continue  # there is no struct page to insert
            for pgprot in PGPROT:
                for uncached in (False, True):
                    if uncached and style not in ("remap", "mixed-io"):
                        continue
                    for private in (False, True):
                        # The kernel forbids PFNMAP pages one by one in a private mapping.
                        if private and (style not in ("remap", "mixed", "mixed-page") or uncached):
                            continue
                        name = "-".join([memory, style, pgprot] + ["any"] * uncached + ["cow"] * private)
                        yield name, _driven(memory, style, pgprot, uncached, private)


def _driver_cases(sizes):
    for kind, how in _driven_kinds():
        size = 2 * sizes.block if "huge" in kind else 16 * sizes.page
        for slot, sequences in DRIVEN.items():
            for sequence in sequences:
                case = Case(f"{kind}/{slot}/{sequence}")
                swapped = slot.startswith("swapped")
                case.map(HVA, size, **({"kind": "anon", "thp": 0} if swapped else how))
                if "cow" in kind and not swapped:
                    case.touch(HVA, size, write=False)
                case.slot(0, GPA, size, HVA, DRIVEN_FLAGS[slot])
                if swapped:
                    case.remap(0, read="cow" in kind, **how)
                yield _play(case, sequence, sizes, GPA + 0x18)


def _block_cases(sizes):
    """PFNMAP that is large enough for blocks, well and badly aligned."""
    block, page = sizes.block, sizes.page
    for pgprot in PGPROT:
        for name, size, hva, gpa, pa in (
                ("block", 2 * block, HVA, GPA, FOREIGN),
                ("block-pa-off", 2 * block, HVA, GPA, FOREIGN + page),
                ("block-gpa-off", 2 * block, HVA, GPA + page, FOREIGN),
                ("block-hva-off", 2 * block, HVA + page, GPA + page, FOREIGN + page),
                ("block-small", block - page, HVA, GPA, FOREIGN)):
            for at_pgoff in (1, 0):
                case = Case(f"{name}-{pgprot}{'' if at_pgoff else '-pgoff0'}")
                case.map(hva, size, kind="module", shared=1, pa=pa, method=REMAP, pgprot=PGPROT[pgprot],
                         at_pgoff=at_pgoff)
                case.slot(0, gpa, size, hva)
                case.access(gpa + 0x18, "rw").access(gpa + page, "x")
                case.access(gpa + size - page, "w")
                yield case


# ---- Tags ------------------------------------------------------------------------------------------

def _mte_cases(sizes, module):
    """VMs with MTE: memory with tags, without, and that cannot have any; the latter also swapped
    under a slot, where only the fault path can refuse it."""
    tagged = dict(_ordinary(sizes), **{
        "anon-tagged": (16 * sizes.page, 0, {"kind": "anon", "thp": 0, "prot": "rwt"}, "write"),
        "thp-tagged": (2 * sizes.block, 0, {"kind": "anon", "thp": 1, "prot": "rwt"}, "write"),
    })
    for kind, (size, shift, how, first) in tagged.items():
        if how.get("huge", 0) >= 32 * M:
            continue
        for slot, sequence in (("plain", "rwx"), ("plain", "x"), ("readonly", "rw"), ("log", "rw")):
            if not _suits(kind, size, how, sequence, sizes):
                continue
            case = Case(f"mte-{kind}/{slot}/{sequence}", mte=True)
            case.map(HVA, size, **how)
            if first:
                case.touch(HVA, size, write=first == "write")
            case.slot(0, GPA + shift, size - shift, HVA, SLOT_FLAGS[slot])
            yield _play(case, sequence, sizes, GPA + shift + 0x18)
    for kind, how in _driven_kinds() if module else ():
        for swapped in (False, True):
            case = Case(f"mte-{kind}/{'swapped' if swapped else 'plain'}/rwx", mte=True)
            size = 2 * sizes.block if "huge" in kind else 16 * sizes.page
            case.map(HVA, size, **({"kind": "anon", "thp": 0} if swapped else how))
            case.slot(0, GPA, size, HVA)
            if swapped:
                case.remap(0, read="cow" in kind, **how)
            yield _play(case, "rwx", sizes, GPA + 0x18)


# ---- examples/ -------------------------------------------------------------------------------------

def _examples(sizes):
    """What the examples tell, with the addresses and sizes that this machine has."""
    page, block = sizes.page, sizes.block
    thp = {"kind": "anon", "thp": 1}
    case = Case("example-anon-thp").map(HVA, 2 * block, **thp).touch(HVA, 2 * block)
    case.slot(0, GPA, 2 * block, HVA)
    yield case.access(GPA + 0x81230 % block, "rw").access(GPA, "x").age(GPA, block).access(GPA, "r")

    case = Case("example-dev-mem-cow").map(HVA, 4 * page, kind="devmem", pa=FOREIGN)
    case.slot(0, GPA, 4 * page, HVA).access(GPA, "rw").host_write(GPA).access(GPA + page, "r")
    yield case.access(GPA, "w")

    case = Case("example-dirty-logging").map(HVA, 2 * block, **thp).touch(HVA, 2 * block)
    case.slot(0, GPA, 2 * block, HVA).access(GPA + 5 * page, "w").flags(0, (LOG,))
    yield case.access(GPA + 5 * page, "rw").access(GPA + 6 * page, "rww")

    case = Case("example-hugetlbfs").map(HVA, G, kind="memfd", huge=G, shared=1)
    case.slot(0, GPA, 512 * M, HVA).slot(1, GPA + 2 * G + 64 * K, 256 * M, HVA + 512 * M)
    case.access(GPA + 0x81000, "w").access(GPA + 512 * M - page, "x")
    yield case.access(GPA + 2 * G + 2 * M + 64 * K, "w")

    case = Case("example-readonly-slot").map(HVA, 64 * page, kind="anon").touch(HVA, 64 * page)
    yield case.slot(0, GPA, 64 * page, HVA, (READONLY,)).access(GPA, "x").access(GPA + 8, "rw")


def _driver_examples(sizes):
    page = sizes.page
    read_only = {"kind": "module", "shared": 1, "method": FAULT, "vmflags": PFNMAP | IO | RO_ENTRIES,
                 "pgprot": PGPROT["nc"]}
    case = Case("example-dma-buf-read-only").map(HVA, 16 * page, **read_only)
    case.slot(7, GPA, 16 * page, HVA).access(GPA, "wrw")
    case.remap(0, **dict(read_only, vmflags=PFNMAP | IO))
    yield case.access(GPA, "w")

    case = Case("example-grace-hopper")
    case.map(HVA, G, kind="module", shared=1, pa=FOREIGN, method=REMAP, vmflags=IO)
    case.slot(5, GPA, G, HVA)
    yield case.access(GPA + 0x12000, "wx").access(GPA + 512 * M, "r")

    for prot, uncached in (("nGnRE", 0), ("nGnRnE", ANY_UNCACHED)):
        case = Case("example-vfio-bar" + "-any-uncached" * bool(uncached))
        case.map(HVA, 16 * M, kind="module", shared=1, pa=FOREIGN, method=REMAP,
                 vmflags=IO | uncached, pgprot=PGPROT[prot])
        case.slot(3, GPA, 16 * M, HVA)
        yield case.access(GPA + 4, "r").access(GPA + 8, "w").access(GPA + 2 * M + page, "x")

    case = Case("example-mixedmap")
    shared = {"kind": "module", "shared": 1}
    for n, how in enumerate((
            {"method": FAULT, "vmflags": MIXEDMAP, "pa": FOREIGN},
            {"method": FAULT_PAGE, "vmflags": MIXEDMAP},
            {"method": FAULT, "vmflags": MIXEDMAP},
            {"method": FAULT, "vmflags": MIXEDMAP | IO, "pa": FOREIGN, "pgprot": PGPROT["nc"]})):
        case.map(HVA + n * 16 * page, 16 * page, **shared, **how)
    case.slot(0, GPA, 64 * page, HVA)
    for n in range(4):
        case.access(GPA + n * 16 * page, "w")
    yield case


def cases(page, module=True, vfio=False, mte=False):
    """For pages of this size, with what there is; without the module nobody can age a page."""
    sizes = Sizes(page)
    if mte:
        yield from _mte_cases(sizes, module)
        return
    yield from _examples(sizes) if module else ()
    yield from _driver_examples(sizes) if module else ()
    kinds = _ordinary(sizes)
    if vfio:
        kinds.update(_vfio())
    yield from _host_cases(kinds, sizes, module)
    if module:
        yield from _driver_cases(sizes)
        yield from _block_cases(sizes)
