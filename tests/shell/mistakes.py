# SPDX-License-Identifier: MIT
"""
Lines of the shell that are wrong: each kind gives a message, the line, and a caret below the word
that is meant; and changes nothing.
"""
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.environ["S2_SOURCE"], "tests"))
import tap  # noqa: E402

# What there is before: a kernel, a VMA, a slot.
SETUP = ["kernel v9", "vma gpu 0x7f0000000000 1G PFNMAP SHARED pa 0x4000000000 device mapping 2M",
         "slot 0 0x40000000 1G gpu"]

# The message; the line; the caret.
WRONG = r"""
what is known of the CPU leaves open: dic, lpa2, lpa; add each, or with a minus if it has it not
  cpu cortex-x4
      ^
"cortex-a5" is not a feature of the CPU, nor the name of one; did you mean cortex-a72?
  cpu neoverse-n1,fwb cortex-a5
                      ^
expected GPA SIZE HVA (or the name of a VMA)
  slot b 0x1000 1M
                  ^
/vmas/0/backing/state: "gone" is not a state of the backing
  vma gpu state gone
      ^
/memslots/0/hva: expected an address: a hex string ("0x80000000") or an integer, not "nowhere"
  slot 0 0x40000000 1G nowhere
         ^
exec: unexpected "x"
  exec 0x40000000 x
                  ^
"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" is not a feature of the CPU, nor the name of one
  cpu xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
      ^
there is no command "nonsense"; help lists them
  kernel v9; nonsense; kernel v9
             ^
a new VMA needs START SIZE (vma é 0x7f0000000000 1G ...)
  vma é ü
        ^
there is no command "granul"; did you mean granule?
  granul 4K
  ^
there is no command "zzzzzzz"; help lists them
  zzzzzzz
  ^
this is the shell already
  shell
  ^
vma: expected NAME [START SIZE] [WORD...]
  vma
     ^
kernel: unexpected "v10"
  kernel v9 v10
            ^
"x" is not a number of bits
  ipa-bits x
           ^
"65" is not a number of bits
  ipa-bits 65
           ^
/ipa_bits: 24 bits: expected 32 to 48 with this granule and CPU
  ipa-bits 24
           ^
"fbw" is not a feature of the CPU, nor the name of one; did you mean fwb?
  cpu lpa2 fbw
           ^
"fbw" is not a feature of the CPU, nor the name of one; did you mean fwb?
  cpu fwb,fbw
      ^
"max" is not a feature of the CPU, nor the name of one
  cpu max
      ^
expected on or off
  mte maybe
      ^
/ram/0/pa: expected an address: a hex string ("0x80000000") or an integer, not "x"
  ram x 1G
      ^
/ram/0/size: expected a size: bytes, a hex string, or a number with K, M, G or T, not "x"
  ram 0x80000000 x
      ^
/granule: expected "4K", "16K" or "64K", not "5K"
  granule 5K
          ^
/kernel: "v66" is not a kernel revision; s2pte kernels lists them
  kernel v66
         ^
a new VMA needs START SIZE (vma a 0x7f0000000000 1G ...)
  vma a
       ^
a new VMA needs START SIZE (vma a 0x7f0000000000 1G ...)
  vma a x
        ^
expected a size after the start
  vma a 0x1000
              ^
"0xg" is not an address
  vma a 0xg 1G
        ^
"x" is not a size
  vma a 0x1000 x
               ^
"0xfffffffffffffff0" is not a size
  vma a 0x1000 0xfffffffffffffff0
               ^
/vmas/1/start: the VMA at 0x7f0000000000 overlaps another one
  vma a 0x7f0000000000 1G
        ^
expected a value after pgprot
  vma gpu pgprot
                ^
"x" is not an address or size
  vma gpu pa x
             ^
/vmas/0/backing/mapping: expected a power of two, not "3K"
  vma gpu mapping 3K
      ^
"PFNMAPP" is not a flag or another word of a VMA; did you mean PFNMAP?
  vma gpu PFNMAPP
          ^
"zzzzzzz" is not a flag or another word of a VMA; press TAB twice for a list
  vma gpu zzzzzzz
          ^
"-zzzz" is not a flag or another word of a VMA; press TAB twice for a list
  vma gpu -zzzz
          ^
/vmas/0/pgprot: "NORMALL" is not a page protection; did you mean "NORMAL"?
  vma gpu pgprot NORMALL
      ^
a new slot needs GPA SIZE HVA (slot a 0x40000000 1G gpu)
  slot a
        ^
a new slot needs GPA SIZE HVA (slot a 0x40000000 1G gpu)
  slot a x
         ^
expected GPA SIZE HVA (or the name of a VMA)
  slot a 0x1000
               ^
expected GPA SIZE HVA (or the name of a VMA)
  slot a 0x1000 1M
                  ^
/memslots/1/gpa: the slot overlaps /memslots/0
  slot a 0x40000000 1M gpu
         ^
"LOG" is not a flag of a slot, nor force; press TAB twice for a list
  slot 0 LOG
         ^
"zzzzzz" is not a flag of a slot, nor force; press TAB twice for a list
  slot 0 zzzzzz
         ^
no event has happened yet: undo takes the slot away
  slot 0 delete
         ^
"x" is not an address: expected 0x40000000
  read x
       ^
read: expected IPA
  read
      ^
"x" is not a size: expected 2M, 4096, 0x1000
  unmap 0x1000 x
               ^
expected read, write, exec; translation, permission, access-flag, excl-atomic; level N (0 to 3); s1ptw or retry
  fault 0x1000 read level 4
                    ^
expected read, write, exec; translation, permission, access-flag, excl-atomic; level N (0 to 3); s1ptw or retry
  fault 0x1000 level
               ^
expected read, write, exec; translation, permission, access-flag, excl-atomic; level N (0 to 3); s1ptw or retry
  fault 0x1000 level x
               ^
expected read, write, exec; translation, permission, access-flag, excl-atomic; level N (0 to 3); s1ptw or retry
  fault 0x1000 x
               ^
map: expected IPA SIZE PA [PROT...]
  map 0x1000 4K
               ^
/events/0/pa: expected an address: a hex string ("0x80000000") or an integer, not "x"
  map 0x1000 4K x
                ^
"x" is not a size: expected 2M, 4096, 0x1000
  map 0x1000 x 0x0
             ^
"RR" is not a permission; did you mean R?
  map 0x1000 4K 0x1000 RR
                       ^
"zzzzzz" is not a permission: expected R W X DEVICE ...
  map 0x1000 4K 0x1000 zzzzzz
                       ^
"Q" is not a permission; did you mean R?
  relax 0x1000 Q
               ^
"x" is not an address: expected 0x40000000
  relax x R
        ^
"x" is not an address: expected 0x40000000
  mkyoung x
          ^
"x" is not an address: expected 0x40000000
  walk x
       ^
"x" is not a size: expected 2M, 4096, 0x1000
  dump 0x1000 x
              ^
expected svg FILE
  show x
       ^
expected a file to write
  show svg
          ^
cannot write /no/such/x: No such file or directory
  show svg /no/such/x
           ^
"x" is not a number of steps
  undo x
       ^
"0" is not a number of steps
  undo 0
       ^
there are only 3 to undo
  undo 9
       ^
there is nothing to redo
  redo
  ^
cannot open /no/such: No such file or directory
  load /no/such
       ^
cannot write /no/such/x: No such file or directory
  save /no/such/x
       ^
cannot open /no/such: No such file or directory
  source /no/such
         ^
there is no setting "nonsense": expected output, color or pager
  set nonsense
      ^
expected a value
  set output
            ^
expected json or text
  set output xml
             ^
expected on or off
  set pager maybe
            ^
expected on or off
  set color maybe
            ^
there is no command "nonsense"; help lists them
  help nonsense
       ^
there is no command "wrte"; did you mean write?
  help wrte
       ^
the quotes are not closed
  "cpu
  ^
the quotes are not closed
  cpu 'fwb
      ^
the quotes are not closed
  cpu 'a"b' "c
            ^
"fwb\" is not a feature of the CPU, nor the name of one; did you mean fwb?
  cpu fwb\
      ^
reach: "v66" is not a kernel revision; s2pte kernels lists them
  reach v66
        ^
--vma: "PNFMAP" is not a VMA flag; did you mean "PFNMAP"?
  fault --vma PNFMAP
              ^
--vma: "PNFMAP" is not a VMA flag; did you mean "PFNMAP"?
  fault --vma=PNFMAP
        ^
--granule: given twice
  geometry --granule 4K --granule 4K
                                  ^
--regs: "x": expected NAME=HEX
  cpu --regs x
             ^
explain: unexpected "x"
  explain x
          ^
reset: unexpected "x"
  reset x
        ^
tutorial: unexpected "x"
  tutorial x
           ^
quit: unexpected "x"
  quit x
       ^
"""

