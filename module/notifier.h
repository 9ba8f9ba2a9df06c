/* SPDX-License-Identifier: GPL-2.0-only */
/* notifier.c: what happens to a parent.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRT_NOTIFIER_H
#define _VIRT_NOTIFIER_H

int virt_notifier_init(void);
void virt_notifier_exit(void);

#endif /* _VIRT_NOTIFIER_H */
