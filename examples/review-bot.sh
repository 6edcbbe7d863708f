#!/bin/sh
# SPDX-License-Identifier: MIT
# review-bot.sh [-b BASE] [-p PLACE] [-o FILE] RULES: what the rules that a patch proposes would
# change, as a comment in Markdown, with a verdict in its first line.
#   -b BASE   the revision that the patch applies to, an id or a rule file (default latest)
#   -p PLACE  before:RULE or after:RULE of the base (default: at the end of their stage)
#   -o FILE   where the comment goes (default standard output)
# Exit status, to gate on: 0 no invariant breaks, 1 one does, 2 the rules could not be tried
# (the comment then says why), 3 the comment could not be written.
#
# In a CI job, on what a merge request changes in rules/:
#     for file in $(git diff --name-only --diff-filter=AM origin/main -- 'rules/*.json'); do
#             review-bot.sh -b v6.17 -o comment.md "$file" || status=1
#             forge-comment <comment.md
#     done
#     exit "${status:-0}"
set -u
s2pte=${S2PTE:-s2pte}

usage() {
	echo 'usage: review-bot.sh [-b BASE] [-p PLACE] [-o FILE] RULES' >&2
	exit 2
}

base=latest place='' out=''
while getopts b:p:o: option; do
	case $option in
	b) base=$OPTARG ;;
	p) place=$OPTARG ;;
	o) out=$OPTARG ;;
	*) usage ;;
	esac
done
shift $((OPTIND - 1))
test $# -eq 1 || usage
# A path, even where a file has the name of a revision.
case $1 in
*/*) rules=$1 ;;
*) rules=./$1 ;;
esac

work=$(mktemp -d) || exit 3
trap 'rm -rf "$work"' EXIT
"$s2pte" whatif --base "$base" --insert "$rules${place:+@$place}" --format markdown \
	>"$work/answer" 2>"$work/why"
status=$?

comment() {
	case $status in
	0) echo "**No invariant breaks** that $base keeps." ;;
	1) echo "**An invariant breaks** that $base keeps." ;;
	*) echo "**The rules could not be tried.**" ;;
	esac
	echo
	if test "$status" -le 1; then
		cat "$work/answer"
	else
		# Indented, whatever the message quotes stays a quotation.
		sed 's/^/    /' "$work/why"
	fi
}
if test -n "$out"; then
	comment >"$out" || exit 3
else
	comment || exit 3
fi
test "$status" -le 1 || exit 2
exit "$status"
