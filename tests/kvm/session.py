# SPDX-License-Identifier: MIT
"""One kernel on one CPU: boot, run all cases, and compare what came out."""
import os
import subprocess

import compare
import machine
import observe
import plan
import stub

HERE = os.path.dirname(os.path.abspath(__file__))
PAGES = {"4K": 4 << 10, "16K": 16 << 10}
HOLD_EVERY = 16  # a case in so many is read from outside, too
IPA_BITS = 40  # what KVM gives to a VM that does not ask
CODE = {"zeros": bytes(64 << 10)}


class Failed(Exception):
    """The boot did not go as it must."""


def build_init(cache):
    """The static init, for any kernel."""
    folder = os.path.join(HERE, "init")
    path = os.path.join(cache, "init")
    sources = [os.path.join(folder, name) for name in sorted(os.listdir(folder))
               if name.endswith((".c", ".S"))]
    subprocess.run(["aarch64-linux-gnu-gcc", "-D_GNU_SOURCE", "-static", "-s", "-O2", "-Wall",
                    "-Wextra", "-Werror", "-o", path, *sources], check=True)
    with open(path, "rb") as file:
        return file.read()


class Session:
    """What is wanted of a boot, and afterwards what came of it."""

    def __init__(self, kernel, cpu, cases, s2pte):
        self.kernel = kernel
        self.cpu = cpu
        self.cases = cases
        self.s2pte = s2pte
        self.revision = compare.revision(s2pte, kernel.row["revision"], kernel.cache)
        self.page = PAGES[kernel.row["page"]]
        self.info = None
        self.lines = []  # check lines
        self.verdicts = []
        self.unreal = []  # (case, why)
        self.walks = 0
        self.unsteady = 0
        self.vtcr = None
        self.second = 0  # walks that were read in the other way, too, with the same result
        self.outside = None

    def run(self, emulator, init, module, vfio):
        modules = dict(vfio)
        if module:
            modules["s2probe.ko"] = module
        files = {"init": init, **modules, **CODE}
        files["script"] = plan.script(self.cases, modules, HOLD_EVERY if module else 0).encode()
        with machine.Machine(emulator, self.cpu, self.kernel.image, files) as box:
            answers = self._collect(box)
            if box.complaints():
                raise Failed(f"the kernel complains: {box.complaints()[0]}")
        self._check_cpu()
        for case, of_case in zip(self.cases, answers):
            self._observe(case, of_case)
        self.verdicts = compare.check(self.s2pte, self.lines)
        return self

    def _collect(self, box):
        """The answers of each case."""
        answers = []
        ended = False
        for name, answer in box:
            if name == "outside":
                name, answer = answer["what"], self._look(box).answer(answer)
                box.release()
            if name == "hold":
                self._compare_walks(box, self.cases[len(answers) - 1], answers[-1])
                box.release()
            elif name == "cpu":
                self.info = answer
            elif name == "module" and answer["errno"] != "0":
                raise Failed(f"{answer['path']} does not load: errno {answer['errno']}")
            elif name == "case" and answer["id"] == "end":
                ended = True
                break
            elif name == "case":
                answers.append([])
            elif answers:
                answers[-1].append((name, answer))
                if name == "walk" and "vtcr" in answer:
                    self.vtcr = int(answer["vtcr"], 0)
        if not ended or not self.info or len(answers) != len(self.cases):
            raise Failed(f"it ended after {len(answers)} of {len(self.cases)} cases: {box.log[-3:]}")
        return answers

    def _look(self, box):
        if not self.outside:
            self.outside = stub.Outside(box, (machine.RAM_START, machine.KERNEL_RAM))
        return self.outside

    def _compare_walks(self, box, case, answers):
        """The module's last walk against the one from outside. Without VHE a CPU forgets its root."""
        ipa = plan.last_walk(case)
        inside = next((answer for name, answer in reversed(answers) if name == "walk"), None)
        if ipa is None or not inside or self.info["vhe"] == "0":
            return
        found = self._look(box).stage2(ipa)
        count = int(inside["count"])
        ptes = [int(pte, 0) for pte in inside["ptes"].split(",")[:count]]
        same = found and all(int(found[key], 0) == int(inside[key], 0) for key in
                             ("start_level", "ia_bits", "vtcr", "root", "count"))
        if not same or [int(pte, 0) for pte in found["ptes"].split(",")] != ptes:
            raise Failed(f"{case.name}: the module saw {inside}, the debug stub {found}")
        self.second += 1

    def _check_cpu(self):
        """The table's features against the machine's; VTCR_EL2 against s2pte's."""
        for feature in ("fwb", "dic", "vhe"):
            if (self.info[feature] != "0") != self.cpu[feature]:
                raise Failed(f"this {self.cpu['id']} has {feature}={self.info[feature]}")
        if self.vtcr is None:
            return
        lpa2 = bool(self.vtcr >> 32 & 1)
        if lpa2 != self.cpu["lpa2"]:
            raise Failed(f"this {self.cpu['id']} has VTCR_EL2.DS={int(lpa2)}")
        told = compare.geometry(self.s2pte, self.kernel.row["page"], IPA_BITS,
                                int(self.info["parange"]), lpa2, self.info["vmid16"] != "0")
        if int(told["vtcr"], 0) != self.vtcr:
            raise Failed(f"VTCR_EL2 is {self.vtcr:#x}, s2pte says {told['vtcr']}")

    def _observe(self, case, answers):
        base = {"kernel": self.revision, "granule": self.kernel.row["page"],
                "ipa_bits": IPA_BITS,
                "cpu": {"fwb": self.cpu["fwb"], "dic": self.cpu["dic"], "lpa2": self.cpu["lpa2"],
                        "xnx": self.info["xnx"] != "0", "tlbi_range": self.info["tlbi_range"] != "0"}}
        try:
            line = observe.Observer(case, answers, base, self.page).line(case.name)
        except observe.Unreal as why:
            self.unreal.append((case.name, str(why)))
            return
        self.walks += sum(event["op"] == "walk" for event in line["expect"]["events"])
        self.lines.append(line)

    @property
    def wrong(self):
        return [(line, why) for line, why in zip(self.lines, self.verdicts) if why]
