# SPDX-License-Identifier: MIT
# install.mk: `make install PREFIX=... DESTDIR=...` and `make uninstall`, which removes exactly what was installed.
PREFIX ?= /usr/local
DESTDIR ?=
BINDIR ?= $(PREFIX)/bin
LIBDIR ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
DATADIR ?= $(PREFIX)/share
MANDIR ?= $(DATADIR)/man
DOCDIR ?= $(DATADIR)/doc/mgrad
BASH_COMPLETIONS ?= $(DATADIR)/bash-completion/completions
ZSH_COMPLETIONS ?= $(DATADIR)/zsh/site-functions
FISH_COMPLETIONS ?= $(DATADIR)/fish/vendor_completions.d
VIM_FILES ?= $(DATADIR)/vim/vimfiles
VSCODE_FILES ?= $(DATADIR)/mgrad/vscode

# The documents stand to each other as they do here, so that their links lead somewhere.
DOCUMENTS := README.md LICENSE CHANGELOG.md CONTRIBUTING.md $(sort $(wildcard docs/*.md examples/*)) editors/README.md \
  tests/README.md

# Folders of our own, inner ones first; every other one is shared.
OWN_FOLDERS = $(foreach f,docs examples editors tests,$(DOCDIR)/$(f)) $(DOCDIR) $(VSCODE_FILES)/syntaxes $(VSCODE_FILES) $(DATADIR)/mgrad

# The one list: mode, file here, file there.
INSTALLED = 755:$(BINARY):$(BINDIR)/mgrad \
  644:$(LIBRARY):$(LIBDIR)/libmgrad.a \
  644:$(OUT)/mgrad.pc:$(LIBDIR)/pkgconfig/mgrad.pc \
  644:mgrad.h:$(INCLUDEDIR)/mgrad.h \
  644:docs/mgrad.1:$(MANDIR)/man1/mgrad.1 \
  644:completions/mgrad.bash:$(BASH_COMPLETIONS)/mgrad \
  644:completions/_mgrad:$(ZSH_COMPLETIONS)/_mgrad \
  644:completions/mgrad.fish:$(FISH_COMPLETIONS)/mgrad.fish \
  $(foreach f,ftdetect/mgrad.vim ftplugin/mgrad.vim syntax/mgrad.vim,644:editors/vim/$(f):$(VIM_FILES)/$(f)) \
  $(foreach f,package.json language-configuration.json syntaxes/mgrad.tmLanguage.json,644:editors/vscode/$(f):$(VSCODE_FILES)/$(f)) \
  $(foreach f,$(DOCUMENTS),644:$(f):$(DOCDIR)/$(f))

# A blank in a folder would make two entries of one, and other people's files would go; so would a colon.
FOLDERS := PREFIX BINDIR LIBDIR INCLUDEDIR DATADIR MANDIR DOCDIR BASH_COMPLETIONS ZSH_COMPLETIONS FISH_COMPLETIONS \
  VIM_FILES VSCODE_FILES
SPACE := $(subst ,, )
IMPOSSIBLE = $(firstword $(foreach f,$(FOLDERS),$(if $(word 2,$($(f)))$(findstring $(SPACE),$($(f)))$(findstring :,$($(f))),$(f))))
CHECK_FOLDERS = $(if $(IMPOSSIBLE),$(error $(IMPOSSIBLE) is "$($(IMPOSSIBLE))": a folder to install in has no blank and no colon))

.PHONY: install uninstall version

# The paths in it depend on where it goes, so it is written anew each time.
.PHONY: $(OUT)/mgrad.pc
$(OUT)/mgrad.pc: tools/mgrad.pc.in
	@mkdir -p $(@D)
	@sed -e 's|@PREFIX@|$(PREFIX)|; s|@LIBDIR@|$(LIBDIR)|; s|@INCLUDEDIR@|$(INCLUDEDIR)|' \
	  -e 's|@VERSION@|$(VERSION)|; s|@LIBS@|$(LIBS)|' $< > $@

install: $(BINARY) $(LIBRARY) $(OUT)/mgrad.pc ## PREFIX=/usr/local DESTDIR=; `make uninstall` removes the same
	$(CHECK_FOLDERS)
	@set -e; for entry in $(INSTALLED); do \
	  mode=$${entry%%:*}; files=$${entry#*:}; \
	  install -D -m $$mode "$${files%%:*}" "$(DESTDIR)$${files#*:}"; \
	done
	@echo "installed mgrad $(VERSION) in $(DESTDIR)$(PREFIX)"

uninstall:
	$(CHECK_FOLDERS)
	@for entry in $(INSTALLED); do rm -f "$(DESTDIR)$${entry##*:}"; done
	@for folder in $(OWN_FOLDERS); do rmdir "$(DESTDIR)$$folder" 2>/dev/null || true; done
	@echo "removed mgrad $(VERSION) from $(DESTDIR)$(PREFIX)"

version:
	@echo $(VERSION)
