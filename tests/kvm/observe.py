# SPDX-License-Identifier: MIT
"""What a kernel answered to a case, as a check line: scenario and expectation.

Everything of the scenario that the kernel decides is as it was seen (flags and protection of the
VMA, the host's entry); nothing is taken from s2pte.
"""
FLAGS = ("READ", "WRITE", "EXEC", "SHARED", "MAYREAD", "MAYWRITE", "MAYEXEC", "MAYSHARE", "PFNMAP",
         "MIXEDMAP", "IO", "HUGETLB", "ALLOW_ANY_UNCACHED", "MTE", "MTE_ALLOWED", "HUGEPAGE",
         "DONTEXPAND", "DONTDUMP")
NO_PAGE = sum(1 << FLAGS.index(name) for name in ("PFNMAP", "MIXEDMAP", "IO"))
PGPROT = ("NORMAL", "NORMAL_TAGGED", "NORMAL_NC", "DEVICE_nGnRnE", "DEVICE_nGnRE")
VALID, AF = 1, 1 << 10
ACCESS = {"r": "read", "w": "write", "x": "exec"}
ERRNO = {2: "ENOENT", 7: "E2BIG", 8: "ENOEXEC", 11: "EAGAIN", 12: "ENOMEM", 14: "EFAULT", 16: "EBUSY",
         17: "EEXIST", 22: "EINVAL"}


class Unreal(Exception):
    """The case cannot be had on this machine."""


def _number(answer, key):
    return int(answer[key], 0)


def _error(answer):
    errno = _number(answer, "errno")
    return {"ret": -errno, "errno": ERRNO.get(errno, f"errno {errno}") if errno else None}


class _Host:
    """The VMAs as s2pte has been told of them so far."""

    def __init__(self, page):
        self.page = page
        self.vmas = []
        self.entries = []  # (start, size, PA) of what the host was seen to have

    def vma(self, answer):
        """The scenario's VMA of a "vma" answer."""
        flags = _number(answer, "flags")
        pgprot = _number(answer, "pgprot")
        if pgprot >= len(PGPROT):
            raise Unreal("a page protection without a name")
        out = {"start": answer["start"], "end": answer["end"],
               "flags": [name for bit, name in enumerate(FLAGS) if flags >> bit & 1],
               "pgprot": PGPROT[pgprot], "pgoff": f"{_number(answer, 'pgoff'):#x}"}
        if _number(answer, "page_size"):
            out["hugetlb"] = _number(answer, "page_size")
        return out

    def backing(self, answer, hva):
        """What a fault at @hva finds, as the backing of the whole VMA; None if there is nothing."""
        if not _number(answer, "entry"):
            return None
        page = _number(answer, "pa") & -self.page
        back = (hva & -self.page) - _number(answer, "start")
        out = {"pa": f"{page - back:#x}", "writable": answer["writable"] == "1",
               "mapping": _number(answer, "entry_size"), "map_memory": answer["map_memory"] == "1"}
        # The zero page's entry is marked so, too, in any VMA.
        if answer["special"] == "1" and _number(answer, "flags") & NO_PAGE:
            out["special"] = True
        return out

    def covering(self, hva):
        return next((e for e in self.entries if e[0] <= hva < e[0] + e[1]), None)

    def forget(self, hva, size):
        self.entries = [e for e in self.entries if e[0] + e[1] <= hva or hva + size <= e[0]]

    def find(self, hva):
        for n, vma in enumerate(self.vmas):
            if int(vma["start"], 0) <= hva < int(vma["end"], 0):
                return n
        return None


