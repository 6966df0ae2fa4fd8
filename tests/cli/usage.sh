#!/bin/sh
# What the program says and how it ends.  Prints TAP.
#   WIRE101=path/to/wire101 usage.sh
wire101=${WIRE101:?path to the program}
samples=$(cd "$(dirname "$0")/../.." && pwd)/samples
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
LC_ALL=C.UTF-8 TZ=UTC
export LC_ALL TZ
unset SSLKEYLOGFILE NO_COLOR
done=0
failed=0

# Captures of n packets, TCP port 80, that hold nothing to report.
python3 - "$tmp" <<'END' || exit 1
import gzip, struct, sys
def packet(i):
    tcp = struct.pack('>HHIIBBHHH', 40000, 80, 100 + i, 5, 0x50, 0x10, 1000, 0, 0)
    ip = struct.pack('>BBHHHBBH', 0x45, 0, 40, 0, 0x4000, 64, 6, 0) + bytes([10, 0, 0, 5, 10, 0, 0, 9])
    return b'\2\0\0\0\0\1\2\0\0\0\0\2\x08\0' + ip + tcp
def capture(n, link=1):
    out = struct.pack('<IHHIIII', 0xa1b2c3d4, 2, 4, 0, 0, 262144, link)
    for i in range(n):
        out += struct.pack('<IIII', 1700000000 + i // 1000, i % 1000, 54, 54) + packet(i)
    return out
def write(name, data):
    with open(sys.argv[1] + '/' + name, 'wb') as f:
        f.write(data)
ten = capture(10)
write('ten.pcap', ten)
write('ten.gz', gzip.compress(ten))
write('cut.pcap', ten[:-7])
write('cut.gz', gzip.compress(ten)[:-20])
write('many.pcap', capture(20000))
write('usb.pcap', capture(3, 189))
write('raw.pcap', capture(3, 101))
def block(kind, body):
    body += bytes(-len(body) % 4)
    return struct.pack('<II', kind, len(body) + 12) + body + struct.pack('<I', len(body) + 12)
def option(code, value):
    return struct.pack('<HH', code, len(value)) + value + bytes(-len(value) % 4)
def interface(link, *options):
    return block(1, struct.pack('<HHI', link, 0, 0) + b''.join(options))
def enhanced(which, data, *options):
    data_room = data + bytes(-len(data) % 4)
    return block(6, struct.pack('<IIIII', which, 0, 1000, len(data), len(data)) + data_room + b''.join(options))
def statistics(which, *counters):
    return block(5, struct.pack('<III', which, 0, 1000) + b''.join(option(c, struct.pack('<Q', n)) for c, n in counters))
section = block(0x0A0D0D0A, struct.pack('<IHHq', 0x1A2B3C4D, 1, 0, -1) + option(1, b'a section'))
name = lambda n: option(2, n)
mixed = section + interface(101, name(b'tun0')) + interface(1, name(b'eth0')) + interface(1, name(b'eth1')) + interface(189)
mixed += enhanced(0, packet(0)[14:]) + enhanced(1, packet(1), option(1, b'a \x1b[31mcomment')) + enhanced(2, packet(2))
write('mixed.pcapng', mixed)
write('strange.pcapng', mixed + enhanced(3, b'?') * 2 + enhanced(1, packet(3)))
write('drops.pcapng', mixed + statistics(1, (4, 1000), (5, 12), (7, 5)) + statistics(2, (5, 1)) + statistics(0, (4, 9), (5, 0)))
many_links = section + b''.join(interface(147 + i) for i in range(16)) + interface(1000) + interface(1001)
many_links += b''.join(enhanced(i, b'x' * 20) for i in range(18)) + enhanced(0, b'x')
write('links.pcapng', many_links)
write('nine.pcapng', section + b''.join(interface(1000 + i) for i in range(9)) + b''.join(enhanced(i, b'x') for i in range(9)))
write('names.pcapng', section + interface(1, name(b'a' * 40)) + interface(1, name(b'b' * 32)) + interface(1, name('ä'.encode() * 33)) + interface(1000))
write('large.pcapng', mixed + enhanced(3, bytes(300000)) + enhanced(1, packet(3)))
write('raw-first.pcapng', section + interface(101) + interface(1) + enhanced(0, packet(0)[14:]) + enhanced(1, packet(1)))
write('declared.pcapng', section + interface(1, name(b'eth0')) + interface(101))
write('none.pcap', capture(0))
write('empty.pcap', b'')
write('text.pcap', b'GET / HTTP/1.1\r\nHost: x\r\n\r\n')
write('\x1b[31mred.pcap', b'no capture')
END

result() { # ok? name
	done=$((done + 1))
	if [ "$1" = 0 ]; then
		echo "ok $done - $2"
	else
		failed=$((failed + 1))
		echo "not ok $done - $2"
		sed 's/^/# stdout: /' "$tmp/out"
		sed 's/^/# stderr: /' "$tmp/err"
	fi
}

# try NAME STATUS LINES WORDS command...: exit status, lines on standard error, words in them
try() {
	name=$1 status=$2 lines=$3 words=$4
	shift 4
	"$@" >"$tmp/out" 2>"$tmp/err"
	got=$?
	[ "$got" = "$status" ] || echo "# exit status $got instead of $status"
	[ "$got" = "$status" ] && [ "$(wc -l <"$tmp/err")" = "$lines" ] && grep -qF -e "$words" "$tmp/err"
	bad=$?
	[ "$lines" = 0 ] && [ "$got" = "$status" ] && [ ! -s "$tmp/err" ] && bad=0
	result $bad "$name"
}

# shown NAME WORDS: words on the standard output of the command before
shown() {
	grep -qF -e "$2" "$tmp/out"
	result $? "$1"
}

# lacks NAME WORDS: the opposite
lacks() {
	! grep -qF -e "$2" "$tmp/out"
	result $? "$1"
}

# said NAME TEXT: standard error of the command before has TEXT
said() {
	grep -qF -- "$2" "$tmp/err"
	result $? "$1"
}

# silent NAME: no standard output of the command before
silent() {
	[ ! -s "$tmp/out" ]
	result $? "$1"
}

cd "$tmp" || exit 1

# ---- wrong usage
try "no file" 2 1 "usage: wire101" "$wire101"
try "unknown option" 2 1 "--bogus: unknown option" "$wire101" --bogus ten.pcap
try "option without its value" 2 1 "-r: needs its FILE" "$wire101" -r
try "unknown format" 2 1 'unknown format "xml": -o help' "$wire101" -o xml ten.pcap
try "bad regular expression" 2 1 "--grep" "$wire101" --grep '(' ten.pcap
try "bad connection list" 2 1 "--connection" "$wire101" --connection x ten.pcap
try "bad severity" 2 1 "info, warning, error" "$wire101" --severity bad ten.pcap
try "bad kind" 2 1 '--kind: "foo" is none of text, binary' "$wire101" --kind text,foo ten.pcap
try "bad size" 2 1 "--max-memory" "$wire101" --max-memory 12 ten.pcap
try "bad filter" 2 1 'filter "prt 80"' "$wire101" -r ten.pcap prt 80
silent "... and no report"
try "bad filter with -f" 2 1 'filter "prt 80"' "$wire101" -f 'prt 80' ten.pcap
try "a file behind -r FILE" 2 1 "give each its -r" "$wire101" -r ten.pcap none.pcap
try "a filter for another link type" 2 2 "raw.pcap: filter \"ether host 1:2:3:4:5:6\" does not fit raw IP: its packets are left out" "$wire101" -r raw.pcap ether host 1:2:3:4:5:6
silent "... and no report"
try "a bad filter and no packets" 2 1 'filter "prt 80"' "$wire101" -r none.pcap prt 80
silent "... and no report"
try "two filters" 2 1 "two filters" "$wire101" -f tcp -r ten.pcap udp
try "live capture" 2 1 "live capture is not built yet: save packets with tcpdump -w" "$wire101" -i lo
try "packets to standard output" 2 1 "-w: standard output is for the report" "$wire101" -w - ten.pcap
try "unknown id to explain" 2 1 "did you mean res-slow?" "$wire101" --explain res-slo
silent "... and nothing on standard output"
try "no SSLKEYLOGFILE" 2 1 "SSLKEYLOGFILE is not set" "$wire101" --keylog-env ten.pcap

# ---- input that cannot be read
try "missing file" 3 1 "nope.pcap: No such file or directory" "$wire101" nope.pcap
silent "... and no report"
try "a missing file without a name" 3 1 'wire101: "": No such file' "$wire101" ""
try "a path below a file" 3 1 "Not a directory" "$wire101" ten.pcap/x
try "a directory" 3 1 "is a directory" "$wire101" .
try "an empty file" 3 1 "is empty" "$wire101" empty.pcap
try "a text file" 3 1 "is not a capture file (pcap and pcapng are read" "$wire101" text.pcap
silent "... and no report"
try "names cannot write to the terminal" 3 1 "\\x1b[31mred.pcap: is not a capture" "$wire101" "$(printf '\033[31mred.pcap')"
try "missing key log" 3 1 "key log nope.keys: No such file" "$wire101" -k nope.keys ten.pcap
try "a file cut in the middle" 3 1 "cut.pcap: after packet 9: the file ends inside a packet" "$wire101" -o jsonl cut.pcap
shown "... its packets are reported" '"packets":9'
shown "... with a finding" '"cap-cut"'
shown "... and it is not complete" '"complete":false'
try "... and the report says so" 3 1 "cut.pcap" "$wire101" cut.pcap
shown "... in its last line" "incomplete: the capture ends inside a packet or a block (cap-cut)"
try "a gzip file cut in the middle" 3 1 "ends in the middle" "$wire101" -o jsonl cut.gz
shown "... with a finding" '"cap-cut"'
try "a link type that is not read" 3 1 "usb.pcap: link type 189 (USB with Linux header) is not read: its 3 packets are only counted" "$wire101" -o jsonl usb.pcap
shown "... its packets are counted" '"packets":3'
shown "... and it is not complete" '"complete":false'
try "... and the report says so" 3 1 "USB with Linux header" "$wire101" usb.pcap
shown "... in its last line" "incomplete: not all packets of the input were analysed"
try "one among several link types" 3 1 "strange.pcapng: link type 189 (USB with Linux header) is not read: its 2 packets are only counted" "$wire101" -o jsonl strange.pcapng
shown "... the others are read" '"tcp_packets":4'
try "many that are not read" 3 9 "links.pcapng: link type 147 is not read: its 2 packets are only counted" "$wire101" -o jsonl links.pcapng
said "... the last line is for the rest" "links.pcapng: and 8 more link types are not read: their 8 packets are only counted, and 2 packets of further link types"
try "one more than are named" 3 9 "nine.pcapng: link type 1000 is not read" "$wire101" -o jsonl nine.pcapng
said "... is one line" "nine.pcapng: and 1 more link type is not read: its 1 packet is only counted"
try "a packet of 300,000 bytes" 3 1 "large.pcapng: link type 189 (USB with Linux header) is not read: its 1 packet is only counted" "$wire101" -o jsonl large.pcapng
shown "... ends nothing" '"tcp_packets":4'
try "one broken among several" 3 1 "text.pcap: is not a capture" "$wire101" -o jsonl ten.pcap text.pcap ten.pcap
shown "... the others are reported" '"packets":20'
shown "... and it is not complete" '"complete":false'
try "one cut among several" 3 1 "cut.pcap: after packet 19" "$wire101" -o jsonl ten.pcap cut.pcap ten.pcap
shown "... the others are reported" '"packets":29'
try "two missing" 3 2 "No such file" "$wire101" nope1 nope2

# ---- output that cannot be written
full() {
	"$@" >/dev/full
}
try "a full disk" 3 1 "standard output: No space left on device" full "$wire101" ten.pcap
try "a full disk and much output" 3 1 "No space left on device" full "$wire101" -o log -v "$samples/chat.pcap" many.pcap
try "a full disk for the help" 3 1 "No space left on device" full "$wire101" --help
closed_pipe() { # a reader that has gone before the first byte
	python3 -c 'import os, subprocess, sys
r, w = os.pipe()
os.close(r)
sys.exit(subprocess.call(sys.argv[1:], stdout=w))' "$@"
}
try "nobody reads the output" 3 0 "" closed_pipe "$wire101" -o jsonl ten.pcap
piped() {
	"$@" | head -1
}
try "head takes the first line" 0 0 "" piped "$wire101" -o jsonl ten.pcap

# ---- what fingers know
try "a file" 0 0 "" "$wire101" -o jsonl ten.pcap
shown "... is read" '"packets":10'
shown "... and complete" '"complete":true'
try "the report" 0 0 "" "$wire101" ten.pcap
shown "... names the file" "ten.pcap"
shown "... and its link type" "Ethernet"
try "-nr FILE port 80" 0 0 "" "$wire101" -o jsonl -nr ten.pcap port 80
shown "... matches" '"packets":10'
try "-nr FILE port 81" 0 1 'filter "port 81": matched 0 of 10 packets' "$wire101" -o jsonl -nr ten.pcap port 81
shown "... does not" '"packets":0'
try "a filter that fits some link types" 3 1 "raw-first.pcapng: filter \"ether src 2:0:0:0:0:2\" does not fit raw IP" "$wire101" -o jsonl -r raw-first.pcapng ether src 2:0:0:0:0:2
shown "... matches there" '"packets":1'
shown "... and it is not complete" '"complete":false'
try "a filter for all link types of a file" 0 0 "" "$wire101" -o jsonl -r mixed.pcapng tcp src port 40000
shown "... matches in all" '"packets":3'
try "a filter that fits none of many link types" 2 10 'links.pcapng: filter "ether src 2:0:0:0:0:2" does not fit link type 147: its packets are left out' "$wire101" -r links.pcapng ether src 2:0:0:0:0:2
said "... is told of some" 'filter "ether src 2:0:0:0:0:2" does not fit 10 more link types: their packets are left out'
try "a filter for several files" 3 1 "raw.pcap: filter" "$wire101" -o jsonl -f 'ether src 2:0:0:0:0:2' ten.pcap raw.pcap
shown "... is compiled for each" '"packets":10'
printf 'port 80 # the web\n  and tcp\n' >expr
try "-F" 0 0 "" "$wire101" -o jsonl -F expr -nr ten.pcap
shown "... reads the filter" '"packets":10'
printf '#\nport 81' >expr
try "-F with files" 0 1 'filter "  port 81": matched 0 of 10 packets' "$wire101" -o jsonl -F expr ten.pcap
try "-F without its file" 3 1 "filter file nope: No such file" "$wire101" -F nope ten.pcap
printf 'port\000 81' >expr
try "-F with NUL bytes" 3 1 "filter file expr: Invalid argument" "$wire101" -F expr ten.pcap
try "-F with a device" 3 1 "filter file /dev/zero: File too large" "$wire101" -F /dev/zero ten.pcap
try "-nnttttSeKNlA -s 0" 0 0 "" "$wire101" -o jsonl -nnttttSeKNlA -s 0 -r ten.pcap tcp
shown "... is what tcpdump takes" '"packets":10'
first_write() { # what the first write to standard output holds
	python3 -c 'import socket, subprocess, sys
here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
p = subprocess.Popen(sys.argv[1:], stdout=there)
there.close()
print(here.recv(1 << 20).decode(), end="")
while here.recv(1 << 20):
    pass
sys.exit(p.wait())' "$@"
}
try "-l" 0 0 "" first_write "$wire101" -l -o log "$samples/chat.pcap"
[ "$(wc -l <"$tmp/out")" = 1 ]
result $? "... writes a line at once"
try "-c" 0 0 "" "$wire101" -o jsonl -c 3 ten.pcap
shown "... stops" '"packets":3'
shown "... and that is complete" '"complete":true'
try "-c over two files" 0 0 "" "$wire101" -o jsonl -c 13 ten.pcap ten.pcap
shown "... counts both" '"packets":13'
try "gzip, told by content" 0 0 "" "$wire101" -o jsonl ten.gz
shown "... is read" '"packets":10'
try "interfaces of several link types" 0 0 "" "$wire101" mixed.pcapng
shown "... are in the heading" ", raw IP (tun0), Ethernet (eth0, eth1)"
try "names of interfaces that are long" 0 0 "" "$wire101" names.pcapng
shown "... are cut" "Ethernet (aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa..., bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb, ääääääääääääääääääääääääääääääää...), link type 1000"
try "interfaces without packets" 0 0 "" "$wire101" declared.pcapng
shown "... are in the heading, too" "Ethernet (eth0), raw IP"
try "packets that were dropped" 0 0 "" "$wire101" drops.pcapng
shown "... are told" "Packets were dropped while capturing"
try "... each interface" 0 0 "" "$wire101" -o jsonl drops.pcapng
shown "... is a finding" '"cap-dropped"'
shown "... with its numbers" "eth0: 12 packets dropped by the interface, 5 by the system, of 1000 received"
shown "... of its own" "eth1: 1 packet dropped by the interface"
lacks "... when it dropped any" "tun0: "
try "counters that tell of no drop" 0 0 "" "$wire101" -o jsonl "$samples/keepalive.pcapng"
lacks "... are no finding" '"cap-dropped"'
shown "... are told" '"dropped":0'
try "... of several files" 0 0 "" "$wire101" -o jsonl ten.pcap drops.pcapng
shown "... with its name" "drops.pcapng: eth0: 12 packets dropped"
try "comments" 0 0 "" "$wire101" -v mixed.pcapng
shown "... are shown" 'a \x1b[31mcomment'
try "no packets" 0 0 "" "$wire101" -o jsonl none.pcap
shown "... is fine" '"packets":0'
lacks "... a file may end behind its header" '"cap-cut"'
input() {
	file=$1
	shift
	cat "$file" | "$@"
}
try "standard input" 0 0 "" input ten.gz "$wire101" -o jsonl -
shown "... is read" '"packets":10'
try "standard input for -r" 0 0 "" input ten.pcap "$wire101" -o jsonl -r - tcp
shown "... with a filter" '"packets":10'
try "empty standard input" 3 1 "standard input: is empty" input empty.pcap "$wire101" -
on_terminal() {
	python3 -c 'import os, pty, subprocess, sys
master, slave = pty.openpty()
sys.exit(subprocess.call(sys.argv[1:], stdin=slave))' "$@"
}
try "standard input is a terminal" 3 1 "standard input: is a terminal" on_terminal "$wire101" -
interrupted() { # SIGINT while it waits for more
	python3 -c 'import os, select, signal, subprocess, sys, time
p = subprocess.Popen(sys.argv[2:], stdin=subprocess.PIPE)
p.stdin.write(open(sys.argv[1], "rb").read())
p.stdin.flush()
# it waits when it has emptied the pipe and sleeps
import fcntl, struct, termios
for _ in range(1000):
    left = struct.unpack("i", fcntl.ioctl(p.stdin, termios.FIONREAD, b"\0" * 4))[0]
    if left == 0 and open("/proc/%d/stat" % p.pid).read().rsplit(")", 1)[1].split()[0] == "S":
        break
    time.sleep(0.01)
p.send_signal(signal.SIGINT)
sys.exit(p.wait())' "$@"
}
try "SIGINT" 3 1 "interrupted" interrupted ten.pcap "$wire101" -o jsonl -
shown "... reports what was read" '"complete":false'
try "a progress line when asked for" 0 0 "" "$wire101" -o jsonl --progress never many.pcap
"$wire101" -o jsonl --progress always many.pcap >"$tmp/out" 2>"$tmp/err"
tr '\r' '\n' <"$tmp/err" | grep -q '^many.pcap  *[0-9]*%  [0-9]* packets$'
result $? "... it is drawn"
[ "$(tail -c 1 "$tmp/err" | od -An -tx1 | tr -d ' ')" = 0d ]
result $? "... and taken away"

# ---- --check
try "--check without findings" 0 0 "" "$wire101" --check=error "$samples/chat.pcap"
try "--check with an error" 1 0 "" "$wire101" --check "$samples/wrong-accept.pcap"
try "--check counts what is not shown" 1 0 "" "$wire101" --check --host nobody.example "$samples/wrong-accept.pcap"
try "an input error wins over --check" 3 1 "nope" "$wire101" --check "$samples/wrong-accept.pcap" nope
try "--check below its severity" 0 0 "" "$wire101" --check=warning ten.pcap

# ---- what is asked of the program itself
try "--help" 0 0 "" "$wire101" --help
shown "... tells the options" "--max-memory SIZE"
try "--version" 0 0 "" "$wire101" --version
shown "... tells it" "wire101 "
try "-o help" 0 0 "" "$wire101" -o help
shown "... lists the formats" "jsonl"
try "--explain" 0 0 "" "$wire101" --explain res-slow
shown "... explains" "res-slow (warning"
try "--explain with a close code" 0 0 "" "$wire101" --explain 1006
shown "... explains it" "1006 abnormal closure (close code, RFC 6455 7.4.1)"
shown "... and what to do" "What to do:   Look at who ended TCP"

echo "1..$done"
[ "$failed" = 0 ]
