// SPDX-License-Identifier: GPL-2.0-only
/* For tests: the same frame in every shape that an skb can have.
 *
 * What is written to /proc/virt_shapes is a struct shapes_order and a frame,
 * from its destination MAC address on. The frame is made an skb of that shape
 * and received by the device, or sent by it. What others hold of it must be
 * the same afterwards: the write fails with EILSEQ if it is not. Or it is
 * received many times, most of them not as it should be.
 *
 * Copyright (C) The virt authors
 */
#include <linux/delay.h>
#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/nsproxy.h>
#include <linux/prandom.h>
#include <linux/proc_fs.h>
#include <linux/rtnetlink.h>
#include <linux/sched/signal.h>
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <linux/tcp.h>
#include <linux/uaccess.h>
#include <linux/udp.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>

enum shapes_shape {
	SHAPES_LINEAR,
	SHAPES_SPLIT,		/* arg bytes linear, the rest in a page */
	SHAPES_FRAG_LIST,	/* arg bytes linear, the rest in another skb */
	SHAPES_CLONED,		/* somebody holds a clone */
	SHAPES_SHARED,		/* somebody holds the skb itself */
	SHAPES_NO_HEADROOM,	/* nothing may be pushed */
	SHAPES_DIRTY,		/* cb, mark, hash, priority of another life */
	SHAPES_TAGGED,		/* the VLAN tag is beside it: its own, else arg */
	SHAPES_DIRECT,		/* sent without queue and MAC header offset */
	SHAPES_COUNT,
};

/* Of a packet that is still to be cut. */
enum shapes_kind {
	/* the lengths are what somebody says who is not trusted */
	SHAPES_DODGY = BIT(0),

	/* into fragments of one datagram (UFO) */
	SHAPES_FRAGMENTS = BIT(1),

	/* in a list, in which each has its own headers before it */
	SHAPES_LISTED = BIT(2),

	/* it is TCP in Ethernet in the datagram */
	SHAPES_INSIDE = BIT(3),
};

/** struct shapes_order - what to do with a frame */
struct shapes_order {
	/** @shape: enum shapes_shape */
	u32 shape;

	/** @arg: of the shape */
	u32 arg;

	/** @size: of the segments that the packet is yet to be cut into, and of
	 * what is in a frag list; 0: it is whole
	 */
	u32 size;

	/** @kind: of segments, enum shapes_kind */
	u32 kind;

	/** @send: sent, else received */
	u32 send;

	/** @times: 0: once; else received so often, in shapes at random */
	u32 times;

	/** @seed: of what happens to a frame that is received @times */
	u32 seed;

	/** @dev: name of the device, in the namespace of the writer */
	char dev[IFNAMSIZ];
};

enum shapes_limits {
	SHAPES_FRAME_MAX = 2048,
};

/** struct shapes_packet - where the parts of a packet are in a frame */
struct shapes_packet {
	/** @network: the IP header, without options */
	unsigned int network;

	/** @transport: the TCP or UDP header */
	unsigned int transport;

	/** @payload: what follows it */
	unsigned int payload;

	/** @v6: not IPv4 */
	bool v6;

	/** @tcp: not UDP */
	bool tcp;
};

/* The packet in the Ethernet frame that starts @at; false if there is none. */
static bool shapes_find(const u8 *frame, unsigned int len, unsigned int at,
			struct shapes_packet *packet)
{
	const struct ethhdr *eth = (const struct ethhdr *)(frame + at);

	if (len < at + ETH_HLEN + 60)
		return false;
	packet->network = at + ETH_HLEN;
	packet->v6 = eth->h_proto == htons(ETH_P_IPV6);
	packet->transport = packet->network + (packet->v6 ? 40 : 20);
	packet->tcp = frame[packet->network + (packet->v6 ? 6 : 9)] ==
		      IPPROTO_TCP;
	packet->payload = packet->transport + (packet->tcp ? 20 : 8);
	return len > packet->payload;
}

/* @linear bytes of @frame in the head, with @room before them. What is shorter
 * than a header has zeros behind it, for those who read it nevertheless.
 */
static struct sk_buff *shapes_head(const u8 *frame, unsigned int linear,
				   unsigned int room)
{
	unsigned int size = max_t(unsigned int, linear, ETH_HLEN);
	struct sk_buff *skb = alloc_skb(room + size, GFP_KERNEL);

	if (!skb)
		return NULL;
	skb_reserve(skb, room);
	memset(skb->data, 0, size);
	skb_put_data(skb, frame, linear);
	return skb;
}

