#!/bin/sh
# SPDX-License-Identifier: MIT
# deps.sh clone|build|test|kvm|ci: install the Debian packages that are needed for it and not yet
# there, as root or through sudo.
set -eu
clone='ca-certificates git'
build='autoconf autoconf-archive automake gcc libc6-dev libedit-dev libjansson-dev libtool make pkg-config'
test="$build check g++ mandoc parallel python3 python3-jsonschema python3-pexpect strace"
ci="$clone $test abigail-tools build-essential clang clang-tidy cppcheck debhelper fish libclang-rt-14-dev lintian
	mmdebstrap shellcheck valgrind xz-utils zsh"
# What "make check-kvm" builds with; kernels and emulator it fetches itself.
kvm="$build gcc-aarch64-linux-gnu libc6-dev-arm64-cross python3 xz-utils"
case ${1:-} in
clone) packages=$clone ;;
build) packages=$build ;;
test) packages=$test ;;
kvm) packages=$kvm ;;
ci) packages=$ci ;;
*)
	echo 'usage: deps.sh clone|build|test|kvm|ci' >&2
	exit 2
	;;
esac

missing=
for package in $packages; do
	case $(dpkg-query -W -f '${Status}' "$package" 2>/dev/null) in
	*' installed') ;;
	*) missing="$missing $package" ;;
	esac
done
test -n "$missing" || exit 0

if ! command -v apt-get >/dev/null; then
	echo "deps.sh: there is no apt-get; please install:$missing" >&2
	exit 1
fi
as_root=
test "$(id -u)" -eq 0 || as_root=sudo
# $missing is a list of words.
# shellcheck disable=SC2086
install_missing() {
	$as_root env DEBIAN_FRONTEND=noninteractive sh -c \
		'apt-get -qq update && apt-get -qq -o Dpkg::Use-Pty=0 install --no-install-recommends "$@"' \
		sh -y $missing </dev/null
}
# A mirror may be busy for a moment. What apt says is told if it fails.
log=$(mktemp)
trap 'rm -f "$log"' EXIT
echo "deps.sh: installing$missing"
if ! install_missing >"$log" 2>&1; then
	sleep 5
	if ! install_missing >"$log" 2>&1; then
		cat "$log" >&2
		exit 1
	fi
fi
