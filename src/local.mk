# The library (all rooms but cli/) and the program.  One line a room; the order
# is that of the levels in src/README.md.
noinst_LIBRARIES += libwire101.a
libwire101_a_SOURCES = \
	$(public_headers) $(base_sources) $(net_sources) $(stream_sources) $(http_sources) \
	$(decode_sources) $(capture_sources) $(report_sources) $(engine_sources)

public_headers = \
	include/wire101/types.h include/wire101/packet.h include/wire101/segment.h include/wire101/limits.h \
	include/wire101/pdu.h include/wire101/finding.h include/wire101/findings.def include/wire101/http.h \
	include/wire101/decoder.h include/wire101/event.h include/wire101/sink.h include/wire101/engine.h

base_sources = \
	src/base/ascii.h src/base/cursor.h \
	src/base/base64.c src/base/base64.h src/base/buf.c src/base/buf.h src/base/finding.c \
	src/base/hash.c src/base/hash.h src/base/quota.c src/base/quota.h src/base/safe.c src/base/safe.h \
	src/base/utf8.c src/base/utf8.h

net_sources = \
	src/net/net.h

stream_sources =

http_sources = \
	src/http/head.h src/http/body.h src/http/keys.h src/http/http1.h

decode_sources = \
	src/decode/table.h

capture_sources = \
	src/capture/source.h

report_sources = \
	src/report/report.h src/report/filter.h

engine_sources =

w101_libs = $(PCAP_LIBS) $(CRYPTO_LIBS) $(ZLIB_LIBS)

EXTRA_DIST += src/README.md
