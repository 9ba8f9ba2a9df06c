/* SPDX-License-Identifier: GPL-2.0-only */
/* What spatch cannot read without knowing that it stands for nothing.
 *
 * Copyright (C) The virt authors
 */
#define virt_compat_uninitialized
