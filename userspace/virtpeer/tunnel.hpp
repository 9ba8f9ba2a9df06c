/* SPDX-License-Identifier: GPL-2.0-only */
/* The threads of a tunnel: one per queue of the device that sends, one that
 * receives, one for what a transform writes; and the caller's, which waits
 * for time and signals.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRTPEER_TUNNEL_HPP
#define _VIRTPEER_TUNNEL_HPP

#include "capture.hpp"
#include "context.hpp"

#include "lib/signals.hpp"

#include <atomic>
#include <exception>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace virt::peer
{

class Tunnel
{
public:
    /** `capture`: where frames come from instead of the device, or null. */
    Tunnel(Context &context, Capture *capture);

    /** Runs until SIGINT or SIGTERM; throws what a thread threw. */
    void run(Signals &signals);

private:
    void start(std::function<void()> body);
    void stop();
    void stop(std::exception_ptr error);
    bool wait_for(int fd) const;

    void from_device(std::size_t queue);
    void from_capture();
    void from_socket();
    void from_transform();

    void tick(Time now);
    void update_carrier(Time now);
    void print_stats() const;
    std::string device_name() const;

    Context &context_;
    Capture *capture_;
    /* Readable for ever, once the end has come. */
    Fd stop_;
    std::vector<std::thread> threads_;
    std::mutex mutex_;
    std::exception_ptr error_;
    std::atomic<bool> carrier_ = true;
    std::uint32_t seq_ = 0;
    Time next_keepalive_;
};

} // namespace virt::peer

#endif // _VIRTPEER_TUNNEL_HPP
