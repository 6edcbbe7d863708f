#!/bin/sh
# SPDX-License-Identifier: MIT
# show.sh [S2PTE]: Grace Hopper's GPU memory under three kernels, on a CPU with FWB and DIC,
# with FWB alone and with neither: each story, and a table of all nine at the end.
set -eu
s2pte=${1:-s2pte}
here=$(dirname "$0")
kernels='v9 v6.17 latest'
cases='grace-hopper grace-hopper-fwb grace-hopper-plain'

# A line for the table: the first write; where the slot is refused, the one in the slot that
# is kept by force.
row() { # KERNEL CASE
	"$s2pte" run --kernel "$1" "$here/$2.json" | awk -v case="$2" '
	function value(text, key) {
		if (!match(text, "\"" key "\":(\"[^\"]*\"|\\[[^]]*\\]|[^,}]*)"))
			return ""
		text = substr(text, RSTART + length(key) + 3, RLENGTH - length(key) - 3)
		gsub(/["[\]]/, "", text)
		return text
	}
	{
		split($0, part, "\"op\":\"access\"")
		rule = value(part[1], "rule")
		event = rule == "null" ? part[2] : part[3]
		cpu = case == "grace-hopper" ? "FWB and DIC" : case == "grace-hopper-fwb" ? "FWB" : "neither"
		if (value(event, "errno") == "null")
			what = value(event, "pte") " level " value(event, "level") ": " \
				value(substr(event, index(event, "\"memattr\"")), "meaning")
		else
			what = value(event, "errno") ", " value(event, "rules")
		printf "%-6s %-12s %-30s %s\n", value(part[1], "kernel"), cpu,
			rule == "null" ? "created" : "refused: " rule, what
	}'
}

for kernel in $kernels; do
	for case in $cases; do
		echo "======== $kernel, $case.json"
		"$s2pte" run --text --kernel "$kernel" "$here/$case.json"
		echo
	done
done
echo '======== the first write, in short'
printf '%-6s %-12s %-30s %s\n' kernel CPU 'memory slot' 'fault path'
for kernel in $kernels; do
	for case in $cases; do
		row "$kernel" "$case"
	done
done
