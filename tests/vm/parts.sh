# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# All parts, for who sets $here and $top: tests/vm/run, and tests/packages/run
# with roots of its own.
#
# Copyright (C) The virt authors

say() {
	printf '[vm] %s\n' "$*" >&2
}

die() {
	say "error: $*"
	exit 125
}

for part in cache kernels root layer debug-kernel initramfs guest verdict; do
	# shellcheck source=/dev/null
	. "$here/$part.sh"
done
