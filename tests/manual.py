# SPDX-License-Identifier: MIT
"""
The manual against the program. Every example in the man pages, the README and doc/ is run,
and what it prints must be what the manual shows:

- A literal block that begins with "$ " is a session in a shell, where examples/ is the one of
  the source. "$ " begins a command, "> " continues it, the lines up to the next command are what
  it prints, errors included. A line "..." stands for any number of lines, "..." at the end of a
  line for the rest of it.
- One that begins with "s2pte> " is a session at the prompt of s2pte, in the same way.
- A block marked as JSON of some kind is held against that schema, or that part of a schema.
- A block marked as a file is written to the directory of the sessions after it.
- A block marked as a diff that is built changes lib/; the sessions after it run with that.

With --update, where an output differs from the manual in numbers and white space alone, it is
written into the manual: read the difference.

Marks: in Markdown the words after ```, as in "```json scenario" or "```c file=answer.c"; in a
man page a comment before the block, as in '.\\" json scenario'. The commands and options that
s2pte(1) describes must be those of the help texts.
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

import tap

try:
    import jsonschema
except ImportError:
    jsonschema = None

PAGES = ["man/s2pte.1", "man/s2pte-json.5", "man/libs2pte.3"]
TEXTS = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"]
UPDATE = "--update" in sys.argv[1:]
SCHEMAS = ["scenario", "result", "check-line", "rule-file"]


# ---- Blocks --------------------------------------------------------------------------------

class Block:
    """A literal block: its lines, the words of its mark, and where it stands."""
    def __init__(self, name, line, mark):
        self.name, self.line = name, line
        self.place = f"{name}:{line}"
        self.mark = mark.split()
        self.lines = []


def roff_text(line):
    """A line of a literal block as it is shown."""
    line = re.sub(r"^\\&", "", line)
    return line.replace("\\-", "-").replace("\\(aq", "'").replace("\\(ga", "`").replace("\\e", "\\")


def blocks_of_page(name, lines):
    mark, block = "", None
    for number, line in enumerate(lines, 1):
        if block is not None and line == ".Ed":
            yield block
            block = None
        elif block is not None:
            block.lines.append(roff_text(line))
        elif line.startswith('.\\" '):
            mark = line[4:]
        elif line.startswith(".Bd -literal"):
            block = Block(name, number, mark)
            mark = ""
        elif line.startswith("."):
            mark = ""


def blocks_of_text(name, lines):
    block = None
    for number, line in enumerate(lines, 1):
        if not line.startswith("```"):
            if block is not None:
                block.lines.append(line)
        elif block is not None:
            yield block
            block = None
        else:
            block = Block(name, number, line[3:])


def documents():
    """The blocks of each document, by its name."""
    docs = sorted(n for n in os.listdir(tap.source("doc")) if n.endswith(".md"))
    for name in PAGES + TEXTS + ["doc/" + n for n in docs]:
        with open(tap.source(name), encoding="utf-8") as file:
            lines = file.read().splitlines()
        yield name, list((blocks_of_page if name in PAGES else blocks_of_text)(name, lines))


# ---- Sessions ------------------------------------------------------------------------------

PROMPTS = "$ ", "s2pte> "


def prompt_of(block):
    first = block.lines[0] if block.lines else ""
    return next((prompt for prompt in PROMPTS if first.startswith(prompt)), None)


def commands(block):
    """The commands of a session, each with the numbered lines that it should print."""
    found, prompt = [], prompt_of(block)
    for number, line in enumerate(block.lines):
        if line.startswith(prompt):
            found.append([line[len(prompt):], []])
        elif line.startswith("> ") and not found[-1][1]:
            found[-1][0] += "\n" + line[2:]
        else:
            found[-1][1].append((number, line.rstrip()))
    for _, wanted in found:
        while wanted and not wanted[-1][1]:
            wanted.pop()
    return found


def loose(line):
    return re.sub(r"-{2,}", "--", re.sub(r"\s+", " ", re.sub(r"\d+", "0", line)))


def same(wanted, line, exact=not UPDATE):
    open_end = wanted.endswith("...")
    wanted = wanted[:-3] if open_end else wanted
    if not exact:
        wanted, line = loose(wanted).rstrip(), loose(line).rstrip()
    return line.startswith(wanted) if open_end else wanted == line


def aligned(wanted, got):
    """
    Which line of @got is which of @wanted, as pairs; or why they do not look alike. Each part
    between elisions is looked for at the first place where all of it is found.
    """
    parts, pairs, at = [[]], [], 0
    for number, line in wanted:
        if line.strip() == "...":
            parts.append([])
        else:
            parts[-1].append((number, line))
    for i, part in enumerate(parts):
        starts = range(at, len(got) - len(part) + 1) if i > 0 else [at]
        if i == len(parts) - 1 and i > 0 and part:
            starts = [max(at, len(got) - len(part))]
        fits = (s for s in starts if s + len(part) <= len(got)
                and all(same(line, got[s + j]) for j, (_, line) in enumerate(part)))
        start = next(fits, None)
        if start is None:
            return ("wanted:\n" + "\n".join(line for _, line in part[:8])
                    + "\ngot:\n" + "\n".join(got[at:at + 12])), []
        pairs += [(number, line, got[start + j]) for j, (number, line) in enumerate(part)]
        at = start + len(part)
    if at == len(got) or (parts[-1] == [] and len(parts) > 1):
        return "", pairs
    return "more than is shown:\n" + "\n".join(got[at:at + 12]), []


def update(block, pairs):
    """Write the lines as they came out to where the manual has them."""
    path = tap.source(block.name)
    with open(path, encoding="utf-8") as file:
        lines = file.read().split("\n")
    for number, wanted, line in pairs:
        if same(wanted, line, exact=True):
            continue
        # The end of an elided line keeps its place by what stands before it.
        if wanted.endswith("..."):
            words = len(wanted[:-3].split())
            line = re.match(r"\s*(?:\S+\s*){%d}" % words, line)[0] + "..."
        is_page = block.name.startswith("man/")
        lines[block.line + number] = line.replace("\\", "\\e") if is_page else line
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(lines))


def copy(name, directory):
    """A part of the source that may be changed, even if the source is read-only."""
    shutil.copytree(tap.source(name), os.path.join(directory, name))
    for where, _, files in os.walk(os.path.join(directory, name)):
        for path in (where, *(os.path.join(where, file) for file in files)):
            os.chmod(path, os.stat(path).st_mode | 0o200)


def script(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write("#!/bin/sh\n" + text + "\n")
    os.chmod(path, 0o755)


class Shell:
    """Where the sessions of one document run: s2pte, cc and pkg-config are those of the build."""
    def __init__(self, directory):
        self.directory = directory
        build = os.environ["S2_BUILD"]
        tools = os.path.join(directory, ".tools")
        os.mkdir(tools)
        for name in ("examples", "schema"):
            copy(name, directory)
        script(os.path.join(tools, "s2pte"), f'exec "{tap.S2PTE}" "$@"')
        script(os.path.join(tools, "cc"),
               f"exec {os.environ.get('S2_CC', 'cc')} {os.environ.get('S2_CFLAGS', '')} "
               f"-Wall -Wextra -Werror \"$@\" {os.environ.get('S2_LDFLAGS', '')}")
        for library in ("libs2pte", "libs2pte-json"):
            with open(os.path.join(build, library + ".pc"), encoding="utf-8") as file:
                text = file.read()
            text = re.sub(r"^includedir=.*$", "includedir=" + tap.source("include"), text, flags=re.M)
            text = re.sub(r"^libdir=.*$", "libdir=" + os.path.join(build, ".libs"), text, flags=re.M)
            with open(os.path.join(tools, library + ".pc"), "w", encoding="utf-8") as file:
                file.write(text)
        self.environment = {
            **os.environ, "PATH": tools + ":" + os.environ["PATH"], "PKG_CONFIG_PATH": tools,
            "LD_LIBRARY_PATH": os.path.join(build, ".libs"), "LC_ALL": "C.UTF-8", "NO_COLOR": "1",
        }

    def run(self, command):
        done = subprocess.run(["sh", "-c", command], cwd=self.directory, env=self.environment,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, check=False, timeout=300)
        return done.stdout.decode()

    def prompt(self, lines):
        """What the last of some lines at the prompt of s2pte prints."""
        text = "\n".join(["set output text", *lines])
        before, _, last = text.rpartition("\n")
        outputs = [subprocess.run([tap.S2PTE, "shell"], cwd=self.directory, env=self.environment,
                                  input=script.encode(), stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, check=False, timeout=300).stdout.decode()
                   for script in (before, before + "\n" + last)]
        return outputs[1].removeprefix(outputs[0])

    def session(self, block):
        at_prompt, given = prompt_of(block) == "s2pte> ", []
        for command, wanted in commands(block):
            given.append(command)
            got = self.prompt(given) if at_prompt else self.run(command)
            got = [line.rstrip() for line in got.splitlines()]
            why, pairs = aligned(wanted, got)
            first = command.splitlines()[0]
            tap.ok(not why, f"{block.place} {prompt_of(block)}{first}".replace("#", "\\#"), why)
            if UPDATE:
                update(block, pairs)


def patched(lines, directory):
    """
    Apply a unified diff to the sources in @directory: each hunk's old text, which must be there
    once, becomes its new one. "" or what does not fit.
    """
    hunks, name = [], None
    for line in lines:
        if line.startswith("+++ b/"):
            name = line[6:]
        elif line.startswith("@@"):
            hunks.append((name, [], []))
        elif not line.startswith("--- a/"):
            if line[:1] != "+":
                hunks[-1][1].append(line[1:])
            if line[:1] != "-":
                hunks[-1][2].append(line[1:])
    for name, old, new in hunks:
        path = os.path.join(directory, name)
        with open(path, encoding="utf-8") as file:
            text = file.read()
        old = "\n".join(old) + "\n"
        if text.count(old) != 1:
            return f"{name} has {text.count(old)} times:\n{old}"
        with open(path, "w", encoding="utf-8") as file:
            file.write(text.replace(old, "\n".join(new) + "\n"))
    return ""


def build_patched(block, shell):
    """libs2pte with the diff, in the place of the other: from then on the sessions' s2pte."""
    top, build = os.path.join(shell.directory, ".patched"), os.environ["S2_BUILD"]
    for name in ("lib", "include"):
        copy(name, top)
    why = patched(block.lines, top)
    added = sum(line.startswith("+") and not line.startswith("+++") for line in block.lines)
    tap.ok(not why and added < 40, f"{block.place} applies, in fewer than 40 lines", why or added)
    why = shell.run(f"""
        cd .patched &&
        {os.environ.get('S2_CC', 'cc')} -std=gnu11 -O0 -shared -fPIC -Wall -Wextra -Iinclude \\
            {os.environ.get('S2_CFLAGS', '')} {os.environ.get('S2_LDFLAGS', '')} \\
            lib/*.c lib/[!j]*/*.c -Wl,-soname,libs2pte.so.0 -o libs2pte.so.0""")
    tap.ok(not why, f"{block.place} is built", why)
    script(os.path.join(shell.directory, ".tools", "s2pte"),
           f'LD_LIBRARY_PATH={top}:$LD_LIBRARY_PATH exec {build}/.libs/s2pte "$@"')


