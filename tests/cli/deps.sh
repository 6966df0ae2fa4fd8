#!/bin/sh
# What ./autogen.sh --deps would install, and by what, on systems that are not
# here: a PATH of stubs that write down how they are called.  Prints TAP.
top=$(cd "$(dirname "$0")/../.." && pwd)
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
LC_ALL=C
export LC_ALL
done=0
failed=0

tools="$tmp/tools"
mkdir "$tools"
for tool in sh awk sed tr dirname env cat; do
	ln -s "$(command -v $tool)" "$tools/$tool"
done
cp "$top/autogen.sh" "$tmp/autogen.sh"

# system USER-ID STUBS OS-RELEASE-LINES: a new system
system() {
	rm -rf "${tmp:?}/bin"
	mkdir "$tmp/bin"
	: >"$tmp/calls"
	printf '%s\n' "$3" >"$tmp/os-release"
	for stub in $2 uname id autoreconf automake pkg-config; do
		# a stub fails as often as the file beside it has lines
		cat >"$tmp/bin/$stub" <<END
#!/bin/sh
echo "$stub \$*" >>'$tmp/calls'
[ ! -s '$tmp/bin/$stub.fails' ] || { sed 1d '$tmp/bin/$stub.fails' >'$tmp/rest'; cat '$tmp/rest' >'$tmp/bin/$stub.fails'; exit 1; }
END
		chmod +x "$tmp/bin/$stub"
	done
	printf '#!/bin/sh\necho %s\n' "$1" >"$tmp/bin/id"
	printf '#!/bin/sh\necho Linux\n' >"$tmp/bin/uname"
	# Debian's question for one package: only gcc and python3 are there
	# shellcheck disable=SC2016 # written for the stub
	[ ! -e "$tmp/bin/dpkg-query" ] || printf '%s\n' '#!/bin/sh' \
		'case $3 in gcc | python3) echo "install ok installed" ;; make) echo "deinstall ok config-files" ;; *) exit 1 ;; esac' \
		>"$tmp/bin/dpkg-query"
	[ ! -e "$tmp/bin/sudo" ] || printf '%s\n' '#!/bin/sh' "echo \"sudo \$*\" >>'$tmp/calls'" 'exec "$@"' >"$tmp/bin/sudo"
	[ ! -e "$tmp/bin/brew" ] || printf '%s\n' '#!/bin/sh' "echo \"brew \$*\" >>'$tmp/calls'" 'echo /opt/homebrew' >"$tmp/bin/brew"
}

result() { # ok? name
	done=$((done + 1))
	if [ "$1" = 0 ]; then
		echo "ok $done - $2"
	else
		failed=$((failed + 1))
		echo "not ok $done - $2"
		sed 's/^/# call: /' "$tmp/calls"
		sed 's/^/# says: /' "$tmp/out"
	fi
}

# run NAME STATUS CALLS [ARGUMENT...]: exit status and calls to the letter; what was said stays in $tmp/out
run() {
	name=$1 status=$2
	printf '%s' "$3" >"$tmp/want"
	shift 3
	PATH="$tmp/bin:$tools" AUTOGEN_OS_RELEASE="$tmp/os-release" sh "$tmp/autogen.sh" "$@" >"$tmp/out" 2>&1 </dev/null
	[ $? = "$status" ] && cmp -s "$tmp/want" "$tmp/calls"
	result $? "$name"
}

says() { # NAME WORDS: in one line of the output
	grep -qF -e "$2" "$tmp/out"
	result $? "$1"
}

apt='env DEBIAN_FRONTEND=noninteractive apt-get'
few='make libc6-dev autoconf automake pkg-config libpcap-dev libssl-dev zlib1g-dev libcmocka-dev mandoc'
opts='install -y --no-install-recommends'

system 0 'apt-get dpkg-query' 'ID=debian'
run 'Debian as root: what is missing, and no more' 0 "apt-get $opts $few
autoreconf -fi
" --deps
system 0 'apt-get dpkg-query' 'ID=debian'
printf '1\n' >"$tmp/bin/apt-get.fails"
run 'Debian with stale lists: update, then once more' 0 "apt-get $opts $few
apt-get update
apt-get $opts $few
autoreconf -fi
" --deps
system 0 'apt-get dpkg-query' 'ID=debian'
printf '1\n1\n1\n' >"$tmp/bin/apt-get.fails"
run 'Debian without a network: the failure is passed on' 1 "apt-get $opts $few
apt-get update
" --deps
system 1000 'apt-get dpkg-query sudo' 'ID=ubuntu'
run 'Ubuntu as a user: by sudo' 0 "sudo $apt $opts $few
apt-get $opts $few
autoreconf -fi
" --deps
system 0 'apt-get dpkg-query' 'ID=debian'
printf '#!/bin/sh\necho install ok installed\n' >"$tmp/bin/dpkg-query"
run 'Debian with all of it: nothing is installed' 0 'autoreconf -fi
' --deps
says '... and that is said' 'autogen.sh: all packages are installed'

