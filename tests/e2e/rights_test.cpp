// SPDX-License-Identifier: GPL-2.0-only
// Who may do what: the administrator of the machine, the one of a namespace in
// another user namespace, and nobody.
//
//   near (root's)                   jail (its own root's)
//     p0, a veth                      p0, a dummy
//
//   and between them a child and a tunnel for each way to be in two places,
//   named by their own one and that of the parent or the socket:
//
//     cnn, tnn   cnj, tnj             cjn, tjn   cjj, tjj
//
// Copyright (C) The virt authors
#include <cerrno>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/if_link.h>
#include <linux/net_namespace.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <map>
#include <set>

#include "bed.hpp"
#include "jail.hpp"
#include "module/uapi/linux/if_virt.h"
#include "rtnetlink.hpp"

namespace e2e
{

namespace
{

enum Place { kNear, kJail };
enum Person { kRoot, kJailsRoot, kNobody, kNobodyThere };

constexpr Place kPlaces[]{kNear, kJail};
constexpr Person kPeople[]{kRoot, kJailsRoot, kNobody, kNobodyThere};

const char *const kPlaceNames[]{"near", "jail"};
const char *const kPersonNames[]{"root", "the jail's root", "nobody",
                                 "nobody in the jail"};

// What the core and the module go by: who asks must be the administrator of
// every namespace that the operation touches. These are the one where it is
// asked for, and
//
//   create   the device's, and the parent's or the socket's
//   change   the parent's or the socket's; but not for what changes nothing
//            beyond the device: whether it is up, its MTU, `arp`
//   delete   none: who has been given an interface may throw it away
//   move     the one that it goes to
//
// Root is administrator of both namespaces, the jail's root of the jail's, and
// nobody of none.
bool may(Person person, const std::set<Place> &touched)
{
    return person == kRoot ||
           (person == kJailsRoot && touched == std::set{kJail});
}

// A message to the kernel.
struct Request {
    uint16_t type;
    int flags;
    Bytes rest;
};

// Something about a device that can be changed, and to what.
struct Change {
    const char *what;
    // an option of virt, else an attribute of any device
    bool option;
    uint16_t type;
    Bytes value;
    // beyond the device
    bool reaches_far;
};

const Change kUp{"up", false, 0, {1}, false};

// Of children in mode mac.
const std::vector<Change> kChildChanges{
    {"mode", true, IFLA_VIRT_MODE, {VIRT_MODE_SHARE}, true},
    {"host", true, IFLA_VIRT_HOST, {1}, true},
    {"isolate", true, IFLA_VIRT_ISOLATE, {1}, true},
    {"flood", true, IFLA_VIRT_FLOOD, {1}, true},
    {"bclim", true, IFLA_VIRT_BCLIM, {5, 0, 0, 0}, true},
    {"guard", true, IFLA_VIRT_GUARD, {VIRT_GUARD_OFF}, true},
    {"allow", true, IFLA_VIRT_ALLOW,
     bytes_of(virt_prefix{4, 24, {}, {192, 0, 2}}), true},
    {"arp", true, IFLA_VIRT_ARP, {VIRT_ARP_ALL}, false},
    // whose it is when the device is not guarded, it is the same one's
    {"address", false, IFLA_ADDRESS, {2, 0, 0, 0, 0, 0x55}, true},
    {"mtu", false, IFLA_MTU, bytes_of(1400), false},
    kUp};

const std::vector<Change> kTunnelChanges{
    {"remote", true, IFLA_VIRT_REMOTE, {192, 0, 2, 9}, true},
    {"local", true, IFLA_VIRT_LOCAL, {192, 0, 2, 1}, true},
    {"port", true, IFLA_VIRT_PORT, bytes_of(50077), true},
    {"rx", true, IFLA_VIRT_RX, {VIRT_RXMODE_FILTER}, true},
    {"mark", true, IFLA_VIRT_MARK, bytes_of(5), true},
    {"mtu", false, IFLA_MTU, bytes_of(1300), false},
    kUp};

Bytes virt_info(const Bytes &data)
{
    return attribute(IFLA_LINKINFO, attribute(IFLA_INFO_KIND, text("virt")) +
                                        attribute(IFLA_INFO_DATA, data));
}

Request link_request(const std::string &device, const Bytes &what)
{
    return {RTM_NEWLINK, 0,
            bytes_of(ifinfomsg{}) + attribute(IFLA_IFNAME, text(device)) +
                what};
}

// Up is a flag, not an attribute: @value is empty for down.
Request up_request(const std::string &device, const Bytes &value)
{
    ifinfomsg head{};

    head.ifi_change = IFF_UP;
    head.ifi_flags = value.empty() ? 0 : IFF_UP;
    return {RTM_NEWLINK, 0,
            bytes_of(head) + attribute(IFLA_IFNAME, text(device))};
}

Request change_request(const std::string &device, const Change &change,
                       const Bytes &value)
{
    const Bytes what = attribute(change.type, value);

    if (!change.type)
        return up_request(device, value);
    return link_request(device, change.option ? virt_info(what) : what);
}

Request delete_request(const std::string &device)
{
    return {RTM_DELLINK, 0,
            bytes_of(ifinfomsg{}) + attribute(IFLA_IFNAME, text(device))};
}

} // namespace

class Rights : public Bed
{
protected:
    // An interface between two places.
    struct Link {
        bool tunnel;
        Place device, far;