def check_json(block):
    kind, _, part = block.mark[1].partition("#")
    text = "\n".join(block.lines)
    try:
        values = [json.loads(text)]
    except json.JSONDecodeError:  # a document a line
        values = tap.lines(text)
    if jsonschema is None:
        tap.ok(True, f"{block.place} is a {kind} # SKIP there is no python3-jsonschema")
        return
    schemas = {f"{n}.schema.json": tap.load("schema", f"{n}.schema.json") for n in SCHEMAS}
    schema = schemas[kind + ".schema.json"]
    resolver = jsonschema.RefResolver.from_schema(schema, store=schemas)
    if part:
        schema = {"$ref": f"#/$defs/{part}"}
    validator = jsonschema.Draft202012Validator(schema, resolver=resolver)
    errors = [f"{e.json_path}: {e.message}" for value in values for e in validator.iter_errors(value)]
    tap.ok(not errors, f"{block.place} is a {kind}", "\n".join(errors))


def run_document(name, blocks):
    sessions = 0
    with tempfile.TemporaryDirectory() as directory:
        shell = Shell(directory)
        for block in blocks:
            if block.mark[:1] == ["json"] and len(block.mark) > 1 and "=" not in block.mark[1]:
                check_json(block)
            if block.mark == ["diff", "build"]:
                build_patched(block, shell)
            for word in block.mark:
                if word.startswith("file="):
                    with open(os.path.join(directory, word[5:]), "w", encoding="utf-8") as file:
                        file.write("\n".join(block.lines) + "\n")
            if prompt_of(block):
                sessions += 1
                shell.session(block)
    return sessions


