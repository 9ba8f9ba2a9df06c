-- SPDX-License-Identifier: GPL-2.0-only
-- Wireshark: one Ethernet frame, or one IP packet, per UDP datagram, as virt,
-- virtpeer, ktunnel, QEMU, uBridge and socat send them.
--
-- The filter words are `virt` and `ktunnel`; they know the same datagrams.
-- Datagrams to or from the port of the preference (50000) are taken as they
-- are; others have to look like a frame (--disable-heuristic virt_udp).
--
-- Copyright (C) The virt authors

local virt = Proto("virt", "virt tunnel")
local ktunnel = Proto("ktunnel", "ktunnel (virt tunnel)")

local PORT = 50000
local HEADER = 14
local LIFE_TYPE = 0x9000
local LIFE_GROUP = "0180C200000E"
local LIFE_MAGIC = "virtlive"
local LIFE_BYTES = 36

virt.prefs.port = Pref.uint("UDP port", PORT, "Port of the tunnels")

local payloads = { [0] = "runt", "Ethernet", "IPv4", "IPv6" }
local kinds = { "request", "answer" }
local directions = { "to the port", "from the port", "between the ports" }

local f = {
	payload = ProtoField.uint8("virt.payload", "Payload", base.DEC, payloads),
	direction = ProtoField.uint8("virt.direction", "Direction", base.DEC,
				     directions),
	runt = ProtoField.bool("virt.runt", "Runt: no whole header"),
	padded = ProtoField.bool("virt.padded", "At least 60 bytes"),
	keepalive = ProtoField.bool("virt.keepalive", "Keepalive"),
	kind = ProtoField.uint8("virt.keepalive.kind", "Kind", base.DEC, kinds),
	seq = ProtoField.uint32("virt.keepalive.seq", "Number"),
	stamp = ProtoField.bytes("virt.keepalive.stamp", "Stamp of the asker"),
}
virt.fields = { f.payload, f.direction, f.runt, f.padded, f.keepalive, f.kind,
		f.seq, f.stamp }

local runt = ProtoExpert.new("virt.runt.expert", "Shorter than a header",
			     expert.group.MALFORMED, expert.severity.WARN)
virt.experts = { runt }

local ethernet = Dissector.get("eth_withoutfcs")
local ip = Dissector.get("ip")
local ipv6 = Dissector.get("ipv6")

-- The bytes that an IP packet at an offset claims, nil if there is none. What a
-- packet claims is compared with what was sent, which a capture may have cut.
local function ipv4_bytes(tvb, at)
	if tvb:len() >= at + 4 and tvb(at, 1):bitfield(0, 4) == 4 and
	   tvb(at, 1):bitfield(4, 4) >= 5 then
		return tvb(at + 2, 2):uint()
	end
end

local function ipv6_bytes(tvb, at)
	if tvb:len() >= at + 6 and tvb(at, 1):bitfield(0, 4) == 6 then
		return tvb(at + 4, 2):uint() + 40
	end
end

-- What a datagram carries: a bare IP packet begins with its version and has
-- a length that fits, and a MAC address in its place is less likely.
local function payload_of(tvb)
	local size = tvb:reported_len()

	if size >= 20 and ipv4_bytes(tvb, 0) == size then
		return 2
	end
	if size >= 40 and ipv6_bytes(tvb, 0) == size then
		return 3
	end
	return size >= HEADER and 1 or 0
end

local function is_keepalive(tvb)
	return tvb:len() >= LIFE_BYTES and tvb(12, 2):uint() == LIFE_TYPE and
	       tvb(0, 6):bytes():tohex() == LIFE_GROUP and
	       tvb(14, 8):string() == LIFE_MAGIC and
	       kinds[tvb(22, 1):uint()] ~= nil
end

local function direction_of(pinfo)
	local to = pinfo.dst_port == virt.prefs.port
	local from = pinfo.src_port == virt.prefs.port

	if to == from then
		return 3
	end
	return to and 1 or 2
end

local function show_keepalive(tvb, tree)
	tree:add(f.kind, tvb(22, 1))
	tree:add(f.seq, tvb(24, 4))
	tree:add(f.stamp, tvb(28, 8))
end

function virt.dissector(tvb, pinfo, root)
	local payload = payload_of(tvb)
	-- The protocol of the other filter word has no line of its own.
	root:add(ktunnel, tvb()):set_hidden(true)
	local tree = root:add(virt, tvb())

	tree:add(f.direction, direction_of(pinfo)):set_generated(true)
	tree:add(f.payload, payload):set_generated(true)
	tree:append_text(", " .. payloads[payload])
	pinfo.cols.protocol = "VIRT"

	if payload == 0 then
		tree:add(f.runt, true):set_generated(true)
		tree:add_proto_expert_info(runt)
		pinfo.cols.info = "Runt of " .. tvb:reported_len() .. " bytes"
		return tvb:len()
	end
	if payload == 1 then
		tree:add(f.padded, tvb:reported_len() >= 60):set_generated(true)
	end
	if payload == 1 and is_keepalive(tvb) then
		tree:add(f.keepalive, true):set_generated(true)
		show_keepalive(tvb, tree)
		pinfo.cols.info = "Keepalive " .. kinds[tvb(22, 1):uint()] ..
				  " " .. tvb(24, 4):uint()
		return tvb:len()
	end
	local inner = { ethernet, ip, ipv6 }
	inner[payload]:call(tvb, pinfo, root)
	return tvb:len()
end

-- The ethertypes that tunnels carry in fact, each with a look at what is behind
-- it: two bytes alone are in the datagrams of others too.
local fits = {}

local function is_whole(tvb, at, bytes)
	return bytes ~= nil and bytes >= 20 and
	       at + bytes <= tvb:reported_len()
end

fits[0x0800] = function(tvb, at)
	return is_whole(tvb, at, ipv4_bytes(tvb, at))
end

fits[0x86dd] = function(tvb, at)
	return is_whole(tvb, at, ipv6_bytes(tvb, at))
end

-- ARP for IPv4 on Ethernet
fits[0x0806] = function(tvb, at)
	return tvb:len() >= at + 6 and
	       tvb(at, 6):bytes():tohex() == "000108000604"
end

-- LLDP begins with the name of the chassis.
fits[0x88cc] = function(tvb, at)
	return tvb:len() > at and tvb(at, 1):bitfield(0, 7) == 1
end

local tags = { [0x8100] = true, [0x88a8] = true }

local function ethertype(tvb, at)
	return tvb:len() >= at + 2 and tvb(at, 2):uint()
end

local function is_known(tvb)
	local at = 12

	while tags[ethertype(tvb, at)] do
		at = at + 4
	end
	local check = fits[ethertype(tvb, at)]
	return check ~= nil and check(tvb, at + 2)
end

local function looks_like_one(tvb, pinfo, root)
	local payload = payload_of(tvb)

	if payload == 0 or (payload == 1 and not is_known(tvb) and
			    not is_keepalive(tvb)) then
		return false
	end
	virt.dissector(tvb, pinfo, root)
	pinfo.conversation = virt
	return true
end

virt:register_heuristic("udp", looks_like_one)

local ports = DissectorTable.get("udp.port")
local port = virt.prefs.port
ports:add(port, virt)

function virt.prefs_changed()
	if port ~= virt.prefs.port then
		ports:remove(port, virt)
		port = virt.prefs.port
		ports:add(port, virt)
	end
end
