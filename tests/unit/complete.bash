# SPDX-License-Identifier: GPL-2.0-only
# Prints what bash offers for the last of some words, one a line.
# Usage: bash complete.bash FILE WORD...
#
# Copyright (C) The virt authors

# shellcheck source=/dev/null
source "$1"
shift
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
COMPREPLY=()
"_$1"
printf '%s\n' "${COMPREPLY[@]}"
