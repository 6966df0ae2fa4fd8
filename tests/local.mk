# Tests.  Everything that `make check` runs is listed here, each by its name:
#   tests/unit/test_*.c    cmocka programs, TAP
#   tests/fuzz/fuzz_*.c    fuzz bodies: replayed over tests/fuzz/corpus/<name>/ in `make check`, libFuzzer
#                          targets with --enable-fuzzing
#   scripts                transcripts, goldens, variants of the samples, rules about the sources
# `make check` is offline, needs no root and no terminal, and takes less than a minute.

# ---- what a check needs, and no skipping without it
check_DATA = need-python3
if !HAVE_CMOCKA
check_DATA += need-cmocka
endif
need-cmocka:
	@echo 'make check: cmocka was not found when ./configure ran: run ./autogen.sh --deps, then ./configure' >&2; exit 1
need-python3:
	@python3 -c 0 || { echo 'make check: python3 is needed: run ./autogen.sh --deps' >&2; exit 1; }
.PHONY: need-cmocka need-python3

# ---- every test prints TAP
LOG_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
AM_TESTS_ENVIRONMENT = \
	TZ=UTC; LC_ALL=C.UTF-8; PYTHONDONTWRITEBYTECODE=1; \
	WIRE101='$(abs_top_builddir)/wire101$(EXEEXT)'; \
	CC='$(CC)'; \
	W101_CHECK_FLAGS='$(CPPFLAGS) $(PCAP_CFLAGS) $(CRYPTO_CFLAGS) $(ZLIB_CFLAGS) -D_DEFAULT_SOURCE -std=c11 -Wall -Wextra -Wpedantic'; \
	W101_FUZZERS='$(fuzz_targets)'; W101_FUZZ_BUILD='$(abs_top_builddir)'; W101_FUZZ_REPLAY='$(fuzz_replay)'; \
	export TZ LC_ALL PYTHONDONTWRITEBYTECODE WIRE101 CC W101_CHECK_FLAGS W101_FUZZERS W101_FUZZ_BUILD W101_FUZZ_REPLAY;

# ---- unit tests
noinst_LIBRARIES += libw101test.a
libw101test_a_SOURCES = tests/lib/guard.c tests/lib/guard.h
libw101test_a_CPPFLAGS = $(AM_CPPFLAGS) -D_DEFAULT_SOURCE= -I$(top_srcdir)/tests/lib

# tests use POSIX (open_memstream, mmap) without config.h
test_cppflags = $(AM_CPPFLAGS) -D_DEFAULT_SOURCE= -I$(top_srcdir)/tests/lib $(CMOCKA_CFLAGS)
test_ldadd = libw101test.a libwire101.a $(w101_libs) $(CMOCKA_LIBS)

# the program's own files but main(): they are not in the library
cli_parts = \
	src/cli/about.c src/cli/check.c src/cli/explain.c src/cli/fill.c src/cli/help.c src/cli/interrupt.c \
	src/cli/keylogs.c src/cli/links.c src/cli/options.c src/cli/owners.c src/cli/progress.c src/cli/run.c \
	src/cli/saving.c src/cli/say.c src/cli/shown.c src/cli/sinks.c

unit_tests = \
	tests/unit/test_base tests/unit/test_base_context tests/unit/test_capture_bpf \
	tests/unit/test_capture_differential tests/unit/test_capture_facts tests/unit/test_capture_input \
	tests/unit/test_capture_linktype tests/unit/test_capture_pcapng tests/unit/test_capture_pcapng_damage \
	tests/unit/test_capture_ring tests/unit/test_capture_save tests/unit/test_capture_source \
	tests/unit/test_cli_explain tests/unit/test_cli_options tests/unit/test_cli_owners \
	tests/unit/test_decode_table tests/unit/test_http_connection tests/unit/test_http_head \
	tests/unit/test_http_keys tests/unit/test_http_parts tests/unit/test_http_proxy \
	tests/unit/test_http_rules tests/unit/test_http_trouble tests/unit/test_net_fragments \
	tests/unit/test_net_links tests/unit/test_net_segment tests/unit/test_net_tunnels \
	tests/unit/test_net_wlan tests/unit/test_report_bounds tests/unit/test_report_facts \
	tests/unit/test_report_filter tests/unit/test_report_human tests/unit/test_report_jsonl \
	tests/unit/test_report_log tests/unit/test_report_text tests/unit/test_stream \
	tests/unit/test_stream_context tests/unit/test_stream_load tests/unit/test_stream_lone \
	tests/unit/test_ws_close tests/unit/test_ws_frames tests/unit/test_ws_gap tests/unit/test_ws_pmd \
	tests/unit/test_ws_quick tests/unit/test_ws_units

