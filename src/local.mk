# The library (all rooms but cli/) and the program.  One list a room; the order
# is that of the levels in src/README.md.
noinst_LIBRARIES += libwire101.a
libwire101_a_SOURCES = \
	$(public_headers) $(base_sources) $(net_sources) $(stream_sources) $(http_sources) \
	$(decode_sources) $(capture_sources) $(report_sources) $(engine_sources)

public_headers = \
	include/wire101/decoder.h include/wire101/engine.h include/wire101/event.h include/wire101/finding.h \
	include/wire101/findings.def include/wire101/http.h include/wire101/limits.h include/wire101/packet.h \
	include/wire101/pdu.h include/wire101/segment.h include/wire101/sink.h include/wire101/types.h

base_sources = \
	src/base/ascii.h src/base/base64.c src/base/base64.h src/base/buf.c src/base/buf.h src/base/close_code.c \
	src/base/close_code.h src/base/context.c src/base/context.h src/base/cursor.h src/base/finding.c \
	src/base/hash.c src/base/hash.h src/base/quota.c src/base/quota.h src/base/safe.c src/base/safe.h \
	src/base/utf8.c src/base/utf8.h

net_sources = \
	src/net/ether.c src/net/fragment.c src/net/fragment.h src/net/host.c src/net/ip.c src/net/link.c \
	src/net/link.h src/net/net.c src/net/net.h src/net/net_impl.h src/net/part.h src/net/plain.c \
	src/net/point.c src/net/tcp.c src/net/tcp.h src/net/tunnel.c src/net/walk.c src/net/walk.h \
	src/net/wlan.c

stream_sources = \
	src/stream/flow.h src/stream/half.c src/stream/half.h src/stream/lone.c src/stream/lone.h \
	src/stream/reassemble.c src/stream/reassemble.h src/stream/seq.h src/stream/stream.c src/stream/stream.h \
	src/stream/table.c src/stream/table.h

http_sources = \
	src/http/accept.c src/http/accept.h src/http/answer_rules.c src/http/answer_rules.h src/http/body.c \
	src/http/body.h src/http/deflate_rules.c src/http/deflate_rules.h src/http/extension.c \
	src/http/extension.h src/http/head.c src/http/head.h src/http/held.c src/http/held.h src/http/http1.c \
	src/http/http1.h src/http/judge.c src/http/judge.h src/http/keys.c src/http/keys.h src/http/proxy.c \
	src/http/proxy.h src/http/request_rules.c src/http/request_rules.h src/http/side.c src/http/side.h \
	src/http/upgrade.c src/http/upgrade.h src/http/verdict.c src/http/verdict.h src/http/waiting.c \
	src/http/waiting.h src/http/ws_answer_rules.c src/http/ws_answer_rules.h

decode_sources = \
	src/decode/opaque.c src/decode/table.c src/decode/table.h src/decode/ws/close.c src/decode/ws/close.h \
	src/decode/ws/conn.c src/decode/ws/conn.h src/decode/ws/control.c src/decode/ws/control.h \
	src/decode/ws/extension.c src/decode/ws/extension.h src/decode/ws/foreign.c src/decode/ws/foreign.h \
	src/decode/ws/frame.c src/decode/ws/frame.h src/decode/ws/inflate.c src/decode/ws/inflate.h \
	src/decode/ws/mask.c src/decode/ws/mask.h src/decode/ws/message.c src/decode/ws/message.h \
	src/decode/ws/quick.c src/decode/ws/quick.h src/decode/ws/resync.c src/decode/ws/resync.h \
	src/decode/ws/rules.c src/decode/ws/rules.h src/decode/ws/websocket.c

# how a FILE is made of our own reading: glibc's and musl's way, or that of macOS and the BSDs
if HAVE_FOPENCOOKIE
cookie_sources = src/capture/cookie_linux.c
else
cookie_sources = src/capture/cookie_bsd.c
endif
capture_sources = \
	src/capture/bpf.c src/capture/bpf.h src/capture/cookie.h src/capture/facts.c src/capture/facts.h \
	src/capture/input.c src/capture/input.h src/capture/linktype.c src/capture/linktype.h src/capture/odd.c \
	src/capture/pcap.c src/capture/pcap.h src/capture/pcapng.c src/capture/pcapng_about.c \
	src/capture/pcapng_impl.h src/capture/reader.h src/capture/ring.c src/capture/ring.h src/capture/save.c \
	src/capture/save.h src/capture/source.c src/capture/source.h src/capture/stamp.c src/capture/stamp.h \
	$(cookie_sources)

report_sources = \
	src/report/block.c src/report/block.h src/report/facts.c src/report/facts.h src/report/filter.c \
	src/report/filter.h src/report/formats.c src/report/glob.c src/report/glob.h src/report/hexdump.c \
	src/report/hexdump.h src/report/human.c src/report/human.h src/report/json.c src/report/json.h \
	src/report/jsonl.c src/report/jsonl.h src/report/keep.c src/report/keep.h src/report/log.c \
	src/report/log.h src/report/map.c src/report/map.h src/report/phrase.c src/report/phrase.h \
	src/report/report.h src/report/spool.c src/report/spool.h src/report/text.c src/report/text.h \
	src/report/writer.c src/report/writer.h

engine_sources = \
	src/engine/closing.c src/engine/conn.c src/engine/conn.h src/engine/emit.c src/engine/engine.c \
	src/engine/engine_impl.h src/engine/one_way.c src/engine/one_way.h src/engine/pings.c src/engine/pings.h

w101_libs = $(PCAP_LIBS) $(CRYPTO_LIBS) $(ZLIB_LIBS)

bin_PROGRAMS += wire101
wire101_SOURCES = \
	src/cli/about.c src/cli/about.h src/cli/check.c src/cli/check.h src/cli/explain.c src/cli/explain.h \
	src/cli/fill.c src/cli/fill.h src/cli/filter_file.c src/cli/filter_file.h src/cli/help.c src/cli/help.h \
	src/cli/interrupt.c src/cli/interrupt.h src/cli/keylogs.c src/cli/keylogs.h src/cli/links.c \
	src/cli/links.h src/cli/main.c src/cli/options.c src/cli/options.h src/cli/owners.c src/cli/owners.h \
	src/cli/progress.c src/cli/progress.h src/cli/run.c src/cli/run.h src/cli/saving.c src/cli/saving.h \
	src/cli/say.c src/cli/say.h src/cli/shown.c src/cli/shown.h src/cli/sinks.c src/cli/sinks.h
wire101_LDADD = libwire101.a $(w101_libs)

dist_man_MANS += wire101.1
EXTRA_DIST += src/README.md src/decode/README.md src/http/README.md src/report/README.md
