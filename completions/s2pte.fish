# SPDX-License-Identifier: MIT
# Completion for fish: s2pte itself knows what could stand where, with a line about each.

function __s2pte_complete
	set -l words (commandline --tokenize --current-process --cut-at-cursor)
	set -l word (commandline --current-token --cut-at-cursor)
	$words[1] complete -- $words[2..-1] "$word" 2>/dev/null
end

complete --command s2pte --no-files --arguments '(__s2pte_complete)'
