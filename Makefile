# SPDX-License-Identifier: MIT
# mgrad: build, test, install.  `make run` and `make test` set everything up on a fresh Debian or Ubuntu machine.
MODE ?= release
BUILD ?= build
OUT := $(BUILD)/$(MODE)
GEN := $(BUILD)/gen
MODULES ?= base lexer parser runtime autodiff plot evaluator stdlib repl
READLINE ?= yes
BLAS ?= yes

ifeq ($(origin CC),default)
CC := gcc
endif
VERSION := 0.1.0
WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wformat=2 -Wvla -Wstrict-prototypes -Wmissing-prototypes \
  -Wdate-time
# Warnings are errors for us; who packages with a newer compiler says WERROR=.
WERROR ?= -Werror
ALL_CPPFLAGS = -I. -I$(GEN) -D_GNU_SOURCE -DMGRAD_VERSION='"$(VERSION)"' $(CPPFLAGS)
# The same sources give the same binary in every folder: no path and no date gets into it.
CFLAGS_COMMON = -std=c11 -g -fno-math-errno -ffp-contract=off -ffile-prefix-map=$(CURDIR)=. $(WARNINGS) $(WERROR)
CFLAGS_release := -O2
CFLAGS_debug := -O0
CFLAGS_asan := -O1 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
CFLAGS_tsan := -O1 -fno-omit-frame-pointer -fsanitize=thread
CFLAGS_coverage := -O0 --coverage
LDFLAGS_asan := -fsanitize=address,undefined
LDFLAGS_tsan := -fsanitize=thread
LDFLAGS_coverage := --coverage
ALL_CFLAGS = $(CFLAGS_COMMON) $(CFLAGS_$(MODE)) $(CFLAGS)
ALL_LDFLAGS = $(LDFLAGS_$(MODE)) $(LDFLAGS)
LIBS := -lm -ldl -lpthread

ifeq ($(READLINE),yes)
ALL_CPPFLAGS += -DMGRAD_READLINE
REPL_LIBS := -lreadline
endif
ifeq ($(BLAS),no)
ALL_CPPFLAGS += -DMGRAD_NO_BLAS
endif

# Those of some flags together that this compiler knows.
supports = $(shell echo 'int x;' | $(CC) $(1) -Werror -x c -c -o /dev/null - 2>/dev/null && echo '$(1)')

SOURCES := $(foreach m,$(MODULES),$(shell find $(m) -name '*.c' 2>/dev/null | LC_ALL=C sort))
GENERATED := \
  $(if $(filter lexer,$(MODULES)),$(GEN)/lexer/lexer.c) \
  $(if $(filter parser,$(MODULES)),$(GEN)/parser/grammar.c) \
  $(if $(filter stdlib,$(MODULES)),$(GEN)/stdlib.c $(GEN)/pages.c)
