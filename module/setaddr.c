// SPDX-License-Identifier: GPL-2.0-only
/* Give an interface an address, as `ip addr add` does: the kernel has no other
 * door for it than a message of rtnetlink.
 *
 * Copyright (C) The virt authors
 */
#include "setaddr.h"

#include <linux/if_addr.h>
#include <linux/inetdevice.h>
#include <linux/net.h>
#include <linux/rtnetlink.h>
#include <net/net_namespace.h>
#include <net/netlink.h>

#include "tunnel.h"

/** struct virt_setaddr_answer - of rtnetlink to a request */
struct virt_setaddr_answer {
	/** @header: of any message */
	struct nlmsghdr header;

	/** @verdict: what became of the request */
	struct nlmsgerr verdict;
};

static int virt_setaddr_fill(struct sk_buff *skb, int ifindex,
			     const struct virt_ip *ip, unsigned int bits)
{
	bool v4 = ip->family == AF_INET;
	int len = v4 ? sizeof(ip->v4) : sizeof(ip->v6);
	struct ifaddrmsg *ifa;
	struct nlmsghdr *nlh;

	nlh = nlmsg_put(skb, 0, 0, RTM_NEWADDR, sizeof(*ifa),
			NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL);
	if (!nlh)
		return -EMSGSIZE;
	ifa = nlmsg_data(nlh);
	*ifa = (struct ifaddrmsg) {
		.ifa_family = ip->family,
		.ifa_prefixlen = bits,
		/* it is to be good for the next command */
		.ifa_flags = IFA_F_PERMANENT | (v4 ? 0 : IFA_F_NODAD),
		.ifa_scope = RT_SCOPE_UNIVERSE,
		.ifa_index = ifindex,
	};
	if (nla_put(skb, IFA_LOCAL, len, &ip->v6) ||
	    nla_put(skb, IFA_ADDRESS, len, &ip->v6))
		return -EMSGSIZE;
	if (v4 && bits < 31 &&
	    nla_put_in_addr(skb, IFA_BROADCAST,
			    ip->v4 | ~inet_make_mask(bits)))
		return -EMSGSIZE;
	nlmsg_end(skb, nlh);
	return 0;
}

/* The answer is there when the request has been sent. */
static int virt_setaddr_ask(struct socket *sock, struct sk_buff *request)
{
	/* without an address the sender's rights are taken from a file */
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	struct msghdr msg = {
		.msg_name = &kernel,
		.msg_namelen = sizeof(kernel),
	};
	struct virt_setaddr_answer answer;
	struct kvec vec = {
		.iov_base = request->data,
		.iov_len = request->len,
	};
	int ret;

	ret = kernel_sendmsg(sock, &msg, &vec, 1, vec.iov_len);
	if (ret < 0)
		return ret;
	msg = (struct msghdr) {};
	vec.iov_base = &answer;
	vec.iov_len = sizeof(answer);
	ret = kernel_recvmsg(sock, &msg, &vec, 1, vec.iov_len, MSG_DONTWAIT);
	if (ret < 0)
		return ret;
	if (ret < sizeof(answer) || answer.header.nlmsg_type != NLMSG_ERROR)
		return -EPROTO;
	return answer.verdict.error;
}

/**
 * virt_setaddr() - give an interface an address
 * @net: its namespace
 * @ifindex: the interface
 * @ip: the address
 * @bits: of its network
 *
 * Context: Process, RTNL not held; the caller must have CAP_NET_ADMIN.
 * Return: 0 or a negative errno.
 */
int virt_setaddr(struct net *net, int ifindex, const struct virt_ip *ip,
		 unsigned int bits)
{
	struct sk_buff *request;
	struct socket *sock;
	int err;

	request = nlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!request)
		return -ENOMEM;
	err = virt_setaddr_fill(request, ifindex, ip, bits);
	if (err)
		goto out_request;
	err = sock_create_kern(net, PF_NETLINK, SOCK_RAW, NETLINK_ROUTE, &sock);
	if (err)
		goto out_request;
	err = virt_setaddr_ask(sock, request);
	sock_release(sock);

out_request:
	nlmsg_free(request);
	return err;
}