        std::string name() const
        {
            return std::string(tunnel ? "t" : "c") + "nj"[device] + "nj"[far];
        }
    };

    void SetUp() override
    {
        Bed::SetUp();
        // what is made is deleted again, and that waits
        host().ok("echo 1 >/sys/kernel/rcu_expedited");
        jail_ = std::make_unique<Jail>();
        jail_->net().ok("ip link add p0 type dummy; ip link set p0 up;"
                        "ip addr add 192.0.2.1/24 dev p0");
        for (const Place place : kPlaces) {
            const std::string path =
                std::string("/run/netns/") + kPlaceNames[place];

            fds_[place] = open(path.c_str(), O_RDONLY | O_CLOEXEC);
            rtnetlink_[place] = std::make_unique<Rtnetlink>(net(place));
        }
        for (const Place place : kPlaces)
            EXPECT_EQ(rtnetlink_[place]
                          ->exchange(
                              RTM_NEWNSID, 0,
                              bytes_of(uint32_t{AF_UNSPEC}) +
                                  attribute(NETNSA_FD, bytes_of(fds_[!place])) +
                                  attribute(NETNSA_NSID, bytes_of(kOther)))
                          .error,
                      0);
        for (const bool tunnel : {false, true})
            for (const Place device : kPlaces)
                for (const Place far : kPlaces) {
                    links_.push_back({tunnel, device, far});
                    make(links_.back());
                }
        picture_ = picture();
        EXPECT_EQ(picture_.size(), links_.size());
    }

    void TearDown() override
    {
        for (const Place place : kPlaces) {
            rtnetlink_[place].reset();
            close(fds_[place]);
        }
        jail_.reset();
        host().ok("echo 0 >/sys/kernel/rcu_expedited");
        Bed::TearDown();
    }

    const Netns &net(Place place) const
    {
        return place == kJail ? jail_->net() : *near_;
    }

    // By the machine's root.
    void make(const Link &link)
    {
        const std::string number = std::to_string(link.device);
        const std::string options =
            link.tunnel
                ? " type virt mode tunnel remote 192.0.2.2 port 5000" + number
                : " address 02:00:00:00:00:4" + number +
                      " link p0 type virt mode mac host off bclim 8";

        net(link.far).ok("ip link add name " + link.name() + options);
        if (link.device != link.far)
            net(link.far).ok("ip link set " + link.name() + " netns " +
                             kPlaceNames[link.device]);
    }

    // All there is of virt, by place and name.
    std::map<std::string, Bytes> picture() const
    {
        std::map<std::string, Bytes> all;

        for (const Place place : kPlaces)
            for (const Bytes &link : rtnetlink_[place]->links()) {
                const Bytes name = Rtnetlink::attributes_in(link)[IFLA_IFNAME];

                if (!Rtnetlink::data_in(link).empty())
                    all[std::string(kPlaceNames[place]) + " " +
                        reinterpret_cast<const char *>(name.data())] =
                        lasting(link);
            }
        return all;
    }

    // What a person is told who stands in a place.
    int ask(Person person, Place stands, const Request &request) const
    {
        const pid_t pid = fork();
        int status = -1;

        if (!pid) {
            const Inside inside(net(stands));

            if (person == kJailsRoot || person == kNobodyThere)
                jail_->become_root();
            if (person == kNobody &&
                (setgroups(0, nullptr) || setresgid(kId, kId, kId) ||
                 setresuid(kId, kId, kId)))
                _exit(255);
            if (person == kNobodyThere && !drop_rights())
                _exit(255);
            _exit(Rtnetlink(host())
                      .exchange(request.type, request.flags, request.rest)
                      .error);
        }
        waitpid(pid, &status, 0);
        return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
    }