# ---- Commands and options ------------------------------------------------------------------

def helped():
    """The options of each command, as its help lists them."""
    listing = tap.run("-h").stdout.decode()
    names = re.findall(r"^  ([a-z]+) {2,}\S", listing, flags=re.M)
    options = {}
    for name in names:
        text = tap.run(name, "-h").stdout.decode()
        options[name] = set(re.findall(r"^  --([a-z0-9-]+)", text, flags=re.M))
    return options


def described():
    """
    The same from s2pte(1), where ".Ss" begins a command and its synopsis names its options; and
    the options that a list explains, for one command or for several.
    """
    options, explained, name = {}, set(), None
    with open(tap.source("man", "s2pte.1"), encoding="utf-8") as file:
        for line in file:
            if line.startswith(".Sh "):
                name = None
            elif line.startswith(".Ss "):
                name = line.split()[1]
                options[name] = set()
            found = re.findall(r"Fl Fl ([a-z0-9-]+)", line)
            if line.startswith(".It "):
                explained.update(found)
            if name:
                options[name].update(found)
    return options, explained


def test_options():
    helps = helped()
    pages, explained = described()
    tap.ok(helps.keys() == pages.keys(), "s2pte(1) describes the commands that there are",
           set(helps) ^ set(pages))
    for name in sorted(set(helps) & set(pages)):
        tap.ok(helps[name] == pages[name], f"s2pte(1) describes the options of {name}",
               f"only in one: {sorted(helps[name] ^ pages[name])}")
    tap.ok(helps and set.union(*helps.values()) <= explained, "s2pte(1) explains every option",
           sorted(set.union(*helps.values()) - explained))


