#!/bin/sh
# Makes ./configure from configure.ac.  Installs nothing, unless asked to:
#   ./autogen.sh --deps    also installs what building and testing needs, by the package
#                          manager that is here (as root or by sudo; Homebrew as yourself)
# The Debian list is tried with each change.  The others are not tried: their names
# were looked up, no more.
set -eu
cd "$(dirname "$0")"

# The one list.  "-": the system has it, or see notes() below.
# for            apt-get         dnf                 pacman    apk          zypper           brew
deps='
compiler         gcc             gcc                 gcc       gcc          gcc              -
make             make            make                make      make         make             -
libc             libc6-dev       glibc-devel         -         musl-dev     glibc-devel      -
autoconf         autoconf        autoconf            autoconf  autoconf     autoconf         autoconf
automake         automake        automake            automake  automake     automake         automake
pkg-config       pkg-config      pkgconf-pkg-config  pkgconf   pkgconf      pkg-config       pkgconf
libpcap          libpcap-dev     libpcap-devel       libpcap   libpcap-dev  libpcap-devel    libpcap
libcrypto        libssl-dev      openssl-devel       openssl   openssl-dev  libopenssl-devel openssl@3
zlib             zlib1g-dev      zlib-devel          zlib      zlib-dev     zlib-devel       zlib
cmocka(tests)    libcmocka-dev   libcmocka-devel     cmocka    cmocka-dev   libcmocka-devel  cmocka
python3(tests)   python3         python3             python    python3      python3          python3
mandoc(tests)    mandoc          mandoc              -         mandoc       mandoc-bin       mandoc
'
managers='apt-get dnf pacman apk zypper brew'

packages() { # of a manager
	column=1
	for m in $managers; do
		column=$((column + 1))
		[ "$m" != "$1" ] || break
	done
	printf '%s\n' "$deps" | awk -v c=$column 'NF && $c != "-" { printf "%s%s", sep, $c; sep = " " } END { print "" }'
}

install_command() { # of a manager
	case $1 in
	apt-get) echo 'apt-get install -y --no-install-recommends' ;;
	dnf) echo 'dnf install -y' ;;
	pacman) echo 'pacman -S --needed --noconfirm' ;;
	apk) echo 'apk add -U' ;; # fresh systems have no index
	zypper) echo 'zypper --non-interactive install' ;;
	brew) echo 'brew install' ;;
	esac
}

notes() { # of a manager
	case $1 in
	pacman)
		echo 'mandoc, which one test needs, takes the place of man-db here: pacman -S mandoc, if you want that'
		echo 'when packages are not found: pacman -Syu first' ;;
	dnf) echo 'RHEL and its kin: libpcap-devel and libcmocka-devel are in CRB, mandoc in EPEL' ;;
	zypper) echo 'OpenSSL 3 is needed: Leap 15.6 or newer' ;;
	brew) echo 'compiler and make come with the command line tools: xcode-select --install' ;;
	esac
}

system_of() {
	case $1 in
	apt-get) echo 'Debian, Ubuntu' ;;
	dnf) echo 'Fedora (not tried)' ;;
	pacman) echo 'Arch (not tried)' ;;
	apk) echo 'Alpine (not tried)' ;;
	zypper) echo 'openSUSE (not tried)' ;;
	brew) echo 'macOS, Homebrew (not tried)' ;;
	esac
}

print_deps() {
	for m in $managers; do
		printf '%s:\n    %s %s\n' "$(system_of "$m")" "$(install_command "$m")" "$(packages "$m")"
		notes "$m" | sed 's/^/    /'
	done
}

# What this system calls its own, the nearest first; another one may be installed beside it.
own_managers() {
	if [ "$(uname -s)" = Darwin ]; then
		echo brew
		return
	fi
	file=${AUTOGEN_OS_RELEASE:-/etc/os-release}
	[ -r "$file" ] || return 0
	for id in $(sed -n 's/^ID=//p' "$file" | tr -d "\"'") $(sed -n 's/^ID_LIKE=//p' "$file" | tr -d "\"'"); do
		case $id in
		debian | ubuntu) echo apt-get ;;
		fedora | rhel | centos) echo dnf ;;
		arch) echo pacman ;;
		alpine) echo apk ;;
		opensuse* | suse | sles) echo zypper ;;
		esac
	done
}

manager() { # nothing: none is here
	for m in $(own_managers) $managers; do
		if command -v "$m" >/dev/null 2>&1; then
			echo "$m"
			return
		fi
	done
}

missing() { # of the packages of a manager: all where it looks itself
	if [ "$1" != apt-get ] || ! command -v dpkg-query >/dev/null 2>&1; then
		packages "$1"
		return
	fi
	sep=
	for p in $(packages apt-get); do
		case $(dpkg-query -W -f='${Status}' "$p" 2>/dev/null || :) in
		*' installed') ;;
		*) printf '%s%s' "$sep" "$p" && sep=' ' ;;
		esac
	done
}

install_deps() {
	manager=$(manager)
	if [ -z "$manager" ]; then
		echo "autogen.sh: --deps found no package manager that it knows ($managers): ./autogen.sh --help names the packages" >&2
		exit 1
	fi
	missing=$(missing "$manager")
	if [ -z "$missing" ]; then
		echo "autogen.sh: all packages are installed"
		return
	fi
	if [ "$manager" = brew ] || [ "$(id -u)" -eq 0 ]; then
		sudo=
	elif command -v sudo >/dev/null 2>&1; then
		sudo=sudo
	else
		echo "autogen.sh: --deps must be root or have sudo to install: $missing" >&2
		exit 1
	fi
	run=$(install_command "$manager")
	# shellcheck disable=SC2086 # words on purpose
	if [ "$manager" = apt-get ]; then
		# stale package lists name files that are gone: fetch them again, then try once more
		$sudo env DEBIAN_FRONTEND=noninteractive $run $missing </dev/null ||
		{
			$sudo env DEBIAN_FRONTEND=noninteractive apt-get update </dev/null
			$sudo env DEBIAN_FRONTEND=noninteractive $run $missing </dev/null
		}
	else
		$sudo $run $missing </dev/null
	fi
	note=$(notes "$manager")
	[ -z "$note" ] || echo "autogen.sh: $note"
}

# Homebrew keeps what macOS has too out of the way of pkg-config ("keg-only").
configure_command() {
	if [ "$(manager)" != brew ]; then
		echo ./configure
		return
	fi
	opt=$(brew --prefix)/opt
	echo "./configure PKG_CONFIG_PATH=$opt/libpcap/lib/pkgconfig:$opt/openssl@3/lib/pkgconfig:$opt/zlib/lib/pkgconfig"
}

case ${1-} in
'') ;;
--deps) install_deps ;;
-h | --help)
	sed -n '2,6s/^# \{0,1\}//p' "$0"
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
echo "autogen.sh: now run $(configure_command)"
