// SPDX-License-Identifier: GPL-2.0-only
/* Replies for children that have no address yet: in mode share a DHCP server
 * answers to the parent's MAC address and an IP address that nobody has. The
 * transaction id of the child's request tells whose the answer is.
 *
 * The table is small and old entries give way. Nothing is looked up once the
 * last request is a minute old.
 *
 * Copyright (C) The virt authors
 */
#include "dhcp.h"

#include <linux/jiffies.h>
#include <linux/skbuff.h>

#include "demux.h"
#include "virt.h"

enum virt_dhcp_limits {
	VIRT_DHCP_SECONDS = 60,
	VIRT_DHCP_SHARE = 4,	/* slots that a child has at least */
};

static bool virt_dhcp_is_open(const struct virt_dhcp *slot)
{
	return time_before(jiffies, slot->since + VIRT_DHCP_SECONDS * HZ);
}

/* Reads the transaction id of a DHCP message in the given direction. */
static bool virt_dhcp_read(const struct sk_buff *skb, int offset,
			   unsigned int source, __be32 *xid)
{
	unsigned int len = min_t(unsigned int, skb->len - offset,
				 VIRT_DEMUX_DHCP_BYTES);
	u8 copy[VIRT_DEMUX_DHCP_BYTES];
	const u8 *net;

	net = skb_header_pointer(skb, offset, len, copy);
	return net && virt_demux_dhcp(net, len, source, xid);
}

/* The slot for a request of @vdev: the one it has already, a free one or the
 * oldest, of its own once it has its share. NULL if another child asked first:
 * it has the answer.
 */
static struct virt_dhcp *virt_dhcp_slot(struct virt_port *port,
					const struct virt_dev *vdev, __be32 xid)
{
	struct virt_dhcp *slot, *oldest = port->dhcp, *mine = NULL;
	unsigned int count = 0, share;

	share = VIRT_DHCP_SLOTS / (READ_ONCE(port->nr_shares) ?: 1);
	share = max_t(unsigned int, share, VIRT_DHCP_SHARE);
	for (slot = port->dhcp; slot < port->dhcp + VIRT_DHCP_SLOTS; slot++) {
		if (slot->vdev && slot->xid == xid && virt_dhcp_is_open(slot))
			return slot->vdev == vdev ? slot : NULL;
		if (slot->vdev == vdev) {
			count++;
			if (!mine || time_before(slot->since, mine->since))
				mine = slot;
		}
		if (!slot->vdev || (oldest->vdev &&
				    time_before(slot->since, oldest->since)))
			oldest = slot;
	}
	/* nobody takes the others' room */
	return count >= share ? mine : oldest;
}

/**
 * virt_dhcp_note() - a child sends to a group: is it a DHCP request
 * @vdev: the child
 * @skb: an IPv4 frame, borrowed
 * @offset: of its network header
 *
 * Context: BH off.
 */
void virt_dhcp_note(struct virt_dev *vdev, const struct sk_buff *skb,
		    int offset)
{
	struct virt_port *port = vdev->port;
	struct virt_dhcp *slot;
	__be32 xid;

	if (!virt_dhcp_read(skb, offset, VIRT_DEMUX_DHCP_CLIENT, &xid))
		return;

	spin_lock_bh(&port->dhcp_lock);
	slot = virt_dhcp_slot(port, vdev, xid);
	if (slot) {
		slot->vdev = vdev;
		slot->xid = xid;
		slot->since = jiffies;
		/* zero means that there are none */
		WRITE_ONCE(port->dhcp_until,
			   (jiffies + VIRT_DHCP_SECONDS * HZ) | 1);
	}
	spin_unlock_bh(&port->dhcp_lock);
}

/**
 * virt_dhcp_lookup() - the child that waits for a DHCP reply
 * @port: the parent's port
 * @skb: an IPv4 frame, borrowed
 * @offset: of its network header
 *
 * Context: BH off, RCU read side.
 * Return: the child, or NULL.
 */
struct virt_dev *virt_dhcp_lookup(struct virt_port *port,
				  const struct sk_buff *skb, int offset)
{
	unsigned long until = READ_ONCE(port->dhcp_until);
	struct virt_dev *vdev = NULL;
	struct virt_dhcp *slot;
	__be32 xid;

	if (likely(!until))
		return NULL;
	if (time_after(jiffies, until)) {
		/* unless somebody asked meanwhile */
		cmpxchg(&port->dhcp_until, until, 0);
		return NULL;
	}
	if (!virt_dhcp_read(skb, offset, VIRT_DEMUX_DHCP_SERVER, &xid))
		return NULL;

	spin_lock_bh(&port->dhcp_lock);
	for (slot = port->dhcp; slot < port->dhcp + VIRT_DHCP_SLOTS; slot++)
		if (slot->vdev && slot->xid == xid && virt_dhcp_is_open(slot))
			vdev = slot->vdev;
	spin_unlock_bh(&port->dhcp_lock);
	return vdev;
}

/**
 * virt_dhcp_forget() - drop the requests of a child
 * @vdev: a child that is being unpublished
 *
 * Context: Process, RTNL held.
 */
void virt_dhcp_forget(struct virt_dev *vdev)
{
	struct virt_port *port = vdev->port;
	struct virt_dhcp *slot;

	spin_lock_bh(&port->dhcp_lock);
	for (slot = port->dhcp; slot < port->dhcp + VIRT_DHCP_SLOTS; slot++)
		if (slot->vdev == vdev)
			slot->vdev = NULL;
	spin_unlock_bh(&port->dhcp_lock);
}
