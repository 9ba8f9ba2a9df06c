/* SPDX-License-Identifier: GPL-2.0-only */
/* table.c: a hash table that grows under its readers.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRT_TABLE_H
#define _VIRT_TABLE_H

#include <linux/rculist.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>

/** struct virt_table_node - the part of an entry that the table needs */
struct virt_table_node {
	/** @link: one for the buckets in use, one for those to come */
	struct hlist_node link[2];

	/** @hash: of the key, with the table's seed, well mixed */
	u32 hash;
};

/** struct virt_buckets - the lists of one size of the table */
struct virt_buckets {
	/** @shift: a hash without its lower @shift bits is an index */
	u8 shift;

	/** @side: which link of the nodes these lists use */
	u8 side;

	/** @lists: as many as there are indexes */
	struct hlist_head lists[];
};

/** struct virt_table - see table.c */
struct virt_table {
	/** @buckets: RCU, changed under @lock */
	struct virt_buckets __rcu *buckets;

	/** @seed: for the hashes, so that no user can aim at one list */
	u32 seed;

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

static inline struct virt_table_node *
virt_table_node_of(const struct hlist_node *link, unsigned int side)
{
	return container_of(link - side, struct virt_table_node, link[0]);
}

/**
 * virt_table_first_rcu() - the first entry that may have a hash
 * @buckets: those of the table, dereferenced once
 * @hash: what to look for
 *
 * Context: RCU read side, or the table's lock.
 * Return: a link to give to virt_table_node_of() and virt_table_next_rcu(),
 * or NULL.
 */
static inline struct hlist_node *
virt_table_first_rcu(const struct virt_buckets *buckets, u32 hash)
{
	const struct hlist_head *list = &buckets->lists[hash >> buckets->shift];

	return rcu_dereference_raw(hlist_first_rcu(list));
}

/**
 * virt_table_next_rcu() - the entry after another
 * @link: of the other
 *
 * Context: as virt_table_first_rcu().
 * Return: as virt_table_first_rcu().
 */
static inline struct hlist_node *
virt_table_next_rcu(const struct hlist_node *link)
{
	return rcu_dereference_raw(hlist_next_rcu(link));
}

#define virt_table_for_each_rcu(link, buckets, hash)		\
	for (link = virt_table_first_rcu(buckets, hash); link;	\
	     link = virt_table_next_rcu(link))

#endif /* _VIRT_TABLE_H */
