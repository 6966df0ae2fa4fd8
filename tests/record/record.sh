#!/bin/bash
# Records the sample captures again: starts real servers and clients, listens with tcpdump or dumpcap, writes
# samples/NAME.pcap. Each sample runs in a network namespace of its own, so that nothing else is in the capture and
# no port of the machine is used. Needs root and the programs listed in README.md.
#
# usage: record.sh [--deps] [NAME...]      without a NAME: all samples
#        record.sh --list
#
# --deps installs what is needed first: Debian packages, and the npm packages into $RECORD_DEPS.
# Environment: RECORD_DEPS   folder that holds node_modules (default: wire101-record in the temporary folder)
#              RECORD_OUT    where the captures go (default: samples/ of this source tree)
#              RECORD_PYTHON the python that has websockets, aiohttp and tornado (default: /usr/bin/python3)
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
self=$here/$(basename "${BASH_SOURCE[0]}")
deps=${RECORD_DEPS:-${TMPDIR:-/tmp}/wire101-record}
out=${RECORD_OUT:-$here/../../samples}
python=${RECORD_PYTHON:-/usr/bin/python3}
export NODE_PATH=$deps/node_modules PYTHONDONTWRITEBYTECODE=1

debian_packages=(tcpdump tshark iproute2 ethtool python3-websockets python3-aiohttp python3-tornado
	nginx haproxy mosquitto tinyproxy netcat-openbsd curl nghttp2-proxy chromium)
npm_packages=(ws@8.23.0 mqtt@5.16.0 https-proxy-agent@7.0.6)

die() { echo "record.sh: $*" >&2; exit 1; }

install_deps() {
	if ! command -v npm >/dev/null; then debian_packages+=(nodejs npm); fi # node 18 or newer, from wherever
	apt-get install -y --no-install-recommends "${debian_packages[@]}"
	mkdir -p "$deps"
	npm install --prefix "$deps" --no-save --no-audit --no-fund "${npm_packages[@]}"
}

# --- what every sample uses ---

work=          # scratch folder of this sample
started=()     # processes to end
namespaces=()  # named network namespaces to delete
recorder=      # process that captures
inside=()      # how to capture in another namespace

cleanup() {
	local pid name
	for pid in "${started[@]}"; do kill "$pid" 2>/dev/null || true; done
	wait 2>/dev/null || true
	for name in "${namespaces[@]}"; do ip netns delete "$name" 2>/dev/null || true; done
	if [[ -n $work ]]; then rm -rf "$work"; fi
}

# start COMMAND...: in the background until the sample is done
start() {
	"$@" >>"$work/log" 2>&1 &
	started+=($!)
}

# listening PORT...: wait until somebody listens there
listening() {
	local port tries
	for port; do
		for ((tries = 0; ; tries++)); do
			if [[ -n $(ss -Hltn "sport = :$port") ]]; then break; fi
			if ((tries >= 100)); then cat "$work/log" >&2; die "nobody listens on port $port"; fi
			sleep 0.1
		done
	done
}

# capture FILE FILTER [tcpdump option...]: record until "captured". Each packet in the kernel's buffer takes the room
# of the snapshot length, so the buffer is large.
capture() {
	local file=$1 filter=$2 tries
	shift 2
	: >"$work/recorder"
	"${inside[@]}" tcpdump -Z root -U --immediate-mode -B 65536 -s 262144 -n -w "$file" "${@:--ilo}" "$filter" 2>"$work/recorder" &
	recorder=$!
	started+=("$recorder")
	for ((tries = 0; tries < 100; tries++)); do
		if grep -q 'listening on' "$work/recorder"; then return; fi
		sleep 0.1
	done
	cat "$work/recorder" >&2
	die "tcpdump does not start"
}

# captured: let the last packets come, then end the recording
captured() {
	sleep 0.5
	kill -INT "$recorder"
	wait "$recorder" || true
	if grep -E '(^|[^0-9])[1-9][0-9]* packets? dropped' "$work/recorder" >&2; then die "packets were dropped"; fi
}

server_websockets() { start "$python" "$here/server_websockets.py" "$@"; listening "$2"; }
server_aiohttp()    { start "$python" "$here/server_aiohttp.py" "$1"; listening "$1"; }
server_tornado()    { start "$python" "$here/server_tornado.py" "$1"; listening "$1"; }
server_ws()         { start node "$here/server_ws.js" "$@"; listening "$3"; }
client_ws()         { timeout 90 node "$here/client_ws.js" "$@"; }
client_websockets() { timeout 30 "$python" "$here/client_websockets.py" "$@"; }