    // One cell of the matrix: it is refused as it must be and changes nothing,
    // or it succeeds, does something, and is undone.
    template <typename Undo>
    void check(Person person, Place stands, const std::set<Place> &touched,
               const Request &request, const std::string &what, Undo undo)
    {
        const bool allowed = may(person, touched);
        const std::string cell = std::string(kPersonNames[person]) + " in " +
                                 kPlaceNames[stands] + ": " + what;

        EXPECT_EQ(ask(person, stands, request), allowed ? 0 : EPERM) << cell;
        auto now = picture();
        (allowed ? done_ : refused_)++;
        if (!allowed) {
            EXPECT_EQ(now, picture_) << cell;
            return;
        }
        EXPECT_NE(now, picture_) << cell << " did nothing";
        undo();
        picture_ = picture();
        EXPECT_EQ(picture_.size(), links_.size()) << cell;
    }

    // By the machine's root, to undo.
    void must(Place stands, const Request &request)
    {
        EXPECT_EQ(rtnetlink_[stands]
                      ->exchange(request.type, request.flags, request.rest)
                      .error,
                  0);
    }

    int fd_of(Place place) const { return fds_[place]; }

    Request create_request(const Link &link, Place stands) const
    {
        Request request = link_request("new", {});
        Bytes data;

        request.flags = NLM_F_CREATE | NLM_F_EXCL;
        if (link.tunnel)
            data = attribute(IFLA_VIRT_MODE, {VIRT_MODE_TUNNEL}) +
                   attribute(IFLA_VIRT_REMOTE, {192, 0, 2, 7}) +
                   attribute(IFLA_VIRT_PORT, bytes_of(50099));
        else
            request.rest =
                request.rest +
                attribute(IFLA_LINK, bytes_of(index_of_p0(link.far)));
        if (link.far != stands)
            request.rest =
                request.rest + attribute(IFLA_LINK_NETNSID, bytes_of(kOther));
        if (link.device != stands)
            request.rest =
                request.rest +
                attribute(IFLA_NET_NS_FD, bytes_of(fds_[link.device]));
        request.rest = request.rest + virt_info(data);
        return request;
    }

    // What it was before is what it is to be again.
    Request undo_request(const Link &link, const Change &change) const
    {
        const Bytes before = rtnetlink_[link.device]->link(link.name());
        Bytes value = change.option
                          ? Rtnetlink::data_in(before)[change.type]
                          : Rtnetlink::attributes_in(before)[change.type];

        if (value.empty() && change.type == IFLA_VIRT_LOCAL)
            value.resize(4);
        return change_request(link.name(), change, value);
    }

    std::vector<Link> links_;
    int done_ = 0, refused_ = 0;

private:
    static constexpr unsigned kId = 65534;
    // how each namespace calls the other
    static constexpr int kOther = 7;

    static bool drop_rights()
    {
        __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
        __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3]{};

        return !syscall(SYS_capset, &header, none);
    }

    unsigned index_of_p0(Place place) const
    {
        const Inside inside(net(place));

        return if_nametoindex("p0");
    }

    std::unique_ptr<Jail> jail_;
    std::unique_ptr<Rtnetlink> rtnetlink_[2];
    int fds_[2];
    std::map<std::string, Bytes> picture_;
};

TEST_F(Rights, MatrixOfOperationsAndPeople)
{
    for (const Person person : kPeople)
        for (const Link &link : links_) {
            const auto changes = link.tunnel ? kTunnelChanges : kChildChanges;
            const Place home = link.device;
            const std::string name = link.name();

            for (const Place stands : kPlaces)
                check(person, stands, {stands, link.device, link.far},
                      create_request(link, stands), "create one like " + name,
                      [&] { must(home, delete_request("new")); });
            for (const Change &change : changes) {
                const Request undo = undo_request(link, change);
                std::set<Place> touched{home};

                if (change.reaches_far)
                    touched.insert(link.far);
                check(person, home, touched,
                      change_request(name, change, change.value),
                      std::string("change ") + change.what + " of " + name,
                      [&] { must(home, undo); });
            }
            for (const Place to : kPlaces) {
                if (to == home)
                    continue;
                const Bytes back =
                    attribute(IFLA_NET_NS_FD, bytes_of(fd_of(home)));

                check(person, home, {home, to},
                      link_request(
                          name, attribute(IFLA_NET_NS_FD, bytes_of(fd_of(to)))),
                      "move " + name,
                      [&] { must(to, link_request(name, back)); });
            }
            check(person, home, {home}, delete_request(name), "delete " + name,
                  [&] { make(link); });
        }
    // there is enough of both
    EXPECT_GT(done_, 100);
    EXPECT_GT(refused_, 200);
    EXPECT_TRUE(pings(*far_, "192.0.2.1"));
}

} // namespace e2e
