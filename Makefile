# SPDX-License-Identifier: GPL-2.0-or-later
#
# Highwater. What a newcomer needs:
#
#   make demo     install what is missing, build kernels and guests, run configs/plan/demo.yaml
#   make check    every test, guest boots on both architectures included
#
# and what a developer needs:
#
#   make          the binary ./highwater and the two guest agents
#   make unit     unit tests (no guest), make quick: all tests that need no kernel
#   make lint     cppcheck, clang-tidy, shellcheck, layering
#   make fuzz     each fuzz target for FUZZ_SECONDS
#   make golden   the smoke plan's results, committed, anew
#   make crash    the crash tests whole: a fault at every call, 200 random kills
#   make bench    figures; never part of a test
#   make review-bars  does the review find all that is planted (hours)
#
# Everything made goes to out/ (O=DIR for elsewhere) and ./highwater.

O ?= out
# V=1 shows every command.
Q = $(if $(V),,@)
say = $(if $(V),,@printf '  %-7s %s\n' $(1) $(2))
CC = gcc
PREFIX ?= /usr/local
WARN = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition \
       -Wpointer-arith -Wdeclaration-after-statement -Wvla -Wundef -Wwrite-strings -Wformat=2 -Werror
BASE_CFLAGS = -std=gnu11 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -g $(WARN)
INC = -Iharness -Ianalysis -I$(O)/gen
CFLAGS ?= -O2
# gcc warns of things that only its own instrumentation makes look possible.
SAN = -O1 -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer -Wno-error
LIBS = -lsqlite3 -ljansson -lyaml -lmd -lgsl -lgslcblas -lz -lm -pthread

