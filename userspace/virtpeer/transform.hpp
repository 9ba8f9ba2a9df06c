/* SPDX-License-Identifier: GPL-2.0-only */
/* A program that gets every packet and says what shall go on in its place. On
 * its standard input and output a packet is a record. It may change, drop,
 * delay, add and turn packets round: what it writes goes where its direction
 * says.
 *
 * Copyright (C) The virt authors
 */
#ifndef _VIRTPEER_TRANSFORM_HPP
#define _VIRTPEER_TRANSFORM_HPP

#include "record.hpp"

#include "lib/fd.hpp"

#include <sys/types.h>

#include <mutex>
#include <string>

namespace virt::peer
{

class Transform
{
public:
    /** Starts `sh -c command`. Throws std::system_error. */
    explicit Transform(const std::string &command);
    Transform(const Transform &) = delete;
    Transform &operator=(const Transform &) = delete;
    /** Ends the program. */
    ~Transform();

    /** Gives a packet; waits while the program is busy. Any thread.
     *  Throws std::runtime_error when the program has ended.
     */
    void put(Direction direction, Frame packet);

    /** Takes what the program wrote; waits for it, or for end(). False: the
     *  end.
     */
    bool take(RecordReader &reader);

    /** Ends the program, and with it every wait. Any thread. */
    void end();

private:
    std::mutex mutex_;
    Fd to_;
    Fd from_;
    pid_t pid_ = -1;
};

} // namespace virt::peer

#endif // _VIRTPEER_TRANSFORM_HPP
