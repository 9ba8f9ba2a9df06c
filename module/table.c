// SPDX-License-Identifier: GPL-2.0-only
/* A hash table that grows under its readers.
 *
 * Each node has two links. Growing strings every node onto new lists by the
 * link that the old lists do not use, publishes the new lists and frees the
 * old ones after a grace period; until then the next growth waits, for it
 * needs the links of the old lists. A reader sees either all of the old lists
 * or all of the new ones.
 *
 * Copyright (C) The virt authors
 */
#include "table.h"

#include <linux/mm.h>
#include <linux/random.h>
#include <linux/slab.h>

enum virt_table_limits {
	VIRT_TABLE_BITS_MIN = 4,
	VIRT_TABLE_BITS_MAX = 16,
	/* entries for each bucket before the table grows, and how much */
	VIRT_TABLE_LOAD = 1,
	VIRT_TABLE_STEP = 2,
};

static unsigned int virt_table_bits(const struct virt_buckets *buckets)
{
	return 32 - buckets->shift;
}

static struct virt_buckets *virt_table_alloc(unsigned int bits, u8 side)
{
	struct virt_buckets *buckets;

	buckets = kvzalloc(struct_size(buckets, lists, 1UL << bits),
			   GFP_KERNEL);
	if (buckets) {
		buckets->shift = 32 - bits;
		buckets->side = side;
	}
	return buckets;
}

static struct virt_buckets *virt_table_locked(const struct virt_table *table)
{
	return rcu_dereference_protected(table->buckets,
					 lockdep_is_held(&table->lock));
}

/* At the end: the first of several with one key stays the first. */
static void virt_table_link(struct virt_buckets *to,
			    struct virt_table_node *node)
{
	struct hlist_head *list = &to->lists[node->hash >> to->shift];
	struct hlist_node *last = NULL, *link;

	for (link = list->first; link; link = link->next)
		last = link;
	if (last)
		hlist_add_behind_rcu(&node->link[to->side], last);
	else
		hlist_add_head_rcu(&node->link[to->side], list);
}

static bool virt_table_is_full(const struct virt_table *table)
{
	const struct virt_buckets *buckets = virt_table_locked(table);
	unsigned int bits = virt_table_bits(buckets);

	return bits < VIRT_TABLE_BITS_MAX &&
	       table->count > VIRT_TABLE_LOAD << bits;
}

static void virt_table_move(struct virt_buckets *to,
			    const struct virt_buckets *from)
{
	struct hlist_node *link;
	unsigned int i;

	for (i = 0; i < 1U << virt_table_bits(from); i++)
		for (link = from->lists[i].first; link; link = link->next)
			virt_table_link(to, virt_table_node_of(link,
							       from->side));
}

static void virt_table_grow(struct work_struct *work)
{
	struct virt_table *table = container_of(work, struct virt_table,
						grower);
	struct virt_buckets *old, *new;
	unsigned int bits;
	bool full;

	spin_lock_bh(&table->lock);
	full = virt_table_is_full(table);
	spin_unlock_bh(&table->lock);
	if (!full)
		return;

	/* nobody but this work item replaces the buckets */
	old = rcu_dereference_protected(table->buckets, true);
	bits = min_t(unsigned int, virt_table_bits(old) + VIRT_TABLE_STEP,
		     VIRT_TABLE_BITS_MAX);
	new = virt_table_alloc(bits, !old->side);
	if (!new)
		return;

	spin_lock_bh(&table->lock);
	virt_table_move(new, old);
	rcu_assign_pointer(table->buckets, new);
	spin_unlock_bh(&table->lock);

	synchronize_rcu();
	kvfree(old);
	/* it may be full again */
	schedule_work(work);
}

/**
 * virt_table_create() - make an empty table
 * @table: where
 *
 * Context: Process.
 * Return: 0 or -ENOMEM.
 */
int virt_table_create(struct virt_table *table)
{
	struct virt_buckets *buckets = virt_table_alloc(VIRT_TABLE_BITS_MIN, 0);

	if (!buckets)
		return -ENOMEM;
	RCU_INIT_POINTER(table->buckets, buckets);
	table->seed = get_random_u32();
	spin_lock_init(&table->lock);
	INIT_WORK(&table->grower, virt_table_grow);
	return 0;
}

/**
 * virt_table_destroy() - free an empty table
 * @table: that no reader and no writer can reach any more
 *
 * Context: Process. May sleep.
 */
void virt_table_destroy(struct virt_table *table)
{
	cancel_work_sync(&table->grower);
	WARN_ON_ONCE(table->count);
	kvfree(rcu_dereference_protected(table->buckets, true));
}

/**
 * virt_table_add() - publish an entry, behind those with the same key
 * @table: where
 * @node: part of the entry
 * @hash: of its key
 *
 * Context: @table's lock held.
 */
void virt_table_add(struct virt_table *table, struct virt_table_node *node,
		    u32 hash)
{
	lockdep_assert_held(&table->lock);
	node->hash = hash;
	virt_table_link(virt_table_locked(table), node);
	table->count++;
	if (virt_table_is_full(table))
		schedule_work(&table->grower);
}

/**
 * virt_table_del() - unpublish an entry
 * @table: where it is
 * @node: part of the entry, which must live on for a grace period
 *
 * Context: @table's lock held.
 */
void virt_table_del(struct virt_table *table, struct virt_table_node *node)
{
	hlist_del_rcu(&node->link[virt_table_locked(table)->side]);
	table->count--;
}
