// SPDX-License-Identifier: GPL-2.0-only
/* The settings of a tunnel: netlink attributes in, checked, and back.
 *
 * Copyright (C) The virt authors
 */
#include <linux/if_ether.h>
#include <linux/jiffies.h>
#include <net/ipv6.h>
#include <net/netlink.h>

#include "tunnel.h"

/* Attributes that only a child has. */
static const u8 virt_tunconf_of_child[] = {
	IFLA_VIRT_HOST, IFLA_VIRT_ISOLATE, IFLA_VIRT_FLOOD, IFLA_VIRT_ARP,
	IFLA_VIRT_BCLIM, IFLA_VIRT_GUARD, IFLA_VIRT_ALLOW,
};

/**
 * virt_tunconf_check_foreign() - are there settings of the other kind
 * @data: attributes, or NULL
 * @tunnel: for a tunnel, else for a child
 * @extack: says so
 *
 * Return: 0 or -EINVAL.
 */
int virt_tunconf_check_foreign(struct nlattr *data[], bool tunnel,
			       struct netlink_ext_ack *extack)
{
	int i;

	if (!data)
		return 0;
	for (i = 0; tunnel && i < ARRAY_SIZE(virt_tunconf_of_child); i++) {
		const struct nlattr *attr = data[virt_tunconf_of_child[i]];

		if (!attr)
			continue;
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "mode tunnel has no parent: host, isolate, flood, arp, bclim, guard and allow are for children");
		return -EINVAL;
	}
	for (i = IFLA_VIRT_REMOTE; !tunnel && i <= IFLA_VIRT_LOSS; i++) {
		if (!data[i])
			continue;
		NL_SET_ERR_MSG_ATTR(extack, data[i],
				    "this is for tunnels: use mode tunnel");
		return -EINVAL;
	}
	return 0;
}

/* Zeros are no address. Returns false for what has the length of none. */
static bool virt_tunconf_read_ip(struct virt_ip *ip, const void *from, int len)
{
	memset(ip, 0, sizeof(*ip));
	switch (len) {
	case sizeof(ip->v4):
		memcpy(&ip->v4, from, len);
		ip->family = ip->v4 ? AF_INET : AF_UNSPEC;
		return true;
	case sizeof(ip->v6):
		memcpy(&ip->v6, from, len);
		ip->family = ipv6_addr_any(&ip->v6) ? AF_UNSPEC : AF_INET6;
		return true;
	}
	return false;
}

static int virt_tunconf_read_addr(struct virt_ip *ip, const struct nlattr *attr,
				  struct netlink_ext_ack *extack)
{
	if (!attr || virt_tunconf_read_ip(ip, nla_data(attr), nla_len(attr)))
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr,
			    "an IPv4 or IPv6 address is needed");
	return -EINVAL;
}

static int virt_tunconf_read_learn(struct virt_tunnel_conf *conf,
				   const struct nlattr *attr,
				   struct netlink_ext_ack *extack)
{
	int len = attr ? nla_len(attr) - 1 : 0;
	const u8 *data;

	if (!attr)
		return 0;
	data = nla_data(attr);
	memset(&conf->learn, 0, sizeof(conf->learn));
	conf->learn_bits = 0;
	if (len < 0)
		return 0;
	if (!virt_tunconf_read_ip(&conf->learn, data, len) ||
	    data[len] > len * 8) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "learn needs a prefix: ADDRESS/BITS");
		return -EINVAL;
	}
	conf->learn.family = len == sizeof(struct in6_addr) ? AF_INET6 :
							       AF_INET;
	conf->learn_bits = data[len];
	return 0;
}

static int virt_tunconf_read_filter(struct virt_tunnel_conf *conf,
				    const struct nlattr *attr,
				    struct netlink_ext_ack *extack)
{
	int i;

	if (!attr)
		return 0;
	if (nla_len(attr) % sizeof(u16) ||
	    nla_len(attr) > sizeof(conf->filter)) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "filter takes 16 ethertypes at most");
		return -EINVAL;
	}
	conf->nr_filter = nla_len(attr) / sizeof(u16);
	memcpy(conf->filter, nla_data(attr), nla_len(attr));
	for (i = 0; i < conf->nr_filter; i++) {
		if (conf->filter[i] >= ETH_P_802_3_MIN ||
		    conf->filter[i] == VIRT_FILTER_KTUNNEL)
			continue;
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "filter takes ethertypes from 0x600 on");
		return -EINVAL;
	}
	return 0;
}

