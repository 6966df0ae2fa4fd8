# Tests.  Unit tests: tests/unit/test_*.c, one cmocka program each.  Fuzz
# bodies: tests/fuzz/fuzz_*.c, each replayed over tests/fuzz/corpus/<name>/ in
# `make check`, and built as libFuzzer targets with --enable-fuzzing.
noinst_LIBRARIES += libw101test.a
libw101test_a_SOURCES = tests/lib/guard.c tests/lib/guard.h
libw101test_a_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests/lib

test_cppflags = $(AM_CPPFLAGS) -I$(top_srcdir)/tests/lib $(CMOCKA_CFLAGS)
test_ldadd = libw101test.a libwire101.a $(w101_libs) $(CMOCKA_LIBS)
