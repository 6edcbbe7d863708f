#!/bin/sh
# SPDX-License-Identifier: MIT
# debian.sh build DIRECTORY: the Debian packages of this checkout, from what `make dist` ships,
# into an empty directory, and lintian's opinion of them.
# debian.sh try DIRECTORY: install them into a bare root, and there run the packages' own tests
# and the README's first example. As root.
set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
action=${1:-} into=${2:-}
if test -z "$into"; then
	echo 'usage: debian.sh build|try DIRECTORY' >&2
	exit 2
fi
mkdir -p "$into"
into=$(cd "$into" && pwd)

build() {
	version=$(sed -n 's/^AC_INIT(\[s2pte\], \[\(.*\)\])$/\1/p' "$top/configure.ac")
	mkdir "$into/source" "$into/dist"
	git clone -q "$top" "$into/source"
	(cd "$into/source" && autoreconf -fi)
	(cd "$into/dist" && "$into/source/configure" --quiet && make -s dist)
	tar -C "$into" -xf "$into/dist/s2pte-$version.tar.xz"
	cp -r "$into/source/debian" "$into/s2pte-$version"
	cd "$into/s2pte-$version"
	# The suite runs elsewhere, often enough.
	DEB_BUILD_OPTIONS=${DEB_BUILD_OPTIONS:-nocheck parallel=$(nproc)} dpkg-buildpackage -us -uc
	lintian --allow-root --display-info --pedantic --fail-on error,warning,info,pedantic \
		"$into"/*.changes
}

try() {
	root=$into/root
	apt_options >"$into/apt.conf"
	# Before the cleaning up, while there is a way to the archive.
	# shellcheck disable=SC2016 # $1 is for the hook's shell
	mmdebstrap --variant=apt --mode=root --aptopt="$into/apt.conf" \
		--include=build-essential,pkg-config,python3-jsonschema \
		--customize-hook="cp $into/*.deb \"\$1/tmp\"" \
		--customize-hook='chroot "$1" sh -c "apt-get -qq -y --no-install-recommends install /tmp/*.deb"' \
		'' "$root" "$(sources)"
	cp -r "$top/debian/tests" "$root/tmp/tests"
	sed -n 's/^Tests: //p' "$top/debian/tests/control" | while read -r name; do
		chroot "$root" "/tmp/tests/$name" </dev/null
	done
	# The README's first example.
	chroot "$root" s2pte run --text --kernel v6.12 --kernel v9 --kernel v7.3 \
		/usr/share/doc/s2pte/examples/grace-hopper.json >"$into/shown"
	grep 'prot R W X$' "$into/shown"
	# As they came, they go.
	chroot "$root" sh -c 'dpkg --purge s2pte libs2pte-dev libs2pte-json0 libs2pte0 \
		s2pte-dbgsym libs2pte0-dbgsym libs2pte-json0-dbgsym &&
		! find /usr -path "*s2pte*" | grep .'
}

# Where packages come from here, and how.
sources() {
	for file in /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list; do
		if test -s "$file"; then
			echo "$file"
			return
		fi
	done
}

apt_options() {
	cat /etc/apt/apt.conf.d/* | grep -i proxy || true
}

case $action in
build) build ;;
try) try ;;
*)
	echo 'usage: debian.sh build|try DIRECTORY' >&2
	exit 2
	;;
esac
