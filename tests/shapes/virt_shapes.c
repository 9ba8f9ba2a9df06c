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
#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/nsproxy.h>
#include <linux/prandom.h>
#include <linux/proc_fs.h>
#include <linux/sched/signal.h>
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

enum shapes_shape {
	SHAPES_LINEAR,
	SHAPES_SPLIT,		/* arg bytes linear, the rest in a page */
	SHAPES_FRAG_LIST,	/* arg bytes linear, the rest in another skb */
	SHAPES_CLONED,		/* somebody holds a clone */
	SHAPES_SHARED,		/* somebody holds the skb itself */
	SHAPES_NO_HEADROOM,	/* nothing may be pushed */
	SHAPES_DIRTY,		/* cb, mark, hash, priority of another life */
	SHAPES_TAGGED,		/* VLAN arg, not in the data */
	SHAPES_DIRECT,		/* sent without queue and MAC header offset */
	SHAPES_SEGMENTS,	/* of arg bytes each, TCP or UDP, not yet cut */
	SHAPES_COUNT,
};

/** struct shapes_order - what to do with a frame */
struct shapes_order {
	/** @shape: enum shapes_shape */
	u32 shape;

	/** @arg: of the shape */
	u32 arg;

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

/* @linear bytes of @frame in the head, with @room before them. */
static struct sk_buff *shapes_head(const u8 *frame, unsigned int linear,
				   unsigned int room)
{
	struct sk_buff *skb = alloc_skb(room + linear, GFP_KERNEL);

	if (!skb)
		return NULL;
	skb_reserve(skb, room);
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

static int shapes_add_list(struct sk_buff *skb, const u8 *from,
			   unsigned int len)
{
	struct sk_buff *next = shapes_head(from, len, 0);

	if (!next)
		return -ENOMEM;
	skb_shinfo(skb)->frag_list = next;
	skb->len += next->len;
	skb->data_len += next->len;
	skb->truesize += next->truesize;
	return 0;
}

/* As the stack makes them for a device that cuts: without options of IP. */
static int shapes_set_segments(struct sk_buff *skb, const u8 *frame, u16 size)
{
	bool v6 = ((const struct ethhdr *)frame)->h_proto == htons(ETH_P_IPV6);
	unsigned int start = ETH_HLEN + (v6 ? 40 : 20);
	bool tcp = frame[ETH_HLEN + (v6 ? 6 : 9)] == IPPROTO_TCP;
	unsigned int payload = start + (tcp ? 20 : 8);
	struct skb_shared_info *shinfo = skb_shinfo(skb);

	if (!size || skb->len <= payload ||
	    !skb_partial_csum_set(skb, start, tcp ? 16 : 6))
		return -EINVAL;
	shinfo->gso_type = !tcp ? SKB_GSO_UDP_L4 :
			   v6 ? SKB_GSO_TCPV6 : SKB_GSO_TCPV4;
	shinfo->gso_size = size;
	shinfo->gso_segs = DIV_ROUND_UP(skb->len - payload, size);
	return 0;
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
	int err = 0;

	if (!skb)
		return NULL;
	if (linear < len)
		err = order->shape == SHAPES_SPLIT ?
		      shapes_add_page(skb, frame + linear, len - linear) :
		      shapes_add_list(skb, frame + linear, len - linear);
	if (order->shape == SHAPES_SEGMENTS)
		err = shapes_set_segments(skb, frame, order->arg);
	if (err) {
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
		__vlan_hwaccel_put_tag(skb, htons(ETH_P_8021Q), order->arg);
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
	skb_set_network_header(skb, ETH_HLEN);
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

	if (count < sizeof(order) + ETH_HLEN ||
	    count > sizeof(order) + SHAPES_FRAME_MAX)
		return -EINVAL;
	if (copy_from_user(&order, from, sizeof(order)))
		return -EFAULT;
	order.dev[IFNAMSIZ - 1] = 0;
	if (order.shape >= SHAPES_COUNT)
		return -EINVAL;
	count -= sizeof(order);
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
