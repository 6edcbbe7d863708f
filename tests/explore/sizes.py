# SPDX-License-Identifier: MIT
"""
Sizes by a second implementation: many geometries, odd ones among them, each resolved as the
kernels' descriptions say. All geometries that agree in the facts about sizes must be resolved
alike, and what verify and diff say of those facts must be exact.
"""
from itertools import product

from checks import Cover
from model import REVISIONS, Revision, ask, tap

PAGES = {"4K": 4096, "16K": 16384, "64K": 65536}
LEVELS = {1: "PUD", 2: "PMD", 3: "page"}


class Geometry:
    def __init__(self, granule):
        self.granule = granule
        self.page = PAGES[granule]
        self.pmd = self.page * (self.page // 8)
        self.pud = self.pmd * (self.page // 8)

    def size(self, level):
        return {1: self.pud, 2: self.pmd, 3: self.page}[level]

    def extents(self, at):
        """Ranges around an address: blocks, and what just fails to be one."""
        pmd, pud = at & -self.pmd, at & -self.pud
        yield at, at + self.page
        yield pmd, pmd + self.pmd
        yield pud, pud + self.pud
        yield pud - self.page, pud + self.pud + self.pmd
        yield at, pmd + self.pmd + self.page
        yield pmd, at + self.page
        if at != pud:
            yield pud + self.page, pud + self.pud

    def cases(self):
        """(address within the window, its page, VMA, slot, what the slot is shifted by)."""
        offsets = [0, self.pmd, 3 * self.pmd, self.page, self.pmd + self.page,
                   4 * self.pmd - self.page]
        for offset, mid in product(offsets, (0, 4096, 8192)):
            if mid < self.page:
                at = 4 * self.pud + offset
                for vma, slot, shift in product(self.extents(at), self.extents(at),
                                                (0, self.page, self.pmd)):
                    yield at, mid, vma, slot, shift


class Case:
    """One fault: who it hits and what is behind it."""

    def __init__(self, geometry, where, kind, skew, mapping, fault):
        self.g = geometry
        self.hva, self.mid, self.vma, self.slot, self.shift = where
        self.kind, self.mapping = kind, mapping
        self.logging, self.noncacheable, self.level = fault
        self.pa = self.hva + 8 * geometry.pud + skew
        self.ipa = self.hva + 2 * geometry.pud + self.shift + self.mid

    def congruent(self, size):
        return (self.hva ^ self.pa) % size == 0

    def covered(self, size):
        start = self.hva & -size
        return self.vma[0] <= start and start + size <= self.vma[1]

    def supported(self, size):
        start = self.hva & -size
        return self.shift % size == 0 and self.slot[0] <= start and start + size <= self.slot[1]

    def possible(self):
        g = self.g
        hugetlb = {"hugetlb-pmd": g.pmd, "hugetlb-pud": g.pud}.get(self.kind)
        if hugetlb and (self.noncacheable or self.mapping != hugetlb):
            return False
        if not hugetlb and self.mapping == g.pud:
            return False
        if self.mapping > g.page and not (self.covered(self.mapping) and
                                          self.congruent(self.mapping)):
            return False
        # What is in the table lies as guest addresses do: then slots are not shifted.
        if self.level is not None and (self.shift or (self.level == 1 and g.granule != "4K")):
            return False
        return True

    def facts(self):
        g = self.g
        return frozenset(name for name, value in {
            "16k-pages": g.granule == "16K", "64k-pages": g.granule == "64K",
            "logging": self.logging, "noncacheable": self.noncacheable,
            "vma-pfnmap": self.kind == "pfnmap", "hugetlb-pmd": self.kind == "hugetlb-pmd",
            "hugetlb-pud": self.kind == "hugetlb-pud",
            "vma-covers-pmd": self.covered(g.pmd), "vma-covers-pud": self.covered(g.pud),
            "congruent-pmd": self.congruent(g.pmd), "congruent-pud": self.congruent(g.pud),
            "slot-holds-pmd": self.supported(g.pmd), "slot-holds-pud": self.supported(g.pud),
            "host-maps-pmd": self.mapping >= g.pmd, "permission": self.level is not None,
            "granule-pmd": self.level == 2, "granule-pud": self.level == 1,
            "at-pmd-start": self.hva % g.pmd == 0, "at-pud-start": self.hva % g.pud == 0,
            "mid-page": self.mid != 0}.items() if value)

    # ---- What the kernel does ------------------------------------------------------------

    def initial(self, quirks):
        """(size, pages are forced)."""
        g = self.g
        if self.logging:
            return g.page, True
        wanted = g.page
        if self.kind.startswith("hugetlb"):
            wanted = self.mapping
        elif self.kind == "pfnmap" and quirks["pfnmap-blocks"]:
            for size in g.pmd, g.pud:
                up = -(-self.hva // size) * size  # of an aligned address itself
                if self.congruent(size) and self.hva & -size >= self.vma[0] and up <= self.vma[1]:
                    wanted = size
        if wanted == g.page:
            return wanted, False
        for size in g.pud, g.pmd:
            if wanted >= size and self.supported(size):
                return size, False
        return g.page, True

    def resolve(self, quirks):
        """(relaxes, size, address given to the table, page marked dirty)."""
        g = self.g
        size, forced = self.initial(quirks)
        ipa = self.ipa & -(4096 if quirks["ipa-align-4k"] else g.page)
        if size != g.page:
            ipa &= -size
        marked = ipa & -g.page
        if size == g.page and not forced and not (quirks["upgrade-cacheable-only"] and
                                                  self.noncacheable):
            if self.level is not None and g.size(self.level) > g.page:
                size = g.size(self.level)
            elif self.supported(g.pmd) and self.mapping >= g.pmd:
                size = g.pmd
                ipa &= -size
        if not quirks["dirty-fault-page"]:
            marked = ipa & -size
        return self.level is not None and g.size(self.level) == size, size, ipa, marked

    def words(self, answer):
        relaxes, size, ipa, marked = answer
        level = next(n for n in LEVELS if self.g.size(n) == size)
        return ("relax" if relaxes else "map", LEVELS[level],
                "start" if marked == self.ipa & -size else "page", ipa % self.g.page == 0)

    def beyond(self, answer):
        """Of a new mapping: does it reach beyond the VMA, the slot?"""
        relaxes, size, _, _ = answer
        start = self.hva & -size
        if relaxes:
            return False, False
        gpa, first = self.ipa & -size, self.slot[0] + 2 * self.g.pud + self.shift
        return (start < self.vma[0] or start + size > self.vma[1],
                gpa < first or gpa + size > first + self.slot[1] - self.slot[0])


def all_cases():
    for granule in PAGES:
        g = Geometry(granule)
        for where in g.cases():
            for kind, skew, mapping in product(("plain", "pfnmap", "hugetlb-pmd", "hugetlb-pud"),
                                               (0, g.page, g.pmd), (g.page, g.pmd, g.pud)):
                if not Case(g, where, kind, skew, mapping, (False, False, None)).possible():
                    continue
                for fault in product((False, True), (False, True), (None, 3, 2, 1)):
                    case = Case(g, where, kind, skew, mapping, fault)
                    if case.possible():
                        yield case


class Table:
    """What becomes of each combination of facts, for two sets of quirks."""

    def __init__(self, old, new):
        self.rows, self.odd, self.n = {}, [], 0
        for case in all_cases():
            self.n += 1
            before, after = case.resolve(old), case.resolve(new)
            row = (case.words(before), case.words(after), before != after,
                   case.beyond(before), case.beyond(after),
                   case.logging and (before[1], after[1]) != (case.g.page, case.g.page))
            facts = case.facts()
            if self.rows.setdefault(facts, row) != row:
                self.odd.append(f"{sorted(facts)}: {row}, not {self.rows[facts]}")
        self.every = (1 << len(self.rows)) - 1
        self.yes, self.no = {}, {}
        for name in {name for facts in self.rows for name in facts}:
            self.yes[name] = sum(1 << i for i, facts in enumerate(self.rows) if name in facts)
            self.no[name] = self.every & ~self.yes[name]

    def where(self, cond, within):
        for name, value in cond.items():
            within &= (self.yes if value else self.no)[name]
        return within

    def rows_with(self, wanted):
        return sum(1 << i for i, row in enumerate(self.rows.values()) if wanted(row))

    def exact(self, what, conds, bits, said):
        cover = Cover(what, conds)
        cover.add(self, self.every, bits)
        faults = list(cover.faults())
        if bin(bits).count("1") != said:
            faults.append(f"{what}: {said}, not {bin(bits).count('1')}")
        return faults


def words(answer):
    return (answer["action"], answer["mapping"], answer["marked"], answer["ipa_page_aligned"])


def check_diff(table, a, b):
    sizes = ask("diff", a, b)["sizes"]
    tap.ok(sizes["cases"] == len(table.rows), f"{a} to {b}: {len(table.rows)} combinations",
           sizes["cases"])
    faults = []
    if sizes["different"] != bin(table.rows_with(lambda row: row[2])).count("1"):
        faults.append(f"{sizes['different']} are different")
    ways = {(words(c["from"]), words(c["to"])): c for c in sizes["changes"]}
    for way in {row[:2] for row in table.rows.values() if row[2]} ^ set(ways):
        faults.append(f"only on one side: {way}")
    for way, change in ways.items():
        bits = table.rows_with(lambda row, way=way: row[2] and row[:2] == way)
        faults += table.exact(way, change["when"], bits, change["cases"])
    tap.ok(not faults and ways, f"{a} to {b}: every change of sizes", "\n".join(faults))


def check_verify(table, name, side):
    faults = []
    rows = {row["id"]: row for row in ask("verify", name)["sizes"]}
    for i, invariant in enumerate(("block-within-vma", "block-within-slot")):
        bits = table.rows_with(lambda row, i=i: row[3 + side][i])
        row = rows[invariant]
        faults += table.exact(invariant, row["when"], bits, row["violations"])
        if row["holds"] != (bits == 0) or row["cases"] != len(table.rows):
            faults.append(f"{invariant}: {row['holds']}, {row['cases']} cases")
    tap.ok(not faults, f"{name}: blocks and what they must lie in", "\n".join(faults))


def main():
    quirks = {name: Revision(name).document["sizes"] for name in REVISIONS}
    old, new = quirks["v6.17"], quirks["v7.3"]
    tap.ok(all(quirks[name] == old for name in REVISIONS[:-1]) and all(old.values()) and
           not any(new.values()), "sizes are resolved in two ways", quirks)
    table = Table(old, new)
    tap.ok(not table.odd, f"{table.n} geometries: those of the same facts are resolved alike",
           "\n".join(table.odd))
    tap.ok(not any(row[5] for row in table.rows.values()), "with logging only pages are mapped")
    check_diff(table, "v6.17", "v7.3")
    for name in REVISIONS:
        check_verify(table, name, int(name == "v7.3"))


if __name__ == "__main__":
    main()
    tap.done()