static void virt_tunconf_read_u32(u32 *to, const struct nlattr *attr)
{
	if (attr)
		*to = nla_get_u32(attr);
}

static void virt_tunconf_read_u16(u16 *to, const struct nlattr *attr)
{
	if (attr)
		*to = nla_get_u32(attr);
}

static void virt_tunconf_read_bool(bool *to, const struct nlattr *attr)
{
	if (attr)
		*to = nla_get_u8(attr);
}

/* Changes the settings that attributes are there for, each good by the policy.
 */
static int virt_tunconf_parse(struct virt_tunnel_conf *conf,
			      struct nlattr *data[],
			      struct netlink_ext_ack *extack)
{
	int err;

	if (!data)
		return 0;
	virt_tunconf_read_u16(&conf->port, data[IFLA_VIRT_PORT]);
	virt_tunconf_read_u16(&conf->rport, data[IFLA_VIRT_RPORT]);
	virt_tunconf_read_u16(&conf->ttl, data[IFLA_VIRT_TTL]);
	virt_tunconf_read_u16(&conf->tos, data[IFLA_VIRT_TOS]);
	virt_tunconf_read_u32(&conf->hold, data[IFLA_VIRT_HOLD]);
	virt_tunconf_read_u32(&conf->mark, data[IFLA_VIRT_MARK]);
	virt_tunconf_read_bool(&conf->udpcsum, data[IFLA_VIRT_UDPCSUM]);
	virt_tunconf_read_bool(&conf->strict, data[IFLA_VIRT_STRICT]);
	if (data[IFLA_VIRT_DEV])
		conf->dev = nla_get_u32(data[IFLA_VIRT_DEV]);
	if (data[IFLA_VIRT_PAYLOAD])
		conf->payload = nla_get_u8(data[IFLA_VIRT_PAYLOAD]);
	if (data[IFLA_VIRT_TX])
		conf->tx = nla_get_u8(data[IFLA_VIRT_TX]);
	if (data[IFLA_VIRT_RX])
		conf->rx = nla_get_u8(data[IFLA_VIRT_RX]);
	if (data[IFLA_VIRT_DF])
		conf->df = nla_get_u8(data[IFLA_VIRT_DF]);
	if (data[IFLA_VIRT_SPORT])
		conf->sport = nla_get_u8(data[IFLA_VIRT_SPORT]);
	/* `keepalive 5` ends an `any` of before */
	if (data[IFLA_VIRT_KEEPALIVE])
		conf->any = false;
	virt_tunconf_read_u32(&conf->keepalive, data[IFLA_VIRT_KEEPALIVE]);
	virt_tunconf_read_bool(&conf->any, data[IFLA_VIRT_ANY]);

	err = virt_tunconf_read_addr(&conf->remote, data[IFLA_VIRT_REMOTE],
				     extack);
	if (!err)
		err = virt_tunconf_read_addr(&conf->local,
					     data[IFLA_VIRT_LOCAL], extack);
	if (!err)
		err = virt_tunconf_read_learn(conf, data[IFLA_VIRT_LEARN],
					      extack);
	if (!err)
		err = virt_tunconf_read_filter(conf, data[IFLA_VIRT_FILTER],
					       extack);
	return err;
}

/**
 * virt_tunconf_is_unicast() - can it be the address of one host
 * @ip: an address
 *
 * Return: true if so.
 */
bool virt_tunconf_is_unicast(const struct virt_ip *ip)
{
	if (ip->family == AF_INET6)
		return !ipv6_addr_any(&ip->v6) &&
		       !ipv6_addr_is_multicast(&ip->v6) &&
		       !ipv6_addr_v4mapped(&ip->v6);
	return !ipv4_is_multicast(ip->v4) && !ipv4_is_lbcast(ip->v4) &&
	       !ipv4_is_zeronet(ip->v4);
}

/**
 * virt_tunconf_is_link_local() - whether an address is one of a device alone
 * @ip: the address, of any family or of none
 *
 * Context: Any.
 * Return: true if so.
 */
bool virt_tunconf_is_link_local(const struct virt_ip *ip)
{
	return ip->family == AF_INET6 &&
	       ipv6_addr_type(&ip->v6) & IPV6_ADDR_LINKLOCAL;
}

static int virt_tunconf_check_addrs(const struct virt_tunnel_conf *conf,
				    struct netlink_ext_ack *extack)
{
	sa_family_t family = conf->remote.family ?: conf->learn.family;

