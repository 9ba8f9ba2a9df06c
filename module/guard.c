// SPDX-License-Identifier: GPL-2.0-only
/* What the parent's side lets a child do.
 *
 * A guarded child keeps its MAC address and sends from no other. With a list
 * of prefixes it is in every frame that it sends a mere host with addresses of
 * that list, and others lead no frame to it.
 *
 * Copyright (C) The virt authors
 */
#include "guard.h"

#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>

#include "addr.h"
#include "claim.h"
#include "dev.h"
#include "virt.h"

enum virt_guard_limits {
	VIRT_GUARD_TAGS = 2,	/* VLAN tags around what is looked at */
	VIRT_GUARD_PULLS = 2,	/* of what is looked at into the linear part */
};

/** struct virt_allow - the addresses that a child may have */
struct virt_allow {
	/** @rcu: frees the list after its last reader */
	struct rcu_head rcu;

	/** @count: of @prefixes */
	unsigned int count;

	/** @prefixes: as the user gave them */
	struct virt_prefix prefixes[];
};

/**
 * virt_guard_may() - may the caller do what is the parent's side's right
 * @vdev: the child
 *
 * A thread of the kernel acts for somebody whom it does not name.
 *
 * Context: Process.
 * Return: true with CAP_NET_ADMIN over the parent's namespace.
 */
bool virt_guard_may(const struct virt_dev *vdev)
{
	return !(current->flags & PF_KTHREAD) &&
	       ns_capable(dev_net(vdev->parent)->user_ns, CAP_NET_ADMIN);
}

static bool virt_guard_is_wanted(const struct virt_dev *vdev)
{
	if (vdev->conf.guard == VIRT_GUARD_AUTO)
		return dev_net(vdev->dev)->user_ns !=
		       dev_net(vdev->parent)->user_ns;
	return vdev->conf.guard == VIRT_GUARD_ON;
}

static void virt_guard_watch(struct virt_dev *vdev)
{
	vdev->watched = vdev->guarded || rcu_access_pointer(vdev->allow);
	virt_dev_update_ways(vdev);
}

/**
 * virt_guard_update() - follow the settings and the namespaces of a child
 * @vdev: the child
 *
 * Context: Process, RTNL held.
 * Return: true if it is guarded now and was not, or the other way round.
 */
bool virt_guard_update(struct virt_dev *vdev)
{
	bool guarded = virt_guard_is_wanted(vdev);
	bool changed = guarded != vdev->guarded;

	ASSERT_RTNL();
	WRITE_ONCE(vdev->guarded, guarded);
	virt_guard_watch(vdev);
	return changed;
}

static bool virt_guard_is_prefix(const struct virt_prefix *prefix)
{
	if (prefix->reserved[0] || prefix->reserved[1])
		return false;
	return (prefix->family == 4 && prefix->length <= 32) ||
	       (prefix->family == 6 && prefix->length <= 128);
}

/**
 * virt_guard_parse() - read a list of prefixes
 * @attr: IFLA_VIRT_ALLOW
 * @extack: says what is wrong with it
 *
 * Return: the list, NULL for an empty one, or an ERR_PTR().
 */
struct virt_allow *virt_guard_parse(const struct nlattr *attr,
				    struct netlink_ext_ack *extack)
{
	unsigned int count = nla_len(attr) / sizeof(struct virt_prefix);
	const struct virt_prefix *prefixes = nla_data(attr);
	struct virt_allow *allow;
	unsigned int i;

	if (nla_len(attr) % sizeof(struct virt_prefix)) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "allow needs whole prefixes of 20 bytes");
		return ERR_PTR(-EINVAL);
	}
	for (i = 0; i < count; i++) {
		if (virt_guard_is_prefix(&prefixes[i]))
			continue;
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "allow needs IPv4 prefixes up to /32 or IPv6 prefixes up to /128");
		return ERR_PTR(-EINVAL);
	}
	if (!count)
		return NULL;
	allow = kmalloc(struct_size(allow, prefixes, count), GFP_KERNEL);
	if (!allow)
		return ERR_PTR(-ENOMEM);
	allow->count = count;
	memcpy(allow->prefixes, prefixes, nla_len(attr));
	return allow;
}

