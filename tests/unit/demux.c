// SPDX-License-Identifier: GPL-2.0-only
/* Compiles the very file that the module is made of.
 *
 * Copyright (C) The virt authors
 */
#include "demux.h"

#include "module/demux.h"

static const char *verdict_word(enum virt_demux_verdict verdict)
{
	switch (verdict) {
	case VIRT_DEMUX_NONE:
		return "none";
	case VIRT_DEMUX_OWNER:
		return "owner";
	case VIRT_DEMUX_ANSWER:
		return "answer";
	case VIRT_DEMUX_EVERYBODY:
		return "everybody";
	}
	return "unknown";
}

size_t demux_bytes(void)
{
	return VIRT_DEMUX_BYTES;
}

struct demux_result demux_run(unsigned int proto, const uint8_t *net,
			      size_t len)
{
	struct demux_result result;
	struct virt_demux_key key;

	memset(&key, DEMUX_UNTOUCHED, sizeof(key));
	result.verdict = verdict_word(virt_demux(proto, net, (unsigned int)len,
						 &key));
	result.family = key.family;
	memcpy(result.addr, key.addr, sizeof(result.addr));
	return result;
}
