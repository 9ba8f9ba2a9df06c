# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# Kernels of our own, for detectors that Debian's have not: Debian's source
# with tinyconfig and the configs here, built in a suite's root so that the
# module gets the same compiler.
#
# Copyright (C) The virt authors

debug_kernel_tools="flex bison libelf-dev libssl-dev lz4 rsync"

# What all of it is built with: KCSAN slows down tenfold what it watches, and
# would tell of others' races.
declare -A debug_kernel_flags=(
	[kcsan]='KCSAN_SANITIZE=n'
)

# Options of the configs that a series has no more.
declare -A debug_kernel_gone=(
	[debug-7.2]='CONFIG_X86_5LEVEL'
)

# debug_kernel_config: that of $kernel, the parts in their order; the same for
# all series.
debug_kernel_config() {
	sed -E "s/-virt-debug/-virt-$kernel/; /\b(${debug_kernel_gone[$kernel]-none})\b/d" \
		"$here/machine.config" "$here/${kernel%-*}.config" "$here/faults.config"
}

# debug_kernel_prepare SUITE: sets $debug_kernel to a layer over $root with
# $kernel.
debug_kernel_prepare() {
	local compiler name=$cache/debug-kernel/$1
	local tools="linux-source-${kernel_source[$kernel]} $debug_kernel_tools"

	[[ $kernel = debug ]] || name+=-$kernel
	compiler=$(in_root "$root" gcc --version | head -n 1)
	debug_kernel=$name-$(hash_of "$compiler" "$tools" \
		"$(recipe <(debug_kernel_config) "$here/guest/build-kernel")" \
		${debug_kernel_flags[$kernel]+"${debug_kernel_flags[$kernel]}"})
	cached "$debug_kernel" debug_kernel_build "$tools"
	prune "$name" 2
}

debug_kernel_build() {
	local tools=$1 new=$2 build=$2/build

	mkdir "$build"
	layer_mount "$build" "$root"
	say "$kernel kernel: 1/4 installing the source"
	# shellcheck disable=SC2086
	root_install "$build/root" $tools
	mkdir "$build/root/build"
	debug_kernel_config >"$build/root/build/debug.config"
	cp "$here/guest/build-kernel" "$build/root/build/"
	in_root "$build/root" env MAKEFLAGS="${debug_kernel_flags[$kernel]-}" \
		/build/build-kernel 2>&1 |
		tee "$new/log" | debug_kernel_progress || {
		tail -n 40 "$new/log" >&2
		die "the $kernel kernel does not build"
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
			say "$kernel kernel: $step" ;;
		"CC "*)
			((++files % 200)) ||
				say "$kernel kernel: $step, $files of some 1600 files, $((SECONDS - start)) s" ;;
		esac
	done
}
