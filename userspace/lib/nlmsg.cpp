// SPDX-License-Identifier: GPL-2.0-only
// Reads the kernel's verdict on a request, with its extended ack.
//
// Copyright (C) The virt authors
#include "nlmsg.hpp"

namespace virt
{

/* The kernel's MAX_ERRNO. */
constexpr int kMaxErrno = 4095;

std::optional<std::string> text_from_attr(Bytes payload)
{
    if (payload.empty() ||
        std::ranges::find(payload, std::byte{}) != payload.end() - 1) {
        return std::nullopt;
    }
    std::string text(payload.size() - 1, '\0');
    std::memcpy(text.data(), payload.data(), text.size());
    return text;
}

std::optional<Verdict> verdict_from_msg(Bytes message)
{
    const auto header = load<nlmsghdr>(message);
    if (!header || header->nlmsg_len != message.size() ||
        (header->nlmsg_type != NLMSG_ERROR &&
         header->nlmsg_type != NLMSG_DONE)) {
        return std::nullopt;
    }
    Bytes rest = message.subspan(sizeof(nlmsghdr));
    const auto error = load<int>(rest);
    if (!error || *error > 0 || *error < -kMaxErrno) {
        return std::nullopt;
    }
    rest = rest.subspan(sizeof(int));

    if (header->nlmsg_type == NLMSG_ERROR) {
        const auto request = load<nlmsghdr>(rest);
        if (!request) {
            return std::nullopt;
        }
        // The request's own payload is there unless the kernel capped it.
        const std::size_t size = header->nlmsg_flags & NLM_F_CAPPED
                                     ? sizeof(nlmsghdr)
                                     : request->nlmsg_len;
        if (size > rest.size()) {
            return std::nullopt;
        }
        rest = after_padded(rest, size);
    }

    Verdict verdict{.error = -*error, .text = {}};
    if (!(header->nlmsg_flags & NLM_F_ACK_TLVS)) {
        return verdict;
    }
    const bool whole = each_attr(rest, [&](std::uint16_t type, Bytes payload) {
        if (type == NLMSGERR_ATTR_MSG) {
            const auto text = text_from_attr(payload);
            verdict.text = text.value_or("");
            return text.has_value();
        }
        return true;
    });
    return whole ? std::optional{verdict} : std::nullopt;
}

} // namespace virt
