# SPDX-License-Identifier: MIT
# Completion for bash: s2pte itself knows what could stand where.

_s2pte() {
	local line=${COMP_LINE:0:COMP_POINT} word candidate help
	local -a words=()

	# bash takes a word apart at "=" and ":"; s2pte wants it whole.
	read -ra words <<<"$line"
	[[ $line != *[[:space:]] ]] || words+=('')
	word=${words[-1]}
	COMPREPLY=()
	while IFS=$'\t' read -r candidate help; do
		[[ $candidate == */ || $candidate == *= ]] || help=end
		[[ $candidate != *[[:space:]\'\"\\\$\;\&\|\(\)\<\>]* ]] ||
			printf -v candidate %q "$candidate"
		# What bash has taken off the front of the word is not repeated.
		candidate=${candidate:${#word} - ${#2}}
		[[ $help != end ]] || candidate+=' '
		COMPREPLY+=("$candidate")
	done < <("${words[0]}" complete -- "${words[@]:1}" 2>/dev/null)
} && complete -o nospace -F _s2pte s2pte
