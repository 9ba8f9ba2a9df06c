# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# What is done to a machine, step by step, and what must come of it.
#
# Copyright (C) The virt authors

version=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"$/\1/p' "$top/dkms.conf")

# Where the kernel of a suite comes from and, before it, an older one of the
# same suite; sid has only one, and the upgrade goes to its real-time flavour.
step_kernels() {
	local flavour=amd64

	[[ $arch != i386 ]] || flavour=686-pae
	# Some images are there without their headers.
	old=$(in_root "$machine" apt-cache pkgnames linux- |
		sed -nE "s/^linux-(image|headers)-($(step_series)[^ ]*[0-9]-$flavour)$/\2/p" |
		sort -V | uniq -d | head -n 1)
	[[ $suite != sid ]] || flavour=rt-amd64
	upgrade=("linux-image-$flavour" "linux-headers-$flavour")
}

step_series() {
	case $suite in
	bullseye) echo '5\.10\.' ;;
	bookworm) echo '6\.1\.' ;;
	trixie) echo '6\.12\.' ;;
	*) echo '[0-9]' ;;
	esac
}

# The tools are for Debian 12 and later.
step_without_tools() {
	[[ $suite = bullseye ]]
}

# step_needs_tools: the same, where a step is about them.
step_needs_tools() {
	! step_without_tools || step_skip "it needs the tools"
}

# step_skip REASON: the end of a step that is tried apart.
skip=77
step_skip() {
	echo "SKIPPED: $1"
	exit "$skip"
}

# step_module KERNEL VERSION: DKMS says that VERSION is installed for KERNEL, and
# it is.
step_module() {
	inside dkms status -m virt -k "$1"
	grep -qF ': installed' <<<"$output" || {
		machine_build_log >&2
		die "dkms says: $output"
	}
	inside modinfo -k "$1" -F vermagic virt
	[[ $output = "$1 "* ]] || die "built for another kernel: $output"
	inside modinfo -k "$1" -F version virt
	[[ $output = "$2" ]] || die "version $output is installed for $1, not $2"
	echo "  built for $1: version $2"
}

# Where the headers are missing the packages install, and say what is missing.
step_no_headers() {
	local packages

	machine_layer no-headers
	inside systemd-machine-id-setup
	apt check
	step_kernels
	apt install "linux-image-$old"
	mapfile -t packages < <(in_root "$machine" find /tmp/packages \
		-name "virt-dkms_${version}_all.deb")
	step_without_tools || mapfile -tO 1 packages < <(in_root "$machine" \
		find /tmp/packages -name "virt-tools_${version}_${arch:-amd64}.deb")
	echo "installed without headers of $old: ${packages[*]##*/}"
	apt install "${packages[@]}"
	says "virt: no headers of kernel $old, no module for it: apt install linux-headers-$old"
	machine_done
}

# The advice of the step before, taken.
step_installed() {
	machine_layer installed
	echo "installed: linux-headers-$old"
	# openssl is recommended: without it DKMS does not sign.
	apt install openssl "linux-headers-$old"
	step_module "$old" "$version"
	step_without_tools || inside sh -euc "$(<"$top/packaging/deb/tests/tools")"
	machine_done
	boot "$old" "$own/guest/try"
}

# The booted machine takes the test that the packages bring for autopkgtest.
step_kernel_upgrade() {
	local script=$top/packaging/deb/tests/traffic

	! step_without_tools || script=$own/guest/try
	machine_layer kernel-upgrade
	apt install "${upgrade[@]}"
	new=$(cd "$machine/lib/modules" && printf '%s\n' * | grep -vxF "$old")
	echo "upgraded to the kernel $new"
	step_module "$new" "$version"
	step_module "$old" "$version"
	machine_done
	boot "$new" "$script"
}

# Debian's own runner, with what it tries on every package with a module of DKMS.
# The package's own tests are run without it: tools above, traffic in the guest.
step_autopkgtest() {
	step_needs_tools
	machine_layer autopkgtest
	apt install autodep8 autopkgtest dctrl-tools dpkg-dev linux-doc linux-headers-amd64
	mkdir "$machine/root/virt"
	cp "$debs/virt-dkms_${version}_all.deb" "$debs/virt-tools_${version}_amd64.deb" \
		"$debs"/*.dsc "$debs"/*.tar.* "$machine/root/virt/"
	inside bash -c "$(<"$own/autopkgtest")" autopkgtest dkms-autopkgtest
	echo "$output"
	machine_drop
}

# A kernel that takes only modules signed with a key it knows, as with Secure
# Boot: the one of DKMS, which nobody enrolled, is refused, and named. Once the
# firmware has that key the module loads, under lockdown too.
step_keys() {
	# A real-time kernel asks the firmware nothing unless told to.
	local append='module.sig_enforce=1 efi=runtime' firmware=$layers/firmware

	# DKMS of Debian 11 signs nothing, and this firmware is for 64 bits.
	if [[ $suite = bullseye || $arch ]]; then
		firmware='' boot "$new" "$own/guest/keys" "$suite"
		return
	fi
	cp /usr/share/OVMF/OVMF_VARS_4M.fd "$firmware"
	boot "$new" "$own/guest/keys" "$suite" enroll
	append+=' lockdown=integrity'
	boot "$new" "$own/guest/try"
}

# The next version of the package takes the place of this one; a module that is
# loaded stays as it is, and a reboot is asked for.
step_package_upgrade() {
	local next=$version.1 deb

	machine_layer package-upgrade
	deb=$(step_next_package "$next")
	step_loaded > "$machine/root/loaded.ko"
	apt install "$deb"
	echo "upgraded: ${deb##*/}"
	step_module "$new" "$next"
	inside dkms status -m virt
	! grep -F "$version," <<<"$output" || die "the old version is still there"
	machine_done
	boot "$new" "$own/guest/upgrade" "$next"
}

