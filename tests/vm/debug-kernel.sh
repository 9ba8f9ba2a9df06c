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
	prune "$cache/debug-kernel/$1" 1
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
	in_root "$build/root" /build/build-kernel > "$new/log" 2>&1 &
	debug_kernel_progress $! "$new/log"
	layer_umount "$build"
	mv "$build/upper/build/out" "$new/upper"
	rm -rf "$build"
}

# Show how far the build with this pid is; some 2000 files are to be compiled.
debug_kernel_progress() {
	local pid=$1 log=$2 start=$SECONDS shown=''

	while kill -0 "$pid" 2>/dev/null; do
		step=$(grep '^step ' "$log" | tail -n 1)
		files=$(grep -cE '^  (CC|AS|HOSTCC)' "$log" || true)
		if [[ "$step$((files / 200))" != "$shown" ]]; then
			shown=$step$((files / 200))
			say "debug kernel: ${step#step } ($files files, $((SECONDS - start)) s)"
		fi
		sleep 1
	done
	wait "$pid" || { tail -n 40 "$log" >&2; die "the debug kernel does not build"; }
}
