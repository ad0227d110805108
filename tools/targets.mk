# SPDX-License-Identifier: MIT
# targets.mk: everything beside compiling and installing: set-up, tests, benchmarks, documents.
PACKAGES := re2c bison libreadline-dev check libopenblas-dev libmpfr-dev pkg-config
TOUR := examples/tour.mg

.PHONY: help setup run test check golden doctest examples layers bench fuzz docs words accuracy interrupts format clean

# The lines with a double hash are what `make help` says.
help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' tools/*.mk | expand -t 18

# Installs what is missing of the build packages, saying so.
setup:
	@sh tools/setup.sh $(PACKAGES)

# As many compilers at a time as there are processors, unless it has been said how many.
JOBS = $(if $(filter -j%,$(MAKEFLAGS)),,-j$(shell nproc 2>/dev/null || echo 1))
run: setup ## build, and start the prompt or show the tour
	@$(MAKE) --no-print-directory $(JOBS) $(BINARY)
	@if [ -t 0 ] && [ -t 1 ]; then exec $(BINARY); else exec $(BINARY) $(TOUR); fi

# The last line is `N passed, M failed`.
test: setup ## all tests
	@BUILD=$(BUILD) sh tools/test.sh

# What they need, in one make, so that no processor waits while another one links.
THREADED := test_threads test_parallel test_softmax test_shared_products test_embed
.PHONY: generated test-names threaded-names test-build-release test-build-asan test-build-tsan test-build-clang
generated: $(GENERATED)
test-names:
	@echo $(notdir $(TEST_PROGRAMS))
threaded-names:
	@echo $(THREADED)
test-build-release:
	+@$(MAKE) --no-print-directory MODE=release all tests tools
test-build-asan:
	+@$(MAKE) --no-print-directory MODE=asan all tests
test-build-tsan:
	+@$(MAKE) --no-print-directory MODE=tsan $(THREADED:%=$(BUILD)/tsan/tests/%) $(BUILD)/tsan/differential
test-build-clang:
	+@$(MAKE) --no-print-directory CC=clang BUILD=$(BUILD)/clang all $(BUILD)/clang/release/tests/test_vector

# The Check programs of one mode: make check MODE=asan
check: $(TEST_PROGRAMS) ## the Check programs alone (MODE=asan: with sanitizers)
	@for program in $(TEST_PROGRAMS); do $$program || exit 1; done

golden: $(BINARY) ## the scripts with known output
	@sh tests/golden.sh $(BINARY)

doctest: $(BINARY) ## every example of the documents
	@$(BINARY) -n --doctest README.md docs/*.md tests/golden/*.transcript

examples: $(BINARY) ## the programs of examples/
	@sh tests/examples.sh $(BINARY) 2

layers: ## whether includes go downward only
	@sh tools/layers.sh

bench: $(BINARY) ## speed beside NumPy, PyTorch, Lua and Python: docs/benchmarks.md
	@python3 bench/run.py $(BINARY) 5 docs/benchmarks.md

$(OUT)/tools/%: tools/%.c $(INTERNAL)
	@mkdir -p $(@D)
	$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) $(ALL_LDFLAGS) -MMD -MP -o $@ $< $(INTERNAL) $(LIBS)

.PHONY: tools
TOOLS := $(patsubst tools/%.c,$(OUT)/tools/%,$(wildcard tools/*.c))
$(TOOLS): $(OUT)/settings
tools: $(TOOLS)

# The second step adds what the prompt says behind values: shapes, dtypes, where they come from.
docs: $(OUT)/operations.md words ## docs/operations.md and the words of the editor files, from the operation table
	@cp $< docs/operations.md

$(OUT)/operations.md: $(OUT)/tools/operations_page $(BINARY)
	@$< > $@
	@$(BINARY) -n --doctest --update $@ > /dev/null

# Random programs compared with a reference in C, values and gradients, and between instruction sets; damaged archives.
# make fuzz PROGRAMS=1000000 SEED=7
DIFFERENTIAL := $(OUT)/differential
PROGRAMS ?= 100000
SEED ?= 1
DIFFERENTIAL_OBJECTS := $(patsubst %.c,$(OUT)/%.o,$(wildcard tests/differential/*.c))
$(DIFFERENTIAL_OBJECTS): $(OUT)/settings
$(DIFFERENTIAL): $(DIFFERENTIAL_OBJECTS) $(INTERNAL)
	$(CC) $(ALL_LDFLAGS) -o $@ $^ $(LIBS)

tests: $(DIFFERENTIAL)

fuzz: $(DIFFERENTIAL) $(OUT)/tests/test_npz ## random programs: PROGRAMS=1000000 SEED=7
	@$(DIFFERENTIAL) $(PROGRAMS) $(SEED)
	@$(DIFFERENTIAL) --sets $$(($(PROGRAMS) / 10)) $(SEED)
	@NPZ_ROUNDS=$(PROGRAMS) $(OUT)/tests/test_npz

# The lists of keywords and builtins in the files for editors.
EDITOR_FILES := editors/vim/syntax/mgrad.vim editors/vscode/syntaxes/mgrad.tmLanguage.json
words: $(OUT)/tools/editor_words
	@for file in $(EDITOR_FILES); do $< $$file > $(OUT)/words && cp $(OUT)/words $$file || exit 1; done

# Measures the elementwise functions against MPFR; ends with status 1 when one is beyond its bound.
accuracy: $(OUT)/tools/accuracy ## every function against MPFR: docs/accuracy.md
	@$< > docs/accuracy.md

# How long Ctrl-C waits, statement by statement; ends with status 1 where that is more than 50 ms outside LAPACK.
TRIES ?= 8
interrupts: $(BINARY) ## how long Ctrl-C waits
	@python3 tools/interrupts.py $(BINARY) $(TRIES)

# Most of the code is set by hand within the rules of .clang-format, where that reads better.
format: ## the lines that are not committed yet, with clang-format
	@git clang-format; test $$? -le 1

clean: ## everything that was built
	rm -rf $(BUILD)
