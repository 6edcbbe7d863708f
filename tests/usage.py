# SPDX-License-Identifier: MIT
"""
Command lines that are wrong: each kind gives one line that says what is wrong with which word, and
nothing else; of several mistakes the first. What a command is asked in vain about is the same.
"""
import os
import re
import shlex
import tempfile

import tap

USAGE, IO = 2, 3

# The words, as a shell would split them, and what is said.
WRONG = r"""
geometri
  unknown command "geometri"; did you mean geometry?
zzzzzzzz
  unknown command "zzzzzzzz"; s2pte -h lists them
-x
  unknown command "-x"; s2pte -h lists them
geometry --text=1
  --text: takes no value
geometry --granule 4K --granule=4K
  --granule: given twice
geometry --granule
  --granule: expected a value: SIZE
geometry --granul 4K
  geometry: unknown option --granul; did you mean --granule?
geometry -x
  geometry: unknown option -x; see s2pte geometry -h
geometry x
  geometry: unexpected "x"
run --
  run: expected FILE...
-c
  --commands: expected a value: TEXT
-c a b c
  shell: unexpected "b"
shell --file a --commands b
  --commands: does not go with --file
help nonsense
  unknown command "nonsense"; s2pte -h lists them
help geometri
  unknown command "geometri"; did you mean geometry?

geometry --granule 8K --ipa-bits x
  --granule: "8K": expected 4K, 16K or 64K
geometry --ipa-bits x --parange 8
  --ipa-bits: "x": expected a number from 0 to 64
geometry --ipa-bits 65
  --ipa-bits: "65": expected a number from 0 to 64
geometry --ipa-bits 24
  --ipa-bits: 24 is not possible: expected 32 to 48, or to 52 with 64K, or with --lpa2
geometry --parange 8
  --parange: "8": expected a number from 0 to 7

attrs --s1-mair 0x100 --memattr 16
  --s1-mair: "0x100": expected a value up to 0xff
attrs --s1-mair zz --memattr 1
  --s1-mair: "zz": expected a value up to 0xff
attrs --s1-mair 0xff
  attrs: --s1-mair needs --memattr
attrs --memattr 1 --s1-sh 4 --s2-sh 4
  --s1-sh: "4": expected a number from 0 to 3
attrs --memattr 16 --s2-sh 4
  --memattr: "16": expected a number from 0 to 15
attrs --memattr 1 --s2-sh 4
  --s2-sh: "4": expected a number from 0 to 3
attrs --memattr 4
  --memattr: 4 is reserved with FWB=0
attrs --fwb --memattr 8
  --memattr: 8 is reserved with FWB=1
attrs --memattr 1 --s1-sh 1
  --s1-sh: 1 is reserved: expected 0, 2 or 3
attrs --memattr 1 --s2-sh 1
  --s2-sh: 1 is reserved: expected 0, 2 or 3

cpu --regs x
  --regs: "x": expected NAME=HEX
cpu --regs xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
  --regs: "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx": expected NAME=HEX
cpu --regs ''
  --regs: expected NAME=HEX,...
cpu --regs CTR_EL0=0xg,x
  --regs: CTR_EL0: "0xg": expected up to 16 hex digits
cpu --regs CTR_EL0=1,CTR_EL0=1
  --regs: CTR_EL0 is given twice
cpu --regs CTR_EL=1
  --regs: "CTR_EL" is not a register that a stage 2 depends on; did you mean CTR_EL0?
cpu --regs xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx=1
  --regs: "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" is not a register that a stage 2 depends on
cpu --native neoverse-v2
  --native: goes neither with a name nor with --regs
cpu --native --regs CTR_EL0=1
  --native: goes neither with a name nor with --regs
cpu neoverse-v22
  cpu: there is no CPU "neoverse-v22"; did you mean neoverse-v2?
cpu zzzzzzzz
  cpu: there is no CPU "zzzzzzzz"; s2pte cpu lists them
cpu --scenario
  cpu: expected a name, --regs or --native

decode
  decode: expected HEX...
decode --level 4 --granule 8K 0
  --granule: "8K": expected 4K, 16K or 64K
decode --level 4 0
  --level: "4": expected a number from -1 to 3
decode --level x 0
  --level: "x": expected a number from -1 to 3
decode --oa-bits 31 --lpa 0
  --oa-bits: expected 32 to 52
decode --oa-bits 53 --lpa 0
  --oa-bits: "53": expected a number from 0 to 52
decode --lpa2 --granule 64K 0
  --lpa2: goes with 4K and 16K; 64K has --lpa
decode --lpa 0
  --lpa: goes with 64K; 4K and 16K have --lpa2
decode --ptdump x 0
  --ptdump: does not go with descriptors
decode --ptdump x --svg
  --svg: does not go with --ptdump
decode --svg --text 0
  --svg: does not go with --text
decode 0 x 0
  decode: "x" is not a descriptor: expected up to 16 hex digits
decode ''
  decode: "" is not a descriptor: expected up to 16 hex digits
decode 12345678901234567
  decode: "12345678901234567" is not a descriptor: expected up to 16 hex digits
decode 000000000000000000000000000001
  decode: "000000000000000000000000000001" is not a descriptor: expected up to 16 hex digits

encode --granule 8K --svg --text
  --granule: "8K": expected 4K, 16K or 64K
encode --svg --text --level 4
  --svg: does not go with --text
encode --level 4 --type x
  --level: "4": expected a number from -1 to 3
encode --type x --oa x
  --type: "x": expected block, page, table or invalid
encode --oa x --prot x
  --oa: "x": expected a value up to 0xffffffffffffffff
encode --type table --prot R --field x
  --prot: table descriptors have no permissions
encode --type invalid --prot R
  --prot: invalid descriptors have no permissions
encode --prot R,Q
  --prot: "Q" is not a permission; did you mean R?
encode --prot R,zzzzzz
  --prot: "zzzzzz" is not a permission
encode --prot R,DEVICE,NORMAL_NC
  --prot: DEVICE and NORMAL_NC exclude each other
encode --prot R,PX
  --prot: PX without UX, or UX without PX, needs --xnx
encode --field memattr,memattr=x
  --field: "memattr": expected NAME=VALUE
encode --field memattr=x
  --field: memattr: "x" is not a number
encode --field memattrr=1
  --field: there is no field "memattrr"; decode lists the fields of a descriptor
encode --field sh=3,memattr=16
  encode: memattr (MemAttr[3:0]): 0x10 does not fit, expected bits of 0xf
encode --oa 0x1
  encode: oa: 0x1 is not aligned, expected bits 11:0 to be 0

fault --svg --text
  --svg: goes neither with --text nor with --scenario
fault --svg --scenario
  --svg: goes neither with --text nor with --scenario
fault --pfn x --cpu x
  --pfn: "x": expected ram or device
fault --cpu x --hva x
  --cpu: "x" is not a feature of the CPU, nor the name of one
fault --hva x --size x
  --hva: expected an address: 0x7f0000000000
fault --hva 0x7f0000000800
  --hva: 0x7f0000000800 is not aligned to 4K
fault --size x
  --size: expected a size: 1G, 2M, 0x1000
fault --size 0xffffffffffffffff
  --size: expected a size: 1G, 2M, 0x1000
fault --size 0
  --size: the end 0x7f0000000000 must lie above the start 0x7f0000000000
fault --vma PFNMAP,PNFMAP
  --vma: "PNFMAP" is not a VMA flag; did you mean "PFNMAP"?
fault --vma -SHARE
  --vma: "-SHARE" is not a VMA flag; did you mean "SHARED"?
fault --slot READONY
  --slot: "READONY" is not a slot flag; did you mean "READONLY"?
fault --level 4
  --level: 4 is out of range: expected 0 to 3
fault --level x
  --level: expected an integer, not "x"
fault --ipa-bits 9223372036854775808
  --ipa-bits: expected an integer, not "9223372036854775808"
fault --ipa x
  --ipa: expected an address: a hex string ("0x80000000") or an integer, not "x"
fault --kernel v66
  --kernel: "v66" is not a kernel revision; s2pte kernels lists them
fault --state x
  --state: "x" is not a state of the backing
fault --mapping 3K
  --mapping: expected a power of two, not "3K"
fault --pa 0xfffffffff000
  --pa: the memory must end below 2^48 (more needs lpa2, or lpa with 64K pages)

run --trace x f
  --trace: "x": expected casemate
run --trace casemate --text f
  --trace: does not go with --text
run --trace casemate f f
  --trace: expected one file and one kernel
run --trace casemate --kernel v9 --kernel v10 f
  --trace: expected one file and one kernel
run --kernel v66 f
  run: "v66" is not a kernel revision; s2pte kernels lists them
show --svg --text f
  --svg: does not go with --text
rules v66
  rules: "v66" is not a kernel revision; s2pte kernels lists them
facts v66
  facts: "v66" is not a kernel revision; s2pte kernels lists them
bench encod
  bench: "encod" is nothing that is measured; see s2pte bench -h
bench --runs 0 encod
  --runs: expected 1 or more
bench --runs x
  --runs: "x": expected a number from 0 to 10000

diff v9
  diff: expected A B
diff v66 v9
  diff: "v66" is not a kernel revision; s2pte kernels lists them
diff v9 v66 --format xml
  diff: "v66" is not a kernel revision; s2pte kernels lists them
verify v9 --assume one-acces --no-assume x
  --assume: "one-acces" is not an assumption (s2pte facts --text lists them); did you mean one-access?
verify v9 --no-assume x
  --no-assume: "x" is not an assumption (s2pte facts --text lists them)
reach v9 --format xml --shard x
  --format: "xml": expected json, text, markdown or html
reach v9 --shard 1
  --shard: "1": expected K/N, K from 1 to N, N at most 1024
reach v9 --shard 0/3
  --shard: "0/3": expected K/N, K from 1 to N, N at most 1024
reach v9 --shard 4/3
  --shard: "4/3": expected K/N, K from 1 to N, N at most 1024
reach v9 --shard x/3
  --shard: "x/3": expected K/N, K from 1 to N, N at most 1024
reach v9 --shard 1/x
  --shard: "1/x": expected K/N, K from 1 to N, N at most 1024
reach v9 --shard 1/1025
  --shard: "1/1025": expected K/N, K from 1 to N, N at most 1024
reach v9 --shard 00000001/3
  --shard: "00000001/3": expected K/N, K from 1 to N, N at most 1024
reach v9 --shard 1/3 --format text
  --shard: a part is JSON, for s2pte merge to read
merge --format xml f
  --format: "xml": expected json, text, markdown or html

bisect
  bisect: expected either --invariant ID or a FILE
bisect --invariant no-alias f
  bisect: expected either --invariant ID or a FILE
bisect --invariant no-alias
  --invariant: there is no invariant "no-alias"; s2pte verify lists them
bisect --assume x
  --assume: "x" is not an assumption (s2pte facts --text lists them)
bisect examples/mte.json
  bisect: expected --expect JSON, or a check line with scenario and expect
bisect examples/mte.json --expect []
  --expect: expected an object
bisect examples/mte.json --expect x
  --expect: not valid JSON: line 1, column 1: '[' or '{' expected near 'x'

whatif --assume x
  --assume: "x" is not an assumption (s2pte facts --text lists them)
whatif --base v66
  whatif: "v66" is not a kernel revision; s2pte kernels lists them
whatif
  whatif: expected --drop, --insert, --replace or a rule file
whatif v9 v10
  whatif: unexpected "v9"
whatif --base v9 --drop cow-special v10
  whatif: unexpected "v10"
whatif --base v9 --drop cow-spesial
  --drop: there is no rule "cow-spesial"; did you mean "cow-special"?
whatif --drop cow-special,zzz
  --drop: there is no rule "cow-special"; s2pte rules latest lists them
whatif --insert v66
  --insert: "v66" is not a kernel revision; s2pte kernels lists them
whatif --base v9 --insert v9
  --insert: there is a rule "slot-ipa-range" already
whatif --base v9 --insert v9@before
  --insert: there is no rule ""; s2pte rules v9 lists them
whatif --base v9 --insert v9@after cow-spesial
  --insert: there is no rule "cow-spesial"; did you mean "cow-special"?
whatif --base v9 --insert v9@home
  --insert: "v9@home" is not a kernel revision; s2pte kernels lists them
whatif --replace x
  --replace: expected RULE=FILE
whatif --base v9 --replace cow-spesial=v10
  --replace: there is no rule "cow-spesial"; did you mean "cow-special"?
whatif --base v9 --replace cow-special=v66
  --replace: "v66" is not a kernel revision; s2pte kernels lists them
"""

