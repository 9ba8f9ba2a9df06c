# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# What the scripts for booted machines share.
#
# Copyright (C) The virt authors

# run COMMAND...: show it, and fail with it.
run() {
	echo "# $*"
	"$@"
}

# expect WHAT CONDITION: within $patience seconds.
patience=20
expect() {
	local deadline=$((SECONDS + patience))

	until eval "$2"; do
		((SECONDS < deadline)) || { echo "not so: $1: $2"; exit 1; }
		sleep 0.2
	done
	echo "  $1"
}

# nic_up: the machine's only NIC, up; whatever udev called it.
nic_up() {
	local path

	modprobe -q virtio_net || :
	! command -v udevadm >/dev/null || udevadm settle
	for path in /sys/class/net/*; do
		[[ -e $path/device ]] || continue
		ip link set "${path##*/}" up
		echo "${path##*/}"
	done
}