nginx_with() {
	cp -r "$here/page" "$work/page"
	start nginx -p "$work" -e error.log -c "$here/$1"
	listening 8080
}

# The loopback of this sample hands over segments of at most one Ethernet frame.
small_segments() {
	ip link set lo mtu 1500
	ethtool -K lo tso off gso off gro off >/dev/null
}

# --- the samples ---

sample_chat() {
	server_websockets echo 9101
	capture "$out/chat.pcap" 'tcp port 9101'
	client_ws chat ws://127.0.0.1:9101/echo
	captured
}

sample_deflate() {
	server_websockets deflate 9101
	capture "$out/deflate.pcap" 'tcp port 9101'
	client_ws deflate ws://127.0.0.1:9101/readings
	captured
}

sample_deflate-no-takeover() {
	server_websockets deflate-no-takeover 9101
	capture "$out/deflate-no-takeover.pcap" 'tcp port 9101'
	client_ws deflate-no-takeover ws://127.0.0.1:9101/readings
	captured
}

sample_subprotocol() {
	start mosquitto -c "$here/mosquitto.conf"
	listening 9001
	capture "$out/subprotocol.pcap" 'tcp port 9001'
	timeout 30 node "$here/client_mqtt.js" ws://127.0.0.1:9001/mqtt
	captured
}

sample_browser() {
	local tries
	server_ws live 127.0.0.1 9102
	nginx_with nginx-browser.conf
	capture "$out/browser.pcap" 'tcp port 8080 or tcp port 9102'
	HOME=$work TMPDIR=$work start chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run \
		--disable-dev-shm-usage --disable-background-networking --disable-component-update --disable-sync \
		--user-data-dir="$work/profile" --remote-debugging-port=0 http://127.0.0.1:8080/
	for ((tries = 0; tries < 300; tries++)); do
		if grep -q 'GET /done' "$work/access.log"; then break; fi
		sleep 0.1
	done
	grep -q 'GET /done' "$work/access.log" || die "the page did not finish"
	captured
}

sample_refused-nginx() {
	server_websockets idle 9000
	nginx_with nginx-refused.conf
	capture "$out/refused-nginx.pcap" 'tcp port 8080 or tcp port 9000'
	client_ws refused ws://127.0.0.1:8080/chat
	client_ws refused ws://127.0.0.1:8080/chat11
	captured
}

sample_refused-origin() {
	server_websockets origin 9101
	capture "$out/refused-origin.pcap" 'tcp port 9101'
	client_ws origin ws://127.0.0.1:9101/cart
	captured
}

sample_wrong-accept() {
	server_websockets echo 9000
	start haproxy -db -f "$here/haproxy.cfg"
	listening 8081
	capture "$out/wrong-accept.pcap" 'tcp port 8081 or tcp port 9000'
	client_ws wrong-accept ws://127.0.0.1:8081/echo
	captured
}

sample_fragments() {
	server_websockets fragments 9101
	capture "$out/fragments.pcap" 'tcp port 9101'
	client_ws fragments ws://127.0.0.1:9101/parts
	captured
}

sample_odd-port() {
	local port=47811
	server_aiohttp $port
	capture "$out/odd-port.pcap" "tcp port $port"
	client_ws reused-connection ws://127.0.0.1:$port/text
	client_websockets text ws://127.0.0.1:$port/text
	client_websockets binary ws://127.0.0.1:$port/binary
	client_ws abort ws://127.0.0.1:$port/text
	client_ws not-found ws://127.0.0.1:$port/no-such-path
	curl -sS -o "$work/curl" http://127.0.0.1:$port/ -o "$work/curl" http://127.0.0.1:$port/chunked
	captured
}