tests_unit_test_base_CPPFLAGS = $(test_cppflags)
tests_unit_test_base_LDADD = $(test_ldadd)
tests_unit_test_capture_source_CPPFLAGS = $(test_cppflags)
tests_unit_test_capture_source_LDADD = $(test_ldadd)
tests_unit_test_cli_explain_SOURCES = tests/unit/test_cli_explain.c $(cli_parts)
tests_unit_test_cli_explain_CPPFLAGS = $(test_cppflags)
tests_unit_test_cli_explain_LDADD = $(test_ldadd)
tests_unit_test_cli_options_SOURCES = tests/unit/test_cli_options.c $(cli_parts)
tests_unit_test_cli_options_CPPFLAGS = $(test_cppflags)
tests_unit_test_cli_options_LDADD = $(test_ldadd)
tests_unit_test_decode_table_CPPFLAGS = $(test_cppflags)
tests_unit_test_decode_table_LDADD = $(test_ldadd)
tests_unit_test_http_connection_CPPFLAGS = $(test_cppflags)
tests_unit_test_http_connection_LDADD = $(test_ldadd)
tests_unit_test_http_head_CPPFLAGS = $(test_cppflags)
tests_unit_test_http_head_LDADD = $(test_ldadd)
tests_unit_test_http_keys_CPPFLAGS = $(test_cppflags)
tests_unit_test_http_keys_LDADD = $(test_ldadd)
tests_unit_test_http_parts_CPPFLAGS = $(test_cppflags)
tests_unit_test_http_parts_LDADD = $(test_ldadd)
tests_unit_test_http_rules_CPPFLAGS = $(test_cppflags)
tests_unit_test_http_rules_LDADD = $(test_ldadd)
tests_unit_test_http_trouble_CPPFLAGS = $(test_cppflags)
tests_unit_test_http_trouble_LDADD = $(test_ldadd)
tests_unit_test_net_segment_CPPFLAGS = $(test_cppflags)
tests_unit_test_net_segment_LDADD = $(test_ldadd)
tests_unit_test_report_filter_CPPFLAGS = $(test_cppflags)
tests_unit_test_report_filter_LDADD = $(test_ldadd)
tests_unit_test_report_human_CPPFLAGS = $(test_cppflags)
tests_unit_test_report_human_LDADD = $(test_ldadd)
tests_unit_test_report_jsonl_CPPFLAGS = $(test_cppflags)
tests_unit_test_report_jsonl_LDADD = $(test_ldadd)
tests_unit_test_report_log_CPPFLAGS = $(test_cppflags)
tests_unit_test_report_log_LDADD = $(test_ldadd)
tests_unit_test_report_text_CPPFLAGS = $(test_cppflags)
tests_unit_test_report_text_LDADD = $(test_ldadd)
tests_unit_test_stream_load_CPPFLAGS = $(test_cppflags)
tests_unit_test_stream_load_LDADD = $(test_ldadd)
tests_unit_test_stream_CPPFLAGS = $(test_cppflags)
tests_unit_test_stream_LDADD = $(test_ldadd)
tests_unit_test_ws_close_CPPFLAGS = $(test_cppflags)
tests_unit_test_ws_close_LDADD = $(test_ldadd)
tests_unit_test_ws_frames_CPPFLAGS = $(test_cppflags)
tests_unit_test_ws_frames_LDADD = $(test_ldadd)
tests_unit_test_ws_gap_CPPFLAGS = $(test_cppflags)
tests_unit_test_ws_gap_LDADD = $(test_ldadd)
tests_unit_test_ws_pmd_CPPFLAGS = $(test_cppflags)
tests_unit_test_ws_pmd_LDADD = $(test_ldadd)
tests_unit_test_ws_units_CPPFLAGS = $(test_cppflags)
tests_unit_test_ws_units_LDADD = $(test_ldadd)
tests_unit_test_stream_lone_CPPFLAGS = $(test_cppflags)
tests_unit_test_stream_lone_LDADD = $(test_ldadd)
tests_unit_test_ws_quick_CPPFLAGS = $(test_cppflags)
tests_unit_test_ws_quick_LDADD = $(test_ldadd)
tests_unit_test_base_context_CPPFLAGS = $(test_cppflags)
tests_unit_test_base_context_LDADD = $(test_ldadd)
tests_unit_test_http_proxy_CPPFLAGS = $(test_cppflags)
tests_unit_test_http_proxy_LDADD = $(test_ldadd)
tests_unit_test_cli_owners_SOURCES = tests/unit/test_cli_owners.c $(cli_parts)
tests_unit_test_cli_owners_CPPFLAGS = $(test_cppflags)
tests_unit_test_cli_owners_LDADD = $(test_ldadd)
tests_unit_test_capture_pcapng_damage_CPPFLAGS = $(test_cppflags)
tests_unit_test_capture_pcapng_damage_LDADD = $(test_ldadd)
tests_unit_test_stream_context_CPPFLAGS = $(test_cppflags)
tests_unit_test_stream_context_LDADD = $(test_ldadd)
tests_unit_test_report_facts_CPPFLAGS = $(test_cppflags)
tests_unit_test_report_facts_LDADD = $(test_ldadd)
tests_unit_test_report_bounds_CPPFLAGS = $(test_cppflags)
tests_unit_test_report_bounds_LDADD = $(test_ldadd)
tests_unit_test_net_wlan_CPPFLAGS = $(test_cppflags)
tests_unit_test_net_wlan_LDADD = $(test_ldadd)
tests_unit_test_net_tunnels_CPPFLAGS = $(test_cppflags)
tests_unit_test_net_tunnels_LDADD = $(test_ldadd)
tests_unit_test_net_links_CPPFLAGS = $(test_cppflags)
tests_unit_test_net_links_LDADD = $(test_ldadd)
tests_unit_test_net_fragments_CPPFLAGS = $(test_cppflags)
tests_unit_test_net_fragments_LDADD = $(test_ldadd)
tests_unit_test_capture_save_CPPFLAGS = $(test_cppflags)
tests_unit_test_capture_save_LDADD = $(test_ldadd)
tests_unit_test_capture_ring_CPPFLAGS = $(test_cppflags)
tests_unit_test_capture_ring_LDADD = $(test_ldadd)
tests_unit_test_capture_pcapng_CPPFLAGS = $(test_cppflags)
tests_unit_test_capture_pcapng_LDADD = $(test_ldadd)
tests_unit_test_capture_linktype_CPPFLAGS = $(test_cppflags)
tests_unit_test_capture_linktype_LDADD = $(test_ldadd)
tests_unit_test_capture_input_CPPFLAGS = $(test_cppflags)
tests_unit_test_capture_input_LDADD = $(test_ldadd)
tests_unit_test_capture_facts_CPPFLAGS = $(test_cppflags)
tests_unit_test_capture_facts_LDADD = $(test_ldadd)
tests_unit_test_capture_differential_CPPFLAGS = $(test_cppflags)
tests_unit_test_capture_differential_LDADD = $(test_ldadd)
tests_unit_test_capture_bpf_CPPFLAGS = $(test_cppflags)
tests_unit_test_capture_bpf_LDADD = $(test_ldadd)