/**
 * virt_guard_set_allow() - put another list of prefixes in force
 * @vdev: the child
 * @allow: from virt_guard_parse(), ours from now on; NULL allows all
 *
 * Context: Process, RTNL held.
 */
void virt_guard_set_allow(struct virt_dev *vdev, struct virt_allow *allow)
{
	struct virt_allow *before = rtnl_dereference(vdev->allow);

	rcu_assign_pointer(vdev->allow, allow);
	virt_guard_watch(vdev);
	if (before)
		kfree_rcu(before, rcu);
	virt_addr_check_allowed(vdev);
}

/**
 * virt_guard_get_size() - the room that virt_guard_fill() needs
 * @vdev: the child
 *
 * Exact: the core copies a message that has much more room than it needs.
 *
 * Return: bytes.
 */
size_t virt_guard_get_size(const struct virt_dev *vdev)
{
	size_t size = nla_total_size(sizeof(u8));	/* IFLA_VIRT_GUARD */
	const struct virt_allow *allow;

	rcu_read_lock();
	allow = rcu_dereference(vdev->allow);
	if (allow)					/* IFLA_VIRT_ALLOW */
		size += nla_total_size(allow->count *
				       sizeof(struct virt_prefix));
	rcu_read_unlock();
	return size;
}

/**
 * virt_guard_fill() - describe the guard of a child
 * @skb: a netlink message, inside IFLA_INFO_DATA
 * @vdev: the child
 *
 * Return: 0 or -EMSGSIZE.
 */
int virt_guard_fill(struct sk_buff *skb, const struct virt_dev *vdev)
{
	const struct virt_allow *allow;
	int err;

	rcu_read_lock();
	allow = rcu_dereference(vdev->allow);
	err = nla_put_u8(skb, IFLA_VIRT_GUARD, vdev->conf.guard);
	if (!err && allow)
		err = nla_put(skb, IFLA_VIRT_ALLOW,
			      allow->count * sizeof(struct virt_prefix),
			      allow->prefixes);
	rcu_read_unlock();
	return err;
}

static bool virt_guard_matches(const struct virt_prefix *prefix,
			       const struct virt_demux_key *key)
{
	const u8 *addr = (const u8 *)key->addr;
	unsigned int bytes = prefix->length / 8;
	unsigned int bits = prefix->length % 8;

	if (prefix->family != key->family ||
	    memcmp(prefix->addr, addr, bytes))
		return false;
	return !bits || !((prefix->addr[bytes] ^ addr[bytes]) >> (8 - bits));
}

/* The link-local address that belongs to the MAC address which the child has by
 * right, as RFC 4291 makes it.
 */
static bool virt_guard_is_linklocal(const struct virt_dev *vdev,
				    const struct virt_demux_key *key)
{
	u16 middle = vdev->dev->dev_id ?: 0xfffe;
	const u8 *mac = vdev->mac;
	const u8 addr[16] = {
		0xfe, 0x80, 0, 0, 0, 0, 0, 0,
		mac[0] ^ (vdev->dev->dev_id ? 0 : 2), mac[1], mac[2],
		middle >> 8, middle & 0xff,
		mac[3], mac[4], mac[5],
	};

	return key->family == 6 && !memcmp(addr, key->addr, sizeof(addr));
}

static bool virt_guard_has(const struct virt_dev *vdev,
			   const struct virt_allow *allow,
			   const struct virt_demux_key *key)
{
	unsigned int i;

	for (i = 0; i < allow->count; i++)
		if (virt_guard_matches(&allow->prefixes[i], key))
			return true;
	return virt_guard_is_linklocal(vdev, key);
}

/**
 * virt_guard_allows() - may a child have an address
 * @vdev: the child
 * @key: the address
 *
 * Context: Any.
 * Return: true if so.
 */