	if (!family) {
		NL_SET_ERR_MSG(extack,
			       "mode tunnel needs a remote (or learn PREFIX)");
		return -EINVAL;
	}
	/* no table of addresses is there to look into */
	if (family == AF_INET6 && !ipv6_mod_enabled()) {
		NL_SET_ERR_MSG(extack, "this kernel runs without IPv6");
		return -EAFNOSUPPORT;
	}
	if (conf->remote.family && !virt_tunconf_is_unicast(&conf->remote)) {
		NL_SET_ERR_MSG(extack, "remote must be a unicast address");
		return -EINVAL;
	}
	if (conf->local.family && !virt_tunconf_is_unicast(&conf->local)) {
		NL_SET_ERR_MSG(extack, "local must be a unicast address");
		return -EINVAL;
	}
	if ((conf->local.family && conf->local.family != family) ||
	    (conf->learn.family && conf->learn.family != family)) {
		NL_SET_ERR_MSG(extack,
			       "remote, local and learn must be all IPv4 or all IPv6");
		return -EINVAL;
	}
	if (!conf->dev && virt_tunconf_is_link_local(&conf->remote)) {
		NL_SET_ERR_MSG(extack, "a link-local remote needs a dev");
		return -EINVAL;
	}
	if (!conf->dev && virt_tunconf_is_link_local(&conf->local)) {
		NL_SET_ERR_MSG(extack, "a link-local local needs a dev");
		return -EINVAL;
	}
	if (!conf->dev && virt_tunconf_is_link_local(&conf->learn)) {
		NL_SET_ERR_MSG(extack, "a link-local learn needs a dev");
		return -EINVAL;
	}
	return 0;
}

/* It looks into Ethernet headers. */
static bool virt_tunconf_filters_ktunnel(const struct virt_tunnel_conf *conf)
{
	unsigned int i;

	for (i = 0; i < conf->nr_filter; i++)
		if (conf->filter[i] == VIRT_FILTER_KTUNNEL)
			return true;
	return false;
}

/**
 * virt_tunconf_check() - do the settings go together
 * @conf: all of them
 * @extack: says which do not
 *
 * Return: 0, -EINVAL, or -EAFNOSUPPORT for IPv6 where there is none.
 */
int virt_tunconf_check(const struct virt_tunnel_conf *conf,
		       struct netlink_ext_ack *extack)
{
	if (conf->payload == VIRT_PAYLOAD_IP && conf->keepalive) {
		NL_SET_ERR_MSG(extack, "keepalive needs payload ether");
		return -EINVAL;
	}
	if (conf->payload == VIRT_PAYLOAD_IP &&
	    virt_tunconf_filters_ktunnel(conf)) {
		NL_SET_ERR_MSG(extack, "filter ktunnel needs payload ether");
		return -EINVAL;
	}
	if (conf->any && !conf->keepalive) {
		NL_SET_ERR_MSG(extack, "any needs a keepalive");
		return -EINVAL;
	}
	if (conf->sport == VIRT_SPORT_HASH && conf->tx == VIRT_TXMODE_NETPOLL) {
		NL_SET_ERR_MSG(extack, "sport hash needs tx udp");
		return -EINVAL;
	}
	if (conf->rx == VIRT_RXMODE_FILTER && conf->learn.family) {
		NL_SET_ERR_MSG(extack, "learn needs rx udp");
		return -EINVAL;
	}
	return virt_tunconf_check_addrs(conf, extack);
}

/**
 * virt_tunconf_read() - change settings as a user asks
 * @conf: the settings
 * @data: attributes, each good by the policy, or NULL
 * @extack: says what is wrong with one, or with all together
 *
 * Return: 0, or -EINVAL and @conf is good for nothing.
 */
int virt_tunconf_read(struct virt_tunnel_conf *conf, struct nlattr *data[],
		      struct netlink_ext_ack *extack)
{
	int err;

	err = virt_tunconf_check_foreign(data, true, extack);
	if (!err)
		err = virt_tunconf_parse(conf, data, extack);
	if (!err)
		err = virt_tunconf_check(conf, extack);
	return err;
}

/**
 * virt_tunconf_get_size() - room for virt_tunconf_fill()
 *
 * Return: bytes.
 */
size_t virt_tunconf_get_size(void)
{
	return 3 * nla_total_size(sizeof(struct in6_addr)) +
	       nla_total_size(sizeof(struct in6_addr) + 1) +
	       nla_total_size(sizeof_field(struct virt_tunnel_conf, filter)) +
	       13 * nla_total_size(sizeof(u32)) +
	       9 * nla_total_size(sizeof(u8));
}