# ---- fuzz targets
fuzz_targets = \
	tests/fuzz/fuzz_capture tests/fuzz/fuzz_engine tests/fuzz/fuzz_http_connection tests/fuzz/fuzz_http_head \
	tests/fuzz/fuzz_net tests/fuzz/fuzz_proxy tests/fuzz/fuzz_report tests/fuzz/fuzz_stream \
	tests/fuzz/fuzz_ws_frame tests/fuzz/fuzz_ws_stream

if FUZZING
fuzz_driver =
fuzz_ldflags = $(AM_LDFLAGS) -fsanitize=fuzzer
fuzz_replay = -runs=0
else
fuzz_driver = tests/fuzz/replay.c
fuzz_ldflags = $(AM_LDFLAGS)
fuzz_replay =
endif

fuzz_ldadd = libwire101.a $(w101_libs)
fuzz_cppflags = $(AM_CPPFLAGS) -D_DEFAULT_SOURCE=
tests_fuzz_fuzz_capture_SOURCES = tests/fuzz/fuzz_capture.c $(fuzz_driver)
tests_fuzz_fuzz_capture_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_capture_LDADD = $(fuzz_ldadd)
tests_fuzz_fuzz_capture_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_engine_SOURCES = tests/fuzz/fuzz_engine.c $(fuzz_driver)
tests_fuzz_fuzz_engine_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_engine_LDADD = $(fuzz_ldadd)
tests_fuzz_fuzz_engine_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_http_connection_SOURCES = tests/fuzz/fuzz_http_connection.c $(fuzz_driver)
tests_fuzz_fuzz_http_connection_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_http_connection_LDADD = $(fuzz_ldadd)
tests_fuzz_fuzz_http_connection_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_http_head_SOURCES = tests/fuzz/fuzz_http_head.c $(fuzz_driver)
tests_fuzz_fuzz_http_head_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_http_head_LDADD = $(fuzz_ldadd)
tests_fuzz_fuzz_http_head_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_net_SOURCES = tests/fuzz/fuzz_net.c $(fuzz_driver)
tests_fuzz_fuzz_net_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_net_LDADD = $(fuzz_ldadd)
tests_fuzz_fuzz_net_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_report_SOURCES = tests/fuzz/fuzz_report.c $(fuzz_driver)
tests_fuzz_fuzz_report_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_report_LDADD = $(fuzz_ldadd)
tests_fuzz_fuzz_report_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_stream_SOURCES = tests/fuzz/fuzz_stream.c $(fuzz_driver)
tests_fuzz_fuzz_stream_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_stream_LDADD = $(fuzz_ldadd)
tests_fuzz_fuzz_stream_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_ws_frame_SOURCES = tests/fuzz/fuzz_ws_frame.c $(fuzz_driver)
tests_fuzz_fuzz_ws_frame_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_ws_frame_LDADD = $(fuzz_ldadd)
tests_fuzz_fuzz_ws_frame_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_ws_stream_SOURCES = tests/fuzz/fuzz_ws_stream.c $(fuzz_driver)
tests_fuzz_fuzz_ws_stream_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_ws_stream_LDADD = $(fuzz_ldadd)
tests_fuzz_fuzz_ws_stream_LDFLAGS = $(fuzz_ldflags)
tests_fuzz_fuzz_proxy_SOURCES = tests/fuzz/fuzz_proxy.c $(fuzz_driver)
tests_fuzz_fuzz_proxy_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_proxy_LDADD = $(fuzz_ldadd)
tests_fuzz_fuzz_proxy_LDFLAGS = $(fuzz_ldflags)

