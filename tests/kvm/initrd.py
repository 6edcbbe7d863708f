# SPDX-License-Identifier: MIT
"""An initrd in cpio's "newc" format."""


def _entry(number, name, mode, data):
    name = name.encode() + b"\0"
    fields = (number, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name), 0)
    head = b"070701" + b"".join(b"%08X" % field for field in fields) + name
    return head + b"\0" * (-len(head) % 4) + data + b"\0" * (-len(data) % 4)


def pack(files):
    """Of @files, {path without the first slash: contents}, all of them executable."""
    entries = [_entry(1, "dev", 0o40755, b"")]
    entries += [_entry(n, name, 0o100755, data) for n, (name, data) in enumerate(files.items(), 2)]
    return b"".join(entries) + _entry(0, "TRAILER!!!", 0, b"")