# client c0 -- left0, bad cable, tap0 -- tap1, bad cable, right0 -- server s0: client, cables and server are in three
# namespaces. The capture is made between the two bad cables: what the one before it loses, delays or repeats arrives
# late, out of order or twice; what the one behind it loses is seen and comes again.
sample_lossy() {
	local c=w101c$$ m=w101m$$ s=w101s$$ name seed file=$work/lossy.pcap cables=()
	for name in $c $m $s; do
		ip netns add "$name"
		namespaces+=("$name")
		ip netns exec "$name" sysctl -q -w net.ipv6.conf.default.disable_ipv6=1
	done
	ip link add c0 netns $c address 02:00:00:00:00:0c type veth peer name left0 netns $m
	ip link add s0 netns $s address 02:00:00:00:00:05 type veth peer name right0 netns $m
	ip link add tap0 netns $m type veth peer name tap1 netns $m
	ip -n $c addr add 192.0.2.10/24 dev c0
	ip -n $s addr add 192.0.2.20/24 dev s0
	ip netns exec $c ethtool -K c0 tx off tso off gso off gro off >/dev/null
	ip netns exec $s ethtool -K s0 tx off tso off gso off gro off >/dev/null
	ip -n $c link set c0 up
	ip -n $s link set s0 up
	for name in left0 tap0 tap1 right0; do ip -n $m link set $name promisc on up; done
	start ip netns exec $s "$python" "$here/server_websockets.py" echo 9101 192.0.2.20
	sleep 2
	for ((seed = 101; seed < 121; seed++)); do
		start ip netns exec $m "$python" "$here/badwire.py" left0 tap0 $seed
		cables=("${started[-1]}")
		start ip netns exec $m "$python" "$here/badwire.py" tap1 right0 $((seed + 1000))
		cables+=("${started[-1]}")
		start ip netns exec $m tcpdump -Z root -U --immediate-mode -B 65536 -s 262144 -n -w "$file" -i tap0 'tcp port 9101'
		recorder=${started[-1]}
		sleep 1
		timeout 60 ip netns exec $c node "$here/client_ws.js" sizes ws://192.0.2.20:9101/echo
		sleep 2
		kill -INT "$recorder"
		wait "$recorder" || true
		kill "${cables[@]}"
		if lossy_enough "$file"; then mv "$file" "$out/lossy.pcap"; return; fi
	done
	die "the network was too good every time"
}

# lossy_enough FILE: retransmissions, out-of-order segments and duplicates are there, and both FINs
lossy_enough() {
	local what
	for what in 'tcp.analysis.retransmission && tcp.srcport==9101 && tcp.len>0' \
		'tcp.analysis.retransmission && tcp.dstport==9101 && tcp.len>0' \
		'tcp.analysis.out_of_order && tcp.srcport==9101' 'tcp.analysis.out_of_order && tcp.dstport==9101' \
		'tcp.analysis.duplicate_ack' 'tcp.flags.fin==1 && tcp.srcport==9101' 'tcp.flags.fin==1 && tcp.dstport==9101'; do
		if [[ -z $(tshark -r "$1" -Y "$what" 2>/dev/null) ]]; then return 1; fi
	done
}

# numbers FILE FILTER: the packets that match
numbers() { tshark -r "$1" -Y "$2" -T fields -e frame.number 2>/dev/null; }

# Three holes: a client frame (whole), a segment in the middle of a long server message, and the segment in which
# a long client message starts.
sample_gap() {
	local whole=$work/whole.pcap frame middle head
	small_segments
	server_websockets echo 9101
	capture "$whole" 'tcp port 9101'
	client_ws steps ws://127.0.0.1:9101/echo
	captured
	frame=$(numbers "$whole" 'tcp.dstport==9101 && tcp.len>0' | sed -n 4p)
	middle=$(numbers "$whole" 'tcp.srcport==9101 && tcp.len>1000' | sed -n 3p)
	head=$(numbers "$whole" 'tcp.dstport==9101 && tcp.len>1000' | sed -n 5p)
	editcap -F pcap "$whole" "$out/gap.pcap" "$frame" "$middle" "$head"
	echo "  gap: packets $frame $middle $head were removed"
}

sample_midstream() {
	local whole=$work/whole.pcap first
	server_ws telemetry 127.0.0.1 9103
	capture "$whole" 'tcp port 9103'
	client_websockets telemetry ws://127.0.0.1:9103/telemetry
	captured
	# everything up to the second frame of the client goes
	first=$(numbers "$whole" 'tcp.dstport==9103 && tcp.len>0' | sed -n 3p)
	editcap -F pcap "$whole" "$out/midstream.pcap" "1-$first"
}

sample_ipv6-any() {
	server_ws telemetry ::1 9103
	capture "$out/ipv6-any.pcap" 'tcp port 9103' -i any -y LINUX_SLL2
	client_websockets telemetry 'ws://[::1]:9103/telemetry'
	captured
}

