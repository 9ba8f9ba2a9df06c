# shellcheck shell=bash disable=SC2034
# SPDX-License-Identifier: GPL-2.0-only
# The kernels that a guest can run, and where each one comes from.
#
# Copyright (C) The virt authors

# The root (a Debian suite) that holds the kernel, its headers and compiler.
declare -A kernel_root=(
	[5.10]=bullseye
	[6.1]=bookworm
	[6.1-rt]=bookworm
	[6.12]=trixie
	[7.2]=trixie-backports
	[7.3]=trixie-backports
	[debug]=trixie
	[debug-7.2]=trixie-backports
	[kcsan]=trixie
)

# Those that we build, see debug-kernel.sh: the series of the suite's source.
declare -A kernel_source=(
	[debug]=6.12
	[debug-7.2]=7.2
	[kcsan]=6.12
)

# The kernel's version, as a pattern over /lib/modules of its root.
declare -A kernel_versions=(
	[5.10]='5.10.*[0-9]-amd64'
	[6.1]='6.1.*[0-9]-amd64'
	[6.1-rt]='6.1.*-rt-amd64'
	[6.12]='6.12.*-amd64'
	[7.2]='7.2.*[0-9]-amd64'
	[7.3]='7.3.*[0-9]-amd64'
	[debug]='6.12.*-virt-debug'
	[debug-7.2]='7.2.*-virt-debug-7.2'
	[kcsan]='6.12.*-virt-kcsan'
)

# The packages that bring the kernels into a root.
declare -A root_kernels=(
	[bullseye]='linux-image-amd64 linux-headers-amd64'
	[bookworm]='linux-image-amd64 linux-headers-amd64 linux-image-rt-amd64 linux-headers-rt-amd64'
	[trixie]='linux-image-amd64 linux-headers-amd64'
)

# Or the series whose newest kernels are wanted, where a suite has several.
declare -A root_series=(
	[trixie-backports]='7.2 7.3'
)

# The full version of $kernel, from its modules in the highest of $lowers.
kernel_version() {
	local dir path

	for dir in "${lowers[@]}"; do
		# shellcheck disable=SC2086
		path=$(compgen -G "$dir/usr/lib/modules/${kernel_versions[$kernel]}" | sort -V | tail -n 1)
		[[ ! $path ]] || { echo "${path##*/}"; return; }
	done
	say "error: no kernel $kernel in ${lowers[*]}"
	exit 77
}