static int virt_tunconf_put_ip(struct sk_buff *skb, int attr,
			       const struct virt_ip *ip)
{
	switch (ip->family) {
	case AF_INET:
		return nla_put_in_addr(skb, attr, ip->v4);
	case AF_INET6:
		return nla_put_in6_addr(skb, attr, &ip->v6);
	}
	return 0;
}

static int virt_tunconf_put_learn(struct sk_buff *skb,
				  const struct virt_tunnel_conf *conf)
{
	u8 data[sizeof(struct in6_addr) + 1];
	int len;

	switch (conf->learn.family) {
	case AF_INET:
		len = sizeof(conf->learn.v4);
		break;
	case AF_INET6:
		len = sizeof(conf->learn.v6);
		break;
	default:
		return 0;
	}
	memcpy(data, &conf->learn.v6, len);
	data[len] = conf->learn_bits;
	return nla_put(skb, IFLA_VIRT_LEARN, len + 1, data);
}

/* What was found out, not set. */
static int virt_tunconf_put_life(struct sk_buff *skb, struct virt_tunnel *tun)
{
	u32 seen = virt_life_seen_ms(tun);
	const struct virt_path *path;
	int err = 0;

	rcu_read_lock();
	path = rcu_dereference(tun->path);
	if (path && path->conf.learn.family && path->peer.family)
		err = virt_tunconf_put_ip(skb, IFLA_VIRT_PEER, &path->peer) ||
		      nla_put_u32(skb, IFLA_VIRT_PEER_PORT,
				  ntohs(path->rport));
	rcu_read_unlock();
	if (!err && seen != U32_MAX)
		err = nla_put_u32(skb, IFLA_VIRT_SEEN, seen);
	if (!err && tun->conf.keepalive && READ_ONCE(tun->life.speaks))
		err = nla_put_u32(skb, IFLA_VIRT_RTT,
				  READ_ONCE(tun->life.rtt)) ||
		      nla_put_u32(skb, IFLA_VIRT_LOSS, virt_life_loss(tun));
	return err;
}

/**
 * virt_tunconf_fill() - describe a tunnel in attributes
 * @skb: to be filled
 * @tun: the tunnel
 *
 * Context: Process, RTNL held.
 * Return: 0 or -EMSGSIZE.
 */
int virt_tunconf_fill(struct sk_buff *skb, struct virt_tunnel *tun)
{
	const struct virt_tunnel_conf *conf = &tun->conf;

	if (virt_tunconf_put_ip(skb, IFLA_VIRT_REMOTE, &conf->remote) ||
	    virt_tunconf_put_ip(skb, IFLA_VIRT_LOCAL, &conf->local) ||
	    nla_put_u32(skb, IFLA_VIRT_PORT, conf->port) ||
	    nla_put_u32(skb, IFLA_VIRT_RPORT, conf->rport ?: conf->port) ||
	    (conf->dev && nla_put_u32(skb, IFLA_VIRT_DEV, conf->dev)) ||
	    nla_put_u8(skb, IFLA_VIRT_PAYLOAD, conf->payload) ||
	    nla_put_u8(skb, IFLA_VIRT_TX, conf->tx) ||
	    nla_put_u8(skb, IFLA_VIRT_RX, conf->rx) ||
	    nla_put_u32(skb, IFLA_VIRT_KEEPALIVE, conf->keepalive) ||
	    nla_put_u8(skb, IFLA_VIRT_ANY, conf->any) ||
	    nla_put_u32(skb, IFLA_VIRT_TTL, conf->ttl) ||
	    nla_put_u32(skb, IFLA_VIRT_TOS, conf->tos) ||
	    nla_put_u8(skb, IFLA_VIRT_DF, conf->df) ||
	    nla_put_u8(skb, IFLA_VIRT_UDPCSUM, conf->udpcsum) ||
	    nla_put(skb, IFLA_VIRT_FILTER, conf->nr_filter * sizeof(u16),
		    conf->filter) ||
	    nla_put_u8(skb, IFLA_VIRT_STRICT, conf->strict) ||
	    virt_tunconf_put_learn(skb, conf) ||
	    nla_put_u32(skb, IFLA_VIRT_HOLD, conf->hold) ||
	    nla_put_u8(skb, IFLA_VIRT_SPORT, conf->sport) ||
	    nla_put_u32(skb, IFLA_VIRT_MARK, conf->mark) ||
	    virt_tunconf_put_life(skb, tun))
		return -EMSGSIZE;
	return 0;
}
