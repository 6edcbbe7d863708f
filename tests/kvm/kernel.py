# SPDX-License-Identifier: MIT
"""A kernel of the table: its packages unpacked, the module built for it."""
import lzma
import os
import re
import shutil
import stat
import subprocess

import packages

HERE = os.path.dirname(os.path.abspath(__file__))
COLUMNS = ("id", "page", "revision", "suite", "release", "version", "binary", "modules", "read")
# The tools that come with newer headers need a newer C library than this machine may have.
LIBC_SUITE = "trixie"
LIBC = ("libc6", "libelf1t64", "zlib1g", "libzstd1")
WANTED = ("*/vmlinuz*", "*/vfio*.ko*")
VFIO = ("vfio", "vfio_iommu_type1", "vfio-pci-core", "vfio-pci")


def table():
    kernels = []
    with open(os.path.join(HERE, "kernels"), encoding="utf-8") as file:
        for line in file:
            if line.strip() and not line.startswith("#"):
                kernels.append(dict(zip(COLUMNS, line.split(), strict=True)))
    return kernels


def apt(cache, rows):
    """The suites of these kernels."""
    suites = {row["suite"]: ["amd64", "arm64"] for row in rows}
    if any(row["read"] == "module" for row in rows):
        suites.setdefault(LIBC_SUITE, ["amd64"])
    return packages.Apt(cache, "kernels", suites)


def common(release):
    """What the headers of all flavours of a release share the name of."""
    return re.sub(r"-arm64.*", "", release)


def settle(row, source):
    """@row, or the newest of its series that the archive has in its place; and a note if so."""
    headers = [f"linux-headers-{row['release']}:arm64"] if row["read"] == "module" else []
    binary = f"{row['binary']}-{row['release']}:arm64"
    if all(_at_hand(source, package, row) for package in [binary, *headers]):
        return row, None
    series = ".".join(row["version"].split(".")[:2])
    flavour = re.search(r"-arm64.*", row["release"]).group(0)
    found = []
    for name in source.names(rf"^{row['binary']}-{re.escape(series)}\.[0-9.]+\+deb[0-9.]+{flavour}$"):
        release = name[len(row["binary"]) + 1:]
        version = source.version(name + ":arm64", row["suite"])
        if version and (not headers or
                        source.version(f"linux-headers-{release}:arm64", row["suite"]) == version):
            found.append((int(re.search(r"^\d+\.\d+\.(\d+)", release).group(1)), release, version))
    if not found:
        raise packages.Missing(f"neither {row['version']} nor another of {series} is in {row['suite']}")
    _, release, version = max(found)
    return (dict(row, release=release, version=version),
            f"{row['version']} is gone; {version} in its place")


def _at_hand(source, package, row):
    name = package.split(":", maxsplit=1)[0]
    path = os.path.join(source.debs, f"{name}_{row['version']}_arm64.deb")
    return os.path.exists(path) or source.version(package, row["suite"]) == row["version"]


