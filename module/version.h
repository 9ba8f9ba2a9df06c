/* SPDX-License-Identifier: GPL-2.0-only */
/* The version of the whole project; dkms.conf repeats it.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRT_VERSION_H
#define _VIRT_VERSION_H

#define VIRT_VERSION "0.1.0"

#endif /* _VIRT_VERSION_H */
