#!/bin/sh
# Makes ./configure from configure.ac.  Installs nothing, unless asked to:
#   ./autogen.sh --deps    also installs what building and testing needs (Debian and its
#                          kin, as root or by sudo; elsewhere it names the packages)
set -eu
cd "$(dirname "$0")"

# what it is for     Debian               Fedora                Homebrew
deps='
compiler             gcc                  gcc                   gcc
make                 make                 make                  make
libc                 libc6-dev            glibc-devel           -
autoconf             autoconf             autoconf              autoconf
automake             automake             automake              automake
pkg-config           pkg-config           pkgconf-pkg-config    pkg-config
libpcap              libpcap-dev          libpcap-devel         libpcap
libcrypto            libssl-dev           openssl-devel         openssl@3
zlib                 zlib1g-dev           zlib-devel            zlib
cmocka(tests)        libcmocka-dev        libcmocka-devel       cmocka
python3(tests)       python3              python3               python3
mandoc(tests)        mandoc               mandoc                mandoc
'

column() {
	printf '%s\n' "$deps" | awk -v c="$1" 'NF && $c != "-" { printf "%s%s", sep, $c; sep = " " } END { print "" }'
}

print_deps() {
	echo "Debian, Ubuntu:  apt-get install $(column 2)"
	echo "Fedora:          dnf install $(column 3)"
	echo "Homebrew:        brew install $(column 4)"
}

install_deps() {
	if ! command -v apt-get >/dev/null 2>&1 || ! command -v dpkg-query >/dev/null 2>&1; then
		echo "autogen.sh: --deps installs by apt-get, which is not here; please install:" >&2
		print_deps >&2
		exit 1
	fi
	missing=
	for p in $(column 2); do
		case $(dpkg-query -W -f='${Status}' "$p" 2>/dev/null || :) in
		*' installed') ;;
		*) missing="$missing $p" ;;
		esac
	done
	if [ -z "$missing" ]; then
		echo "autogen.sh: all packages are installed"
		return
	fi
	if [ "$(id -u)" -eq 0 ]; then
		sudo=
	elif command -v sudo >/dev/null 2>&1; then
		sudo=sudo
	else
		echo "autogen.sh: --deps must be root or have sudo to install:$missing" >&2
		exit 1
	fi
	# shellcheck disable=SC2086 # words on purpose
	{
		# stale package lists name files that are gone: fetch them again, then try once more
		$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing </dev/null ||
		{
			$sudo env DEBIAN_FRONTEND=noninteractive apt-get update </dev/null
			$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing </dev/null
		}
	}
}

case ${1-} in
'') ;;
--deps) install_deps ;;
-h | --help)
	sed -n '2,4s/^# \{0,1\}//p' "$0"
	print_deps
	exit 0
	;;
*)
	echo "autogen.sh: unknown option $1; there is only --deps" >&2
	exit 2
	;;
esac

for tool in autoreconf automake pkg-config; do
	if ! command -v $tool >/dev/null 2>&1; then
		echo "autogen.sh: $tool is missing: run ./autogen.sh --deps, or install the packages that ./autogen.sh --help names" >&2
		exit 1
	fi
done
autoreconf -fi
echo "autogen.sh: now run ./configure"