# The file, and not the line, is at fault: then the status is another one.
IO = re.compile("cannot (open|write) /no/such")
BY_LINE = ("load",)  # it says that the line is


def shell(*lines):
    return subprocess.run([tap.S2PTE, "shell"], input="\n".join(lines).encode(), check=False,
                          capture_output=True)


def refused(line, message, shown, caret):
    """@line after the setup, and whether the session is as it was before."""
    done = shell(*SETUP, line, "undo", "redo", "show")
    status = 3 if IO.match(message) and line.split()[0] not in BY_LINE else 2
    said = f"s2pte: {message}\n  {shown}\n  {' ' * caret}^\n"
    tap.ok(done.stderr.decode() == said and done.returncode == status and done.stdout == UNCHANGED,
           f"{line[:60]}", f"status {done.returncode}\n{done.stderr.decode()}"
           f"instead of\n{said}{done.stdout.decode()[:300]}")


UNCHANGED = shell(*SETUP, "undo", "redo", "show").stdout


def test_table():
    lines = WRONG.strip("\n").split("\n")
    assert len(lines) % 3 == 0
    for message, line, caret in zip(lines[::3], lines[1::3], lines[2::3]):
        refused(line[2:], message, line[2:], caret.index("^") - 2)


def test_long():
    """What is near the word is shown of a long line; no letter is cut in two."""
    none = "is not a feature of the CPU, nor the name of one"
    refused("cpu " + "fwb " * 30 + "dcc", f'"dcc" {none}; did you mean dic?',
            "..." + "fwb " * 12 + "dcc", 3 + 4 * 12)
    refused("cpu " + "x" * 200, f'"{"x" * 40}" {none}', "cpu " + "x" * 96 + "...", 4)
    for before in ("", "x"):
        # Letters of two bytes, at even columns and odd ones.
        word = before + "\u00e9" * 100
        refused(f"write 0 {word}", f'write: unexpected "{cut(word, 40, "?")}"',
                f"write 0 {cut(word, 92)}...", 8)
        refused(f"vma {word} x", f"a new VMA needs START SIZE (vma {word} 0x7f0000000000 1G ...)",
                "..." + "\u00e9" * 24 + " x", 3 + 24 + 1)


def cut(word, size, rest=""):
    """So many bytes of a word at most; @rest for each of a letter that is not whole."""
    part = word.encode()[:size]
    text = part.decode(errors="ignore")
    return text + rest * (len(part) - len(text.encode()))


def main():
    test_table()
    test_long()
    tap.done()


if __name__ == "__main__":
    main()