bool virt_guard_allows(const struct virt_dev *vdev,
		       const struct virt_demux_key *key)
{
	const struct virt_allow *allow;
	bool allowed;

	rcu_read_lock();
	allow = rcu_dereference(vdev->allow);
	allowed = !allow || virt_guard_has(vdev, allow, key);
	rcu_read_unlock();
	return allowed;
}

/* Devices below write where the sender has told them to: checksums, and the
 * headers of packets that they cut. Not what was looked at, up to @end.
 */
static bool virt_guard_is_final(const struct sk_buff *skb, int end)
{
	const struct ethhdr *eth = (const struct ethhdr *)skb->data;

	if (skb_is_gso(skb) && skb->protocol != eth->h_proto)
		return false;
	return skb->ip_summed != CHECKSUM_PARTIAL ||
	       (skb_checksum_start_offset(skb) >= ETH_HLEN &&
		skb_checksum_start_offset(skb) + skb->csum_offset >= end);
}

/* Does the frame speak for its sender alone? Tags do not hide what it says.
 * @end: of what was looked at.
 */
static bool virt_guard_is_honest(const struct virt_dev *vdev,
				 const struct virt_allow *allow,
				 const struct sk_buff *skb, unsigned int *end)
{
	const struct ethhdr *eth = (const struct ethhdr *)skb->data;
	__be16 proto = eth->h_proto;
	const struct vlan_hdr *vlan;
	u8 copy[VIRT_CLAIM_BYTES];
	struct virt_claims claims;
	int offset = ETH_HLEN;
	struct vlan_hdr tag;
	unsigned int i, len;
	const u8 *net;

	for (i = 0; eth_type_vlan(proto); i++) {
		vlan = skb_header_pointer(skb, offset, sizeof(tag), &tag);
		if (!vlan || i == VIRT_GUARD_TAGS)
			return false;
		proto = vlan->h_vlan_encapsulated_proto;
		offset += sizeof(tag);
	}
	len = min_t(unsigned int, skb->len - offset, VIRT_CLAIM_BYTES);
	net = skb_header_pointer(skb, offset, len, copy);
	if (!net || !virt_claim_read(ntohs(proto), net, len, eth->h_source,
				     &claims))
		return false;
	for (i = 0; i < claims.count; i++)
		if (!virt_guard_has(vdev, allow, &claims.keys[i]))
			return false;
	*end = offset + claims.end;
	return virt_guard_is_final(skb, *end);
}

/* What is in pages the sender may still write: they are looked at in a copy
 * that is sent, and once more if that was changed in between.
 */
static bool virt_guard_is_honest_for_good(const struct virt_dev *vdev,
					  const struct virt_allow *allow,
					  struct sk_buff **pskb)
{
	unsigned int end, i;

	for (i = 0; i <= VIRT_GUARD_PULLS; i++) {
		if (!virt_guard_is_honest(vdev, allow, *pskb, &end))
			return false;
		if (likely(skb_headlen(*pskb) >= end))
			return true;
		*pskb = skb_share_check(*pskb, GFP_ATOMIC);
		if (!*pskb || !pskb_may_pull(*pskb, end))
			return false;
	}
	return false;
}

/**
 * virt_guard_passes_rcu() - may a watched child send a frame
 * @vdev: the child
 * @pskb: an Ethernet frame with its header in the linear part, maybe shared;
 *	borrowed, and may be replaced, by NULL if there is no memory
 *
 * Context: BH off, RCU read side.
 * Return: true if so.
 */
bool virt_guard_passes_rcu(const struct virt_dev *vdev, struct sk_buff **pskb)
{
	const struct virt_allow *allow = rcu_dereference(vdev->allow);
	const struct ethhdr *eth = (const struct ethhdr *)(*pskb)->data;

	if (READ_ONCE(vdev->guarded) &&
	    !ether_addr_equal_unaligned(eth->h_source, vdev->mac))
		return false;
	return allow ? virt_guard_is_honest_for_good(vdev, allow, pskb) :
		       virt_guard_is_final(*pskb, ETH_HLEN);
}
