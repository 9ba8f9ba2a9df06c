# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# What became of a run: the command's status, unless the kernel complained or
# the guest did not get to the end.
#
# Copyright (C) The virt authors

# What a kernel prints when something is wrong with it. Written as extended
# regular expressions for one line of the console's log.
verdict_reports=(
	'\] RIP: ' '\] Call Trace:' '\bBUG\b' '\bWARNING: ' '\bOops\b' 'Kernel panic'
	'general protection fault[,:]' 'stack segment:' 'double fault'
	'KASAN:' 'KFENCE:' 'UBSAN:' 'kmemleak: [0-9]+ new suspected'
	'unreferenced object 0x' 'refcount_t:' 'ref_tracker:' 'ODEBUG:'
	'possible (recursive|circular|irq|deadlock)' 'suspicious RCU usage'
	'inconsistent lock state' 'bad unlock balance' 'held lock' 'INFO: '
	'unregister_netdevice: waiting for' 'blocked for more than'
	'soft lockup' 'hard LOCKUP' 'self-detected stall' 'detected stalls'
	'scheduling while atomic' 'sleeping function called' 'list_(add|del) corruption'
	'\[virt\] enqueued on deprecated workqueue'
)

# verdict QEMU_STATUS: exit with the status of the run. The command's own
# failure goes before 99.
verdict() {
	local last status faults=''

	last=$(tail -n 1 "$run/result")
	status=${last#exit }
	if [[ $1 = 124 || $status = timeout ]]; then
		verdict_show "time was up after $limit s; the console's last lines:" \
			tail -n 60 "$run/console"
		exit 124
	fi
	if grep -qv '^exit ' "$run/result"; then
		faults+="left "
		verdict_show "left behind:" grep -v '^exit ' "$run/result"
	fi
	if grep -qE "$(verdict_pattern)" "$run/console"; then
		faults+="reports "
		verdict_show "the kernel reported:" verdict_report
	elif [[ $last != "exit "* ]]; then
		verdict_show "the guest ended by itself; the console's last lines:" \
			tail -n 40 "$run/console" "$run/qemu"
	fi
	[[ $last = "exit "* ]] || status=99
	[[ ! $faults || $status != 0 ]] || status=99
	exit "$status"
}

# The first report, with some lines before and what follows.
verdict_report() {
	local line

	line=$(grep -nEm1 "$(verdict_pattern)" "$run/console" | cut -d: -f1)
	tail -n "+$((line > 5 ? line - 5 : 1))" "$run/console" | head -n 100
}

verdict_pattern() {
	local IFS='|'
	echo "${verdict_reports[*]}"
}

verdict_show() {
	say "$1"
	"${@:2}" | tr -d '\r' >&2
	say "the whole log: $run/console"
}
