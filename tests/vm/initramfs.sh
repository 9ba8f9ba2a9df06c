# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# The initramfs: busybox, guest/init and the modules that reach the root.
#
# Copyright (C) The virt authors

# initramfs_prepare KERNEL VERSION ROOT: sets $initramfs.
initramfs_prepare() {
	local kernel=$1 version=$2 dir

	dir=$cache/initramfs/$kernel-$(hash_of "$version" "$root" "$(recipe "$here/guest/init")")
	cached "$dir" initramfs_build "$version" "$3"
	prune "$cache/initramfs/$kernel" 1
	initramfs=$dir/initrd
}

initramfs_build() {
	local version=$1 from=$2 new=$3 tree=$3/tree module name count=100

	mkdir -p "$tree"/{bin,dev,lower,modules,root,upper}
	# The root's own, for it runs on the root's kernel.
	cp "$from/usr/bin/busybox" "$tree/bin/"
	for name in cat hostname insmod ip ln mkdir mount switch_root tar; do
		ln -s busybox "$tree/bin/$name"
	done
	cp "$here/guest/init" "$tree/init"

	# In load order, numbered; built-in ones are not listed. busybox cannot
	# load compressed modules everywhere, so they go in as they are.
	for name in virtio_pci 9pnet_virtio 9p overlay; do
		modprobe -d "$from" -S "$version" --show-depends "$name"
	done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' |
		while read -r module; do
			name=$((count++))-$(basename "$module")
			case $module in
			*.xz) xz -dc "$module" > "$tree/modules/${name%.xz}" ;;
			*.zst) zstd -qdc "$module" > "$tree/modules/${name%.zst}" ;;
			*) cp "$module" "$tree/modules/$name" ;;
			esac
		done

	(cd "$tree" && find . | cpio --quiet -o -H newc) > "$new/initrd"
	rm -rf "$tree"
}
