# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# The debug kernel: Debian's source of the suite's kernel with tinyconfig and
# debug.config, built in the suite's root so that the module gets the same
# compiler. Debian's own kernels have none of these detectors.
#
# Copyright (C) The virt authors

debug_kernel_tools="linux-source-6.12 flex bison libelf-dev libssl-dev lz4 rsync"

# debug_kernel_prepare: sets $debug_kernel to a layer over $root with it.
debug_kernel_prepare() {
	local compiler

	compiler=$(in_root "$root" gcc --version | head -n 1)
	debug_kernel=$cache/debug-kernel/$1-$(hash_of "$compiler" "$debug_kernel_tools" \
		"$(recipe "$here/debug.config" "$here/guest/build-kernel")")
	cached "$debug_kernel" debug_kernel_build
	prune "$cache/debug-kernel/$1" 2
}

debug_kernel_build() {
	local new=$1 build=$1/build

	mkdir "$build"
	layer_mount "$build" "$root"
	say "debug kernel: 1/4 installing the source"
	# shellcheck disable=SC2086
	root_install "$build/root" $debug_kernel_tools
	mkdir "$build/root/build"
	cp "$here/debug.config" "$here/guest/build-kernel" "$build/root/build/"
	in_root "$build/root" /build/build-kernel 2>&1 |
		tee "$new/log" | debug_kernel_progress || {
		tail -n 40 "$new/log" >&2
		die "the debug kernel does not build"
	}
	layer_umount "$build"
	mv "$build/upper/build/out" "$new/upper"
	rm -rf "$build"
}

# Show how far the build is, now and then.
debug_kernel_progress() {
	local line step='' files=0 start=$SECONDS

	while read -r line; do
		case $line in
		"step "*)
			step=${line#step }
			say "debug kernel: $step" ;;
		"CC "*)
			((++files % 200)) ||
				say "debug kernel: $step, $files of some 1750 files, $((SECONDS - start)) s" ;;
		esac
	done
}