# With a rule file that is there, but wrong; %s is its name.
RULE_FILE = '{"kernel": "mine", "rules": [{}]}'
RULE_FILE_SAYS = '%s: /rules/0: the key "id" is missing'
WITH_RULE_FILE = [
    ("rules %s", "rules: "), ("facts %s", "facts: "), ("reach %s", "reach: "),
    ("run --kernel %s examples/mte.json", "run: "), ("fault --kernel %s", "--kernel: "),
    ("whatif %s", "whatif: "), ("whatif --insert %s", "--insert: "),
    ("whatif --base v9 --replace cow-special=%s", "--replace: "),
]


def refused(words, message, status=USAGE, **options):
    got = tap.run(*words, **options)
    tap.ok(got.returncode == status and got.stdout == b"" and
           got.stderr.decode() == f"s2pte: {message}\n",
           f"{status}: {' '.join(w if isinstance(w, str) and w.isascii() else ascii(w) for w in words)}",
           f"status {got.returncode}: {got.stdout[:200]!r} {got.stderr!r}, not {message}")


def test_words():
    rows = re.findall(r"^(\S.*)\n  (.*)$", WRONG, re.M)
    assert 2 * len(rows) == sum(line != "" for line in WRONG.splitlines())
    for words, message in rows:
        refused(shlex.split(words), message, cwd=tap.SOURCE)
    # What JSON cannot hold must not be lost on the way to the scenario.
    for option in ("kernel", "vma", "slot", "pgprot"):
        refused(["fault", b"--" + option.encode() + b"=\xed\xa0\x80"], f"--{option}: expected UTF-8")


