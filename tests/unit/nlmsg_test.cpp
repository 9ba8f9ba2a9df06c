// SPDX-License-Identifier: GPL-2.0-only
// Attributes, messages and verdicts whose lengths are right, short and lies.
//
// Copyright (C) The virt authors
#include "lib/nlmsg.hpp"

#include "wire.hpp"

#include <cerrno>
#include <utility>

#include <gtest/gtest.h>

namespace virt::test
{

namespace
{

using Seen = std::vector<std::pair<int, std::size_t>>;

/* Type and length of each attribute; nullopt if they do not fill `bytes`. */
std::optional<Seen> attrs_of(const Buffer &bytes)
{
    Seen seen;
    const bool whole = each_attr(bytes, [&](std::uint16_t type, Bytes payload) {
        seen.emplace_back(type, payload.size());
        return true;
    });
    return whole ? std::optional{seen} : std::nullopt;
}

std::optional<std::size_t> count_messages(const Buffer &bytes)
{
    std::size_t count = 0;
    const bool whole = each_message(bytes, [&](const nlmsghdr &, Bytes) {
        count++;
        return true;
    });
    return whole ? std::optional{count} : std::nullopt;
}

const Buffer kRequest = raw(nlmsghdr{.nlmsg_len = 32,
                                     .nlmsg_type = RTM_GETLINK,
                                     .nlmsg_flags = NLM_F_REQUEST,
                                     .nlmsg_seq = 1,
                                     .nlmsg_pid = 0});

Buffer error_message(int error, int flags, const Buffer &request,
                     const Buffer &tlvs)
{
    return message(NLMSG_ERROR, join({raw(error), request, tlvs}), flags);
}

} // namespace

TEST(Load, Short)
{
    EXPECT_EQ(load<std::uint32_t>(hex({1, 2, 3})), std::nullopt);
    EXPECT_EQ(load<std::uint8_t>(Bytes{}), std::nullopt);
}

TEST(Load, Unaligned)
{
    const Buffer bytes = hex({0, 1, 1, 1, 1, 9});
    EXPECT_EQ(load<std::uint32_t>(Bytes(bytes).subspan(1)), 0x01010101U);
}

TEST(TextFromAttr, Whole)
{
    EXPECT_EQ(text_from_attr(text("eth0")), "eth0");
}

TEST(TextFromAttr, EmptyString)
{
    EXPECT_EQ(text_from_attr(text("")), "");
}

TEST(TextFromAttr, NoBytes)
{
    EXPECT_EQ(text_from_attr({}), std::nullopt);
}

TEST(TextFromAttr, NoNul)
{
    EXPECT_EQ(text_from_attr(hex({'e', 't'})), std::nullopt);
}

TEST(TextFromAttr, InnerNul)
{
    EXPECT_EQ(text_from_attr(hex({'e', 0, 't', 0})), std::nullopt);
    EXPECT_EQ(text_from_attr(hex({'e', 0, 0})), std::nullopt);
}

TEST(EachAttr, Empty)
{
    EXPECT_EQ(attrs_of({}), Seen{});
}

TEST(EachAttr, Several)
{
    const Buffer bytes = join({attr(1, hex({1})), attr(2, hex({1, 2, 3, 4}))});
    EXPECT_EQ(attrs_of(bytes), (Seen{{1, 1}, {2, 4}}));
}

TEST(EachAttr, LastWithoutPadding)
{
    EXPECT_EQ(attrs_of(attr(1, hex({1}))), (Seen{{1, 1}}));
}

TEST(EachAttr, FlagsAreNotType)
{
    EXPECT_EQ(attrs_of(attr(NLA_F_NESTED | 18, {})), (Seen{{18, 0}}));
}

TEST(EachAttr, TruncatedHeader)
{
    for (std::size_t size = 1; size < sizeof(nlattr); size++) {
        EXPECT_EQ(attrs_of(Buffer(size)), std::nullopt) << size;
    }
}

TEST(EachAttr, ClaimsTooMuch)
{
    EXPECT_EQ(attrs_of(attr(1, hex({1, 2, 3, 4}), 1)), std::nullopt);
    EXPECT_EQ(attrs_of(attr(1, hex({1, 2, 3, 4}), 0xfff0)), std::nullopt);
}

/* A length below the header's would never advance. */
TEST(EachAttr, ClaimsTooLittle)
{
    EXPECT_EQ(attrs_of(attr(1, {}, -1)), std::nullopt);
    EXPECT_EQ(attrs_of(attr(1, {}, -4)), std::nullopt);
}

TEST(EachAttr, VisitorStops)
{
    int visits = 0;
    const Buffer bytes = join({attr(1, {}), attr(2, {})});
    EXPECT_FALSE(each_attr(bytes, [&](std::uint16_t, Bytes) {
        visits++;
        return false;
    }));
    EXPECT_EQ(visits, 1);
}

TEST(EachMessage, Several)
{
    const Buffer bytes =
        join({message(16, hex({1})), message(16, {}), message(3, hex({1, 2}))});
    EXPECT_EQ(count_messages(bytes), 3U);
    EXPECT_EQ(count_messages({}), 0U);
}

TEST(EachMessage, Malformed)
{
    EXPECT_EQ(count_messages(Buffer(15)), std::nullopt);
    EXPECT_EQ(count_messages(message(16, {}, 0, 1)), std::nullopt);
    EXPECT_EQ(count_messages(message(16, {}, 0, -1)), std::nullopt);
    EXPECT_EQ(count_messages(message(16, {}, 0, -16)), std::nullopt);
    EXPECT_EQ(count_messages(message(16, {}, 0, -17)), std::nullopt);
}

TEST(VerdictFromMsg, Ack)
{
    EXPECT_EQ(verdict_from_msg(error_message(0, NLM_F_CAPPED, kRequest, {})),
              (Verdict{.error = 0, .text = ""}));
}

TEST(VerdictFromMsg, ErrorWithText)
{
    const Buffer tlvs = join({attr(NLMSGERR_ATTR_OFFS, raw(12U)),
                              attr(NLMSGERR_ATTR_MSG, text("mode is wrong"))});
    EXPECT_EQ(verdict_from_msg(error_message(
                  -EINVAL, NLM_F_CAPPED | NLM_F_ACK_TLVS, kRequest, tlvs)),
              (Verdict{.error = EINVAL, .text = "mode is wrong"}));
}

/* Without NETLINK_CAP_ACK the request's payload stands before the text. */
TEST(VerdictFromMsg, TextAfterWholeRequest)
{
    const Buffer request = join({kRequest, Buffer(16)});
    const Buffer tlvs = attr(NLMSGERR_ATTR_MSG, text("no"));
    EXPECT_EQ(
        verdict_from_msg(error_message(-EPERM, NLM_F_ACK_TLVS, request, tlvs)),
        (Verdict{.error = EPERM, .text = "no"}));
}

TEST(VerdictFromMsg, DumpEnd)
{
    EXPECT_EQ(verdict_from_msg(message(NLMSG_DONE, raw(0), NLM_F_MULTI)),
              (Verdict{.error = 0, .text = ""}));
    EXPECT_EQ(verdict_from_msg(message(
                  NLMSG_DONE,
                  join({raw(-EINVAL), attr(NLMSGERR_ATTR_MSG, text("bad"))}),
                  NLM_F_ACK_TLVS)),
              (Verdict{.error = EINVAL, .text = "bad"}));
}

TEST(VerdictFromMsg, OtherMessage)
{
    EXPECT_EQ(verdict_from_msg(message(RTM_NEWLINK, raw(0))), std::nullopt);
}

TEST(VerdictFromMsg, NoErrno)
{
    EXPECT_EQ(verdict_from_msg(error_message(1, NLM_F_CAPPED, kRequest, {})),
              std::nullopt);
    EXPECT_EQ(
        verdict_from_msg(error_message(INT32_MIN, NLM_F_CAPPED, kRequest, {})),
        std::nullopt);
}

/* The kernel's errors end at 4095. */
TEST(VerdictFromMsg, LargestErrno)
{
    EXPECT_TRUE(verdict_from_msg(message(NLMSG_DONE, raw(-4095))));
    EXPECT_FALSE(verdict_from_msg(message(NLMSG_DONE, raw(-4096))));
}

TEST(VerdictFromMsg, EveryTruncation)
{
    const Buffer whole =
        error_message(-EINVAL, NLM_F_CAPPED | NLM_F_ACK_TLVS, kRequest,
                      attr(NLMSGERR_ATTR_MSG, text("abc")));
    ASSERT_TRUE(verdict_from_msg(whole));
    for (std::size_t size = 0; size < whole.size(); size++) {
        const Buffer part(whole.begin(),
                          whole.begin() + static_cast<std::ptrdiff_t>(size));
        EXPECT_EQ(verdict_from_msg(part), std::nullopt) << size;
    }
}

TEST(VerdictFromMsg, TextWithoutNul)
{
    EXPECT_EQ(verdict_from_msg(error_message(
                  -EINVAL, NLM_F_CAPPED | NLM_F_ACK_TLVS, kRequest,
                  attr(NLMSGERR_ATTR_MSG, hex({'n', 'o', 'n', 'o'})))),
              std::nullopt);
}

TEST(VerdictFromMsg, RequestClaimsTooMuch)
{
    const Buffer request = raw(nlmsghdr{.nlmsg_len = 0xffffffff,
                                        .nlmsg_type = RTM_GETLINK,
                                        .nlmsg_flags = 0,
                                        .nlmsg_seq = 1,
                                        .nlmsg_pid = 0});
    EXPECT_EQ(verdict_from_msg(error_message(-EPERM, NLM_F_ACK_TLVS, request,
                                             attr(1, text("no")))),
              std::nullopt);
}

} // namespace virt::test
