# SPDX-License-Identifier: MIT
"""A case: what is done to memory and VM, in order. Written once, it is the script for the kernel
(`script`) and, with what the kernel answered, the check line for s2pte (observe.py)."""

READONLY, LOG = "READONLY", "LOG_DIRTY_PAGES"
WALKED = ("access", "age", "discard", "host_write", "protect")
FLAG_BITS = {LOG: 1, READONLY: 2}


class Case:
    """Steps, each a dict with "do"."""

    def __init__(self, name, mte=False):
        self.name = name
        self.steps = []
        self.slots = {}
        self._maps = []
        self._vm = {"do": "vm", "mte": mte}
        self._made = False

    def _add(self, do, **keys):
        self.steps.append(dict(keys, do=do))
        return self

    def map(self, hva, size, **how):
        """Memory at @hva; @how is what init's "map" understands."""
        self._maps.append((hva, size))
        return self._add("map", hva=hva, size=size, how=how)

    def remap(self, vma, read=False, **how):
        """Something else in the place of an earlier mapping, under the slot's feet; @read by the
        host at once, so that there is an entry before the guest's fault."""
        hva, size = self._maps[vma]
        ipa = next((gpa for gpa, _, at, _ in self.slots.values() if at == hva), None)
        return self._add("remap", hva=hva, ipa=ipa, size=size, how=dict(how, over=1), read=read)

    def touch(self, hva, size=1, write=True):
        return self._add("touch", hva=hva, size=size, write=int(write))

    def _vm_first(self):
        if not self._made:
            self._made = True
            self.steps.append(self._vm)
            self.steps.append({"do": "look", "at": [hva for hva, _ in self._maps]})

    def slot(self, n, gpa, size, hva, flags=(), event=False):
        """A slot of the start, or (@event) one that is changed on the way."""
        self._vm_first()
        self.slots[n] = (gpa, size, hva, tuple(flags))
        return self._add("slot", n=n, gpa=gpa, size=size, hva=hva, flags=list(flags), event=event)

    def flags(self, n, flags):
        """Flags of slot @n only, from now on."""
        gpa, size, hva, _ = self.slots[n]
        return self.slot(n, gpa, size, hva, flags, event=True)

    def delete(self, n):
        gpa, _, hva, _ = self.slots.pop(n)
        return self._add("delete", n=n, gpa=gpa, hva=hva)

    def _find(self, ipa):
        for n, (gpa, size, hva, flags) in self.slots.items():
            if gpa <= ipa < gpa + size:
                return n, hva + ipa - gpa, flags
        return None, None, ()

    def access(self, ipa, kinds):
        """One access for each letter of @kinds: r, w, x."""
        for kind in kinds:
            n, hva, flags = self._find(ipa)
            logged = n is not None and LOG in flags and READONLY not in flags
            self._add("access", ipa=ipa, kind=kind, hva=hva,
                      log=(n, *self.slots[n][:2]) if logged else None)
        return self

    def age(self, ipa, size, test=False):
        _, hva, _ = self._find(ipa)
        return self._add("age", ipa=ipa, hva=hva, size=size, test=int(test))

    def discard(self, ipa, size):
        _, hva, _ = self._find(ipa)
        return self._add("discard", ipa=ipa, hva=hva, size=size)

    def host_write(self, ipa):
        """The host's own write, which may put another page there."""
        _, hva, _ = self._find(ipa)
        return self._add("host_write", ipa=ipa, hva=hva)

    def protect(self, ipa, size, prot):
        _, hva, _ = self._find(ipa)
        return self._add("protect", ipa=ipa, hva=hva, size=size, prot=prot)


def _words(**keys):
    return " ".join(f"{key}={value:#x}" if isinstance(value, int) else f"{key}={value}"
                    for key, value in keys.items())


def _bits(flags):
    return sum(FLAG_BITS[flag] for flag in flags)


def commands(step):
    """The script's lines for a step; each of them is answered by one line."""
    do = step["do"]
    if do == "map":
        return ["map " + _words(hva=step["hva"], size=step["size"], **step["how"])]
    if do == "remap":
        return (["map " + _words(hva=step["hva"], size=step["size"], **step["how"])]
                + ["touch " + _words(hva=step["hva"], size=step["size"])] * step["read"]
                + [f"vma hva={step['hva']:#x}"])
    if do == "touch":
        return ["touch " + _words(hva=step["hva"], size=step["size"], write=step["write"])]
    if do == "vm":
        return ["vm " + _words(mte=int(step["mte"]))]
    if do == "look":
        return [f"vma hva={hva:#x}" for hva in step["at"]]
    if do == "slot":
        return ["slot " + _words(n=step["n"], gpa=step["gpa"], size=step["size"], hva=step["hva"],
                                 flags=_bits(step["flags"]))]
    if do == "delete":
        return ["slot " + _words(n=step["n"], gpa=step["gpa"], size=0, hva=step["hva"], flags=0)]
    if do == "access":
        lines = ["access " + _words(ipa=step["ipa"], kind=step["kind"]),
                 f"walk ipa={step['ipa']:#x}"]
        if step["hva"] is not None:
            lines.append(f"vma hva={step['hva']:#x}")
        if step["log"]:
            lines.append("dirty " + _words(n=step["log"][0], size=step["log"][2]))
        return lines
    if do == "age":
        return ["age " + _words(hva=step["hva"], size=step["size"], test=step["test"]),
                f"walk ipa={step['ipa']:#x}"]
    if do == "host_write":
        return [f"touch hva={step['hva']:#x} write=1", f"walk ipa={step['ipa']:#x}",
                f"vma hva={step['hva']:#x}"]
    if do == "discard":
        return ["discard " + _words(hva=step["hva"], size=step["size"]),
                f"walk ipa={step['ipa']:#x}"]
    assert do == "protect", do
    return ["protect " + _words(hva=step["hva"], size=step["size"], prot=step["prot"]),
            f"walk ipa={step['ipa']:#x}", f"vma hva={step['hva']:#x}"]


def last_walk(case):
    """The address whose walk is the last that was asked for; it holds when the case is over."""
    return next((step["ipa"] for step in reversed(case.steps)
                 if step["do"] in WALKED), None)


def script(cases, modules, hold_every=0):
    """With a pause at the end of every so many cases, for a second look."""
    lines = [f"module path=/{name}" for name in modules] + ["cpu", "hugepages"]
    for n, case in enumerate(cases):
        lines.append(f"case id={n}")
        for step in case.steps:
            lines += commands(step)
        if hold_every and n % hold_every == 0:
            lines.append("hold")
    return "\n".join(lines) + "\ncase id=end\n"
