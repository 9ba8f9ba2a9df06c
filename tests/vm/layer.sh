# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# Layers: what is put over a root without changing it, by an overlay. The
# module's layer holds what `dkms install` leaves in the root.
#
# Copyright (C) The virt authors

layer_parts=(dkms.conf Makefile COPYING module)

# layer_mount NEW LOWER...: mount $NEW/root; what is written there ends up in
# $NEW/upper, over the LOWERs (topmost first).
layer_mount() {
	local new=$1 lower
	shift

	lower=$(IFS=:; echo "$*")
	mkdir "$new/upper" "$new/work" "$new/root"
	mount -t overlay -o "lowerdir=$lower,upperdir=$new/upper,workdir=$new/work" \
		layer "$new/root"
	mount -t proc proc "$new/root/proc"
	cp --remove-destination -L /etc/resolv.conf "$new/root/etc/"
}

layer_umount() {
	umount "$1/root/proc" "$1/root"
	rm -rf "$1/root" "$1/work"
}

# in_root ROOT COMMAND...: run it there, with nothing of our environment.
in_root() {
	local root=$1
	shift
	chroot "$root" /usr/bin/env -i HOME=/root LC_ALL=C.UTF-8 \
		PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
		"$@" </dev/null
}

# The tree that the module is installed from: ours, or that of --module.
layer_tree() {
	echo "${module:-$top}"
}

# The files that make the module, as in a clean checkout: dkms copies the whole
# directory that it is given. The tree may be another user's, or no checkout (but
# inside one).
layer_sources() {
	(
		cd "$(layer_tree)" || return
		if [[ -e .git ]]; then
			git -c safe.directory="$PWD" ls-files -co \
				--exclude-standard -- "${layer_parts[@]}"
		else
			find "${layer_parts[@]}" -type f
		fi
	) | while read -r file; do
		[[ ! -f $top/$file ]] || printf '%s\n' "$file"
	done
}

# layer_prepare KERNEL VERSION LOWER...: sets $layer to the layer that has the
# module installed for kernel VERSION.
layer_prepare() {
	local kernel=${module:+other-}${coverage:+coverage-}$1 version=$2 sources
	shift 2

	sources=$(cd "$(layer_tree)" && layer_sources | xargs sha256sum
		sha256sum "$top"/tests/shapes/*)
	layer=$cache/layers/$kernel-$(hash_of "$sources" "$version" "$@" \
		"$(recipe "$here/layer.sh")" "${show_install:+$$}")
	cached "$layer" layer_build "$version" "$@"
	prune "$cache/layers/$kernel" 4
}

layer_build() {
	local version=$1 new="${*: -1}" checkout
	set -- "${@:2:$#-2}"

	say "module: installing with dkms for $version"
	layer_mount "$new" "$@"
	checkout=$new/root/root/virt
	mkdir -p "$checkout"
	layer_sources | tar -C "$(layer_tree)" -cT - | tar -C "$checkout" -x

	if [[ ${coverage-} ]]; then
		layer_coverage "$new" "$version"
	else
		layer_dkms "$new" add . || die "dkms add failed"
		layer_dkms "$new" install "virt/$(layer_version)" -k "$version" || {
			cat "$new"/root/var/lib/dkms/virt/*/build/make.log >&2
			die "dkms install failed"
		}
		rm -rf "$checkout"
	fi
	layer_test_module "$new" "$version"
	layer_hot "$new"
	layer_umount "$new"
}

# The module that counts its lines stays where it was built, beside the notes
# that gcov reads.
layer_coverage() {
	in_root "$1/root" sh -ec '
		make -s -C /root/virt/module KDIR="$1/build" GCOV_PROFILE=y KCSAN_SANITIZE=n
		install -D -m 644 /root/virt/module/virt.ko "$1/updates/virt.ko"
		depmod "$2"' sh "/lib/modules/$2" "$2" >"$1/make.log" 2>&1 ||
		{ cat "$1/make.log" >&2; die "the module does not build"; }
}

# The module that makes frames in odd shapes, for the tests alone.
layer_test_module() {
	local new=$1 build=/root/shapes modules=/lib/modules/$2

	cp -r "$top/tests/shapes" "$new/root$build"
	in_root "$new/root" sh -ec '
		make -s -C "$1/build" M="$2" modules
		install -D -m 644 "$2/virt_shapes.ko" "$1/updates/virt_shapes.ko"
		depmod "$3"' sh "$modules" "$build" "$2" >"$new/shapes.log" 2>&1 ||
		{ cat "$new/shapes.log" >&2; die "tests/shapes does not build"; }
	rm -rf "$new/root$build"
}

# What nearly every command of a test opens: guest/init copies it to memory,
# for an open() over 9p costs more than all the rest of a small program's life.
layer_hot() {
	local programs=(bash bridge cat dash ethtool grep head ip jq mawk mkdir
		modprobe nft nsenter ping pkill rm sed sleep socat sysctl tc unshare)
	local more=(/bin /lib /lib64 /sbin /bin/sh /etc/ld.so.cache /etc/iproute2
		/usr/share/iproute2 /etc/passwd /etc/nsswitch.conf /usr/lib/locale/C.utf8)

	mkdir -p "$1/root/usr/lib/virt-test"
	# shellcheck disable=SC2016 # expanded in there
	in_root "$1/root" bash -c '
		set -euo pipefail
		{
			for program in $1; do command -v "$program" || true; done
			printf "%s\n" $2
		} | while read -r path; do
			[[ -e $path ]] || continue
			echo "$path"
			[[ $path != *bin/* ]] || ldd "$path" | grep -o "/[^ ]*" || true
		done | sort -u | while read -r path; do
			echo "$(readlink -f "${path%/*}")/${path##*/}"
			[[ ! -L $path ]] || readlink -f "$path"
		done | sed "s,^/*,," | grep -vE "^usr/(s?bin|lib(64)?)$" | sort -u' \
		bash "${programs[*]}" "${more[*]}" >"$1/upper/usr/lib/virt-test/hot"
}

layer_version() {
	sed -n 's/^PACKAGE_VERSION="\(.*\)"$/\1/p' "$(layer_tree)/dkms.conf"
}

# Run dkms in the checkout of the guest's root; say nothing when all goes well
# unless --show-install asks for the command and what it prints.
layer_dkms() {
	local new=$1 log
	shift

	if [[ $show_install ]]; then
		printf '# dkms %s\n' "$*"
		# cat waits for all that dkms left running, too.
		in_root "$new/root" sh -c 'cd /root/virt && dkms "$@" 2>&1' sh "$@" | cat
	else
		log=$(in_root "$new/root" sh -c 'cd /root/virt && dkms "$@" 2>&1' sh "$@") ||
			{ printf '%s\n' "$log" >&2; return 1; }
	fi
}
