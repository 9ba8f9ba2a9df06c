// SPDX-License-Identifier: GPL-2.0-only
// Conversations between two hosts: much at once, and little at a time.
//
// Copyright (C) The virt authors
#include "bulk.hpp"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <nlohmann/json.hpp>
#include <system_error>
#include <thread>

#include "bed.hpp"
#include "meter.hpp"

namespace bench
{

namespace
{

std::string inside(const std::string &netns)
{
    return netns.empty() ? "" : "ip netns exec " + netns + " ";
}

constexpr int round_trips = 2000;
constexpr std::uint16_t echo_port = 7;

// A UDP socket of a namespace, whichever thread uses it.
class Udp
{
public:
    explicit Udp(const std::string &netns)
    {
        Inside there(netns);

        fd_ = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        check(fd_, "socket");
    }
    Udp(const Udp &) = delete;
    Udp &operator=(const Udp &) = delete;
    ~Udp() { close(fd_); }

    void listen(const std::string &address)
    {
        sockaddr_in here = name_of(address);

        check(bind(fd_, reinterpret_cast<sockaddr *>(&here), sizeof(here)),
              "bind");
    }

    void call(const std::string &address)
    {
        sockaddr_in there = name_of(address);

        check(connect(fd_, reinterpret_cast<sockaddr *>(&there), sizeof(there)),
              "connect");
    }

    void answer()
    {
        sockaddr_storage from;
        socklen_t size = sizeof(from);
        char byte;

        check(recvfrom(fd_, &byte, 1, 0, reinterpret_cast<sockaddr *>(&from),
                       &size),
              "recvfrom");
        check(
            sendto(fd_, &byte, 1, 0, reinterpret_cast<sockaddr *>(&from), size),
            "sendto");
    }

    void ask()
    {
        char byte = 0;

        check(send(fd_, &byte, 1, 0), "send");
        check(recv(fd_, &byte, 1, 0), "recv");
    }

private:
    static void check(ssize_t result, const char *what)
    {
        if (result < 0)
            throw std::system_error(errno, std::generic_category(), what);
    }

    static sockaddr_in name_of(const std::string &address)
    {
        sockaddr_in name{};

        name.sin_family = AF_INET;
        name.sin_port = htons(echo_port);
        inet_pton(AF_INET, address.c_str(), &name.sin_addr);
        return name;
    }

    int fd_;
};

} // namespace

double tcp_throughput(const std::string &from_netns,
                      const std::string &to_netns, const std::string &address,
                      const std::string &options)
{
    std::string ready = "ss -Hltn sport = :5201 | grep -q .";

    run(inside(to_netns) + "iperf3 -s -1 -D && for i in $(seq 500); do " +
        inside(to_netns) + "sh -c '" + ready +
        "' && exit 0; sleep 0.01; done; exit 1");
    std::string report = run(inside(from_netns) + "iperf3 -J -n 64M -c " +
                             address + " " + options);
    return nlohmann::json::parse(
        report)["end"]["sum_received"]["bits_per_second"];
}

double round_trip(const std::string &from_netns, const std::string &to_netns,
                  const std::string &address)
{
    Udp client(from_netns), server(to_netns);

    server.listen(address);
    client.call(address);
    std::jthread host([&] {
        for (int i = 0; i <= round_trips; i++)
            server.answer();
    });
    // the first one resolves the neighbour
    client.ask();
    std::uint64_t begin = instructions();
    for (int i = 0; i < round_trips; i++)
        client.ask();
    return static_cast<double>(instructions() - begin) / round_trips;
}

} // namespace bench
