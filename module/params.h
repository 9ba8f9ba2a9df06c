/* SPDX-License-Identifier: GPL-2.0-only */
/* params.c: one interface by module parameters.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRT_PARAMS_H
#define _VIRT_PARAMS_H

int virt_params_init(void);
void virt_params_exit(void);

#endif /* _VIRT_PARAMS_H */
