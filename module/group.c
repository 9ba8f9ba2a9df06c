// SPDX-License-Identifier: GPL-2.0-only
/* Broadcast and multicast to the children of a port.
 *
 * A few receivers get their clones at once. For more than the port's limit
 * the frame goes through one bounded queue and a worker clones it, so that a
 * broadcast does not hold the CPU for a thousand children. No sender gets
 * more than a fair share of the queue: with n senders in it, each may fill
 * one part of n + 1.
 *
 * Copyright (C) The virt authors
 */
#include "group.h"

#include <linux/etherdevice.h>
#include <linux/hash.h>
#include <linux/if_vlan.h>

#include "rx.h"
#include "stats.h"
#include "virt.h"

enum virt_group_limits {
	VIRT_GROUP_QUEUE_MAX = 1000,
};

/** struct virt_group_cb - what the worker needs, in the skb's cb */
struct virt_group_cb {
	/** @origin: the child that sent it; compared, never followed */
	const struct virt_dev *origin;

	/** @who: gets it */
	enum virt_group_who who;

	/** @isolated: not for siblings */
	bool isolated;

	/** @from_host: only for those that the host may reach */
	bool from_host;

	/** @sender: index of its count in the port */
	u8 sender;
};

static struct virt_group_cb *virt_group_cb(struct sk_buff *skb)
{
	BUILD_BUG_ON(sizeof(struct virt_group_cb) > sizeof(skb->cb));
	return (struct virt_group_cb *)skb->cb;
}

/**
 * virt_group_hash() - the bit of a group in a child's mc_filter
 * @addr: a destination MAC address, at any alignment
 *
 * Return: the number of the bit.
 */
unsigned int virt_group_hash(const unsigned char *addr)
{
	return hash_32(get_unaligned((const u32 *)(addr + 2)),
		       VIRT_MC_FILTER_BITS);
}

static bool virt_group_is_flood_child(const struct virt_dev *vdev)
{
	return READ_ONCE(vdev->has_upper) || virt_dev_is_promisc(vdev) ||
	       READ_ONCE(vdev->conf.arp) == VIRT_ARP_ALL;
}

static bool virt_group_is_member(const struct virt_dev *vdev,
				 const struct sk_buff *skb)
{
	return skb->pkt_type == PACKET_BROADCAST ||
	       vdev->dev->flags & IFF_ALLMULTI || virt_dev_is_promisc(vdev) ||
	       test_bit(virt_group_hash(eth_hdr(skb)->h_dest),
			vdev->mc_filter);
}

static bool virt_group_wants(const struct virt_dev *vdev,
			     const struct sk_buff *skb,
			     const struct virt_group_cb *cb)
{
	if (vdev == cb->origin || !(vdev->dev->flags & IFF_UP))
		return false;
	if (cb->origin && (cb->isolated || READ_ONCE(vdev->conf.isolate)))
		return false;
	if (cb->from_host && !virt_dev_hears_host(vdev))
		return false;
	/* the VLANs of a child in mode share are the parent's */
	if (virt_dev_mode(vdev) == VIRT_MODE_SHARE &&
	    (virt_compat_vlan_id(skb) || eth_type_vlan(skb->protocol)))
		return false;
	switch (cb->who) {
	case VIRT_GROUP_SHARE:
		return virt_dev_mode(vdev) == VIRT_MODE_SHARE;
	case VIRT_GROUP_FLOOD:
		return virt_group_is_flood_child(vdev);
	default:
		return virt_group_is_member(vdev, skb);
	}
}

/* More receivers than the limit? */
static bool virt_group_is_large(const struct virt_port *port,
				const struct sk_buff *skb,
				const struct virt_group_cb *cb)
{
	unsigned int left = READ_ONCE(port->bclim);
	const struct virt_dev *vdev;

	if (READ_ONCE(port->nr_children) <= left)
		return false;
	list_for_each_entry_rcu(vdev, &port->children, node)
		if (virt_group_wants(vdev, skb, cb) && !left--)
			return true;
	return false;
}

static void virt_group_to_all(struct virt_port *port,
			      struct sk_buff *skb,
			      const struct virt_group_cb *cb)
{
	struct virt_dev *vdev;

	list_for_each_entry_rcu(vdev, &port->children, node) {
		if (!virt_group_wants(vdev, skb, cb))
			continue;
		/* for the worker: enabling BH lets the stack take the clone
		 * before its backlog is full
		 */
		local_bh_disable();
		virt_rx_deliver_clone(vdev, skb);
		local_bh_enable();
	}
}

