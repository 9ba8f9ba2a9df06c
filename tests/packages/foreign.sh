# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# Architectures other than this machine's. i386 runs here, so that only the tools
# are cross-compiled: DKMS builds the module as everywhere. Nothing of arm64 runs
# here: the module is cross-compiled as well, and the machine only unpacked.
#
# Copyright (C) The virt authors

# The package of the tools for $arch comes to the others.
step_cross() {
	local foreign=$arch cross

	arch=amd64,$foreign
	root_prepare "$suite" "$own/cross-$foreign"
	arch=$foreign cross=$root
	lowers=("$cross")
	machine_layers
	machine_layer cross
	echo "cross-compiling on $(machine_debian "$cross"): virt-tools for $arch"
	cp "$debs"/*.dsc "$debs"/*.tar.* "$machine/tmp/"
	inside sh -c 'cd /tmp && dpkg-source -x *.dsc virt'
	# What is there is of these very sources, see packaging/build.
	if [[ ! -e $debs/virt-tools_${version}_$arch.deb ]]; then
		inside sh -c 'cd /tmp/virt && CONFIG_SITE=/etc/dpkg-cross/cross-config.$1 \
			dpkg-buildpackage -B -d -us -uc "-a$1" -Pcross,nocheck' sh "$arch"
		cp "$machine/tmp/virt-tools_${version}_$arch.deb" "$debs/"
	fi
	[[ $arch != arm64 ]] || foreign_module
	machine_umount
}

# The module for the newest kernel of $suite, and that kernel: in $layers/kernel.
# Its headers want a compiler that runs there; what the headers of this
# architecture want does as well.
foreign_module() {
	local from=$machine/tmp/kernel to=$layers/kernel

	apt install linux-headers-amd64
	new=$(cd "$machine/lib/modules" && echo *-amd64)
	new=${new%amd64}$arch
	echo "cross-compiling: the module for $new"
	inside sh -c 'mkdir /tmp/kernel && cd /tmp &&
		apt-get download "linux-headers-$1" "linux-image-$1" &&
		for package in linux-*.deb; do dpkg -x $package kernel; done' sh "$new:$arch"
	cp -a "$from"/usr/src/* "$machine/usr/src/"
	inside make -C /tmp/virt/module "KDIR=/usr/src/linux-headers-$new" \
		ARCH=arm64 CROSS_COMPILE=aarch64-linux-gnu-

	mkdir -p "$to/usr/lib" "$to/boot"
	find "$from" -path '*/lib/modules' -exec cp -a -t "$to/usr/lib" {} +
	cp "$from/boot/vmlinuz-$new" "$to/boot/"
	install -D -m 644 "$machine/tmp/virt/module/virt.ko" \
		"$to/usr/lib/modules/$new/updates/dkms/virt.ko"
	depmod -b "$to/usr" "$new"
}

# Boots it, for the tests that the packages bring for autopkgtest.
step_foreign() {
	local systemd='' nic=''

	"$top/tests/deps" qemu-system-arm
	root_prepare "$suite" "$own/foreign-$arch"
	dpkg-deb -x "$debs/virt-tools_${version}_$arch.deb" "$layers/kernel"
	# Debian's alternatives are links that installing makes.
	ln -s mawk "$layers/kernel/usr/bin/awk"
	lowers=("$layers/kernel" "$root")
	unbooted=
	boot "$new" "$top/packaging/deb/tests/tools"
	boot "$new" "$top/packaging/deb/tests/traffic"
}