static int shapes_add_page(struct sk_buff *skb, const u8 *from,
			   unsigned int len)
{
	struct page *page = alloc_page(GFP_KERNEL);

	if (!page)
		return -ENOMEM;
	memcpy(page_address(page), from, len);
	skb_add_rx_frag(skb, 0, page, 0, len, PAGE_SIZE);
	return 0;
}

/* One of a list: a packet of its own, the headers of @frame before its data. */
static void shapes_add_headers(struct sk_buff *skb, const u8 *frame,
			       const struct shapes_packet *packet)
{
	unsigned int len = packet->payload - packet->transport + skb->len;
	struct ipv6hdr *ip6;
	struct udphdr *uh;
	struct iphdr *ip;

	memcpy(skb->data - packet->payload, frame, packet->payload);
	skb_set_mac_header(skb, -(int)packet->payload);
	skb_set_network_header(skb, (int)packet->network -
				    (int)packet->payload);
	skb_set_transport_header(skb, (int)packet->transport -
				      (int)packet->payload);
	uh = udp_hdr(skb);
	uh->len = htons(len);
	uh->check = 0;
	ip6 = ipv6_hdr(skb);
	ip = ip_hdr(skb);
	if (packet->v6) {
		ip6->payload_len = htons(len);
	} else {
		ip->tot_len = htons(sizeof(*ip) + len);
		ip_send_check(ip);
	}
}

/* One skb with all, or as many as there are segments. */
static int shapes_add_list(struct sk_buff *skb, const u8 *frame,
			   unsigned int at, unsigned int len,
			   const struct shapes_order *order)
{
	bool listed = order->kind & SHAPES_LISTED;
	struct sk_buff **last = &skb_shinfo(skb)->frag_list;
	struct shapes_packet packet;
	struct sk_buff *next;
	unsigned int size;

	if (listed && !shapes_find(frame, len, 0, &packet))
		return -EINVAL;
	for (; at < len; at += size) {
		size = order->size ? min(order->size, len - at) : len - at;
		next = shapes_head(frame + at, size,
				   listed ? packet.payload + NET_SKB_PAD : 0);
		if (!next)
			return -ENOMEM;
		*last = next;
		last = &next->next;
		if (listed)
			shapes_add_headers(next, frame, &packet);
		skb->len += next->len;
		skb->data_len += next->len;
		skb->truesize += next->truesize;
	}
	return 0;
}

/* The sum over the addresses alone, the rest is left to others. */
static void shapes_leave_sum(struct sk_buff *skb, unsigned int sum_at,
			     const struct shapes_packet *packet)
{
	unsigned int len = skb->len - packet->transport;
	u8 protocol = packet->tcp ? IPPROTO_TCP : IPPROTO_UDP;
	u8 *at = skb->data + packet->network;
	const struct ipv6hdr *ip6 = (const struct ipv6hdr *)at;
	const struct iphdr *ip = (const struct iphdr *)at;
	__sum16 sum;

	sum = packet->v6 ? ~csum_ipv6_magic(&ip6->saddr, &ip6->daddr, len,
					    protocol, 0) :
			   ~csum_tcpudp_magic(ip->saddr, ip->daddr, len,
					      protocol, 0);
	memcpy(skb->data + packet->transport + sum_at, &sum, sizeof(sum));
}

/* As the stack makes them for a device that cuts. */
static int shapes_set_segments(struct sk_buff *skb, const u8 *frame,
			       const struct shapes_order *order)
{
	struct skb_shared_info *shinfo = skb_shinfo(skb);
	bool inside = order->kind & SHAPES_INSIDE;
	struct shapes_packet packet, outer;
	unsigned int start, sum;

	if (!shapes_find(frame, skb->len, 0, &outer))
		return -EINVAL;
	packet = outer;
	if (inside && !shapes_find(frame, skb->len, outer.payload, &packet))
		return -EINVAL;
	if (skb_headlen(skb) < packet.payload)
		return -EINVAL;

	sum = packet.tcp ? offsetof(struct tcphdr, check) :
			   offsetof(struct udphdr, check);
	start = packet.payload;
	if (order->kind & SHAPES_FRAGMENTS) {
		start = packet.transport;
		shinfo->gso_type = SKB_GSO_UDP;
	} else if (!packet.tcp) {
		shinfo->gso_type = SKB_GSO_UDP_L4;
	} else {
		shinfo->gso_type = packet.v6 ? SKB_GSO_TCPV6 : SKB_GSO_TCPV4;
		if (frame[packet.transport + 13] & 0x80)
			shinfo->gso_type |= SKB_GSO_TCP_ECN;
	}
	if (order->kind & SHAPES_DODGY)
		shinfo->gso_type |= SKB_GSO_DODGY;
	shinfo->gso_size = order->size;
	shinfo->gso_segs = DIV_ROUND_UP(skb->len - start, order->size);

	if (order->kind & SHAPES_LISTED) {
		/* those of a list have been summed up already */
		shinfo->gso_type |= SKB_GSO_FRAGLIST;
		memset(skb->data + packet.transport + sum, 0, sizeof(__sum16));
		skb->ip_summed = CHECKSUM_UNNECESSARY;
		return 0;
	}
	shapes_leave_sum(skb, sum, &packet);
	if (!skb_partial_csum_set(skb, packet.transport, sum))
		return -EINVAL;
	if (inside) {
		shinfo->gso_type |= SKB_GSO_UDP_TUNNEL;
		skb->encapsulation = 1;
		skb_set_inner_protocol(skb, htons(ETH_P_TEB));
		skb_set_inner_mac_header(skb, outer.payload);
		skb_set_inner_network_header(skb, packet.network);
		skb_set_inner_transport_header(skb, packet.transport);
		skb_set_transport_header(skb, outer.transport);
	}
	return 0;
}

