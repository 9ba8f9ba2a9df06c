// SPDX-License-Identifier: GPL-2.0-only
/* What stale.cocci must find, and what not; never compiled.
 *
 * Copyright (C) The virt authors
 */
int bad_pull(struct sk_buff *skb)
{
	const struct ethhdr *eth = (const struct ethhdr *)skb->data;

	if (!pskb_may_pull(skb, 20))
		return 0;
	return eth->h_proto;
}

int bad_cow(struct sk_buff *skb)
{
	struct iphdr *ip = ip_hdr(skb);

	if (skb_cow_head(skb, 20))
		return 0;
	return ip->tos;
}

int good(struct sk_buff *skb)
{
	struct iphdr *ip = ip_hdr(skb);
	int tos = ip->tos;

	if (skb_cow_head(skb, 20))
		return tos;
	ip = ip_hdr(skb);
	return ip->tos;
}

int bad_on_one_path(struct sk_buff *skb)
{
	struct virt_datagram dg virt_compat_uninitialized;
	struct iphdr *ip = ip_hdr(skb);

	if (!pskb_trim_rcsum(skb, 20))
		return 0;
	if (skb->len > 20)
		ip->tos = 0;
	return 1;
}
