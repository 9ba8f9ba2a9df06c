// SPDX-License-Identifier: GPL-2.0-only
// Runs the threads of a tunnel.
//
// Copyright (C) The virt authors
#include "tunnel.hpp"

#include "incoming.hpp"
#include "keepalive.hpp"
#include "outgoing.hpp"

#include "module/wire.h"

#include "lib/fail.hpp"
#include "lib/tell.hpp"

#include <poll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <stdexcept>

#include <fmt/core.h>

namespace virt::peer
{

namespace
{

/* A packet as large as the kernel makes them, with all headers. */
constexpr std::size_t kMaxPacket = 65536 + 64;

/* Packets that are sent before others are looked for. */
constexpr int kBatch = 256;

/* How often the life of the peer is looked at. */
constexpr int kTickMs = 200;

Time now()
{
    return std::chrono::steady_clock::now();
}

} // namespace

Tunnel::Tunnel(Context &context, Capture *capture)
    : context_(context), capture_(capture), stop_(eventfd(0, EFD_CLOEXEC)),
      next_keepalive_(now())
{
    if (!stop_) {
        fail("cannot make an event");
    }
}

void Tunnel::start(std::function<void()> body)
{
    try {
        threads_.emplace_back([this, body = std::move(body)] {
            try {
                body();
                stop();
            } catch (...) {
                stop(std::current_exception());
            }
        });
    } catch (const std::system_error &error) {
        stop(std::make_exception_ptr(
            std::system_error(error.code(), "cannot start a thread")));
    }
}

void Tunnel::stop(std::exception_ptr error)
{
    const std::lock_guard lock(mutex_);
    if (!error_) {
        error_ = std::move(error);
    }
    stop();
}

void Tunnel::stop()
{
    eventfd_write(stop_.get(), 1);
}

/* False: the end has come. */
bool Tunnel::wait_for(int fd) const
{
    pollfd polls[] = {{fd, POLLIN, 0}, {stop_.get(), POLLIN, 0}};
    while (poll(polls, 2, -1) < 0) {
        if (errno != EINTR) {
            fail("poll");
        }
    }
    if (polls[0].revents & (POLLERR | POLLNVAL) && fd != context_.socket.fd()) {
        throw std::runtime_error(device_name() + " is gone");
    }
    return !polls[1].revents;
}

void Tunnel::from_device(std::size_t queue)
{
    Outgoing outgoing(context_);
    std::vector<std::uint8_t> buffer(kMaxPacket);
    do {
        VnetHeader header;
        ssize_t got = 0;
        // who sends without a pause must not hide the end
        for (int i = 0; i < kBatch && got >= 0; i++) {
            got = context_.device->read(queue, header, buffer);
            if (got >= 0) {
                outgoing.take(header, MutableFrame(buffer).first(
                                          static_cast<std::size_t>(got)));
            }
        }
        if (got < 0 && errno != EAGAIN && errno != EINTR) {
            fail(device_name());
        }
        outgoing.flush();
    } while (wait_for(context_.device->fd(queue)));
}

void Tunnel::from_capture()
{
    Outgoing outgoing(context_);
    const std::size_t mtu = context_.options.mtu;
    do {
        capture_->each(
            [&](Frame frame) { outgoing.take_captured(frame, mtu); });
        outgoing.flush();
    } while (wait_for(capture_->fd()));
}

void Tunnel::from_socket()
{
    Incoming incoming(context_);
    Inbox inbox;
    while (wait_for(context_.socket.fd())) {
        const std::size_t count = context_.socket.receive(inbox);
        const Time time = now();
        for (std::size_t i = 0; i < count; i++) {
            incoming.take(inbox.at(i), time);
        }
        incoming.flush();
        if (!carrier_) {
            update_carrier(time);
        }
    }
}

void Tunnel::from_transform()
{
    const std::size_t least =
        context_.options.payload == Payload::Ether ? VIRT_WIRE_HEADER : 20;
    Outgoing outgoing(context_);
    Incoming incoming(context_);
    RecordReader reader;
    while (context_.transform->take(reader)) {
        while (std::optional<Record> record = reader.next()) {
            if (record->packet.size() < least) {
                context_.stats.rx_transform.add();
            } else if (record->direction == Direction::Out) {
                outgoing.put(record->packet);
            } else {
                incoming.put(record->packet);
                incoming.flush();
            }
        }
        outgoing.flush();
    }
    pollfd ended{stop_.get(), POLLIN, 0};
    if (poll(&ended, 1, 0) == 0) {
        throw std::runtime_error("the transform ended");
    }
}

void Tunnel::update_carrier(Time time)
{
    const std::lock_guard lock(mutex_);
    const bool alive = context_.peer.alive(time);
    if (alive == carrier_) {
        return;
    }
    carrier_ = alive;
    if (context_.device) {
        context_.device->set_carrier(alive);
    }
    if (!alive) {
        context_.stats.peer_lost.add();
    }
    tell("virtpeer", fmt::format("{}: peer {} {}", device_name(),
                                 endpoint_text(context_.peer.endpoint()),
                                 alive ? "is there" : "is lost"));
}

void Tunnel::tick(Time time)
{
    const auto interval = context_.options.peer.keepalive;
    if (interval.count() > 0 && time >= next_keepalive_) {
        send_keepalive(context_, ++seq_, time);
        next_keepalive_ = time + interval;
    }
    update_carrier(time);
}

std::string Tunnel::device_name() const
{
    return context_.device ? context_.device->name()
                           : context_.options.interface;
}

void Tunnel::print_stats() const
{
    const std::string peer = endpoint_text(context_.peer.endpoint());
    const bool alive = context_.peer.alive(now());
    const std::string text =
        context_.options.json
            ? stats_json(context_.stats, device_name(), peer, alive)
            : stats_text(context_.stats, device_name(), peer, alive);
    std::fputs(text.c_str(), context_.options.json ? stdout : stderr);
    std::fflush(stdout);
}

void Tunnel::run(Signals &signals)
{
    if (!context_.peer.endpoint().address) {
        carrier_ = false;
        if (context_.device) {
            context_.device->set_carrier(false);
        }
    }
    if (capture_) {
        start([this] { from_capture(); });
    } else if (context_.options.command != Command::Inject) {
        for (std::size_t i = 0; i < context_.device->queues(); i++) {
            start([this, i] { from_device(i); });
        }
    }
    start([this] { from_socket(); });
    if (context_.transform) {
        start([this] { from_transform(); });
    }

    const bool timed = context_.options.peer.keepalive.count() > 0;
    bool asked = false;
    for (bool running = true; running;) {
        pollfd polls[] = {{signals.fd(), POLLIN, 0}, {stop_.get(), POLLIN, 0}};
        poll(polls, 2, timed ? kTickMs : -1);
        running = !polls[1].revents;
        while (const auto signal = signals.take()) {
            if (*signal == SIGUSR1) {
                print_stats();
            } else {
                running = false;
                asked = true;
            }
        }
        if (running && timed) {
            tick(now());
        }
    }
    stop();
    if (context_.transform) {
        context_.transform->end();
    }
    for (std::thread &thread : threads_) {
        thread.join();
    }
    if (context_.options.json) {
        print_stats();
    }
    // the end takes the transform from under those who use it
    if (error_ && !asked) {
        std::rethrow_exception(error_);
    }
}

} // namespace virt::peer
