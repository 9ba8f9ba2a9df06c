/* SPDX-License-Identifier: GPL-2.0-only */
/* What is in a datagram of a tunnel: bytes in, meaning out.
 *
 * Pure: no skb, no kernel header but types, so that virtpeer, the unit tests
 * and the fuzzers compile this very file, as C and as C++. Bytes are read one
 * by one or through memcpy(): they may be unaligned.
 *
 * A datagram is one Ethernet frame from its destination MAC on, without a
 * header and without the FCS, padded to VIRT_WIRE_MIN bytes by us and not by
 * everybody; or, with `payload ip`, one bare IPv4 or IPv6 packet.
 *
 * Keepalives are frames of their own, see struct virt_wire_keepalive:
 *
 *	 0  6 bytes  01:80:C2:00:00:0E, which no bridge forwards
 *	 6  6 bytes  MAC of the sender
 *	12  2 bytes  0x9000; Cisco's and others' loopback frames have it too
 *	14  8 bytes  "virtlive": without it the frame is somebody else's
 *	22  1 byte   1 request, 2 answer
 *	23  1 byte   0, not looked at
 *	24  4 bytes  number of the request, big endian; its answer repeats it
 *	28  8 bytes  clock of the one who asked, in a form that only he reads;
 *		     its answer repeats it
 *	36 24 bytes  0, not looked at
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRT_WIRE_H
#define _VIRT_WIRE_H

#ifdef __KERNEL__
#include <linux/string.h>
#include <linux/types.h>
#else
#include <string.h>
#include <linux/types.h>
#endif

enum virt_wire_layout {
	/* the port of both ends, unless they are told otherwise */
	VIRT_WIRE_PORT = 50000,

	/* an Ethernet header: less is no frame */
	VIRT_WIRE_HEADER = 14,

	/* shorter frames are padded to this */
	VIRT_WIRE_MIN = 60,

	VIRT_WIRE_TYPE_AT = 12,
	VIRT_WIRE_TYPE_LIFE = 0x9000,

	VIRT_WIRE_MAGIC_AT = 14,
	VIRT_WIRE_KIND_AT = 22,
	VIRT_WIRE_SEQ_AT = 24,
	VIRT_WIRE_STAMP_AT = 28,
	VIRT_WIRE_LIFE_BYTES = 36,
};

enum virt_wire_kind {
	VIRT_WIRE_REQUEST = 1,
	VIRT_WIRE_ANSWER = 2,
};

/** struct virt_wire_keepalive - what a keepalive says */
struct virt_wire_keepalive {
	/** @kind: VIRT_WIRE_REQUEST or VIRT_WIRE_ANSWER */
	__u8 kind;

	/** @seq: number of the request, host byte order */
	__u32 seq;

	/** @stamp: bytes for the one who asked */
	__u8 stamp[8];
};

static inline const __u8 *virt_wire_life_group(void)
{
	static const __u8 group[6] = { 0x01, 0x80, 0xc2, 0x00, 0x00, 0x0e };

	return group;
}

static inline const __u8 *virt_wire_life_magic(void)
{
	static const __u8 magic[8] = { 'v', 'i', 'r', 't', 'l', 'i', 'v', 'e' };

	return magic;
}

/**
 * virt_wire_type() - the ethertype of a frame
 * @frame: at least VIRT_WIRE_HEADER bytes
 *
 * Return: the ethertype in host byte order.
 */
static inline unsigned int virt_wire_type(const __u8 *frame)
{
	return (unsigned int)frame[VIRT_WIRE_TYPE_AT] << 8 |
	       frame[VIRT_WIRE_TYPE_AT + 1];
}

/**
 * virt_wire_keepalive_read() - tell a keepalive of ours from all other frames
 * @frame: the frame from its destination MAC on
 * @len: bytes that may be read at @frame; VIRT_WIRE_LIFE_BYTES are enough
 * @life: what it says, written only if it is one
 *
 * Return: true if the frame is a keepalive, which nobody else shall see.
 */
