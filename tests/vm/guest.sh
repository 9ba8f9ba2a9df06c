# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# One run of a guest: its directory, QEMU, and its output as it comes.
#
# Copyright (C) The virt authors

# run_prepare: sets $run to the directory of this run: what the guest reads
# (share/) and what it writes (console, stdout, stderr, result).
run_prepare() {
	run=$cache/runs/$(date +%Y%m%d-%H%M%S)-$kernel-$$
	mkdir -p "$run/share" "$run/stage" "$run/root"
	: > "$run/stdout"; : > "$run/stderr"; : > "$run/result"; : > "$run/console"
	cp "$here"/guest/{boot,finish} "$run/share/"
	[[ ! $systemd ]] || cp "$here/guest/command.service" "$run/share/"
	# One stream keeps the order of the two where they end up together.
	merged=''
	[[ ! /dev/fd/1 -ef /dev/fd/2 ]] || merged=1

	[[ $stage = none ]] || run_stage
	mount -t overlay -o "lowerdir=$(IFS=:; echo "$run/stage:${lowers[*]}")" guest "$run/root"
	run_config > "$run/share/config"
	echo "$top" > "$run/share/top"
	initramfs_prepare "$kernel" "$version" "$run/root"
	run_prune
}

# The tools, installed below build/stage by the top Makefile.
run_stage() {
	local lock plugin=usr/lib/x86_64-linux-gnu/ip

	exec {lock}>"$cache/stage.lock"
	flock "$lock"
	make -s -C "$top" guest-stage >&2
	cp -a "$top/build/stage/." "$run/stage/"
	exec {lock}>&-

	# iproute2 of Debian 11 looks for its plugins elsewhere.
	if [[ ${kernel_root[$kernel]} = bullseye && -d $run/stage/$plugin ]]; then
		mv "$run/stage/$plugin" "$run/stage/usr/lib/ip"
	fi
}

