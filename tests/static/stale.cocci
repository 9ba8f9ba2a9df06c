// SPDX-License-Identifier: GPL-2.0-only
/// A pointer into an skb is used after a call that may have moved the bytes
/// (CVE-2026-68302 amt, CVE-2026-63994 tunnels, CVE-2026-53228 sit).
// Copyright (C) The virt authors
virtual report

@stale exists@
expression skb, e;
identifier p, f;
position where;
type T;
@@
(
  p = (T)skb->data
|
  p = skb->data
|
  p = (T)(skb->data + e)
|
  p = skb->data + e
|
  p = eth_hdr(skb)
|
  p = ip_hdr(skb)
|
  p = ipv6_hdr(skb)
|
  p = udp_hdr(skb)
|
  p = skb_mac_header(skb)
|
  p = skb_network_header(skb)
|
  p = skb_header_pointer(skb, ...)
)
  ... when != p = e
(
  pskb_may_pull(skb, ...)
|
  pskb_pull(skb, ...)
|
  __pskb_pull_tail(skb, ...)
|
  pskb_trim_rcsum(skb, ...)
|
  pskb_expand_head(skb, ...)
|
  skb_cow(skb, ...)
|
  skb_cow_head(skb, ...)
|
  skb_ensure_writable(skb, ...)
|
  skb_linearize(skb)
|
  skb_unshare(skb, ...)
|
  skb_put_padto(skb, ...)
|
  udp_tunnel_handle_offloads(skb, ...)
|
  iptunnel_pull_offloads(skb)
|
  kfree_skb(skb)
|
  consume_skb(skb)
)
  ... when != p = e
(
  p@where->f
|
  *p@where
|
  p@where[...]
)

@script:python depends on report@
p << stale.p;
where << stale.where;
@@
coccilib.report.print_report(where[0], "%s points to where the skb was before" % p)