/* May this sender add to the queue? Called with the queue's lock. */
static bool virt_group_admit(struct virt_port *port, u8 sender)
{
	if (port->bc_counts[sender] + skb_queue_len(&port->bc_queue) >=
	    VIRT_GROUP_QUEUE_MAX)
		return false;
	port->bc_counts[sender]++;
	return true;
}

static void virt_group_leave(struct virt_port *port, u8 sender)
{
	port->bc_counts[sender]--;
}

/* Children may have one MAC address, or send from many. */
static u8 virt_group_sender(const struct sk_buff *skb,
			    const struct virt_dev *origin)
{
	const u8 *source = eth_hdr(skb)->h_source;

	if (origin)
		return hash_ptr(origin, VIRT_BC_SENDER_BITS);
	return hash_32(get_unaligned((const u32 *)(source + 2)),
		       VIRT_BC_SENDER_BITS);
}

static void virt_group_enqueue(struct virt_port *port,
			       struct sk_buff *skb,
			       struct virt_group_cb *cb)
{
	struct sk_buff *clone = NULL;
	bool admitted;

	cb->sender = virt_group_sender(skb, cb->origin);

	spin_lock_bh(&port->bc_queue.lock);
	admitted = virt_group_admit(port, cb->sender);
	if (admitted)
		clone = skb_clone(skb, GFP_ATOMIC);
	if (clone) {
		*virt_group_cb(clone) = *cb;
		__skb_queue_tail(&port->bc_queue, clone);
	} else if (admitted) {
		virt_group_leave(port, cb->sender);
	}
	spin_unlock_bh(&port->bc_queue.lock);

	if (!clone)
		atomic64_inc(&port->bc_overflow);
	queue_work(virt_compat_unbound_wq, &port->bc_work);
}

static struct sk_buff *virt_group_dequeue(struct virt_port *port)
{
	struct sk_buff *skb;

	spin_lock_bh(&port->bc_queue.lock);
	skb = __skb_dequeue(&port->bc_queue);
	if (skb)
		virt_group_leave(port, virt_group_cb(skb)->sender);
	spin_unlock_bh(&port->bc_queue.lock);
	return skb;
}

static void virt_group_work(struct work_struct *work)
{
	struct virt_port *port = container_of(work, struct virt_port, bc_work);
	struct sk_buff *skb;

	while ((skb = virt_group_dequeue(port))) {
		struct virt_group_cb cb = *virt_group_cb(skb);

		rcu_read_lock();
		virt_group_to_all(port, skb, &cb);
		rcu_read_unlock();
		consume_skb(skb);
		cond_resched();
	}
}

/**
 * virt_group_deliver() - a clone for every child that is to get a frame
 * @port: the parent's port
 * @skb: a frame as received by the parent, at its network header; borrowed
 * @origin: the child that sent it, or NULL; it gets none
 * @from_host: the parent's own host sent it
 * @who: gets it
 *
 * Context: BH off, RCU read side.
 */
void virt_group_deliver(struct virt_port *port, struct sk_buff *skb,
			const struct virt_dev *origin, bool from_host,
			enum virt_group_who who)
{
	struct virt_group_cb cb = {
		.origin = origin,
		.who = who,
		.isolated = origin && READ_ONCE(origin->conf.isolate),
		.from_host = from_host,
	};

	if (virt_group_is_large(port, skb, &cb))
		virt_group_enqueue(port, skb, &cb);
	else
		virt_group_to_all(port, skb, &cb);
}

/**
 * virt_group_init() - prepare the queue of a new port
 * @port: the port
 */
void virt_group_init(struct virt_port *port)
{
	port->bclim = VIRT_BCLIM_DEFAULT;
	skb_queue_head_init(&port->bc_queue);
	INIT_WORK(&port->bc_work, virt_group_work);
}

/**
 * virt_group_exit() - empty the queue of a port that gets no more frames
 * @port: the port
 *
 * Context: Process. May sleep.
 */
void virt_group_exit(struct virt_port *port)
{
	cancel_work_sync(&port->bc_work);
	skb_queue_purge(&port->bc_queue);
}