# What guest/boot sources: the command and where to run it.
run_config() {
	local cwd=$top script='' size=''

	[[ $PWD/ != "$top"/* ]] || cwd=$PWD
	interactive='' limit=${timeout:-900}
	if ((${#command[@]} == 0)) && [[ -t 0 ]]; then
		interactive=1
		command=(bash -l)
		size=$(stty size)
		limit=${timeout:-0}
	elif ((${#command[@]} == 0)); then
		cat > "$run/share/script"
		chmod +x "$run/share/script"
		command=(bash /run/vm/script)
	else
		script=$(run_script)
		[[ ! $script ]] || command[0]=$script
	fi
	declare -p command cwd script size merged interactive | sed 's/^declare -- //'
	declare -p kernel limit icount
	printf 'TERM=%q\n' "${TERM-dumb}"
}

# The absolute path of the command if it is a file of this machine. One outside
# the tree that the guest does not have is handed over.
run_script() {
	local path

	path=$(realpath -s -- "${command[0]}")
	if [[ ${command[0]} != */* ]]; then
		[[ -f $path && -x $path ]] || return 0
		! in_root "$run/root" sh -c 'command -v "$1"' sh "${command[0]}" >/dev/null || return 0
	fi
	if [[ $path/ != "$top"/* && -f $path && ! -e $run/root$path ]]; then
		cp -L "$path" "$run/share/script"
	fi
	echo "$path"
}

# Keep the logs of the last runs.
run_prune() {
	local old

	find "$cache/runs" -mindepth 1 -maxdepth 1 -printf '%f\n' | sort -r | tail -n +20 |
		while read -r old; do
			[[ -d /proc/${old##*-} ]] || rm -rf --one-file-system "$cache/runs/$old"
		done
}

# guest_run: boot, pass the output through, return QEMU's status; 124 if the
# time was up.
guest_run() {
	local readers=() status=0

	exec 3<&0
	trap guest_stop EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
	qemu_options
	# A QEMU that outlives us would hold its processor for its whole time.
	setpriv --pdeathsig TERM \
		timeout --foreground --kill-after=5 "$((limit ? limit + 10 : 0))" \
		"${emulator[@]}" "${qemu[@]}" <&3 2>"$run/qemu" &
	guest_pid=$!

	# Read from files, for no chardev of QEMU both waits for a slow reader
	# and tells the guest when all is read.
	tail -s 0.1 --pid=$guest_pid -c +1 -f "$run/stdout" 2>/dev/null & readers+=($!)
	tail -s 0.1 --pid=$guest_pid -c +1 -f "$run/stderr" >&2 2>/dev/null & readers+=($!)

	wait "$guest_pid" || status=$?
	guest_pid=
	wait "${readers[@]}" || true
	return "$status"
}

guest_stop() {
	[[ ! ${guest_pid-} ]] || kill "$guest_pid" 2>/dev/null || true
}

# qemu_options: sets $emulator and $qemu.
qemu_options() {
	local words="console=ttyS0 panic=-1 oops=panic panic_on_warn=1 log_buf_len=16M"
	local cpu=max tsc

	# Nothing here may depend on the run: under --icount the figures would too.
	words+=" mitigations=off nokaslr norandmaps randomize_kstack_offset=off tsc=reliable random.trust_cpu=on"
	# An emulated CPU that shares its host with others is slow, not stuck.
	words+=" watchdog_thresh=60 rcupdate.rcu_cpu_stall_timeout=120"
	# Nor is it soon where another one waits for it to be.
	[[ $kernel != kcsan || $coverage ]] ||
		words+=" kcsan.udelay_task=300 kcsan.udelay_interrupt=300"
	# One whose clock leaps over what it waits for does not hang.
	[[ ! $icount ]] || words+=" sysctl.kernel.hung_task_timeout_secs=0"

	# Who measures it while others compute gets clocks that are too fast.
	if [[ ! $icount && ! $arch && $(uname -m) = x86_64 ]]; then
		tsc=$cache/tsc-$(hash_of "$(<"$here/tsc.cpp")")
		cached "$tsc" tsc_build
		words+=" tsc_early_khz=$("$tsc/tsc")"
	fi

	# Each boot would be the first one after an update; nobody logs in.
	[[ ! $systemd ]] || words+=" systemd.condition-needs-update=no"
	[[ ! $systemd ]] || words+=" systemd.mask=serial-getty@ttyS0.service"
	# What each command pays for in an emulator, and no frame meets. Where
	# instructions are counted, it is as on a processor of today.
	[[ $icount ]] || cpu+=,la57=off,smap=off,erms=off
	emulator=(qemu-system-x86_64 -machine pc -cpu "$cpu")
	if [[ $arch = arm64 ]]; then
		emulator=(qemu-system-aarch64 -machine virt -cpu cortex-a72)
		words=${words/ttyS0/ttyAMA0}
	fi
	qemu=(
		-nodefaults -no-user-config -no-reboot -display none -m 2G
		-kernel "$run/root/boot/vmlinuz-$version" -initrd "$initramfs"
		-append "$words $append"
		-serial "file:$run/console"
		-device virtio-serial-pci
		-chardev "file,id=stdout,path=$run/stdout" -device "virtserialport,nr=1,chardev=stdout"
		-chardev "file,id=stderr,path=$run/stderr" -device "virtserialport,nr=2,chardev=stderr"
		-chardev "file,id=result,path=$run/result" -device "virtserialport,nr=3,chardev=result"
	)
	qemu_share root "$run/root"
	qemu_share vm "$run/share"
	qemu_share tree "$top"

	if [[ $nic ]]; then
		qemu+=(-netdev "user,id=nic,restrict=on"
			-device "virtio-net-pci,netdev=nic,mac=52:54:00:12:34:56")
	fi
	# The machines of tests/packages have one NIC.
	if [[ ${stamps-} ]]; then
		qemu+=(-netdev "user,id=stamps,restrict=on"
			-device "e1000e,netdev=stamps,mac=52:54:00:12:34:57")
	fi
	# UEFI, which keeps its variables in the file $firmware.
	[[ ! ${firmware-} ]] || qemu+=(
		-drive "if=pflash,format=raw,readonly=on,file=/usr/share/OVMF/OVMF_CODE_4M.fd"
		-drive "if=pflash,format=raw,file=$firmware")
	if [[ $icount ]]; then
		qemu+=(-accel 'tcg,thread=single' -smp 1 -icount 'shift=0,sleep=off'
			-seed 1 -rtc 'base=2026-01-01,clock=vm')
	else
		qemu+=(-accel 'tcg,thread=multi' -smp "$cpus,sockets=$cpus")
	fi
	[[ ! $monitor ]] || qemu+=(-monitor "unix:$monitor,server=on,wait=off")
	if [[ $interactive ]]; then
		qemu+=(-chardev 'stdio,id=tty,signal=off'
			-device 'virtconsole,nr=0,chardev=tty')
	fi
}

tsc_build() {
	g++ -O1 -o "$1/tsc" "$here/tsc.cpp"
}

qemu_share() {
	qemu+=(-fsdev "local,id=$1,path=$2,security_model=none,readonly=on,multidevs=remap"
		-device "virtio-9p-pci,fsdev=$1,mount_tag=$1")
}
