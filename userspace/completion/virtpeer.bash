# SPDX-License-Identifier: GPL-2.0-only
# Completion of virtpeer for bash, with or without bash-completion.
#
# Copyright (C) The virt authors

_virtpeer_interfaces()
{
	ip -o link show 2>/dev/null |
		sed -n 's/^[0-9]*: \([^:@]*\)[:@].*/\1/p'
}

_virtpeer()
{
	local cur=${COMP_WORDS[COMP_CWORD]}
	local prev=${COMP_WORDS[COMP_CWORD - 1]}
	local command='' words='' i

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
		words=$(_virtpeer_interfaces) ;;
	-n | --netns)
		words=$(ip netns list 2>/dev/null | sed 's/ .*//') ;;
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
			words=$(_virtpeer_interfaces)
		fi
		;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
}

complete -F _virtpeer virtpeer
