#!/bin/sh
# SPDX-License-Identifier: MIT
# parallel.sh N QUESTION...: ask it in N parts with GNU parallel, as many at a time as there are
# processors, and print the whole answer, such as
#     parallel.sh 8 diff v6.17 v7.3
# Output and exit status are those of s2pte QUESTION. If a part fails, merge says that it is missing.
# For an array of a job scheduler it is the same: job K runs s2pte QUESTION --shard K/N >K.json,
# and the one that comes after them s2pte merge *.json.
set -eu
s2pte=${S2PTE:-s2pte}
if test $# -lt 2; then
	echo 'usage: parallel.sh N QUESTION...' >&2
	exit 2
fi
n=$1
shift
seq 1 "$n" | parallel --quote "$s2pte" "$@" --shard "{}/$n" | "$s2pte" merge -
