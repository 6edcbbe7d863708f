#!/bin/sh
# SPDX-License-Identifier: MIT
# abi.sh check|update BUILD: compare the interface of the libraries in a build (with -g) to the
# one kept in tests/abi, or keep it. A change that abidiff reports breaks programs, or adds to
# what they may use: then -version-info in Makefile.am changes, too, as libtool's manual says.
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
action=${1:-} build=${2:-}
kept=$top/tests/abi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

dump() { # LIBRARY
	abidw --headers-dir "$top/include" --drop-private-types --no-show-locs --no-corpus-path \
		--no-comp-dir-path --out-file "$work/$1.abi" "$build/.libs/$1.so"
	# Where the source was is nobody's business.
	sed -i "s, path='[^']*/lib/, path='lib/," "$work/$1.abi"
}

compare() { # LIBRARY
	# 4 and 8: what changed; anything else is a failure to compare.
	abidiff "$kept/$1.abi" "$work/$1.abi" || {
		status=$?
		echo "abi.sh: the interface of $1 changed (abidiff's status $status)" >&2
		return 1
	}
}

for library in libs2pte libs2pte-json; do
	case $action-$build in
	check-?*)
		dump "$library"
		compare "$library"
		;;
	update-?*)
		dump "$library"
		mkdir -p "$kept"
		cp "$work/$library.abi" "$kept"
		;;
	*)
		echo 'usage: abi.sh check|update BUILD' >&2
		exit 2
		;;
	esac
done