# dumpcap writes pcapng; the names of this machine's processor and kernel are taken out of the file.
sample_keepalive() {
	local tries file=$work/keepalive.pcapng
	server_aiohttp 8082
	start dumpcap -q -i lo -f 'tcp port 8082' -s 262144 -w "$file"
	recorder=${started[-1]}
	for ((tries = 0; tries < 100; tries++)); do
		if [[ -s $file ]]; then break; fi
		sleep 0.1
	done
	sleep 0.5
	client_ws keepalive ws://127.0.0.1:8082/text
	sleep 1.5
	kill -INT "$recorder"
	wait "$recorder" || true
	"$python" "$here/anonymous.py" "$file" "$out/keepalive.pcapng"
}

sample_h2c() {
	server_aiohttp 8082
	start nghttpx --conf=/dev/null --workers=1 --frontend='127.0.0.1,8083;no-tls' --backend=127.0.0.1,8082 \
		--errorlog-file="$work/nghttpx" --accesslog-file=/dev/null --no-ocsp
	listening 8083
	capture "$out/h2c.pcap" 'tcp port 8083'
	curl -sS --http2 -o "$work/curl" http://127.0.0.1:8083/ -o "$work/curl" http://127.0.0.1:8083/chunked
	captured
}

# netcat accepts, says nothing, and ends after a while; the second time the client is the first to give up.
sample_unanswered() {
	capture "$out/unanswered.pcap" 'tcp port 9110'
	start timeout 1.5 nc.openbsd -l 127.0.0.1 9110
	listening 9110
	client_ws unanswered ws://127.0.0.1:9110/nobody
	start timeout 5 nc.openbsd -l 127.0.0.1 9110
	listening 9110
	client_ws unanswered 'ws://127.0.0.1:9110/nobody?patience=800'
	captured
}

sample_version-8() {
	server_websockets echo 9101
	server_tornado 9105
	capture "$out/version-8.pcap" 'tcp port 9101 or tcp port 9105'
	client_ws version-8 ws://127.0.0.1:9101/echo
	client_ws version-8-accepted ws://127.0.0.1:9105/echo
	captured
}

sample_early-close() {
	local path
	server_websockets early-close 9101
	capture "$out/early-close.pcap" 'tcp port 9101'
	for path in busy policy broken; do client_ws early-close ws://127.0.0.1:9101/$path; done
	captured
}

sample_connect-tunnel() {
	server_websockets echo 9000
	start tinyproxy -d -c "$here/tinyproxy.conf"
	listening 8888
	capture "$out/connect-tunnel.pcap" 'tcp port 8888 or tcp port 9000'
	client_ws tunnel ws://127.0.0.1:9000/echo http://127.0.0.1:8888
	captured
}

# Takes a minute: the time after which nginx loses its patience.
sample_idle-timeout() {
	server_websockets idle 9000
	nginx_with nginx-idle.conf
	capture "$out/idle-timeout.pcap" 'tcp port 8080 or tcp port 9000'
	client_ws idle ws://127.0.0.1:8080/updates
	captured
}

# pair_of_hosts CLIENT SERVER: two namespaces, 192.0.2.10 on c0 and 192.0.2.20 on s0, joined by a cable
pair_of_hosts() {
	local name
	for name; do
		ip netns add "$name"
		namespaces+=("$name")
		ip netns exec "$name" sysctl -q -w net.ipv6.conf.default.disable_ipv6=1
	done
	ip link add c0 netns "$1" address 02:00:00:00:00:0c type veth peer name s0 netns "$2" address 02:00:00:00:00:05
	ip -n "$1" addr add 192.0.2.10/24 dev c0
	ip -n "$2" addr add 192.0.2.20/24 dev s0
	ip netns exec "$1" ethtool -K c0 tx off tso off gso off gro off >/dev/null
	ip netns exec "$2" ethtool -K s0 tx off tso off gso off gro off >/dev/null
	ip -n "$1" link set c0 up
	ip -n "$2" link set s0 up
}

