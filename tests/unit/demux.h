/* SPDX-License-Identifier: GPL-2.0-only */
/* The module's demux for C++: module/demux.h is C, and stays compiled as C.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRT_TEST_DEMUX_H
#define _VIRT_TEST_DEMUX_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What virt_demux() left behind; family and addr start as DEMUX_UNTOUCHED. */
struct demux_result {
	const char *verdict;	/* its constant in lower case */
	uint8_t family;
	uint8_t addr[16];
};

enum { DEMUX_UNTOUCHED = 0xee };

/* How many bytes from the network header on may decide. */
size_t demux_bytes(void);

struct demux_result demux_run(unsigned int proto, const uint8_t *net,
			      size_t len);

#ifdef __cplusplus
}
#endif

#endif /* _VIRT_TEST_DEMUX_H */
