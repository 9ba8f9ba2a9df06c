// SPDX-License-Identifier: GPL-2.0-only
// Conversations between two hosts: much at once, and little at a time.
//
// Copyright (C) The virt authors
#include "bulk.hpp"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "bed.hpp"
#include "meter.hpp"

namespace bench
{

namespace
{

constexpr int round_trips = 500;
constexpr std::uint16_t port = 5201;

// What iperf3 writes at once.
constexpr size_t block = 128 * 1024;

// What TCP starts slowly with.
constexpr std::uint64_t start_bytes = 4 << 20;

constexpr int datagrams = 32;

template <typename Result>
Result check(Result result, const char *what)
{
    if (result < 0)
        throw std::system_error(errno, std::generic_category(), what);
    return result;
}

// A socket of a namespace, whichever thread uses it. Nobody waits for ever.
class Socket
{
public:
    Socket(int type, const std::string &netns) : Socket(open(type, netns)) {}
    Socket(Socket &&other) : fd_(std::exchange(other.fd_, -1)) {}
    ~Socket()
    {
        if (fd_ >= 0)
            close(fd_);
    }

    void bind(const std::string &address) { name(::bind, address, "bind"); }
    void connect(const std::string &address)
    {
        name(::connect, address, "connect");
    }
    void listen() { check(::listen(fd_, 16), "listen"); }
    Socket accept() { return Socket(check(::accept(fd_, 0, 0), "accept")); }
    void hold(int bytes) { set(SO_RCVBUFFORCE, bytes); }
    void end_stream() { check(shutdown(fd_, SHUT_WR), "shutdown"); }

    void send(const void *data, size_t size)
    {
        check(::send(fd_, data, size, 0), "send");
    }

    size_t receive(void *data, size_t size)
    {
        return static_cast<size_t>(check(recv(fd_, data, size, 0), "recv"));
    }

    // Gives a byte back to whom it came from.
    void answer()
    {
        sockaddr_storage from;
        socklen_t size = sizeof(from);
        auto *who = reinterpret_cast<sockaddr *>(&from);
        char byte;

        check(recvfrom(fd_, &byte, 1, 0, who, &size), "recvfrom");
        check(sendto(fd_, &byte, 1, 0, who, size), "sendto");
    }

private:
    explicit Socket(int fd) : fd_(fd)
    {
        const timeval patience{.tv_sec = 60, .tv_usec = 0};

        set(SO_RCVTIMEO, patience);
        set(SO_SNDTIMEO, patience);
        // closed is gone: the kernel would go on asking for the last
        // acknowledgement, long after the wire went, and keep the namespace
        set(SO_LINGER, linger{.l_onoff = 1, .l_linger = 0});
    }

    template <typename Value>
    void set(int option, const Value &value)
    {
        check(setsockopt(fd_, SOL_SOCKET, option, &value, sizeof(value)),
              "setsockopt");
    }

    static int open(int type, const std::string &netns)
    {
        Inside there(netns);

        return check(socket(AF_INET, type | SOCK_CLOEXEC, 0), "socket");
    }

    void name(int (*give)(int, const sockaddr *, socklen_t),
              const std::string &address, const char *what)
    {
        sockaddr_in name{};

        set(SO_REUSEADDR, 1);
        name.sin_family = AF_INET;
        name.sin_port = htons(port);
        inet_pton(AF_INET, address.c_str(), &name.sin_addr);
        check(give(fd_, reinterpret_cast<sockaddr *>(&name), sizeof(name)),
              what);
    }

    int fd_;
};

// In a thread of its own. Who gives up is missed by the others.
template <typename Work>
std::jthread start(Work work)
{
    return std::jthread([work = std::move(work)]() mutable {
        try {
            work();
        } catch (const std::system_error &) {
        }
    });
}

// Reads what all flows bring; knows when the measured part began and ended.
class Sink
{
public:
    explicit Sink(std::uint64_t bytes) : all_(bytes) {}

    void read(Socket &socket)
    {
        std::vector<char> buffer(block);

        while (size_t size = socket.receive(buffer.data(), buffer.size()))
            count(size);
    }

    double bits_per_second() const
    {
        if (!end_)
            throw std::runtime_error("TCP was cut short");
        return static_cast<double>(measured_) * 8e9 /
               static_cast<double>(end_ - begin_);
    }

private:
    void count(size_t size)
    {
        std::uint64_t now = instructions();
        std::uint64_t before = bytes_.fetch_add(size), after = before + size;

        if (before < start_bytes && after >= start_bytes) {
            begin_ = now;
            measured_ = all_ - after;
        }
        if (after == all_)
            end_ = now;
    }

    std::uint64_t all_;
    std::atomic<std::uint64_t> bytes_ = 0, begin_ = 0, end_ = 0;
    std::atomic<std::uint64_t> measured_ = 0;
};

void write_all(Socket &socket, std::uint64_t bytes)
{
    std::vector<char> buffer(block);

    for (; bytes; bytes -= block)
        socket.send(buffer.data(), block);
    socket.end_stream();
}

} // namespace

double tcp_throughput(const std::string &from_netns,
                      const std::string &to_netns, const std::string &address,
                      int flows, int megabytes)
{
    std::uint64_t bytes =
        start_bytes + (static_cast<std::uint64_t>(megabytes) << 20);
    Socket host(SOCK_STREAM, to_netns);
    std::vector<Socket> ends;
    Sink sink(bytes);

    host.bind(address);
    host.listen();
    for (int i = 0; i < flows; i++) {
        ends.emplace_back(SOCK_STREAM, from_netns).connect(address);
        ends.push_back(host.accept());
    }
    {
        std::vector<std::jthread> threads;
        std::uint64_t share = bytes / static_cast<unsigned>(flows);

        for (size_t i = 0; i < ends.size(); i += 2) {
            Socket &from = ends[i], &to = ends[i + 1];
            threads.push_back(start([&] { sink.read(to); }));
            threads.push_back(start([&, share] { write_all(from, share); }));
        }
    }
    return sink.bits_per_second();
}

double udp_cost(const std::string &from_netns, const std::string &to_netns,
                const std::string &address, size_t size, int flows)
{
    Socket to(SOCK_DGRAM, to_netns);
    std::vector<Socket> from;
    std::vector<char> buffer(size);
    std::vector<double> costs;

    to.hold(8 << 20);
    to.bind(address);
    for (int i = 0; i < flows; i++)
        from.emplace_back(SOCK_DGRAM, from_netns).connect(address);
    for (int i = 0; i < 16; i++) {
        std::uint64_t begin = instructions();
        for (int sent = 0; sent < datagrams; sent++)
            from[static_cast<size_t>(sent % flows)].send(buffer.data(), size);
        for (int got = 0; got < datagrams; got++)
            to.receive(buffer.data(), size);
        costs.push_back(static_cast<double>(instructions() - begin) /
                        datagrams);
    }
    return median(costs);
}

double round_trip(const std::string &from_netns, const std::string &to_netns,
                  const std::string &address)
{
    Socket client(SOCK_DGRAM, from_netns), server(SOCK_DGRAM, to_netns);
    auto ask = [&client] {
        char byte = 0;

        client.send(&byte, 1);
        client.receive(&byte, 1);
    };

    server.bind(address);
    client.connect(address);
    std::jthread host([&] {
        for (int i = 0; i <= round_trips; i++)
            server.answer();
    });
    // the first one resolves the neighbour
    ask();
    std::uint64_t begin = instructions();
    for (int i = 0; i < round_trips; i++)
        ask();
    return static_cast<double>(instructions() - begin) / round_trips;
}

} // namespace bench
