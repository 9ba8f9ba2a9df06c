// SPDX-License-Identifier: GPL-2.0-only
// Drops root and capabilities.
//
// Copyright (C) The virt authors
#include "privileges.hpp"

#include "lib/fail.hpp"

#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

namespace virt::peer
{

namespace
{

void need(bool done, const std::string &what)
{
    if (!done) {
        fail(what);
    }
}

} // namespace

void drop_privileges(const std::string &user)
{
    if (geteuid() == 0) {
        errno = 0;
        const passwd *entry = getpwnam(user.c_str());
        if (!entry && errno == 0) {
            errno = ENOENT;
        }
        need(entry, "no user " + user);
        need(setgroups(0, nullptr) == 0 &&
                 setresgid(entry->pw_gid, entry->pw_gid, entry->pw_gid) == 0 &&
                 setresuid(entry->pw_uid, entry->pw_uid, entry->pw_uid) == 0,
             "cannot become " + user);
    }
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3]{};
    need(syscall(SYS_capset, &header, none) == 0 &&
             prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0,
         "cannot drop capabilities");
}

} // namespace virt::peer