static inline int virt_wire_keepalive_read(const __u8 *frame, unsigned int len,
					   struct virt_wire_keepalive *life)
{
	const __u8 *seq = frame + VIRT_WIRE_SEQ_AT;
	unsigned int kind;

	if (len < VIRT_WIRE_LIFE_BYTES ||
	    virt_wire_type(frame) != VIRT_WIRE_TYPE_LIFE ||
	    memcmp(frame, virt_wire_life_group(), 6) ||
	    memcmp(frame + VIRT_WIRE_MAGIC_AT, virt_wire_life_magic(), 8))
		return 0;
	kind = frame[VIRT_WIRE_KIND_AT];
	if (kind != VIRT_WIRE_REQUEST && kind != VIRT_WIRE_ANSWER)
		return 0;
	life->kind = (__u8)kind;
	life->seq = (__u32)seq[0] << 24 | (__u32)seq[1] << 16 |
		    (__u32)seq[2] << 8 | seq[3];
	memcpy(life->stamp, frame + VIRT_WIRE_STAMP_AT, sizeof(life->stamp));
	return 1;
}

/**
 * virt_wire_keepalive_write() - build a keepalive
 * @frame: VIRT_WIRE_MIN bytes to write
 * @source: MAC of the sender, six bytes
 * @life: what it says; an answer has seq and stamp of the request
 */
static inline void
virt_wire_keepalive_write(__u8 *frame, const __u8 *source,
			  const struct virt_wire_keepalive *life)
{
	__u8 *seq = frame + VIRT_WIRE_SEQ_AT;

	memset(frame, 0, VIRT_WIRE_MIN);
	memcpy(frame, virt_wire_life_group(), 6);
	memcpy(frame + 6, source, 6);
	frame[VIRT_WIRE_TYPE_AT] = VIRT_WIRE_TYPE_LIFE >> 8;
	frame[VIRT_WIRE_TYPE_AT + 1] = VIRT_WIRE_TYPE_LIFE & 0xff;
	memcpy(frame + VIRT_WIRE_MAGIC_AT, virt_wire_life_magic(), 8);
	frame[VIRT_WIRE_KIND_AT] = life->kind;
	seq[0] = (__u8)(life->seq >> 24);
	seq[1] = (__u8)(life->seq >> 16);
	seq[2] = (__u8)(life->seq >> 8);
	seq[3] = (__u8)life->seq;
	memcpy(frame + VIRT_WIRE_STAMP_AT, life->stamp, sizeof(life->stamp));
}

/**
 * virt_wire_ip_version() - tell the packets of `payload ip` apart
 * @packet: the datagram's bytes
 * @len: bytes that may be read at @packet; 40 are enough
 *
 * Return: 4 or 6 if a whole header of that version fits, or 0.
 */
static inline unsigned int virt_wire_ip_version(const __u8 *packet,
						unsigned int len)
{
	if (len >= 20 && packet[0] >> 4 == 4)
		return 4;
	if (len >= 40 && packet[0] >> 4 == 6)
		return 6;
	return 0;
}

/**
 * virt_wire_ktunnel() - what ktunnel lets out: ARP, and ICMP, TCP, UDP in IPv4
 * @frame: the frame from its destination MAC on
 * @len: bytes that may be read at @frame; 24 are enough
 *
 * Return: true if `filter ktunnel` sends the frame.
 */
static inline int virt_wire_ktunnel(const __u8 *frame, unsigned int len)
{
	if (len <= VIRT_WIRE_HEADER)
		return 0;
	if (virt_wire_type(frame) == 0x0806)
		return 1;
	if (virt_wire_type(frame) != 0x0800 || len < VIRT_WIRE_HEADER + 10)
		return 0;
	switch (frame[VIRT_WIRE_HEADER + 9]) {
	case 1: /* ICMP */
	case 6: /* TCP */
	case 17: /* UDP */
		return 1;
	default:
		return 0;
	}
}

#endif /* _VIRT_WIRE_H */
