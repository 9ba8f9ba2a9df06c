// SPDX-License-Identifier: GPL-2.0-only
// Who may do what: the administrator of the machine, the one of a namespace in
// another user namespace, and nobody.
//
//   near (root's)              jail (its own root's)
//     p0 - v0, moved to the jail ->  v0
//     t0, socket stays here      ->  t0
//
// Copyright (C) The virt authors
#include <csignal>
#include <fcntl.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "bed.hpp"

namespace e2e
{

// A user namespace with a network namespace, kept by a process that sleeps.
class Jail
{
public:
    Jail()
    {
        int ready[2];
        char byte;

        EXPECT_EQ(pipe2(ready, O_CLOEXEC), 0);
        pid_ = fork();
        if (!pid_) {
            if (unshare(CLONE_NEWUSER | CLONE_NEWNET))
                _exit(1);
            std::ofstream("/proc/self/uid_map") << "0 0 1";
            close(ready[1]);
            for (;;)
                pause();
        }
        close(ready[1]);
        EXPECT_EQ(read(ready[0], &byte, 1), 0);
        close(ready[0]);
    }
    Jail(const Jail &) = delete;
    Jail &operator=(const Jail &) = delete;
    ~Jail()
    {
        kill(pid_, SIGKILL);
        waitpid(pid_, nullptr, 0);
    }

    std::string pid() const { return std::to_string(pid_); }

    // As the jail's root.
    Result run(const std::string &command) const
    {
        return host().run("nsenter -t " + pid() +
                          " -U -n --preserve-credentials " + command);
    }

private:
    pid_t pid_ = -1;
};

class Rights : public Bed
{
protected:
    enum Verdict { kMay, kMayNot };

    void expect(Verdict verdict, const Result &result, const std::string &what)
    {
        if (verdict == kMay) {
            EXPECT_EQ(result.status, 0) << what << "\n" << result.err;
            return;
        }
        EXPECT_NE(result.status, 0) << what << " was not refused";
        EXPECT_TRUE(result.err.find("not permitted") != std::string::npos ||
                    result.err.find("only an administrator") !=
                        std::string::npos)
            << what << "\n"
            << result.err;
    }
};

TEST_F(Rights, MatrixOfOperationsAndPeople)
{
    const std::string without = "setpriv --bounding-set -all --inh-caps -all ";
    const std::string nobody = "setpriv --reuid 65534 --clear-groups "
                               "--bounding-set -all --inh-caps -all ";
    Jail jail;

    add_child("v0", "mode mac", {"192.0.2.10/24"});
    near_->ok("ip link add t0 type virt mode tunnel remote 192.0.2.2;"
              "ip link set v0 netns " +
              jail.pid() + "; ip link set t0 netns " + jail.pid());

    struct Case {
        Verdict verdict;
        std::string command;
    };
    for (const Case &c : std::initializer_list<Case>{
             // its own interfaces are its own
             {kMay, "ip link set v0 up"},
             {kMay, "ip addr add 192.0.2.11/24 dev v0"},
             {kMay, "ip link set v0 type virt arp all"},
             {kMay, "ip link set v0 mtu 1400"},
             {kMay, "ip -d link show v0"},
             {kMay, "ip link set t0 up"},
             // what reaches beyond is not
             {kMayNot, "ip link set v0 type virt mode share"},
             {kMayNot, "ip link set v0 type virt mode steal"},
             {kMayNot, "ip link set v0 type virt host on"},
             {kMayNot, "ip link set v0 type virt isolate off"},
             {kMayNot, "ip link set v0 type virt flood on"},
             {kMayNot, "ip link set v0 type virt bclim 5"},
             {kMayNot, "ip link set v0 type virt guard off"},
             {kMayNot, "ip link set v0 type virt allow any"},
             {kMayNot, "ip link set v0 address 02:00:00:00:00:55"},
             {kMayNot, "ip link set v0 netns near"},
             {kMayNot, "ip link set t0 type virt remote 192.0.2.3"},
             {kMayNot, "ip link set t0 type virt port 50007"},
             {kMayNot, "ip link set t0 netns near"},
         })
        expect(c.verdict, jail.run(c.command), "the jail's root: " + c.command);

    // in a namespace that is its own it may all, on parents that are too
    for (const std::string command :
         {"ip link add d0 type dummy", "ip link add link d0 name a0 type virt",
          "ip link set a0 type virt mode mac guard off",
          "ip link add a1 type virt mode tunnel remote 127.0.0.1 rport 7",
          "ip link set a1 type virt port 50009", "ip link del a0",
          "ip link del a1"})
        expect(kMay, jail.run(command), "the jail's root: " + command);

    // nobody may nothing, neither here nor there
    near_->ok("ip link add link p0 name v1 type virt");
    for (const std::string command :
         {"ip link add link p0 name v2 type virt",
          "ip link add t2 type virt mode tunnel remote 192.0.2.2 port 5",
          "ip link set v1 type virt mode mac", "ip link set v1 up",
          "ip link set v1 netns far", "ip link del v1"})
        expect(kMayNot, near_->run(nobody + command), "nobody: " + command);
    expect(kMayNot, jail.run(without + "ip link set v0 down"), "nobody there");

    // its owner may delete what it was given, and the machine's root all
    expect(kMay, jail.run("ip link del v0"), "the jail's root deletes");
    near_->ok("ip link del v1");
    EXPECT_TRUE(pings(*far_, "192.0.2.1"));
}

} // namespace e2e
