/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel's loops, as cppcheck can read them without the kernel.
 *
 * Copyright (C) The virt authors
 */
#define each(pos) (pos = next_of(pos); pos; pos = next_of(pos))
#define list_for_each_entry(pos, head, member) for each(pos)
#define list_for_each_entry_rcu(pos, head, member) for each(pos)
#define list_for_each_entry_safe(pos, next, head, member) for each(pos)
#define hlist_for_each_entry(pos, head, member) for each(pos)
#define hlist_for_each_entry_rcu(pos, head, member) for each(pos)
#define netdev_for_each_mc_addr(pos, dev) for each(pos)
#define netdev_for_each_uc_addr(pos, dev) for each(pos)
#define in_dev_for_each_ifa_rcu(pos, dev) for each(pos)
#define virt_table_for_each_rcu(pos, buckets, hash) for each(pos)
#define for_each_possible_cpu(cpu) for (cpu = 0; cpu < 64; cpu++)
#define IS_ENABLED(option) 1
#define KERNEL_VERSION(a, b, c) ((a) * 65536 + (b) * 256 + (c))
#define DECLARE_BITMAP(name, bits) unsigned long name[(bits) / 64 + 1]
#define __rcu
#define __percpu
#define __init
#define __exit
#define __net_init
#define __net_exit
#define __read_mostly