class Observer:
    """Turns one case's answers, in order, into a check line."""

    def __init__(self, case, answers, machine, page):
        self.case = case
        self.answers = iter(answers)
        self.host = _Host(page)
        self.page = page
        self.events = []
        self.expect = []
        self.slots = []
        self.slot_results = []
        self.dirty = {}
        self.known = {}  # by VMA: the backing last told
        self.old = set()  # pages whose entry was seen without AF
        self.scenario = dict(machine)

    def _answer(self, command):
        name, answer = next(self.answers)
        if name != command:
            raise RuntimeError(f"{self.case.name}: {command} was answered by {name}")
        return answer

    def _event(self, event, expect):
        self.events.append(event)
        self.expect.append(dict({"op": event["op"]}, **expect))

    def line(self, identity):
        for step in self.case.steps:
            getattr(self, "_" + step["do"])(step)
        for vma in self.host.vmas:
            vma.setdefault("backing", {"pa": "0x40000000"})
        scenario = dict(self.scenario, id=identity, vmas=self.host.vmas, memslots=self.slots,
                        events=self.events)
        return {"scenario": scenario,
                "expect": {"memslots": self.slot_results, "events": self.expect}}

    # ---- Before the VM ------------------------------------------------------------------------

    def _map(self, _):
        answer = self._answer("map")
        if _number(answer, "errno"):
            raise Unreal(f"mmap: {_error(answer)['errno']}")

    def _touch(self, _):
        answer = self._answer("touch")
        if answer.get("signal") != "0":
            raise Unreal(f"the host itself gets signal {answer.get('signal')}")

    def _vm(self, step):
        answer = self._answer("vm")
        if _number(answer, "errno"):
            raise Unreal(f"no such VM: {_error(answer)['errno']}")
        self.scenario["vm"] = {"mte": step["mte"]}

    def _look(self, step):
        for hva in step["at"]:
            answer = self._answer("vma")
            if "errno" in answer:
                raise Unreal("no VMA")
            vma = self.host.vma(answer)
            backing = self.host.backing(answer, hva)
            self.host.vmas.append(vma)
            if backing:
                self._know(len(self.host.vmas) - 1, backing)

    # ---- Slots ----------------------------------------------------------------------------------

    def _slot(self, step):
        answer = self._answer("slot")
        slot = {"slot": step["n"], "gpa": f"{step['gpa']:#x}", "size": step["size"],
                "hva": f"{step['hva']:#x}", "flags": step["flags"]}
        result = _error(answer)
        self.dirty.pop(step["n"], None)
        if step["event"]:
            self._event(dict(slot, op="set_memslot"), result)
        else:
            self.slots.append(slot)
            self.slot_results.append(dict({"slot": step["n"]}, **result))

    def _delete(self, step):
        answer = self._answer("slot")
        self._event({"op": "delete_memslot", "slot": step["n"]}, _error(answer))

    # ---- Events ---------------------------------------------------------------------------------

    def _know(self, n, backing):
        """Tells s2pte what the host has now; the first time it is how the VMA starts."""
        vma = self.host.vmas[n]
        if "backing" not in vma:
            vma["backing"] = backing
        elif self.known.get(n) != backing:
            self.events.append({"op": "set_vma", "vma": n, "backing": backing})
            self.expect.append({"op": "set_vma"})
        self.known[n] = backing

    def _see(self, answer, ipa, hva):
        """The host after an access: if it has put another page there, it has told KVM."""
        n = self.host.find(hva)
        backing = self.host.backing(answer, hva) if n is not None else None
        if not backing:
            return
        size = _number(answer, "entry_size")
        base = hva & -size
        pa = _number(answer, "pa") & -size
        before = self.host.covering(hva)
        if before and before[2] + hva - before[0] != pa + hva - base:
            self._drop(ipa & -before[1], before[1])
            self.host.forget(*before[:2])
        elif before and before[1] < size:
            self.host.forget(base, size)
        if not before or before[1] != size or before[2] != pa:
            self.host.entries.append((base, size, pa))
        self._know(n, backing)

    def _drop(self, ipa, size):
        """An unmapping that the kernel's MMU notifier brings about."""
        self.events.append({"op": "unmap", "ipa": f"{ipa:#x}", "size": size})
        self.expect.append({"op": "unmap"})

    def _walk(self, ipa):
        answer = self._answer("walk")
        count = _number(answer, "count")
        start = _number(answer, "start_level")
        pte = int(answer["ptes"].split(",")[count - 1], 0)
        if pte & VALID and not pte & AF:
            self.old.add(ipa // self.page)
        else:
            self.old.discard(ipa // self.page)
        return ({"op": "walk", "ipa": f"{ipa:#x}"},
                {"level": start + count - 1, "pte": f"{pte:#018x}"})

    def _access(self, step):
        answer = self._answer("access")
        event = {"op": "access", "ipa": f"{step['ipa']:#x}", "access": ACCESS[step["kind"]]}
        # s2pte's access ends with one fault; a CPU without hardware updates needs one for AF alone.
        aged = step["ipa"] // self.page in self.old
        walk = self._walk(step["ipa"])
        expect = _outcome(answer)
        seen = self._answer("vma") if step["hva"] is not None else None
        # A refused fault may change the host's memory afterwards: 6.12 looks for poison by a
        # write, which makes a copy of a private page.
        late = answer["what"] == "error" and self.known.get(self.host.find(step["hva"] or 0))
        if seen and not late:
            self._see(seen, step["ipa"], step["hva"])
        if step["log"]:
            dirty = self._dirty_pages(step["log"])
            if dirty is not None:
                expect["dirty"] = dirty
        if aged:
            self._event(dict(event), {})
        self._event(event, expect)
        self._event(*walk)
        if seen and late:
            self._see(seen, step["ipa"], step["hva"])

    def _dirty_pages(self, log):
        """Pages that this access has marked."""
        slot, gpa, _ = log
        answer = self._answer("dirty")
        if _number(answer, "errno"):
            return None
        pages = {int(page) for page in answer["pages"].split(",") if page}
        new = pages - self.dirty.get(slot, set())
        known = pages & self.dirty.get(slot, set())
        self.dirty[slot] = pages
        # What is marked already may or may not be marked again: that is not to be seen.
        return [f"{gpa + page * self.page:#x}" for page in sorted(new)] if new or not known else None

    def _age(self, step):
        answer = self._answer("age")
        walk = self._walk(step["ipa"])
        event = {"op": "test_age" if step["test"] else "age", "ipa": f"{step['ipa']:#x}",
                 "size": step["size"]}
        self._event(event, {"young": answer["young"] == "1"})
        self._event(*walk)

    def _unmapped(self, step, size):
        self._drop(step["ipa"], size)
        self._event(*self._walk(step["ipa"]))
        self.host.forget(step["hva"], size)

    def _discard(self, step):
        if _number(self._answer("discard"), "errno"):
            raise Unreal("madvise")
        self._unmapped(step, step["size"])

    def _host_write(self, step):
        self._touch(step)
        walk = self._walk(step["ipa"])
        self._see(self._answer("vma"), step["ipa"], step["hva"])
        self._event(*walk)

    def _protect(self, step):
        if _number(self._answer("protect"), "errno"):
            raise Unreal("mprotect")
        self._unmapped(step, step["size"])
        self._changed(self._answer("vma"), step["hva"])

    def _remap(self, step):
        answer = self._answer("map")
        if _number(answer, "errno"):
            raise Unreal(f"mmap: {_error(answer)['errno']}")
        if step["read"]:
            self._touch(step)
        self.host.entries.clear()
        if step["ipa"] is not None:
            self._drop(step["ipa"], step["size"])
        self._changed(self._answer("vma"), step["hva"])

    def _changed(self, answer, hva):
        n = self.host.find(hva)
        vma = self.host.vma(answer)
        keys = {key: value for key, value in vma.items() if key not in ("start", "end")}
        self.host.vmas[n].setdefault("backing", {"pa": "0x40000000"})
        self.events.append(dict({"op": "set_vma", "vma": n}, **keys))
        self.expect.append({"op": "set_vma"})
        backing = self.host.backing(answer, hva)
        self.known[n] = None
        if backing:
            self._know(n, backing)


def _outcome(answer):
    what = answer["what"]
    if what == "done":
        return {"ret": 0, "errno": None}
    if what == "mmio":
        return {"action": "mmio"}
    if what == "abort":
        return {"action": "inject"}
    if what == "error":
        return _error(answer)
    return {"action": f"{what}: exit {answer['exit']}, ESR {answer['esr']}"}
