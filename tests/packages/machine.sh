# shellcheck shell=bash disable=SC2034
# SPDX-License-Identifier: GPL-2.0-only
# A machine on its way: a fresh root and the layers that steps put over it.
#
# Copyright (C) The virt authors

# What guest.sh asks for: the root's own systemd, one NIC, and nothing
# installed but what the layers hold.
systemd=1 nic=1 stage=none
icount='' timeout=600 cpus=${VIRT_CPUS:-2} append='' firmware='' monitor=''

# A fresh machine of $suite.
step_machine() {
	root_prepare "$suite" "$own/machine"
	lowers=("$root")
	machine_layers
	echo "fresh machine: $(machine_debian "$root")"
}

machine_layers() {
	layers=$cache/machines/$suite${arch:+-$arch}-$$
	mkdir -p "$layers" "$cache/archives/$suite${arch:+-$arch}"
}

# machine_end: its layers are gone.
machine_end() {
	machine_umount
	[[ ! ${layers-} ]] || rm -rf "$layers"
}

machine_debian() {
	sed -n 's/^PRETTY_NAME="\(.*\)"/\1/p' "$1/etc/os-release"
}

# machine_layer NAME: go on in a new layer, mounted at $machine.
machine_layer() {
	layer=$layers/$1
	mkdir "$layer"
	layer_mount "$layer" "${lowers[@]}"
	machine=$layer/root
	mount -t tmpfs run "$machine/run"
	mkdir -p "$machine/var/cache/apt/archives"
	mount --bind "$cache/archives/$suite${arch:+-$arch}" "$machine/var/cache/apt/archives"
	mkdir -p "$machine/tmp/packages"
	cp "$debs"/*.deb "$machine/tmp/packages/"
}

# machine_done: the layer is finished, the next one goes over it.
machine_done() {
	rm -rf "$machine/tmp/packages"
	machine_umount
	lowers=("$layer/upper" "${lowers[@]}")
}

# machine_drop: the layer was an experiment.
machine_drop() {
	machine_umount
	rm -rf "$layer"
}

machine_umount() {
	local tries=0

	[[ ${machine-} ]] || return 0
	until umount -R "$machine" 2>/dev/null; do
		((tries++ < 100)) || die "$machine is busy: $(machine_processes)"
		sleep 0.2
	done
	machine=
	rm -rf "$layer/root" "$layer/work"
}

# What an installation started and did not wait for.
machine_processes() {
	local process

	for process in /proc/[0-9]*; do
		[[ $(readlink "$process/root") != "$machine" ]] ||
			tr '\0' ' ' <"$process/cmdline"
	done
}

# inside COMMAND...: run it in the layer, as if typed there. Its output is kept
# in $output, and shown when it fails, with the log of a build that failed.
inside() {
	local status=0 personality=''

	# uname there says what a machine of that architecture says.
	[[ $arch != i386 ]] || personality=linux32
	output=$(in_root "$machine" $personality env INITRD=No DEBIAN_FRONTEND=noninteractive \
		"$@" 2>&1) || status=$?
	((status == 0)) || { printf '%s\n' "$output"; machine_build_log; } >&2
	return "$status"
}

# machine_build_log: what DKMS leaves there of a build that failed.
machine_build_log() {
	cat "$machine"/var/lib/dkms/virt/*/build/make.log 2>/dev/null || :
}

# apt ARGUMENT...: apt-get, with what it needs to be quiet and quick.
apt() {
	if [[ ! -e $layers/updated ]]; then
		inside apt-get -q update
		touch "$layers/updated"
	fi
	inside apt-get -qy -o APT::Keep-Downloaded-Packages=true \
		-o Dpkg::Options::=--force-unsafe-io --no-install-recommends "$@"
}

# says TEXT: the last command said it; show the line.
says() {
	grep -qF -- "$1" <<<"$output" || {
		printf '%s\n' "$output" >&2
		die "it did not say: $1"
	}
	echo "  said: $(grep -F -m1 -- "$1" <<<"$output")"
}

# boot KERNEL COMMAND...: boot the machine with that kernel and run COMMAND.
boot() {
	local version=$1
	shift

	[[ ! $unbooted ]] || return 0
	echo "boot of $version: ${*#"$top/"}"
	(
		trap - EXIT
		kernel=$suite${arch:+-$arch} command=("$@")
		run_prepare
		status=0
		guest_run || status=$?
		verdict "$status"
	)
}
