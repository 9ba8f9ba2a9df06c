# SPDX-License-Identifier: GPL-2.0-only
# Builds a program of tests that runs as root in guests: static, so that it
# runs in all of them. Who includes this sets
#
#   program     its name
#   sources     *.cpp, here or elsewhere, no two of one name
#   libraries   -lgtest ...
#
#   all   V=1 shows the commands, BUILD=DIR is where everything is written
#
# Copyright (C) The virt authors

BUILD ?= ../../build/$(notdir $(CURDIR))
CXXFLAGS ?= -O0
Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-7s %s\n' $(1) $(2))

cxxflags := -std=c++20 -Wall -Wextra -Wshadow -Wconversion -Werror -MMD -MP \
	    -I../.. -DVIRT_TOP='"$(abspath ../..)"'
objects := $(patsubst %.cpp,$(BUILD)/%.o,$(notdir $(sources)))
vpath %.cpp $(sort $(dir $(sources)))

all: $(BUILD)/$(program)

$(BUILD)/$(program): $(objects)
	$(call say,LD,$(program))
	$(Q)$(CXX) $(CXXFLAGS) -static -o $@ $^ $(libraries) -pthread

$(BUILD)/%.o: %.cpp | $(BUILD)
	$(call say,CXX,$<)
	$(Q)$(CXX) $(cxxflags) $(CXXFLAGS) -c -o $@ $<

$(BUILD):
	$(Q)mkdir -p $@

-include $(objects:.o=.d)

.PHONY: all
