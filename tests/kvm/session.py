# SPDX-License-Identifier: MIT
"""One kernel on one CPU: boot, run all cases, and compare what came out."""
import os
import subprocess
import time

import compare
import machine
import observe
import plan

HERE = os.path.dirname(os.path.abspath(__file__))
PAGES = {"4K": 4 << 10, "16K": 16 << 10}
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
        self.page = PAGES[kernel.row["page"]]
        self.info = None
        self.lines = []  # check lines
        self.verdicts = []
        self.unreal = []  # (case, why)
        self.walks = 0
        self.seconds = 0
        self.vtcr = None

    def run(self, emulator, init, module, vfio, mte=False):
        started = time.monotonic()
        names = list(vfio) + ["s2probe.ko"]
        files = {"init": init, "s2probe.ko": module, **vfio, **CODE}
        files["script"] = plan.script(self.cases, names).encode()
        with machine.Machine(emulator, self.cpu, self.kernel.image, files, mte) as box:
            answers = self._collect(box)
            if box.complaints():
                raise Failed(f"the kernel complains: {box.complaints()[0]}")
        self._check_cpu()
        for case, of_case in zip(self.cases, answers):
            self._observe(case, of_case)
        self.verdicts = compare.check(self.s2pte, self.lines)
        self.seconds = time.monotonic() - started
        return self

    def _collect(self, box):
        """The answers of each case."""
        answers = []
        ended = False
        for name, answer in box:
            if name == "cpu":
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

    def _check_cpu(self):
        """The table's features against the machine's; VTCR_EL2 against s2pte's."""
        for feature in ("fwb", "dic"):
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
        base = {"kernel": self.kernel.row["revision"], "granule": self.kernel.row["page"],
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
