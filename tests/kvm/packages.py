# SPDX-License-Identifier: MIT
"""Debian packages of any suite and architecture, by an apt of one's own; nothing is installed.

The mirror is the one that this machine's own sources name. Packages are kept, and unpacked once.
"""
import os
import re
import subprocess

KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"


class Missing(Exception):
    """What is not to be had: a reason to skip, not to fail."""


def _run(*args, env=None):
    done = subprocess.run(args, capture_output=True, check=False, env=env)
    if done.returncode:
        error = done.stderr.decode(errors="replace").strip().splitlines()
        raise Missing(f"{args[0]} {args[1] if len(args) > 1 else ''}: {(error or ['failed'])[-1]}")
    return done.stdout.decode()


def _own_release():
    with open("/etc/os-release", encoding="utf-8") as file:
        found = re.search(r"^VERSION_CODENAME=(\w+)", file.read(), re.M)
    return found.group(1) if found else "bookworm"


def _mirrors():
    """(main, security) of this machine's own sources."""
    sites = {}
    try:
        text = _run("apt-get", "indextargets", "--format", "$(SITE) $(RELEASE)", "Created-By: Packages")
    except FileNotFoundError as error:
        raise Missing("there is no apt-get") from error
    for line in text.splitlines():
        site, _, suite = line.partition(" ")
        sites[suite] = site
    release = _own_release()
    if release not in sites:
        raise Missing(f"apt knows no source for {release}; apt-get update may help")
    return sites[release], sites.get(release + "-security")


class Apt:
    """One configuration: @suites, and the architectures each is wanted for."""

    def __init__(self, cache, name, suites, installed=False):
        self.where = os.path.join(cache, "apt-" + name)
        self.debs = os.path.join(cache, "debs")
        self.suites = suites
        self.installed = installed
        self.env = dict(os.environ, APT_CONFIG=os.path.join(self.where, "apt.conf"),
                        LC_ALL="C")
        self._ready = False

    def _configure(self):
        main, security = _mirrors()
        for part in ("lists/partial", "cache/archives/partial"):
            os.makedirs(os.path.join(self.where, part), exist_ok=True)
        os.makedirs(self.debs, exist_ok=True)
        status = "/var/lib/dpkg/status" if self.installed else os.path.join(self.where, "status")
        if not self.installed:
            open(status, "a", encoding="utf-8").close()
        stanzas = []
        for suite, architectures in self.suites.items():
            site = security if suite.endswith("-security") else main
            if site:
                stanzas.append(f"deb [arch={','.join(architectures)} signed-by={KEYRING}] "
                               f"{site} {suite} main\n")
        with open(os.path.join(self.where, "sources.list"), "w", encoding="utf-8") as file:
            file.writelines(stanzas)
        with open(self.env["APT_CONFIG"], "w", encoding="utf-8") as file:
            file.write(f"""\
Dir::State::lists "{self.where}/lists";
Dir::State::status "{status}";
Dir::Cache "{self.where}/cache";
Dir::Etc::SourceList "{self.where}/sources.list";
Dir::Etc::SourceParts "-";
Dir::Etc::Preferences "-";
Dir::Etc::PreferencesParts "-";
APT::Architectures {{ "amd64"; "arm64"; }};
APT::Sandbox::User "root";
Acquire::Languages "none";
Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled "false";
Acquire::Retries "2";
""")

    def update(self):
        if self._ready:
            return
        self._configure()
        _run("apt-get", "-qq", "update", env=self.env)
        if not any("Packages" in name for name in os.listdir(os.path.join(self.where, "lists"))):
            raise Missing("the mirror gives no lists of packages for " + ", ".join(self.suites))
        self._ready = True

    def names(self, pattern):
        self.update()
        text = _run("apt-cache", "search", "--names-only", pattern, env=self.env)
        return [line.split()[0] for line in text.splitlines()]

    def version(self, package, suite):
        """The version of @package, "name:arch", in @suite; None if it has none."""
        self.update()
        for line in _run("apt-cache", "madison", package, env=self.env).splitlines():
            name, version, source = (word.strip() for word in line.split("|"))
            if f" {suite}/" in source:
                return version
        return None

    def download(self, package, version):
        """The file of @package, "name:arch", at exactly @version."""
        name, _, arch = package.partition(":")
        quoted = version.replace(":", "%3a")
        for candidate in (arch, "all"):
            path = os.path.join(self.debs, f"{name}_{quoted}_{candidate}.deb")
            if os.path.exists(path):
                return path
        self.update()
        before = set(os.listdir(self.debs))
        done = subprocess.run(["apt-get", "-qq", "download", f"{package}={version}"], cwd=self.debs,
                              env=self.env, capture_output=True, check=False)
        new = set(os.listdir(self.debs)) - before
        if done.returncode or len(new) != 1:
            raise Missing(f"{package} {version} is not to be had: "
                          + done.stderr.decode(errors="replace").strip().splitlines()[-1][:200])
        return os.path.join(self.debs, new.pop())

    def download_with_missing(self, package, release=None):
        """@package and all it needs that is not installed here: their files."""
        self.update()
        archives = os.path.join(self.where, "cache", "archives")
        _run("apt-get", "-qq", "-y", "--no-install-recommends", "--download-only",
             *(["-t", release] if release else []), "-o", f"Dir::Cache::archives={archives}",
             "install", package, env=self.env)
        return [os.path.join(archives, name) for name in sorted(os.listdir(archives))
                if name.endswith(".deb")]


def unpack(debs, where, only=None):
    """Once; a half-done tree is not taken for a whole one. @only: patterns of the files wanted."""
    if os.path.exists(where):
        return where
    partial = where + ".partial"
    subprocess.run(["rm", "-rf", partial], check=True)
    os.makedirs(partial)
    for deb in debs:
        if not only:
            _run("dpkg", "-x", deb, partial)
            continue
        with subprocess.Popen(["dpkg", "--fsys-tarfile", deb], stdout=subprocess.PIPE) as tar:
            subprocess.run(["tar", "-x", "-C", partial, "--wildcards", *only], stdin=tar.stdout,
                           check=False, stderr=subprocess.DEVNULL)
    os.rename(partial, where)
    return where


def own_backports():
    release = _own_release()
    return {release: ["amd64"], release + "-updates": ["amd64"], release + "-security": ["amd64"],
            release + "-backports": ["amd64"]}, release + "-backports"