def test_words_that_are_no_text():
    """Nothing of them gets to a terminal."""
    refused([b"\x1b[31m\xff\xc3\xa9\n"],
            'unknown command "?[31m?\u00e9?"; s2pte -h lists them')
    refused(["decode", "\u20ac" * 20],
            'decode: "' + "\u20ac" * 13 + '?" is not a descriptor: expected up to 16 hex digits')


def test_rule_file(folder):
    path = os.path.join(folder, "rules.json")
    with open(path, "w", encoding="utf-8") as file:
        file.write(RULE_FILE)
    for words, by in WITH_RULE_FILE:
        refused((words % path).split(), by + RULE_FILE_SAYS % path, cwd=tap.SOURCE)


def test_files(folder):
    """What is not there, or not to be written."""
    missing = os.path.join(folder, "missing")
    for words in ("show", "dump", "merge", "run --trace casemate", "bisect", "decode --ptdump", "-f"):
        refused([*words.split(), missing], f"cannot open {missing}: No such file or directory", IO)
    at = os.path.join(missing, "x")
    refused(["whatif", "--base", "v9", "--drop", "cow-special", "--save", at],
            f"cannot write {at}: No such file or directory", IO)


def test_lines(folder):
    """Lines that say nothing are none; one that is too long is refused by its place."""
    got = tap.run("check", data=b"\n \t\r\n{}\n\n")
    tap.ok(got.returncode == 1 and got.stdout.startswith(b"not ok 1 - ")
           and b"\n1..1\n" in got.stdout, "check: blank lines are no tests", got.stdout)
    parts = b"\n\t\r\n".join(tap.run("reach", "v6.12", "--shard", f"{n}/2").stdout for n in (1, 2))
    whole = tap.run("reach", "v6.12").stdout
    got = tap.run("merge", "-", data=parts)
    tap.ok(got.stdout == whole and got.returncode == 0, "merge: blank lines are no parts", got.stderr)
    path = os.path.join(folder, "long")
    with open(path, "wb") as file:
        file.write(b"\n")
        file.truncate(65 << 20)
    refused(["merge", path], f"merge: {path}, line 2: longer than 64 MiB")
    got = tap.run("run", "--kernel", "v9", "--kernel", "v10", "-", data=b"[]")
    said = b'{"error":{"path":"","message":"expected an object, not an array"}}\n'
    tap.ok(got.returncode == 1 and got.stdout == 2 * said, "run with kernels: an array", got.stdout)


