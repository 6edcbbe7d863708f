#!/bin/sh
# SPDX-License-Identifier: MIT
# reproducible.sh BUILD BUILD: fails unless what two build trees install is the same, byte for byte.
set -eu
test $# -eq 2 || { echo 'usage: reproducible.sh BUILD BUILD' >&2; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
make -s -C "$1" install DESTDIR="$work/one" >/dev/null 2>&1
make -s -C "$2" install DESTDIR="$work/two" >/dev/null 2>&1
cd "$work"
files=$(find one -type f | wc -l)
test "$files" -gt 0
for side in one two; do
	(cd $side && find . -printf '%y %m %l %p\n' | sort) >$side.names
done
diff one.names two.names
diff -r one two
echo "the same in both builds: $files files"
