# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# The cache: directories called NAME-HASH, where the hash says what went into
# them. They are built beside their final name and renamed, so one that exists
# is whole; users hold a shared lock on them, so one in use is never pruned.
#
# Copyright (C) The virt authors

cache=${XDG_CACHE_HOME:-$HOME/.cache}/virt

# hash_of TEXT...: a short name for everything that was put in.
hash_of() {
	printf '%s\n' "$@" | sha256sum | cut -c1-12
}

# recipe FILE...: what is in them but comments, whose change rebuilds nothing.
recipe() {
	sed -E '/ is not set$/!{/^[[:space:]]*(#|$)/d}' "$@"
}

# cached PATH COMMAND...: have COMMAND fill PATH, called with the directory to
# fill as its last argument, unless PATH exists; keep PATH in use until we exit.
# The second of two callers waits for the first and takes its result.
cached() {
	local path=$1 lock
	shift

	mkdir -p "${path%/*}"
	until hold "$path"; do
		exec {lock}>"${path%-*}.lock"
		flock -n "$lock" || {
			say "waiting for another run to prepare ${path#"$cache/"}"
			flock "$lock"
		}
		if [[ ! -e $path ]]; then
			# What an interrupted build left; its lock is ours now.
			rm -rf "$path.new"
			mkdir "$path.new"
			"$@" "$path.new"
			mv "$path.new" "$path"
		fi
		exec {lock}>&-
	done
	touch "$path"
}

hold() {
	local fd

	[[ -d $1 ]] || return
	exec {fd}<"$1"
	flock -s "$fd"
	# Pruned, and perhaps built again, before we got the lock?
	[[ $1 -ef /dev/fd/$fd ]]
}

# prune NAME KEEP: remove all but the KEEP most recently used NAME-HASH that
# nobody uses, and what interrupted builds left.
prune() {
	local name=$1 keep=$2 path fd

	exec {fd}>"$name.lock"
	! flock -n "$fd" || rm -rf "$name"-????????????.new
	exec {fd}>&-
	while read -r path; do
		exec {fd}<"$path"
		flock -n "$fd" && rm -rf "$path"
		exec {fd}<&-
	done < <(find "${name%/*}" -maxdepth 1 -type d -printf '%T@ %p\n' |
		sort -rn | cut -d' ' -f2- |
		grep -xE "$name-[0-9a-f]{12}" | tail -n +$((keep + 1)))
}