class Kernel:
    """Unpacked under @cache; what it gives to a boot."""

    def __init__(self, row, cache, source):
        self.row = row
        self.cache = cache
        self.source = source
        release, version = row["release"], row["version"]
        self.where = os.path.join(cache, "kernel-" + release)
        self._unpack(row["binary"], self.where, WANTED)
        self.image = self._image()
        self.headers = os.path.join(cache, "headers-" + release)
        if row["read"] == "module":
            names = [f"linux-headers-{release}:arm64", f"linux-headers-{common(release)}-common:all",
                     f"linux-kbuild-{common(release)}:amd64"]
            packages.unpack([] if os.path.exists(self.headers) else
                            [source.download(name, version) for name in names], self.headers)

    def _unpack(self, package, where, only):
        if not os.path.exists(where):
            name = f"{package}-{self.row['release']}:arm64"
            packages.unpack([self.source.download(name, self.row["version"])], where, only)

    def _image(self):
        release = self.row["release"]
        for path in (f"boot/vmlinuz-{release}", f"usr/lib/modules/{release}/vmlinuz",
                     f"lib/modules/{release}/vmlinuz"):
            if os.path.exists(os.path.join(self.where, path)):
                return os.path.join(self.where, path)
        raise packages.Missing(f"no kernel image in the package of {release}")

    def vfio(self, full):
        """{name: module} of vfio, in the order to load them; empty where that is too much to fetch."""
        where = self.where
        if self.row["modules"] not in ("-", self.row["binary"]):
            where = os.path.join(self.cache, "modules-" + self.row["release"])
            if not full and not os.path.exists(where):
                return {}
            self._unpack(self.row["modules"], where, WANTED)
        elif self.row["modules"] == "-":
            return {}
        found = {}
        for top, _, files in os.walk(where):
            for file in files:
                name = file.split(".", maxsplit=1)[0]
                if name in VFIO and file.endswith((".ko", ".ko.xz")):
                    with open(os.path.join(top, file), "rb") as module:
                        data = module.read()
                    found[name] = lzma.decompress(data) if file.endswith(".xz") else data
        return {name + ".ko": found[name] for name in VFIO if name in found}

    # ---- The module ------------------------------------------------------------------------

    def module(self):
        """Its contents, built if need be; None for a kernel without headers."""
        if self.row["read"] != "module":
            return None
        build = os.path.join(self.cache, "module-" + self.row["release"])
        sources = os.path.join(HERE, "module")
        os.makedirs(build, exist_ok=True)
        changed = False
        for name in os.listdir(sources):
            if name.endswith((".c", ".h")) or name == "Kbuild":
                changed |= _copy_if_newer(os.path.join(sources, name), os.path.join(build, name))
        built = os.path.join(build, "s2probe.ko")
        if changed or not os.path.exists(built):
            self._make(build)
        with open(built, "rb") as file:
            return file.read()

    def _make(self, build):
        headers = os.path.join(self.headers, "usr/src/linux-headers-" + self.row["release"])
        shared = os.path.join(self.headers, f"usr/src/linux-headers-{common(self.row['release'])}-common")
        # The package's paths are those of an installed one.
        with open(os.path.join(headers, "Makefile"), "w", encoding="utf-8") as file:
            file.write(f"KBUILD_OUTPUT={headers}\ninclude {shared}/Makefile\n")
        # No BTF: it would need pahole.
        vmlinux = os.path.join(headers, "vmlinux")
        if os.path.exists(vmlinux):
            os.rename(vmlinux, vmlinux + ".unused")
        self._wrap_modpost()
        done = subprocess.run(
            ["nice", "make", "-s", "-C", headers, "M=" + build, "ARCH=arm64",
             "CROSS_COMPILE=aarch64-linux-gnu-", "CC=" + self._compiler(), "modules"],
            capture_output=True, check=False, env={k: v for k, v in os.environ.items()
                                                   if not k.startswith(("MAKE", "MFLAGS"))})
        if done.returncode:
            raise RuntimeError("the module does not build for " + self.row["release"] + ":\n"
                               + done.stderr.decode(errors="replace")[-3000:])

    def _compiler(self):
        """gcc, with the one option that gcc 12 does not know in its older spelling."""
        path = os.path.join(self.cache, "aarch64-cc")
        _script(path, "args=()\nfor a; do\n\tcase $a in\n"
                      "\t-fmin-function-alignment=*) args+=(\"-falign-functions=${a#*=}\") ;;\n"
                      "\t*) args+=(\"$a\") ;;\n\tesac\ndone\n"
                      "exec aarch64-linux-gnu-gcc \"${args[@]}\"\n")
        return path

    def _wrap_modpost(self):
        """modpost, through a C library of its own where this machine's is too old for it."""
        folder = os.path.join(self.headers, f"usr/lib/linux-kbuild-{common(self.row['release'])}",
                              "scripts/mod")
        for name in ("modpost.real-lsb-64", "modpost"):
            path = os.path.join(folder, name)
            if not os.path.exists(path) or not _is_elf(path):
                continue
            probe = subprocess.run([path], capture_output=True, check=False, cwd="/")
            if b"GLIBC_" not in probe.stderr:
                continue
            root = os.path.join(self.cache, "libc")
            debs = [] if os.path.exists(root) else [
                self.source.download(name + ":amd64",
                                     self.source.version(name + ":amd64", LIBC_SUITE) or "none")
                for name in LIBC]
            packages.unpack(debs, root)
            os.rename(path, path + ".elf")
            _script(path, f"exec {root}/usr/lib64/ld-linux-x86-64.so.2 "
                          f"--library-path {root}/usr/lib/x86_64-linux-gnu \"$0.elf\" \"$@\"\n")


def _copy_if_newer(source, target):
    if os.path.exists(target) and os.path.getmtime(source) <= os.path.getmtime(target):
        return False
    shutil.copyfile(source, target)
    return True


def _is_elf(path):
    with open(path, "rb") as file:
        return file.read(4) == b"\x7fELF"


def _script(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write("#!/bin/bash\n" + text)
    os.chmod(path, os.stat(path).st_mode | stat.S_IXUSR)