fedora='gcc make glibc-devel autoconf automake pkgconf-pkg-config libpcap-devel openssl-devel zlib-devel libcmocka-devel python3 mandoc'
system 0 dnf 'ID=fedora'
run 'Fedora' 0 "dnf install -y $fedora
autoreconf -fi
" --deps
system 1000 'dnf sudo' 'ID="rhel"
ID_LIKE="fedora"'
run 'kin of Fedora as a user: by sudo' 0 "sudo dnf install -y $fedora
dnf install -y $fedora
autoreconf -fi
" --deps

arch='gcc make autoconf automake pkgconf libpcap openssl zlib cmocka python'
system 0 pacman 'ID=arch'
run 'Arch' 0 "pacman -S --needed --noconfirm $arch
autoreconf -fi
" --deps
says '... which says what it left out' 'autogen.sh: mandoc, which one test needs, takes the place of man-db here: pacman -S mandoc'

system 0 apk 'ID=alpine'
run 'Alpine' 0 'apk add -U gcc make musl-dev autoconf automake pkgconf libpcap-dev openssl-dev zlib-dev cmocka-dev python3 mandoc
autoreconf -fi
' --deps

system 0 zypper 'ID="opensuse-tumbleweed"
ID_LIKE="opensuse suse"'
run 'openSUSE' 0 'zypper --non-interactive install gcc make glibc-devel autoconf automake pkg-config libpcap-devel libopenssl-devel zlib-devel libcmocka-devel python3 mandoc-bin
autoreconf -fi
' --deps

keg=/opt/homebrew/opt
system 501 'brew sudo' ''
printf '#!/bin/sh\necho Darwin\n' >"$tmp/bin/uname"
run 'macOS: Homebrew as oneself' 0 'brew install autoconf automake pkgconf libpcap openssl@3 zlib cmocka python3 mandoc
autoreconf -fi
brew --prefix
' --deps
says '... with the way to configure' "autogen.sh: now run ./configure PKG_CONFIG_PATH=$keg/libpcap/lib/pkgconfig:$keg/openssl@3/lib/pkgconfig:$keg/zlib/lib/pkgconfig"
system 501 'brew' ''
printf '#!/bin/sh\necho Darwin\n' >"$tmp/bin/uname"
run 'macOS without --deps installs nothing' 0 'autoreconf -fi
brew --prefix
'
says '... and says the way to configure too' 'PKG_CONFIG_PATH='

system 0 'pacman brew apt-get' 'NAME="x"
ID_LIKE="suse arch"
ID=cachyos'
run 'several managers: the one of the system' 0 "pacman -S --needed --noconfirm $arch
autoreconf -fi
" --deps
system 0 'dnf brew' ''
run 'several managers and no word of the system: not Homebrew' 0 "dnf install -y $fedora
autoreconf -fi
" --deps
system 501 'brew apt-get' ''
printf '#!/bin/sh\necho Darwin\n' >"$tmp/bin/uname"
run 'macOS with another manager beside Homebrew' 0 'brew install autoconf automake pkgconf libpcap openssl@3 zlib cmocka python3 mandoc
autoreconf -fi
brew --prefix
' --deps
system 0 'apk' 'ID=debian'
run 'a system whose own manager is not there' 0 'apk add -U gcc make musl-dev autoconf automake pkgconf libpcap-dev openssl-dev zlib-dev cmocka-dev python3 mandoc
autoreconf -fi
' --deps

system 0 '' 'ID=slackware'
run 'no manager that we know: nothing is called' 1 '' --deps
says '... and one line says so' 'autogen.sh: --deps found no package manager that it knows (apt-get dnf pacman apk zypper brew)'
[ "$(awk 'END { print NR }' "$tmp/out")" = 1 ]
result $? '... one line, no more'
system 1000 dnf 'ID=fedora'
run 'a user without sudo: nothing is called' 1 '' --deps
says '... and one line says so' "autogen.sh: --deps must be root or have sudo to install: $fedora"
system 0 dnf 'ID=fedora'
printf '1\n' >"$tmp/bin/dnf.fails"
run 'a manager that fails ends the run' 1 "dnf install -y $fedora
" --deps
system 0 '' 'ID=debian'
rm "$tmp/bin/automake"
run 'a tool is missing' 1 ''
says '... and it is named' 'autogen.sh: automake is missing: run ./autogen.sh --deps'

system 0 '' ''
run '--help installs nothing' 0 '' --help
for words in 'apt-get install' 'dnf install -y gcc' 'pacman -S --needed' 'apk add -U gcc' 'zypper --non-interactive install gcc' \
	'brew install autoconf' 'Fedora (not tried)' 'Arch (not tried)' 'Alpine (not tried)' 'openSUSE (not tried)' \
	'Homebrew (not tried)'; do
	says "--help names: $words" "$words"
done
run 'an unknown option' 2 '' --dep

echo "1..$done"
[ "$failed" = 0 ]
