# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
# The ways of configuring an interface for boot, each with its real daemon. The
# NIC appears late, and udev renames it to lan0 then. Each step is a layer with
# the configuration over the installed machine, and a boot.
#
# Copyright (C) The virt authors

# boots_begin NAME: a new layer, where the NIC comes 5 s late as lan0.
boots_begin() {
	machine_layer "$1"
	echo "blacklist virtio_net" | boots_file etc/modprobe.d/late.conf
	boots_file etc/systemd/system/late.service <<-'END'
		[Service]
		Type=exec
		ExecStartPre=/bin/sleep 5
		ExecStart=/sbin/modprobe virtio_net
	END
	boots_wanted late.service
	boots_file etc/systemd/network/10-lan.link <<-'END'
		[Match]
		MACAddress=52:54:00:12:34:56
		Driver=virtio_net
		[Link]
		Name=lan0
	END
}

# boots_file PATH: standard input becomes that file.
boots_file() {
	mkdir -p "$machine/$(dirname "$1")"
	cat > "$machine/$1"
}

boots_wanted() {
	mkdir -p "$machine/etc/systemd/system/sysinit.target.wants"
	ln -s "../$1" "$machine/etc/systemd/system/sysinit.target.wants/"
}

# boots_example NAME PATH SED-COMMAND...: an example of the packages, put where
# it says it goes and edited as a user would.
boots_example() {
	local file=$1 path=$2
	shift 2

	sed -e 's/eth0/lan0/' "${@/#/-e}" \
		"$machine"/usr/share/doc/virt-*/examples/"$file" | boots_file "$path"
}

# boots_go SCRIPT ARGUMENT...: try it; then back to the machine as it was.
boots_go() {
	local script=$own/guest/$1

	machine_done
	boot "$new" "$script" "${@:2}"
	lowers=("${lowers[@]:1}")
	rm -rf "$layer"
}

# The module's own options, the service with networkd, and ifupdown; and what
# the mistakes one can make there leave in the log.
step_boot_service() {
	step_needs_tools
	boots_begin service
	boots_example modprobe.conf etc/modprobe.d/virt.conf 's/mode=/ifname=module &/'
	boots_example modules-load.conf etc/modules-load.d/virt.conf
	boots_example virt0.conf etc/virt/virt0.conf
	boots_example virt0.network etc/systemd/network/virt0.network \
		's/192.168.50.2/10.0.2.50/'
	boots_example interfaces etc/network/interfaces.d/virt \
		's/virt0/if0/' 's/192.168.50.2/10.0.2.51/' 's/virt-mode/virt-wait 60\n\t&/'
	printf 'auto lan0\niface lan0 inet manual\n' |
		boots_file etc/network/interfaces.d/lan0
	printf 'link lan0\nmdoe mac\n' | boots_file etc/virt/typo.conf
	printf 'link eth9\n' | boots_file etc/virt/never-there.conf
	printf '[Manager]\nDefaultDeviceTimeoutSec=20s\n' |
		boots_file etc/systemd/system.conf.d/soon.conf
	inside systemctl enable systemd-networkd virt@virt0 virt@typo virt@never-there
	boots_go configured service
}

step_boot_netplan() {
	step_needs_tools
	boots_begin netplan
	apt install netplan.io
	boots_example virt0.conf etc/virt/virt0.conf
	boots_example virt0.yaml etc/netplan/virt0.yaml 's/192.168.50.2/10.0.2.50/' \
		'/ethernets:/a\    lan0: {optional: true}'
	chmod 600 "$machine/etc/netplan/virt0.yaml"
	inside systemctl enable systemd-networkd virt@virt0
	boots_go configured netplan
}

# ifupdown-ng takes the place of ifupdown, where there is one.
step_boot_ifupdown_ng() {
	step_needs_tools
	boots_begin ifupdown-ng
	in_root "$machine" apt-cache show ifupdown-ng >/dev/null 2>&1 ||
		step_skip "$suite has no ifupdown-ng"
	apt install ifupdown-ng
	echo "source-directory /etc/network/interfaces.d" |
		boots_file etc/network/interfaces
	boots_example interfaces etc/network/interfaces.d/virt \
		's/192.168.50.2/10.0.2.50/' 's/virt-mode/virt-wait 60\n\t&/'
	boots_go configured ifupdown-ng
}

# The device handler needs NetworkManager 1.46.
step_boot_networkmanager() {
	step_needs_tools
	[[ $suite != bookworm ]] || step_skip "NetworkManager is older in $suite"
	boots_begin networkmanager
	apt install network-manager
	boots_example virt0.nmconnection \
		etc/NetworkManager/system-connections/virt0.nmconnection \
		's/192.168.50.2/10.0.2.50/' 's/wait=10/wait=60/'
	chmod 600 "$machine"/etc/NetworkManager/system-connections/*
	boots_go configured networkmanager
}

# The CNI plugin with those of others, called as a runtime calls it.
step_containers() {
	step_needs_tools
	machine_layer containers
	boots_cnitool
	apt install containernetworking-plugins
	boots_go containers
}

# boots_cnitool: Debian has it as source alone.
boots_cnitool() {
	sed 's/^deb /deb-src /' "$machine/etc/apt/sources.list" |
		boots_file etc/apt/sources.list.d/source.list
	inside apt-get -q update
	apt install golang-go golang-github-appc-cni-dev
	inside sh -euc 'mkdir /tmp/cni && cd /tmp/cni
		apt-get -q source --tar-only golang-github-appc-cni
		tar -xf golang-*.tar.* --strip-components=1
		GO111MODULE=off GOPATH=/usr/share/gocode GOCACHE=/tmp/cni/go \
			go build -o /usr/local/bin/cnitool cnitool/*.go
		rm -r /tmp/cni'
}

# The containers of others.
step_boxes() {
	step_needs_tools
	machine_layer boxes
	apt install containerd containernetworking-plugins lxc runc systemd-container
	boots_go boxes
}
