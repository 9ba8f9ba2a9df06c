// SPDX-License-Identifier: GPL-2.0-only
// Netlink sockets. Strict checking makes the kernel filter dumps and
// refuse what it does not know; extended acks make it say why.
//
// Copyright (C) The virt authors
#include "netlink.hpp"

#include "fail.hpp"

#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

namespace virt
{

/* The kernel fills up to this much in one read of a dump. */
constexpr std::size_t kBufferSize = 32768;

/* A dump that was interrupted by a change is asked for this often. */
constexpr int kDumpAttempts = 10;

namespace
{

SocketHandle open_socket(int flags)
{
    SocketHandle socket(mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC | flags));
    if (!socket || mnl_socket_bind(socket.get(), 0, MNL_SOCKET_AUTOPID) < 0) {
        fail("cannot open a netlink socket");
    }
    return socket;
}

} // namespace

NetlinkSocket::NetlinkSocket() : socket_(open_socket(0))
{
    for (const int option :
         {NETLINK_CAP_ACK, NETLINK_EXT_ACK, NETLINK_GET_STRICT_CHK}) {
        int on = 1;
        if (mnl_socket_setsockopt(socket_.get(), option, &on, sizeof(on)) < 0) {
            fail("cannot set up a netlink socket");
        }
    }
}

void NetlinkSocket::ask(nlmsghdr &request, const char *what,
                        const AnswerReader &reader)
{
    // A dump ends with NLMSG_DONE, all others are made to end with an ack.
    const bool dump = (request.nlmsg_flags & NLM_F_DUMP) == NLM_F_DUMP;
    request.nlmsg_flags |= dump ? NLM_F_REQUEST : NLM_F_REQUEST | NLM_F_ACK;

    for (int attempt = 0; attempt < kDumpAttempts; attempt++) {
        request.nlmsg_seq = ++seq_;
        if (mnl_socket_sendto(socket_.get(), &request, request.nlmsg_len) < 0) {
            fail(what);
        }
        if (receive(request.nlmsg_seq, what, reader.take)) {
            return;
        }
        reader.forget();
    }
    throw std::system_error(EAGAIN, std::generic_category(),
                            std::string(what) +
                                ": the interfaces kept changing");
}

std::vector<std::byte> NetlinkSocket::ask(nlmsghdr &request, const char *what)
{
    std::vector<std::byte> answers;
    const auto append = [&](Bytes message) {
        answers.insert(answers.end(), message.begin(), message.end());
        answers.resize(NLMSG_ALIGN(answers.size()));
        return true;
    };
    ask(request, what, {.take = append, .forget = [&] { answers.clear(); }});
    return answers;
}

/* Reads up to the end of an answer. False: it is a mix of old and new. */
bool NetlinkSocket::receive(std::uint32_t seq, const char *what,
                            const std::function<bool(Bytes)> &take)
{
    bool consistent = true;
    std::optional<Verdict> verdict;
    const auto visit = [&](const nlmsghdr &header, Bytes message) {
        if (header.nlmsg_seq != seq) {
            return true;
        }
        if (header.nlmsg_flags & NLM_F_DUMP_INTR) {
            consistent = false;
        }
        if (header.nlmsg_type == NLMSG_ERROR ||
            header.nlmsg_type == NLMSG_DONE) {
            verdict = verdict_from_msg(message);
            return verdict.has_value();
        }
        return take(message);
    };

    while (!verdict) {
        std::array<std::byte, kBufferSize> buffer;
        const auto size =
            mnl_socket_recvfrom(socket_.get(), buffer.data(), buffer.size());
        if (size < 0) {
            fail(what);
        }
        const auto bytes = Bytes(buffer).first(static_cast<std::size_t>(size));
        if (!each_message(bytes, visit)) {
            throw std::system_error(EBADMSG, std::generic_category(), what);
        }
    }
    if (verdict->error != 0) {
        throw NetlinkError(
            verdict->error, std::generic_category(),
            verdict->text.empty() ? what : what + (": " + verdict->text));
    }
    return consistent;
}

NetlinkListener::NetlinkListener(int group)
    : socket_(open_socket(SOCK_NONBLOCK))
{
    if (mnl_socket_setsockopt(socket_.get(), NETLINK_ADD_MEMBERSHIP, &group,
                              sizeof(group)) < 0) {
        fail("cannot listen to the kernel");
    }
}

/* They are older than what can be asked now, and until there are none the
 * kernel loses more without a word.
 */
void NetlinkListener::drop_waiting()
{
    while (recv(fd(), nullptr, 0, 0) >= 0 || errno == ENOBUFS ||
           errno == EINTR) {
    }
}

NetlinkListener::Heard NetlinkListener::take(std::vector<std::byte> &messages)
{
    messages.resize(kBufferSize);
    const auto size =
        mnl_socket_recvfrom(socket_.get(), messages.data(), messages.size());
    const int error = size < 0 ? errno : 0;
    messages.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
    switch (error) {
    case 0:
        return Heard::Messages;
    case EAGAIN:
    case EINTR:
        return Heard::Nothing;
    // libmnl's word for a message that was cut.
    case ENOBUFS:
    case ENOSPC:
        drop_waiting();
        return Heard::Overrun;
    default:
        throw std::system_error(error, std::generic_category(),
                                "cannot listen to the kernel");
    }
}

} // namespace virt