# The stages, in pipeline order; harness/t/layering.t checks who includes whom.
STAGES = lib proto plan build boot run collect decode store review cmd
SRCS = $(foreach s,$(STAGES),$(wildcard harness/$(s)/*.c)) $(wildcard analysis/*/*.c) \
       harness/plugin/x86.c
OBJS = $(SRCS:%.c=$(O)/obj/%.o)
SAN_OBJS = $(SRCS:%.c=$(O)/san/%.o)
GEN = $(O)/gen/schema_sql.h $(O)/gen/page_css.h $(O)/gen/page_js.h $(O)/gen/uplot.h
UNIT_SRCS = $(wildcard harness/t/unit/test_*.c)
UNITS = $(UNIT_SRCS:harness/t/unit/%.c=$(O)/t/%)
BENCH = $(patsubst harness/t/bench/%.c,$(O)/bench/%,$(wildcard harness/t/bench/*.c))
FUZZ_SRCS = $(wildcard harness/t/fuzz/fuzz_*.c)
FUZZERS = $(FUZZ_SRCS:harness/t/fuzz/%.c=$(O)/fuzz/%)
FUZZ_SECONDS ?= 60

# The guest: static, libc only, one binary per architecture.
GUEST_SRCS = $(wildcard harness/guest/*.c harness/guest/workload/*.c harness/proto/*.c) \
	     harness/lib/parse.c
AGENTS = $(O)/guest/agent-i386 $(O)/guest/agent-x86_64
GUEST_CFLAGS = $(BASE_CFLAGS) -O2 -static -Iharness -ffile-prefix-map=$(CURDIR)=. -g0
ARCH_i386 = -m32 -march=i686
ARCH_x86_64 = -m64

# The TCG plugin: loaded by QEMU, knows nothing but its interface.
PLUGIN = $(O)/plugin/highwater.so
PLUGIN_SRCS = $(wildcard harness/plugin/*.c)

.PHONY: all agents unit quick check demo deps lint fuzz bench install clean
.SECONDARY:

all: highwater agents $(PLUGIN)

highwater: $(O)/obj/harness/main.o $(OBJS)
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS) -o $@ $^ $(LIBS)

agents: $(AGENTS)

$(O)/guest/agent-%: $(GUEST_SRCS) $(wildcard harness/guest/*.h harness/guest/*.def harness/guest/workload/*.h harness/proto/*.h)
	@mkdir -p $(@D)
	$(call say,GUEST,$@)
	$(Q)$(CC) $(ARCH_$*) $(GUEST_CFLAGS) -s -o $@ $(GUEST_SRCS)

$(PLUGIN): $(PLUGIN_SRCS) $(wildcard harness/plugin/*.h) harness/proto/mark.h
	@mkdir -p $(@D)
	$(call say,PLUGIN,$@)
	$(Q)$(CC) $(BASE_CFLAGS) -O2 -fPIC -shared -fvisibility=hidden -Iharness -o $@ $(PLUGIN_SRCS)

# A text file as a C string named after it.
define AS_STRING
@mkdir -p $(@D)
$(call say,GEN,$@)
$(Q){ echo 'static const char $(basename $(@F))[] ='; \
  sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/.*/"&\\n"/' $<; echo ';'; } > $@
endef

$(O)/gen/schema_sql.h: harness/store/schema.sql
	$(AS_STRING)

$(O)/gen/page_%.h: analysis/report/page.%
	$(AS_STRING)

# What npm fetches is never committed: harness/npm/package-lock.json says what it has to be.
# UPLOT=no builds without a network, and reports whose figures do not zoom.
$(O)/npm/fetched: harness/npm/package.json harness/npm/package-lock.json
	$(call say,NPM,$@)
	$(Q)harness/npm/fetch.sh $(@D)
	@touch $@

$(O)/gen/uplot.h: harness/npm/embed.sh $(if $(filter no,$(UPLOT)),,$(O)/npm/fetched)
	@mkdir -p $(@D)
	$(call say,GEN,$@)
	$(Q)harness/npm/embed.sh $(if $(filter no,$(UPLOT)),,$(O)/npm/node_modules/uplot) >$@.tmp
	@mv $@.tmp $@

$(O)/obj/%.o: %.c | $(GEN)
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(BASE_CFLAGS) $(CFLAGS) $(INC) -MMD -MP -c -o $@ $<

# Resampling and counting subsets are the hot loops of a comparison.
$(O)/obj/analysis/stats/paired.o $(O)/obj/analysis/stats/shift.o: CFLAGS += -O3 -fno-math-errno

$(O)/san/%.o: %.c | $(GEN)
	@mkdir -p $(@D)
	$(call say,SAN,$<)
	$(Q)$(CC) $(BASE_CFLAGS) $(SAN) $(INC) -MMD -MP -c -o $@ $<

# Unit tests see the whole harness but main.c, under ASan and UBSan.
$(O)/san/all.a: $(SAN_OBJS)
	@rm -f $@
	$(Q)ar rcs $@ $^

$(O)/t/%: $(O)/san/harness/t/unit/%.o $(O)/san/all.a
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(CC) $(SAN) -o $@ $^ -lcmocka $(LIBS)

# Programs that tests use.
$(O)/tool/%: harness/t/tool/%.c harness/t/synth.h $(OBJS)
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(CC) $(BASE_CFLAGS) $(CFLAGS) $(INC) -o $@ $(filter-out %.h,$^) $(LIBS)

$(O)/bench/%: harness/t/bench/%.c harness/t/synth.h $(OBJS)
	@mkdir -p $(@D)
	$(CC) $(BASE_CFLAGS) $(CFLAGS) $(INC) -o $@ $(filter-out %.h,$^) $(LIBS)

# libFuzzer comes with clang; the code under test is built with it once more.
$(O)/fz/%.o: %.c | $(GEN)
	@mkdir -p $(@D)
	$(call say,FUZZ,$<)
	$(Q)clang $(filter-out -Werror,$(BASE_CFLAGS)) -O1 -fsanitize=fuzzer-no-link,address,undefined $(INC) -MMD -MP -c -o $@ $<

$(O)/fuzz/%: $(O)/fz/harness/t/fuzz/%.o $(SRCS:%.c=$(O)/fz/%.o)
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)clang -fsanitize=fuzzer,address,undefined -o $@ $^ $(LIBS)

unit: $(UNITS)
	CMOCKA_MESSAGE_OUTPUT=TAP prove -Q $(UNITS)

QUICK = $(wildcard harness/t/*.t)
GUEST_TESTS = $(wildcard harness/t/guest/*.t)

quick: all $(UNITS)
	CMOCKA_MESSAGE_OUTPUT=TAP prove $(UNITS) $(QUICK)

# Everything planted, whole kernels and guests included: hours on a small machine.
.PHONY: review-bars
review-bars: all
	harness/t/review/bars.sh all

# Every test; the guest tests build the kernels they need first. prove's last
# lines are the verdict.
check: deps
	$(MAKE) check-now

.PHONY: check-now
check-now: all $(UNITS) $(O)/tool/synth
	./highwater build
	CMOCKA_MESSAGE_OUTPUT=TAP prove --timer $(UNITS) $(QUICK) $(GUEST_TESTS)

DEMO_RESULTS ?= results/demo

demo: deps
	$(MAKE) all
	./highwater run configs/plan/demo.yaml -o $(DEMO_RESULTS)
	./highwater compare kernel=base,series arch=i386,x86_64 -o $(DEMO_RESULTS)
	@echo "results: $(DEMO_RESULTS) (./highwater list -o $(DEMO_RESULTS))"

deps:
	@harness/deps.sh

TIDY_SRCS = $(SRCS) harness/main.c $(UNIT_SRCS) $(filter-out harness/lib/% harness/proto/%,$(GUEST_SRCS))

lint: $(TIDY_SRCS:%=$(O)/tidy/%.ok)
	harness/t/lint.sh $(O)

$(O)/tidy/%.ok: % .clang-tidy | $(GEN)
	@mkdir -p $(@D)
	$(call say,TIDY,$<)
	@clang-tidy --quiet --warnings-as-errors='*' $< -- -std=gnu11 -D_GNU_SOURCE $(INC) \
		2>$(@:.ok=.err) || { cat $(@:.ok=.err); exit 1; }
	@touch $@

fuzz: $(FUZZERS)
	harness/t/fuzz/run.sh $(FUZZ_SECONDS) $(FUZZERS)

# The smoke plan's results as committed; run it when kernel, guest or protocol have changed.
golden: all
	rm -rf $(O)/golden
	./highwater run configs/plan/smoke.yaml -o $(O)/golden
	@mkdir -p harness/t/golden
	harness/t/golden.sh $(O)/golden >harness/t/golden/smoke.txt

# Every call that changes the disk, and hundreds of random kills: minutes, not for every day.
crash: all
	CRASH_STEP=1 CRASH_RANDOM=200 prove --timer harness/t/guest/crash.t

.PHONY: golden crash

bench: all $(BENCH) $(O)/t/test_stats $(O)/tool/synth
	harness/t/bench/run.sh $(O)

install: all
	install -D -m 755 highwater $(DESTDIR)$(PREFIX)/bin/highwater
	install -D -m 644 harness/man/highwater.1 $(DESTDIR)$(PREFIX)/share/man/man1/highwater.1

clean:
	rm -rf $(O) highwater

-include $(OBJS:.o=.d) $(O)/obj/harness/main.d $(SAN_OBJS:.o=.d) $(UNIT_SRCS:%.c=$(O)/san/%.d)