# ---- scripts
script_tests = \
	tests/check-layers tests/check-headers tests/check-findings.py tests/check-fuzz \
	tests/talk/run.py tests/goldens/run tests/check-twist.py tests/check-rewrap.py tests/check-man.py \
	tests/cli/usage.sh tests/cli/limits.py tests/cli/save.py tests/cli/deps.sh

check_PROGRAMS += $(fuzz_targets)
if HAVE_CMOCKA
check_PROGRAMS += $(unit_tests)
endif
TESTS += $(unit_tests) $(script_tests)

fuzz-targets: $(fuzz_targets)

# the names of all tests, for .ci/run: a test that vanished is a failure
list-tests:
	@printf '%s\n' $(TESTS)
list-fuzz-targets:
	@printf '%s\n' $(fuzz_targets)

# make update-goldens NAME=x: writes one expected output anew (NAME=all: every one) and prints the difference
update-goldens: all
	@test -n '$(NAME)' || { echo 'make update-goldens: NAME=x, or NAME=all' >&2; exit 2; }
	@WIRE101='$(abs_top_builddir)/wire101$(EXEEXT)' $(srcdir)/tests/goldens/run --update $(NAME)

# make check-corpus CORPUS=DIR: captures that are not part of this repository
check-corpus: all
	@WIRE101='$(abs_top_builddir)/wire101$(EXEEXT)' $(srcdir)/tests/check-corpus '$(CORPUS)'

# make bench [BENCH="..."]: figures, never a verdict (bench/README.md)
bench:
	$(PYTHON) $(srcdir)/tests/bench/run.py $(BENCH)

# make check-tshark [CORPUS=DIR]: the same captures through tshark
check-tshark: all
	@WIRE101='$(abs_top_builddir)/wire101$(EXEEXT)' $(srcdir)/tests/tshark/compare.py $(CORPUS)
.PHONY: fuzz-targets list-tests list-fuzz-targets update-goldens check-corpus check-tshark bench

EXTRA_DIST += autogen.sh \
	$(script_tests) tests/bench/README.md tests/bench/cost.c tests/bench/generate.py tests/bench/loop.c tests/bench/run.py \
	tests/bench/zlib_loop.c tests/README.md tests/check-corpus tests/check-readme tests/findings-later.txt tests/fuzz/replay.c \
	tests/fuzz/corpus tests/talk/README.md tests/goldens/LIST tests/corpus/compare.py tests/corpus/exceptions.txt \
	tests/tshark/compare.py tests/tshark/differences.txt tests/record samples \
	tests/tools/headers.py tests/tools/pcapfile.py tests/tools/rewrap.py tests/tools/talk.py tests/tools/twist.py tests/tools/wire101.py \
	tests/unit/report_events.h tests/unit/test_capture_pcapng_file.h tests/unit/test_http_talk.h \
	tests/unit/test_net_cut.h tests/unit/test_net_world.h tests/unit/test_stream_world.h \
	tests/unit/test_ws_script.h

# many files each, known by their ending
dist-hook:
	cp $(srcdir)/tests/talk/*.talk $(distdir)/tests/talk/
	cp $(srcdir)/tests/goldens/*.out $(distdir)/tests/goldens/
	find $(distdir)/tests $(distdir)/samples -name __pycache__ -prune -exec rm -rf {} +
