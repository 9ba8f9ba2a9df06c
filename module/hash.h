/* SPDX-License-Identifier: GPL-2.0-only */
/* Hashes of addresses: numbers and a secret seed in, 32 bits out.
 *
 * Two multiplications spread addresses in a row over all lists, and who does
 * not know the seed cannot aim at one.
 *
 * Pure, as demux.h.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRT_HASH_H
#define _VIRT_HASH_H

#include <linux/types.h>

/** struct virt_hash_seed - random, the same for all entries of a table */
struct virt_hash_seed {
	/** @blend: changes the key */
	__u64 blend;

	/** @factor: multiplies it; odd */
	__u64 factor;
};

/**
 * virt_hash() - hash a number
 * @seed: the secret
 * @key: the number; what differs is best in its lower 40 bits
 *
 * Return: the hash; any of its bits make an index.
 */
static inline __u32 virt_hash(const struct virt_hash_seed *seed, __u64 key)
{
	__u64 mixed = (key ^ seed->blend) * seed->factor;

	mixed ^= mixed >> 32;
	return (__u32)(mixed * seed->factor >> 32);
}

/**
 * virt_hash_pair() - hash two numbers
 * @seed: the secret
 * @key: a number
 * @more: another one
 *
 * Return: as virt_hash().
 */
static inline __u32 virt_hash_pair(const struct virt_hash_seed *seed,
				   __u64 key, __u64 more)
{
	__u64 mixed = (key ^ key >> 32 ^ seed->blend) * seed->factor;

	mixed ^= mixed >> 32 ^ more;
	return virt_hash(seed, mixed ^ mixed >> 32);
}

#endif /* _VIRT_HASH_H */