def test_help():
    """Nothing at all is a mistake; help is none, wherever it is asked for."""
    listed = tap.run("-h")
    got = tap.run()
    tap.ok(listed.returncode == 0 and listed.stdout.startswith(b"Usage: s2pte COMMAND")
           and not listed.stderr, "-h lists the commands", listed.stderr)
    tap.ok(got.returncode == USAGE and not got.stdout and got.stderr == listed.stdout,
           "without a command they are listed as a message", got.stdout[:300])
    for words in (["--help"], ["help"]):
        tap.ok(tap.run(*words).stdout == listed.stdout, f"{' '.join(words)} lists them, too")
    usage = tap.run("geometry", "-h")
    tap.ok(usage.stdout.startswith(b"Usage: s2pte geometry [OPTION]") and usage.returncode == 0,
           "geometry -h explains it", usage.stdout[:300])
    for words in (["help", "geometry"], ["-h", "geometry"], ["geometry", "--help"],
                  ["geometry", "x", "--granule", "8K", "-h", "--nonsense"]):
        tap.ok(tap.run(*words).stdout == usage.stdout, f"{' '.join(words)}: the same")
    version = tap.run("--version")
    tap.ok(re.fullmatch(rb"s2pte \d+\.\d+\.\d+\n", version.stdout) is not None and
           tap.run("-V").stdout == version.stdout, "--version and -V", version.stdout)


def main():
    test_words()
    test_words_that_are_no_text()
    test_help()
    with tempfile.TemporaryDirectory(prefix="s2pte-usage-") as folder:
        test_rule_file(folder)
        test_files(folder)
        test_lines(folder)
    tap.done()


if __name__ == "__main__":
    main()
