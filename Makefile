# SPDX-License-Identifier: GPL-2.0-only
# The front door: `make help` lists the targets. Everything that is built
# lands under build/, everything that is fetched in the user's cache.
#
# Copyright (C) The virt authors

VERSION := $(shell sed -n 's/.*VIRT_VERSION "\(.*\)"/\1/p' module/version.h)
BUILD   := $(CURDIR)/build
KDIR    ?= /lib/modules/$(shell uname -r)/build
KERNELS ?= 5.10 6.1 6.1-rt 6.12 7.2 7.3 debug
KERNEL  ?= 6.12
SUITE   ?= bullseye bookworm trixie sid
$(if $(word 2,$(CURDIR)),$(error make and kbuild take no path with blanks: \
	move "$(CURDIR)" to another))

help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1\t\2/p' $(MAKEFILE_LIST) | \
		expand -t 20

all: module userspace ## Build the module for KDIR, and the tools

module: ## Build the module for KDIR (the running kernel's headers)
	$(MAKE) -C module KDIR=$(KDIR)

userspace: deps-tools ## Build virtstat, virtpeer and the plugin of ip
	$(MAKE) -C userspace BUILD=$(BUILD)/userspace

install: userspace ## Install the tools under DESTDIR
	$(MAKE) -C userspace BUILD=$(BUILD)/userspace install

# Only what the module is built from goes to /usr/src.
dkms-install: ## Install the module by DKMS
	@if [ -e /var/lib/dpkg/info/virt-dkms.list ]; then \
		echo "virt-dkms is installed; first: apt purge virt-dkms" >&2; \
		exit 1; \
	fi
	rm -rf $(BUILD)/dkms
	mkdir -p $(BUILD)/dkms
	if [ -e .git ]; then \
		git -c safe.directory="$$PWD" ls-files COPYING dkms.conf module; \
	else \
		find COPYING dkms.conf module -type f ! -name '*.*o' ! -name '*.mod*' ! -name '.*'; \
	fi | xargs cp --parents -t $(BUILD)/dkms
	[ ! -e /var/lib/dkms/virt/$(VERSION) ] || dkms remove virt/$(VERSION) --all
	rm -rf /usr/src/virt-$(VERSION)
	dkms add $(BUILD)/dkms
	dkms install virt/$(VERSION)

deb: ## Build the Debian packages into build/deb
	@tests/deps $$(cat packaging/packages userspace/packages)
	@packaging/build $(BUILD)/deb

test-deb: deb ## Build the Debian packages again: the same bytes
	@tests/packages/reproducible $(BUILD)/deb

test-packages: deb ## Install, boot, upgrade, purge them (SUITE="bookworm sid")
	@tests/packages/run $(SUITE)

test-workflow: ## Jobs of the workflow, on fresh machines (JOB="check module")
	@tests/workflow/run $(or $(JOB),check module)

test-ip: ## The plugin in the ip of other releases, built there (SUITE=sid)
	@tests/iproute2/run $(SUITE)

demo: ## Watch the product do its job in a guest
	@tests/demo/run

test: ## Unit tests, end-to-end tests and recipes in guests (KERNELS="6.12")
	@tests/run $(KERNELS)

recipes: ## Run the recipes of docs/recipes and show them (RECIPE=1)
	@KERNEL=$(KERNEL) tests/recipes/run $(RECIPE)

check: ## Unit tests and style: no root, no guest, under a minute
	@tests/style/run

unit: deps ## The unit tests alone (sanitize=1 for the sanitizers)
	$(MAKE) -C tests/unit check

fuzz: deps ## Let the fuzzers of all parsers run (RUNS= or SECONDS= for each)
	$(MAKE) -C tests/fuzz fuzz

fuzz-coverage: deps ## Lines of the parsers that the fuzzers reach
	$(MAKE) -C tests/fuzz coverage

static: ## What analyzers see in the module's source (minutes)
	@tests/static/run

coverage: ## Lines of the module that the tests run, in a guest that counts (PART=faults)
	@tests/coverage/run $(PART)

mutants: ## Break the module in known ways: each must be noticed (MUTANT=name)
	@tests/mutants/run $(MUTANT)

torture: ## Random changes and faults for hours, docs/torture.md (HOURS=2 PART=soak)
	@tests/torture/run --hours $(or $(HOURS),2) $(PART)

valgrind: ## virtstat and virtpeer under valgrind (GARBAGE=60 seconds of it)
	@tests/valgrind/run $(GARBAGE)

e2e: deps ## Build the end-to-end tests
	$(MAKE) -C tests/e2e

bench: ## Count instructions per packet in a guest (KERNEL=6.12)
	@tests/bench/run --kernel $(KERNEL) $(if $(PUBLISH),--publish)

vm: ## A shell in a guest that has everything installed
	@tests/vm/run

format: ## Format the C++ sources in place
	git ls-files '*.cpp' '*.hpp' | xargs clang-format -i

# What a guest gets installed besides the module, see tests/vm/run.
guest-stage: deps
	$(MAKE) -C userspace BUILD=$(BUILD)/userspace static=1
	rm -rf $(BUILD)/stage.new
	$(MAKE) -C userspace BUILD=$(BUILD)/userspace static=1 \
		DESTDIR=$(BUILD)/stage.new install
	rm -rf $(BUILD)/stage
	mv $(BUILD)/stage.new $(BUILD)/stage

deps: ## Install the Debian packages that builds and tests need
	@tests/deps $$(cat userspace/packages tests/*/packages)

deps-tools:
	@tests/deps $$(cat userspace/packages)

clean: ## Remove what was built
	rm -rf $(BUILD)
	[ ! -e .git ] || git -c safe.directory="$$PWD" clean -fdXq module

.PHONY: help all module userspace install dkms-install demo test recipes check \
	unit fuzz fuzz-coverage static coverage mutants torture valgrind e2e bench vm \
	format guest-stage deps deps-tools clean deb test-deb test-packages test-workflow test-ip