LIBRARY_SOURCES := $(filter-out repl/%,$(SOURCES))
LIBRARY_OBJECTS := $(patsubst %.c,$(OUT)/%.o,$(LIBRARY_SOURCES)) $(patsubst $(GEN)/%.c,$(OUT)/%.o,$(GENERATED))
REPL_OBJECTS := $(patsubst %.c,$(OUT)/%.o,$(filter repl/%,$(SOURCES)))
STDLIB := $(sort $(wildcard stdlib/*.mg))
LIBRARY := $(OUT)/libmgrad.a
# The same with all names visible, for tests and tools.
INTERNAL := $(OUT)/internal.a
BINARY := $(OUT)/mgrad

.SECONDARY:
.DELETE_ON_ERROR:
.PHONY: all

all: $(BINARY) $(LIBRARY)

# Statements on few numbers go through short functions of many files, which the compiler inlines when it links the program.
# The library has nothing of that: it would be tied to one version of the compiler.
OBJCOPY ?= objcopy
LINKS_WHOLE = echo 'int main(void) { return 0; }' | $(CC) -flto=auto -ffat-lto-objects -Werror -x c -o /dev/null -
ifeq ($(MODE),release)
WHOLE := $(shell $(LINKS_WHOLE) 2>/dev/null && command -v $(OBJCOPY) >/dev/null && echo -flto=auto)
endif
ifneq ($(WHOLE),)
WHOLE_KERNELS := $(patsubst %,$(OUT)/runtime/kernels/%.o,elementwise elementwise_small target)
# The assembler makes the line numbers of such objects with the path of the folder in them, the compiler without.
PATHLESS := $(call supports,-gno-as-loc-support)
$(filter-out $(OUT)/runtime/kernels/%,$(LIBRARY_OBJECTS)) $(WHOLE_KERNELS): CFLAGS_COMMON += $(WHOLE) -ffat-lto-objects $(PATHLESS)
WHOLE_LINK := -O2 -ffp-contract=off $(WHOLE) -ffile-prefix-map=$(CURDIR)=.
WITHOUT_WHOLE = $(OBJCOPY) --remove-section '.gnu.lto_*' --remove-section '.gnu.debuglto_*' --remove-section .llvm.lto $@
endif

$(INTERNAL): $(LIBRARY_OBJECTS)
	@rm -f $@
	$(AR) rcs $@ $^
	$(WITHOUT_WHOLE)

# One object that shows the names of mgrad.h alone, so that those of the program that embeds it may be any.
$(LIBRARY): $(INTERNAL)
	@rm -f $@
	$(CC) -nostdlib -r -o $(OUT)/libmgrad.o -Wl,--whole-archive $< -Wl,--no-whole-archive
	$(OBJCOPY) --wildcard --keep-global-symbol='mgrad_*' $(OUT)/libmgrad.o
	$(AR) rcs $@ $(OUT)/libmgrad.o

$(BINARY): $(REPL_OBJECTS) $(LIBRARY_OBJECTS)
	$(CC) $(WHOLE_LINK) $(ALL_LDFLAGS) -o $@ $^ $(REPL_LIBS) $(LIBS)

# Whoever asks for other features, another compiler or other flags gets everything compiled again.
SETTINGS := $(strip $(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) $(WHOLE) $(ALL_LDFLAGS))
ifneq ($(SETTINGS),$(file < $(OUT)/settings))
.PHONY: $(OUT)/settings
endif
$(OUT)/settings:
	@mkdir -p $(@D)
	@printf '%s\n' '$(subst ','\'',$(SETTINGS))' > $@

$(LIBRARY_OBJECTS) $(REPL_OBJECTS): $(OUT)/settings

$(OUT)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(OUT)/%.o: $(GEN)/%.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# The kernels' inner loops vectorise at -O3; nothing else gains from it.  -fno-trapping-math says that nobody looks at the
# exception flags, which changes no result; -g1 that line numbers are enough for debugging so many loops; -fno-tree-pre,
# which GCC knows, keeps choices from being turned into branches; and short loops that begin anywhere take up to a half
# longer where they reach into another line of the instruction cache.
KEEP_CHOICES := $(call supports,-fno-tree-pre)
ALIGN_LOOPS := $(call supports,-falign-loops=32)
$(OUT)/runtime/kernels/%.o: CFLAGS_release := -O3 -g1 -fno-trapping-math $(ALIGN_LOOPS) $(KEEP_CHOICES)
# GCC puts operations of math_lanes.h that do not wait for each other side by side if it is told to.
INTERLEAVE := $(call supports,-fschedule-insns -fsched-pressure)
$(filter $(OUT)/runtime/kernels/elementwise_float%,$(LIBRARY_OBJECTS)): CFLAGS_release += $(INTERLEAVE)
# Loops of a few instructions are mostly counting, unless GCC is told to do several turns at once.
UNROLL := $(call supports,-funroll-loops --param max-unroll-times=4 --param max-unrolled-insns=48)
$(filter $(OUT)/runtime/kernels/elementwise_%,$(LIBRARY_OBJECTS)): CFLAGS_release += $(UNROLL)
# Clang says so when loops that call the C library stay as they are; GCC takes no notice.
$(OUT)/runtime/kernels/%.o: WARNINGS += -Wno-pass-failed
# Products of matrices multiply and add with one rounding where the processor can.
$(OUT)/runtime/kernels/product_float%.o: CFLAGS_COMMON += -ffp-contract=fast
$(OUT)/lexer/lexer.o $(OUT)/parser/grammar.o: WARNINGS += -Wno-conversion -Wno-sign-conversion -Wno-shadow \
  -Wno-unused-parameter -Wno-unused-function -Wno-missing-prototypes

$(GEN)/lexer/lexer.c: lexer/lexer.re
	@mkdir -p $(@D)
	re2c -W -i -o $@ $<

$(GEN)/parser/grammar.c $(GEN)/parser/grammar.h &: parser/grammar.y lexer/tokens.def
	@mkdir -p $(@D)
	bison -Wall -Werror -o $(GEN)/parser/grammar.c --defines=$(GEN)/parser/grammar.h parser/grammar.y

$(GEN)/stdlib.c: tools/embed.sh $(STDLIB)
	@mkdir -p $(@D)
	sh tools/embed.sh $(STDLIB) > $@

PAGES := docs/topics.md docs/errors.md repl/tour.mg
$(GEN)/pages.c: tools/pages.sh $(PAGES)
	@mkdir -p $(@D)
	sh tools/pages.sh $(PAGES) > $@

$(OUT)/parser/%.o: | $(GEN)/parser/grammar.h

-include $(shell find $(OUT) -name '*.d' 2>/dev/null)

# ---- tests
TEST_PROGRAMS := $(patsubst tests/%.c,$(OUT)/tests/%,$(wildcard tests/test_*.c))
CHECK_LIBS := $(shell pkg-config --libs check 2>/dev/null || echo -lcheck)

$(TEST_PROGRAMS): $(OUT)/settings

$(OUT)/tests/%: tests/%.c $(INTERNAL)
	@mkdir -p $(@D)
	$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) $(ALL_LDFLAGS) -Wno-pedantic -Wno-variadic-macros -MMD -MP -o $@ $< $(filter %.o,$^) $(ARCHIVE) $(CHECK_LIBS) $(LIBS)

# The tests of the library see of it what programs see.
ARCHIVE := $(INTERNAL)
$(OUT)/tests/test_embed: ARCHIVE := $(LIBRARY)
$(OUT)/tests/test_embed: $(LIBRARY)

$(OUT)/tests/test_gradients $(OUT)/tests/test_linalg_gradients: $(OUT)/tests/numeric_check.o
$(OUT)/tests/numeric_check.o: $(OUT)/settings

# What a test needs of repl, which is no part of the library.
$(OUT)/tests/test_report $(OUT)/tests/test_excerpt: $(OUT)/repl/report.o $(OUT)/repl/excerpt.o
$(OUT)/tests/test_script: $(OUT)/repl/script.o $(OUT)/repl/script_value.o
$(OUT)/tests/test_highlight: $(patsubst %,$(OUT)/repl/%.o,highlight repaint block paste history)

# MPFR says what functions should give; without it their accuracy is not tested.
MPFR_LIBS := $(shell echo '\#include <mpfr.h>' | $(CC) -E -o /dev/null - 2>/dev/null && echo -lmpfr -lgmp)
$(OUT)/tests/test_accuracy $(OUT)/tools/accuracy: LIBS += $(MPFR_LIBS)

.PHONY: tests
tests: $(TEST_PROGRAMS)

include tools/targets.mk
include tools/install.mk