# The cable carries 700 bytes a packet, the VXLAN on top of it 1,400: the outer packets are fragmented.
sample_vxlan() {
	local c=w101c$$ s=w101s$$
	pair_of_hosts $c $s
	ip -n $c link add vx0 type vxlan id 101 dstport 4789 remote 192.0.2.20 local 192.0.2.10 df unset
	ip -n $s link add vx0 type vxlan id 101 dstport 4789 remote 192.0.2.10 local 192.0.2.20 df unset
	ip -n $c addr add 198.51.100.10/24 dev vx0
	ip -n $s addr add 198.51.100.20/24 dev vx0
	for name in $c $s; do ip -n $name link set vx0 mtu 1400 up; done
	ip -n $c link set c0 mtu 700
	ip -n $s link set s0 mtu 700
	start ip netns exec $s "$python" "$here/server_websockets.py" echo 9101 198.51.100.20
	sleep 2
	inside=(ip netns exec $c)
	capture "$out/vxlan.pcap" ip -i c0
	timeout 60 ip netns exec $c node "$here/client_ws.js" steps ws://198.51.100.20:9101/echo
	captured
}

# Two interfaces of different kinds in one file: the cable (Ethernet) and a tunnel of our own over it (raw IP).
sample_two-links() {
	local c=w101c$$ s=w101s$$ tries file=$work/two-links.pcapng
	pair_of_hosts $c $s
	start ip netns exec $s "$python" "$here/tun.py" tun0 198.51.100.20/24 192.0.2.20 192.0.2.10
	start ip netns exec $c "$python" "$here/tun.py" tun0 198.51.100.10/24 192.0.2.10 192.0.2.20
	start ip netns exec $s "$python" "$here/server_websockets.py" echo 9101 0.0.0.0
	sleep 2
	start ip netns exec $c dumpcap -q -n -i c0 -f 'tcp port 9101' -i tun0 -f 'tcp port 9101' -s 262144 -w "$file"
	recorder=${started[-1]}
	for ((tries = 0; tries < 100; tries++)); do
		if [[ -s $file ]]; then break; fi
		sleep 0.1
	done
	sleep 0.5
	timeout 60 ip netns exec $c node "$here/client_ws.js" fragments ws://198.51.100.20:9101/echo &
	started+=($!)
	timeout 60 ip netns exec $c "$python" "$here/client_websockets.py" text ws://192.0.2.20:9101/echo
	wait "${started[-1]}"
	sleep 1.5
	kill -INT "$recorder"
	wait "$recorder" || true
	"$python" "$here/anonymous.py" "$file" "$out/two-links.pcapng"
}

# Half a mirror: what the client sent, and (another session) what the server sent.
sample_one-way-client() {
	server_websockets echo 9101
	capture "$out/one-way-client.pcap" 'tcp dst port 9101'
	client_websockets text ws://127.0.0.1:9101/echo
	captured
}

sample_one-way-server() {
	server_websockets echo 9101
	capture "$out/one-way-server.pcap" 'tcp src port 9101'
	client_websockets text ws://127.0.0.1:9101/echo
	captured
}

# HAProxy tells nginx in front of the server where its clients come from: by version 1 on 8081, by version 2 on 8082.
sample_proxy-protocol() {
	server_websockets echo 9000
	nginx_with nginx-proxy-protocol.conf
	start haproxy -db -f "$here/haproxy-proxy-protocol.cfg"
	listening 8081 8082
	capture "$out/proxy-protocol.pcap" 'tcp port 8080 or tcp port 8081 or tcp port 8082 or tcp port 9000'
	client_websockets text ws://127.0.0.1:8081/echo
	client_websockets text ws://127.0.0.1:8082/echo
	captured
}

# --- main ---

samples() { declare -F | sed -n 's/^declare -f sample_//p'; }

if [[ ${1-} == --inside ]]; then # in the new namespace: one sample
	trap cleanup EXIT
	trap 'exit 130' INT TERM
	work=$(mktemp -d)
	chmod 755 "$work"
	ip link set lo up
	"sample_$2"
	exit
fi

case ${1-} in
--list) samples; exit ;;
--deps) install_deps; shift ;;
-*) die "unknown option $1; see the head of this file" ;;
esac
[[ $(id -u) == 0 ]] || die "capturing and namespaces need root"
[[ -d $deps/node_modules/ws ]] || die "no node packages in $deps: run it with --deps, or set RECORD_DEPS"
mkdir -p "$out"
if (($# == 0)); then mapfile -t names < <(samples); set -- "${names[@]}"; fi
for name; do
	declare -F "sample_$name" >/dev/null || die "no sample is called $name; --list names them"
	echo "$name"
	unshare --net -- "$self" --inside "$name"
done