static int shapes_fill(const struct shapes_order *order, struct sk_buff *skb,
		       const u8 *frame, unsigned int len)
{
	unsigned int linear = skb->len;
	int err = 0;

	if (linear < len)
		err = order->shape == SHAPES_SPLIT ?
		      shapes_add_page(skb, frame + linear, len - linear) :
		      shapes_add_list(skb, frame, linear, len, order);
	if (!err && order->size)
		err = shapes_set_segments(skb, frame, order);
	return err;
}

static void shapes_put_tag(struct sk_buff *skb, u16 tag)
{
	const struct vlan_ethhdr *eth = (const struct vlan_ethhdr *)skb->data;

	if (skb->len >= VLAN_ETH_HLEN && eth->h_vlan_proto == htons(ETH_P_8021Q)) {
		tag = ntohs(eth->h_vlan_TCI);
		memmove(skb->data + VLAN_HLEN, skb->data, 2 * ETH_ALEN);
		skb_pull(skb, VLAN_HLEN);
	}
	__vlan_hwaccel_put_tag(skb, htons(ETH_P_8021Q), tag);
}

static struct sk_buff *shapes_make(const struct shapes_order *order,
				   const u8 *frame, unsigned int len)
{
	bool split = order->shape == SHAPES_SPLIT ||
		     order->shape == SHAPES_FRAG_LIST;
	unsigned int linear = split ? min(max_t(u32, order->arg, ETH_HLEN),
					  len) : len;
	unsigned int room = order->shape == SHAPES_NO_HEADROOM ? 0 :
			    NET_SKB_PAD + LL_MAX_HEADER;
	struct sk_buff *skb = shapes_head(frame, linear, room);

	if (!skb)
		return NULL;
	if (shapes_fill(order, skb, frame, len)) {
		kfree_skb(skb);
		return NULL;
	}
	if (order->shape == SHAPES_DIRTY) {
		memset(skb->cb, 0xa5, sizeof(skb->cb));
		skb->mark = 0xa5a5a5a5;
		skb->priority = 6;
		skb_set_hash(skb, 0xa5a5a5a5, PKT_HASH_TYPE_L3);
	}
	if (order->shape == SHAPES_TAGGED)
		shapes_put_tag(skb, order->arg);
	return skb;
}

static void shapes_go(const struct shapes_order *order, struct sk_buff *skb,
		      struct net_device *dev)
{
	skb->dev = dev;
	if (!order->send) {
		skb->protocol = eth_type_trans(skb, dev);
		local_bh_disable();
		netif_receive_skb(skb);
		local_bh_enable();
		return;
	}
	skb->protocol = ((const struct ethhdr *)skb->data)->h_proto;
	skb_set_network_header(skb, min_t(unsigned int, skb->len, ETH_HLEN));
	if (order->shape == SHAPES_DIRECT)
		dev_direct_xmit(skb, 0);
	else
		dev_queue_xmit(skb);
}

/* What others see of a frame that is all linear. */
static bool shapes_same(const struct sk_buff *held, const u8 *start,
			const struct net_device *dev, unsigned int len,
			const u8 *frame)
{
	return held->dev == dev && held->len + (held->data - start) == len &&
	       !memcmp(start, frame, len);
}

