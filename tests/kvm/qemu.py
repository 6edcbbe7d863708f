# SPDX-License-Identifier: MIT
"""The emulator: the one that is installed if it is new enough, or one from backports."""
import os
import re
import shutil
import subprocess

import packages

WANTED = 10  # the first whose CPUs have DIC


class Emulator:
    """A qemu-system-aarch64 to run, and its version."""

    def __init__(self, path, root=None):
        self.path = path
        self.env = dict(os.environ)
        self.options = []
        if root:
            libraries = [os.path.join(root, "usr/lib/x86_64-linux-gnu"),
                         os.path.join(root, "lib/x86_64-linux-gnu")]
            self.env["LD_LIBRARY_PATH"] = ":".join(libraries)
            self.options = ["-L", os.path.join(root, "usr/share/qemu")]
        text = subprocess.run([path, "--version"], env=self.env, capture_output=True,
                              check=True).stdout.decode()
        self.version = re.search(r"version (\d[\d.]*)", text).group(1)
        self.major = int(self.version.split(".")[0])


def find(cache):
    installed = shutil.which("qemu-system-aarch64")
    own = Emulator(installed) if installed else None
    if own and own.major >= WANTED:
        return own
    root = os.path.join(cache, "qemu")
    path = os.path.join(root, "usr/bin/qemu-system-aarch64")
    if not os.path.exists(path):
        suites, backports = packages.own_backports()
        apt = packages.Apt(cache, "tools", suites, installed=True)
        try:
            packages.unpack(apt.download_with_missing("qemu-system-arm", backports), root)
        except packages.Missing as missing:
            if own:
                return own
            raise packages.Missing(f"no QEMU: {missing}") from missing
    return Emulator(path, root)