def test_words():
    """s2pte(1) has the shell's own words with the synopses of its help."""
    helped_, described_ = {}, {}
    listing = tap.run("-c", "help all").stdout.decode().partition("as on the command line")[0]
    for name in re.findall(r"^  ([a-z_-]+) {2,}\S", listing, flags=re.M):
        helped_[name] = tap.run("-c", f"help {name}").stdout.decode().splitlines()[0]
    with open(tap.source("man", "s2pte.1"), encoding="utf-8") as file:
        section = file.read().partition(".Sh WORDS OF THE SHELL")[2].partition("\n.Sh ")[0]
    for text in re.findall(r"^\.It Cm (.*)$", section, flags=re.M):
        described_[text.split()[0].replace("\\-", "-")] = text.replace("\\-", "-")
    tap.ok(helped_ and helped_ == described_, "s2pte(1) describes the words of the shell",
           sorted(set(helped_.items()) ^ set(described_.items())))


def test_pages():
    if shutil.which("mandoc") is None:
        tap.ok(True, "the pages are clean # SKIP there is no mandoc")
        return
    for page in PAGES:
        done = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", tap.source(page)],
                              capture_output=True, check=False)
        tap.ok(done.returncode == 0, f"{page} has no lints", done.stdout.decode())


def test_links():
    """What a document of ours links to is there."""
    for name in TEXTS + ["doc/" + n for n in os.listdir(tap.source("doc")) if n.endswith(".md")]:
        with open(tap.source(name), encoding="utf-8") as file:
            links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", file.read())
        away = [link for link in links if "://" not in link
                and not os.path.exists(tap.source(os.path.dirname(name), link))]
        tap.ok(not away, f"{name} links to what is there", away)


test_options()
test_words()
test_pages()
test_links()
counts = {document: run_document(document, found) for document, found in tap.some(documents())}
for document in sorted(counts.keys() & {*PAGES, "README.md"}):
    tap.ok(counts[document] > 0, f"{document} has examples")
tap.done()
