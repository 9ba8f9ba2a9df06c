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

#include <linux/log2.h>
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
	return ilog2(buckets->mask + 1);
}

static struct virt_buckets *virt_table_alloc(unsigned int bits, u32 side)
{
	struct virt_buckets *buckets;

	buckets = kvzalloc(struct_size(buckets, lists, 1UL << bits),
			   GFP_KERNEL);
	if (buckets) {
		buckets->mask = BIT(bits) - 1;
		buckets->side = side;
	}
	return buckets;
}

static struct virt_buckets *virt_table_locked(const struct virt_table *table)
{
	return rcu_dereference_protected(table->buckets,
					 lockdep_is_held(&table->lock));
}

/* Under the table's lock, nodes and lists change only by our own hand. */
static struct virt_table_node *
virt_table_at(struct virt_table_node __rcu *const *at)
{
	return rcu_dereference_protected(*at, true);
}

/* At the end: the first of several with one key stays the first. */
static void virt_table_link(struct virt_buckets *to,
			    struct virt_table_node *node)
{
	struct virt_table_node __rcu **at;
	struct virt_table_node *other;

	at = &to->lists[node->hash & to->mask];
	while ((other = virt_table_at(at)))
		at = &other->next[to->side];
	RCU_INIT_POINTER(node->next[to->side], NULL);
	rcu_assign_pointer(*at, node);
}

static void virt_table_unlink(struct virt_buckets *from,
			      struct virt_table_node *node)
{
	struct virt_table_node __rcu **at;
	struct virt_table_node *other;

	at = &from->lists[node->hash & from->mask];
	while ((other = virt_table_at(at)) != node)
		at = &other->next[from->side];
	/* readers that are at the node go on from there */
	rcu_assign_pointer(*at, virt_table_at(&node->next[from->side]));
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
	struct virt_table_node *node;
	unsigned int i;

	for (i = 0; i <= from->mask; i++)
		for (node = virt_table_at(&from->lists[i]); node;
		     node = virt_table_at(&node->next[from->side]))
			virt_table_link(to, node);
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
	get_random_bytes(&table->seed, sizeof(table->seed));
	table->seed.factor |= 1;
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
	virt_table_unlink(virt_table_locked(table), node);
	table->count--;
}
