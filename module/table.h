/* SPDX-License-Identifier: GPL-2.0-only */
/* table.c: a hash table that grows under its readers.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRT_TABLE_H
#define _VIRT_TABLE_H

#include <linux/rcupdate.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include "hash.h"

/** struct virt_table_node - the part of an entry that the table needs */
struct virt_table_node {
	/** @next: in the lists in use, and in those to come */
	struct virt_table_node __rcu *next[2];

	/** @hash: of the key, with the table's seed */
	u32 hash;
};

/** struct virt_buckets - the lists of one size of the table */
struct virt_buckets {
	/** @mask: the bits of a hash that are an index */
	u32 mask;

	/** @side: which link of the nodes these lists use */
	u32 side;

	/** @lists: as many as there are indexes */
	struct virt_table_node __rcu *lists[];
};

/** struct virt_table - see table.c */
struct virt_table {
	/** @buckets: RCU, changed under @lock */
	struct virt_buckets __rcu *buckets;

	/** @seed: for the hashes, so that no user can aim at one list */
	struct virt_hash_seed seed;

	/** @count: entries; @lock */
	unsigned int count;

	/** @lock: taken to change the table, in any context */
	spinlock_t lock;

	/** @grower: makes more buckets, in process context */
	struct work_struct grower;
};

int virt_table_create(struct virt_table *table);
void virt_table_destroy(struct virt_table *table);
void virt_table_add(struct virt_table *table, struct virt_table_node *node,
		    u32 hash);
void virt_table_del(struct virt_table *table, struct virt_table_node *node);

/**
 * virt_table_for_each_rcu() - the entries that may have a hash
 * @node: struct virt_table_node, each of them
 * @buckets: those of the table, dereferenced once
 * @hash: what to look for
 *
 * Context: RCU read side, in any form, or the table's lock.
 */
#define virt_table_for_each_rcu(node, buckets, hash)			\
	for (node = rcu_dereference_raw(				\
		     (buckets)->lists[(hash) & (buckets)->mask]);	\
	     node;							\
	     node = rcu_dereference_raw(node->next[(buckets)->side]))

#endif /* _VIRT_TABLE_H */
