#!/bin/sh
# SPDX-License-Identifier: MIT
# installed.sh INCLUDEDIR LIBDIR BINDIR DATADIR: is what was installed there usable? TAP. With
# a DESTDIR these paths have it in front, and PKG_CONFIG_SYSROOT_DIR says which it is.
set -u
includedir=$1 libdir=$2 bindir=$3 datadir=$4
CC=${S2_CC:-cc}
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT
PKG_CONFIG_PATH=$libdir/pkgconfig
LD_LIBRARY_PATH=$libdir
export PKG_CONFIG_PATH LD_LIBRARY_PATH
n=0
check() { # NAME COMMAND...
	name=$1
	shift
	n=$((n + 1))
	if "$@" >"$work/out" 2>&1; then
		echo "ok $n - $name"
	else
		echo "not ok $n - $name"
		sed 's/^/# /' "$work/out" | head -20
	fi
}
skip() { # NAME WHY
	n=$((n + 1))
	echo "ok $n - $1 # SKIP $2"
}

# Each header alone, in what the project says it is and in C++.
in_c() {
	echo "#include <s2pte/$1>" |
		$CC -std=c11 -Wall -Wextra -Wpedantic -Werror -I"$includedir" -fsyntax-only -x c -
}
in_cxx() {
	echo "#include <s2pte/$1>" |
		"$cxx" -std=c++11 -Wall -Wextra -Wpedantic -Werror -I"$includedir" -fsyntax-only -x c++ -
}
cxx=
for candidate in ${CXX:-} c++ g++ clang++; do
	if command -v "$candidate" >/dev/null; then
		cxx=$candidate
		break
	fi
done
for header in "$includedir"/s2pte/*.h; do
	header=$(basename "$header")
	check "<s2pte/$header> stands alone in C11" in_c "$header"
	if test -n "$cxx"; then
		check "<s2pte/$header> stands alone in C++11" in_cxx "$header"
	else
		skip "<s2pte/$header> stands alone in C++11" 'there is no C++ compiler'
	fi
done

# The example, built as a stranger would.
encoder() {
	cp "$S2_SOURCE"/examples/encoder/* "$work" &&
		make -C "$work" CC="$CC" CFLAGS="-Wall -Wextra -Werror ${S2_CFLAGS:-}" \
			LDFLAGS="${S2_LDFLAGS:-}" check &&
		grep -q '^1\.\.[1-9]' "$work/out"
}
check 'examples/encoder is built with pkg-config and passes' encoder
wrong_encoder() {
	sed 's/fwb ? 6 : 15/15/' "$S2_SOURCE/examples/encoder/encoder.c" >"$work/encoder.c" &&
		! make -C "$work" CC="$CC" CFLAGS="${S2_CFLAGS:-}" LDFLAGS="${S2_LDFLAGS:-}" check
}
check 'examples/encoder finds a wrong encoder' wrong_encoder

# A program on libs2pte-json; flags are lists of words.
# shellcheck disable=SC2086
json_program() {
	cat >"$work/kernels.c" <<-'END' || return
		#include <stdio.h>
		#include <s2pte/json.h>
		static int put(void *arg, const char *data, size_t size)
		{
			return fwrite(data, 1, size, arg) != size;
		}
		int main(void)
		{
			struct s2_json_sink sink = { put, stdout };
			return s2_kernels_print(S2_JSON_LINE, &sink);
		}
	END
	cflags=$(pkg-config --cflags libs2pte-json) && libs=$(pkg-config --libs libs2pte-json) &&
		$CC -std=c11 -Wall -Werror ${S2_CFLAGS:-} $cflags -o "$work/kernels" "$work/kernels.c" \
			${S2_LDFLAGS:-} $libs &&
		"$work/kernels" >"$work/kernels.json" &&
		"$bindir/s2pte" kernels | cmp - "$work/kernels.json"
}
check 'a program on libs2pte-json is built with pkg-config and runs' json_program
check 'both pkg-config files name one version' sh -c \
	"test \"\$(pkg-config --modversion libs2pte)\" = \"\$(pkg-config --modversion libs2pte-json)\""

check 'the command runs' "$bindir/s2pte" --version
for schema in "$S2_SOURCE"/schema/*.json; do
	check "schema $(basename "$schema")" cmp "$schema" "$datadir/s2pte/schema/$(basename "$schema")"
done
for example in "$S2_SOURCE"/examples/*.json; do
	check "example $(basename "$example")" cmp "$example" \
		"$(find "$datadir/doc" -path "*/examples/$(basename "$example")")"
done
check 'completion for bash' cmp "$S2_SOURCE/completions/s2pte.bash" \
	"$datadir/bash-completion/completions/s2pte.bash"
check 'completion for zsh' cmp "$S2_SOURCE/completions/_s2pte" "$datadir/zsh/site-functions/_s2pte"
check 'completion for fish' cmp "$S2_SOURCE/completions/s2pte.fish" \
	"$datadir/fish/vendor_completions.d/s2pte.fish"
echo "1..$n"
