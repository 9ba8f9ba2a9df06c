# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# Guest roots: one directory per Debian suite, with the kernels of that suite,
# their headers and compiler, and the tools that tests reach for.
#
# Copyright (C) The virt authors

# root_sources SUITE: apt lines, on the mirrors that this machine uses itself.
root_sources() {
	local base=${1%-backports} main security

	main=$(root_mirror Debian)
	[[ $main ]] || { apt-get update -q >&2; main=$(root_mirror Debian); }
	[[ $main ]] || die "apt knows no Debian archive on this machine"
	security=$(root_mirror Debian-Security)

	echo "deb $main $base main"
	[[ $base != sid ]] || return 0
	echo "deb $main $base-updates main"
	# Mirrors have a whole one of this machine's own architecture alone; and two
	# architectures in one root must have the same versions.
	[[ -z $security || ${arch-} ]] || echo "deb $security $base-security main"
	[[ $base = "$1" ]] || echo "deb $main $1 main"
}

root_mirror() {
	apt-get indextargets --format '$(SITE)' "Label: $1" \
		'Created-By: Packages' 'Component: main' | head -n 1
}

# root_packages SUITE [LIST]: those of the file LIST that are for SUITE; with
# the kernels where LIST is our own.
root_packages() {
	local name suites

	[[ ${2-} || ! ${root_kernels[$1]-} ]] ||
		tr ' ' '\n' <<<"${root_kernels[$1]}"
	while read -r name suites; do
		[[ -z $suites || " $suites " = *" $1 "* ]] && echo "$name"
	done < <(sed 's/#.*//; /^$/d' "${2:-$here/guest/packages}")
}

# Debian 11 is the last that does not keep everything below usr by itself.
root_merge_usr='for dir in bin sbin lib lib32 lib64 libx32; do
	mkdir -p "$1/usr/$dir" && ln -s "usr/$dir" "$1/$dir"
done'

# root_prepare SUITE [LIST]: sets $root to a finished root, of LIST's packages;
# for the architecture $arch if that is set.
root_prepare() {
	local packages name=$1${2:+-${2##*/}}${arch:+-${arch//,/-}}

	packages=$(root_packages "$@")
	# shellcheck disable=SC2086
	root=$cache/roots/$name-$(hash_of "$packages" ${root_series[$1]-})
	cached "$root" root_build "$1" "$packages"
	prune "$cache/roots/$name" 2
}

root_build() {
	local suite=$1 packages=$2 new=$3 sources hooks=() variant=apt

	mapfile -t sources < <(root_sources "$suite")
	case $suite in
	bullseye) hooks=(--setup-hook="$root_merge_usr") ;;
	*-backports) hooks=(
		--setup-hook="$here/guest/pin-kernel \"\$1\" $suite"
		--customize-hook="$here/guest/add-kernels \"\$1\" ${root_series[$suite]}") ;;
	# A mirror that stands still is good enough, so long as apt trusts its key.
	sid) hooks=(--aptopt='Acquire::Check-Valid-Until "false"') ;;
	esac

	# Nothing of a foreign processor can be run here, as an installation would.
	[[ $arch != arm64 ]] || variant=extract
	# The guest boots with an initramfs of our own: build none here.
	INITRD=No mmdebstrap --mode=root --variant=$variant --skip=check/qemu ${arch:+--architectures=$arch} \
		--include="${packages//$'\n'/,}" "${hooks[@]}" \
		--aptopt='APT::Install-Recommends "false"' \
		--dpkgopt=force-unsafe-io \
		--dpkgopt='path-exclude=/usr/share/doc/*' \
		--dpkgopt='path-exclude=/usr/share/man/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' \
		--dpkgopt='path-include=/usr/share/*/virt*' \
		"${suite%-backports}" "$new" "${sources[@]}" \
		2>&1 | root_progress "$suite" || {
		say "error: the packages of $suite are not to be had"
		exit 77
	}
}

# Turn mmdebstrap's log into a line per step; show it all if it fails.
root_progress() {
	local line step=0 log='' failed=''

	while read -r line; do
		log+=$line$'\n'
		case $line in
		"I: running apt-get update"* | "I: downloading packages"* | \
		"I: extracting archives"* | "I: installing essential"* | \
		"I: installing remaining"* | "I: cleaning"*)
			say "root $1: $((++step))/6 ${line#I: } ${SECONDS} s" ;;
		"E: "*)
			failed=1 ;;
		esac
	done
	[[ ! $failed ]] || printf '%s' "$log" >&2
}

# root_add_packages SUITE PACKAGES: sets $extra to a layer over $root with them.
root_add_packages() {
	local packages

	packages=$(tr ' ' '\n' <<<"$2" | sort -u | xargs)
	extra=$cache/packages/$1-$(hash_of "$root" "$packages")
	cached "$extra" root_build_extra "$packages"
	prune "$cache/packages/$1" 8
}

root_build_extra() {
	local packages=$1 new=$2

	say "packages: installing $packages"
	layer_mount "$new" "$root"
	# shellcheck disable=SC2086
	root_install "$new/root" $packages
	layer_umount "$new"
}

# root_install ROOT PACKAGE...: silent unless it fails.
root_install() {
	local root=$1 log
	shift

	log=$(in_root "$root" env INITRD=No DEBIAN_FRONTEND=noninteractive sh -c \
		'apt-get update && apt-get -y --no-install-recommends install "$@" &&
		 apt-get clean' sh "$@" 2>&1) ||
		{ printf '%s\n' "$log" >&2; die "cannot install $*"; }
}
