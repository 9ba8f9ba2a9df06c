# SPDX-License-Identifier: GPL-2.0-only
# Completion of virtstat for bash, with or without bash-completion.
#
# Copyright (C) The virt authors

# _virtstat_interfaces NETNS: children first; doctor and monitor take others.
_virtstat_interfaces()
{
	local inside=()

	[[ -z $1 ]] || inside=(-n "$1")
	case $2 in
	doctor | monitor)
		ip "${inside[@]}" -o link show 2>/dev/null ;;
	*)
		ip "${inside[@]}" -o link show type virt 2>/dev/null ;;
	esac | sed -n 's/^[0-9]*: \([^:@]*\)[:@].*/\1/p'
}

_virtstat_netns()
{
	ip netns list 2>/dev/null | sed 's/ (id: [0-9]*)$//'
}

# _virtstat_quoted CUR NAMES: the lines of NAMES that begin with CUR, quoted, since
# names are of others' making. A quote in CUR would undo that: then only those
# that need none.
_virtstat_quoted()
{
	local name quoted

	while IFS= read -r name && [[ $name ]]; do
		printf -v quoted %q "$name"
		[[ $1 != *[\'\"]* || $quoted = "$name" ]] || continue
		[[ $quoted != "${1#[\'\"]}"* ]] || printf '%s\n' "$quoted"
	done <<< "$2"
}

_virtstat()
{
	local cur=${COMP_WORDS[COMP_CWORD]}
	local prev=${COMP_WORDS[COMP_CWORD - 1]}
	local command='' netns='' words='' names='' word i
	local general='-n --netns -h --help'

	# bash takes words apart at '='
	if [[ $cur = '=' ]]; then
		cur=
	elif [[ $prev = '=' ]]; then
		prev=${COMP_WORDS[COMP_CWORD - 2]}
	fi

	for ((i = 1; i < COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		case ${COMP_WORDS[i - 1]} in
		-n | --netns)
			netns=$word
			continue
			;;
		-i | --interval | -C | --count | -P | --port)
			continue
			;;
		esac
		case $word in
		show | watch | monitor | doctor | metrics)
			[[ $command ]] || command=$word ;;
		esac
	done

	case $prev in
	-n | --netns)
		names=$(_virtstat_netns)
		mapfile -t COMPREPLY < <(_virtstat_quoted "$cur" "$names")
		return
		;;
	-c | --color)
		if [[ ${COMP_WORDS[COMP_CWORD]} = '=' ||
			${COMP_WORDS[COMP_CWORD - 1]} = '=' ]]; then
			mapfile -t COMPREPLY < <(
				compgen -W 'auto always never' -- "$cur")
			return
		fi
		;;
	-i | --interval | -C | --count | -P | --port)
		return
		;;
	esac

	if [[ $cur = -* ]]; then
		case $command in
		'')
			words='-j --json -p --pretty -s --stats -d --details -H
				--human -c --color -V --version' ;;
		show)
			words='-j --json -p --pretty -s --stats -d --details -H
				--human -c --color' ;;
		watch)
			words='-j --json -i --interval -C --count -c --color' ;;
		monitor)
			words='-j --json -C --count -c --color' ;;
		doctor)
			words='-j --json -p --pretty -P --port -c --color' ;;
		esac
		words="$words $general"
	else
		[[ $command ]] || words='show watch monitor doctor metrics'
		names=$(_virtstat_interfaces "$netns" "$command")
	fi
	mapfile -t COMPREPLY < <(
		compgen -W "$words" -- "$cur"
		_virtstat_quoted "$cur" "$names")
}

complete -F _virtstat virtstat
