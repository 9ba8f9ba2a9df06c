# SPDX-License-Identifier: GPL-2.0-only
# Completion of virtpeer for bash, with or without bash-completion.
#
# Copyright (C) The virt authors

_virtpeer_interfaces()
{
	ip -o link show 2>/dev/null |
		sed -n 's/^[0-9]*: \([^:@]*\)[:@].*/\1/p'
}

_virtpeer_netns()
{
	ip netns list 2>/dev/null | sed 's/ (id: [0-9]*)$//'
}

# _virtpeer_quoted CUR NAMES: the lines of NAMES that begin with CUR, quoted, since
# names are of others' making. A quote in CUR would undo that: then only those
# that need none.
_virtpeer_quoted()
{
	local name quoted

	while IFS= read -r name && [[ $name ]]; do
		printf -v quoted %q "$name"
		[[ $1 != *[\'\"]* || $quoted = "$name" ]] || continue
		[[ $quoted != "${1#[\'\"]}"* ]] || printf '%s\n' "$quoted"
	done <<< "$2"
}

_virtpeer()
{
	local cur=${COMP_WORDS[COMP_CWORD]}
	local prev=${COMP_WORDS[COMP_CWORD - 1]}
	local command='' words='' names='' i

	# bash takes words apart at '='
	if [[ $cur = '=' ]]; then
		cur=
	elif [[ $prev = '=' ]]; then
		prev=${COMP_WORDS[COMP_CWORD - 2]}
	fi

	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		capture | inject | dump)
			[[ $command ]] || command=${COMP_WORDS[i]} ;;
		esac
	done

	case $prev in
	--payload)
		words='ether ip' ;;
	--df)
		words='set unset' ;;
	--filter)
		words='all ktunnel arp ipv4 ipv6 vlan' ;;
	--dmac)
		words='own' ;;
	--dev | --bridge)
		names=$(_virtpeer_interfaces) ;;
	-n | --netns)
		names=$(_virtpeer_netns) ;;
	--user)
		mapfile -t COMPREPLY < <(compgen -u -- "$cur")
		return
		;;
	--pcap)
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
		;;
	--transform)
		mapfile -t COMPREPLY < <(compgen -c -- "$cur")
		return
		;;
	-r | --remote | -l | --local | -p | --port | --rport | --keepalive | \
		--learn | --hold | --ttl | --tos | --mark | -i | --name | -a | \
		--address | --mtu | --queues)
		return
		;;
	*)
		[[ $command ]] || words='capture inject dump'
		if [[ $cur = -* ]]; then
			words='-r --remote -l --local -p --port --rport --dev
				--payload --keepalive --any --strict --learn
				--hold --filter --ttl --tos --df --mark
				-i --name -a --address --bridge -n --netns
				--mtu --queues --no-offload --user --transform
				--pcap -j --json -h --help -V --version'
			case $command in
			inject)
				words="$words --dmac" ;;
			dump)
				words="$words --no-hex" ;;
			esac
		elif [[ $prev = capture ]]; then
			names=$(_virtpeer_interfaces)
		fi
		;;
	esac
	mapfile -t COMPREPLY < <(
		compgen -W "$words" -- "$cur"
		_virtpeer_quoted "$cur" "$names")
}

complete -F _virtpeer virtpeer