static int shapes_run(const struct shapes_order *order, const u8 *frame,
		      unsigned int len, struct net_device *dev)
{
	struct sk_buff *skb = shapes_make(order, frame, len);
	struct sk_buff *held = NULL;
	const u8 *start;
	int err = 0;

	if (!skb)
		return -ENOMEM;
	start = skb->data;
	skb->dev = dev;
	if (order->shape == SHAPES_CLONED) {
		held = skb_clone(skb, GFP_KERNEL);
		if (!held) {
			kfree_skb(skb);
			return -ENOMEM;
		}
	} else if (order->shape == SHAPES_SHARED) {
		held = skb_get(skb);
	}
	shapes_go(order, skb, dev);
	if (held && !shapes_same(held, start, dev, len, frame))
		err = -EILSEQ;
	kfree_skb(held);
	return err;
}

/* Some bytes of @frame changed, cut or grown; returns its new length. */
static unsigned int shapes_change(struct rnd_state *random, u8 *frame,
				  unsigned int len)
{
	u32 how = prandom_u32_state(random);
	u32 rest = how >> 3;
	unsigned int grown;

	switch (how % 8) {
	case 0:
		return ETH_HLEN + rest % (len - ETH_HLEN + 1);
	case 1:
		grown = min_t(u32, len + rest % ETH_DATA_LEN, SHAPES_FRAME_MAX);
		memset(frame + len, 0, grown - len);
		return grown;
	case 2:
	case 3:
		return len;
	}
	for (rest = rest % 4 + 1; rest; rest--) {
		how = prandom_u32_state(random);
		frame[(how >> 8) % len] = how;
	}
	return len;
}

static int shapes_flood(struct shapes_order *order, const u8 *frame,
			unsigned int len, struct net_device *dev)
{
	u8 *changed = kmalloc(SHAPES_FRAME_MAX, GFP_KERNEL);
	struct rnd_state random;
	unsigned int size;
	int err = 0;

	if (!changed)
		return -ENOMEM;
	prandom_seed_state(&random, order->seed);
	order->send = 0;
	for (; order->times && !err; order->times--) {
		memcpy(changed, frame, len);
		size = shapes_change(&random, changed, len);
		order->shape = prandom_u32_state(&random) % (SHAPES_TAGGED + 1);
		order->arg = prandom_u32_state(&random) % (size + 1);
		err = shapes_run(order, changed, size, dev);
		if (fatal_signal_pending(current))
			err = -EINTR;
		cond_resched();
	}
	kfree(changed);
	return err;
}

static ssize_t shapes_write(struct file *file, const char __user *from,
			    size_t count, loff_t *at)
{
	struct shapes_order order;
	struct net_device *dev;
	u8 *frame;
	int err;

	if (count < sizeof(order) || count > sizeof(order) + SHAPES_FRAME_MAX)
		return -EINVAL;
	if (copy_from_user(&order, from, sizeof(order)))
		return -EFAULT;
	order.dev[IFNAMSIZ - 1] = 0;
	count -= sizeof(order);
	if (order.shape >= SHAPES_COUNT || order.size > SHAPES_FRAME_MAX ||
	    (count < ETH_HLEN && (order.size || order.times)))
		return -EINVAL;
	frame = memdup_user(from + sizeof(order), count);
	if (IS_ERR(frame))
		return PTR_ERR(frame);
	dev = dev_get_by_name(current->nsproxy->net_ns, order.dev);
	if (!dev)
		err = -ENODEV;
	else if (order.times)
		err = shapes_flood(&order, frame, count, dev);
	else
		err = shapes_run(&order, frame, count, dev);
	if (dev)
		dev_put(dev);
	kfree(frame);
	return err ?: sizeof(order) + count;
}

static const struct proc_ops shapes_ops = {
	.proc_write = shapes_write,
	.proc_lseek = noop_llseek,
};

/* Holds RTNL so long, as NICs do that load their firmware. */
static int shapes_hold_rtnl(const char *value, const struct kernel_param *param)
{
	unsigned int ms;
	int err = kstrtouint(value, 0, &ms);

	if (err)
		return err;
	rtnl_lock();
	msleep(ms);
	rtnl_unlock();
	return 0;
}

static const struct kernel_param_ops shapes_rtnl_ops = {
	.set = shapes_hold_rtnl,
};
module_param_cb(rtnl_ms, &shapes_rtnl_ops, NULL, 0200);

static int __init shapes_init(void)
{
	return proc_create("virt_shapes", 0200, NULL, &shapes_ops) ? 0 : -ENOMEM;
}
module_init(shapes_init);

static void __exit shapes_exit(void)
{
	remove_proc_entry("virt_shapes", NULL);
}
module_exit(shapes_exit);

MODULE_DESCRIPTION("Frames in every shape, for tests of virt");
MODULE_AUTHOR("The virt authors");
MODULE_LICENSE("GPL");