# step_next_package VERSION: our virt-dkms, called VERSION.
step_next_package() {
	local tree=$layers/next

	rm -rf "$tree"
	dpkg-deb -R "$debs/virt-dkms_${version}_all.deb" "$tree"
	mv "$tree/usr/src/virt-$version" "$tree/usr/src/virt-$1"
	sed -i "s/\b${version//./\\.}\b/$1/" "$tree"/usr/src/virt-*/dkms.conf \
		"$tree"/usr/src/virt-*/module/version.h "$tree"/DEBIAN/{control,postinst,prerm}
	rm "$tree/DEBIAN/md5sums"
	dpkg-deb --root-owner-group -b "$tree" \
		"$machine/tmp/packages/virt-dkms_$1_all.deb" >/dev/null
	echo "/tmp/packages/virt-dkms_$1_all.deb"
}

# The module that is installed now, not compressed.
step_loaded() {
	local file

	file=$machine$(in_root "$machine" modinfo -k "$new" -n virt)
	case $file in
	*.xz) xz -dc "$file" ;;
	*) cat "$file" ;;
	esac
}

# The disk fills up while the module is built; when there is room again, dpkg
# goes on where it was.
step_full_disk() {
	machine_layer full-disk
	mount -t tmpfs -o size=2m full "$machine/var/lib/dkms"
	echo "reinstalled with 2 MB in /var/lib/dkms"
	! step_reinstall 2>/dev/null || die "it installed on a full disk"
	says "virt: /var/lib/dkms has "
	says "virt: the module is not built; when that is mended: dpkg --configure -a"
	umount "$machine/var/lib/dkms"
	inside dpkg --configure -a
	step_module "$new" "$version.1"
	machine_drop
}

step_reinstall() {
	apt install --reinstall "$(step_next_package "$version.1")"
}

# Kernels that cannot take the module, and one without headers.
step_refused() {
	machine_layer refused
	step_false_kernel 4.19.0-false 'CONFIG_NET=y CONFIG_INET=y CONFIG_NETDEVICES=y'
	step_refuses 4.19.0-false "is too old: 5.10 or newer is needed"
	step_false_kernel 6.6.0-false 'CONFIG_NET=y CONFIG_NETDEVICES=y'
	step_refuses 6.6.0-false "is built without CONFIG_INET"
	rm -r "$machine"/lib/modules/*-false
	mkdir -p "$machine/lib/modules/6.6.1-other/kernel"
	touch "$machine/etc/dkms/no-autoinstall"
	inside /var/lib/dpkg/info/virt-dkms.postinst configure
	says "virt: no headers of kernel 6.6.1-other"
	says "is not from this release: install and boot one that is"
	machine_drop
}

# step_false_kernel VERSION OPTIONS: headers of a kernel that nobody built.
step_false_kernel() {
	local dir=$machine/lib/modules/$1

	mkdir -p "$dir/kernel" "$dir/build/include/config"
	echo "$1" > "$dir/build/include/config/kernel.release"
	tr ' ' '\n' <<<"$2" > "$dir/build/.config"
	printf '%%:\n\t@:\n' > "$dir/build/Makefile"
}

# step_refuses KERNEL TEXT: dkms says it, or the log that dkms names.
step_refuses() {
	! inside dkms build -m virt -v "$version.1" -k "$1" 2>/dev/null ||
		die "dkms built for $1"
	output+=$(machine_build_log)
	says "virt: kernel $1 $2"
}

# Not a file of ours is left, and nothing of DKMS.
step_purged() {
	local file left=0 files

	machine_layer purged
	mapfile -t files < <(in_root "$machine" sh -c \
		'dpkg -L virt-dkms; ! dpkg -L virt-tools' 2>/dev/null)
	apt purge 'virt-*'
	files+=(/var/lib/dkms/virt /etc/virt)
	for file in "${files[@]}"; do
		[[ $file != *virt* || ! -e $machine$file ]] || { echo "left: $file"; left=1; }
	done
	! find "$machine"/lib/modules "$machine/var/lib/dkms" -name 'virt.ko*' | grep . || left=1
	((left == 0)) || die "purging left something behind"
	echo "purged: nothing of ${#files[@]} files is left"
	machine_done
}

# Without the packages: by the Makefile, from a tree without git, which leaves
# the tests where they are; and by the two commands that every user of DKMS
# knows.
step_checkout() {
	machine_layer checkout
	mkdir "$machine/root/virt"
	git -c safe.directory="$top" -C "$top" ls-files | tar -C "$top" -cT - |
		tar -xC "$machine/root/virt"
	# DKMS builds for the kernel that runs, which is the host's here.
	mv "$machine/usr/bin/uname" "$machine/usr/bin/real-uname"
	printf '#!/bin/sh\n[ "$*" = -r ] && echo %s || exec real-uname "$@"\n' "$new" |
		install -m 755 /dev/stdin "$machine/usr/bin/uname"
	inside dkms --version
	echo "from a checkout, with $output"

	inside make -C /root/virt dkms-install
	touch "$machine/usr/src/virt-$version/module/gone.c"
	inside make -C /root/virt dkms-install
	step_module "$new" "$version"
	inside ls "/usr/src/virt-$version"
	[[ $(sort <<<"$output" | xargs) = "COPYING dkms.conf module" ]] ||
		die "it put into /usr/src: $output"
	inside dkms remove "virt/$version" --all
	rm -r "$machine/usr/src/virt-$version"

	inside sh -c 'cd /root/virt && dkms add . && dkms build "virt/$1" &&
		dkms install "virt/$1"' sh "$version"
	step_module "$new" "$version"
	machine_drop
}
