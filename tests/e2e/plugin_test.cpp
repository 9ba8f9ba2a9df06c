// SPDX-License-Identifier: GPL-2.0-only
// The plugin as it is built here, with this release's compiler, in the ip of
// this release; or of another one, whose root VIRT_IP_ROOT is.
//
// Copyright (C) The virt authors
#include <cstdlib>
#include <sstream>

#include <nlohmann/json.hpp>

#include "bed.hpp"

namespace e2e
{

class Plugin : public Bed
{
protected:
    static void SetUpTestSuite()
    {
        const std::string top = in().empty() ? VIRT_TOP : "/mnt";

        host().ok("mkdir -p /run/plugin; " + in() +
                  "cc -std=gnu11 -Wall -Werror -O2 -fPIC -shared -Wl,-z,now "
                  "-I" +
                  top + "/userspace -I" + top + "/module/uapi -o " +
                  "/run/plugin/link_virt.so " + top +
                  "/userspace/iproute2/link_virt.c");
        // Releases before 5.11 know no IP_LIB_DIR but their own place.
        if (in().empty())
            host().ok("mkdir -p /usr/lib/ip;"
                      "cp /run/plugin/link_virt.so /usr/lib/ip/");
    }

    static void TearDownTestSuite() { host().ok("rm -r /run/plugin"); }

    // What makes a command one of the release in question.
    static std::string in()
    {
        const char *root = std::getenv("VIRT_IP_ROOT");

        return root ? "chroot " + std::string(root) + " env " : "";
    }

    std::string ip(const std::string &words) { return near_->ok(ip_ + words); }

    // The line of the kind, without what is the core's behind it.
    std::string shown()
    {
        std::istringstream lines(ip("-d link show v0"));
        const std::string kind = "    virt ";

        for (std::string line; std::getline(lines, line);) {
            if (line.find(kind) != 0)
                continue;
            for (const char *core : {"addrgenmode ", "numtxqueues "})
                line = line.substr(0, line.find(core));
            line.resize(line.find_last_not_of(' ') + 1);
            return line.substr(kind.size());
        }
        return {};
    }

    // The options in the JSON, in the words of the text.
    std::string words_of_json()
    {
        auto all = nlohmann::ordered_json::parse(ip("-j -d link show v0"));
        std::string words;

        for (const auto &[name, value] :
             all.at(0)["linkinfo"]["info_data"].items()) {
            if (is_state(name) || (name == "any" && !value))
                continue;
            words += words.empty() ? "" : " ";
            words += name;
            if (name == "any")
                continue;
            if (value.is_boolean())
                words += value ? " on" : " off";
            else
                words += " " + (value.is_string() ? std::string(value)
                                                  : value.dump());
        }
        return words;
    }

    static bool is_state(const std::string &name)
    {
        for (const char *state : {"suspended", "peer", "peer_port", "seen_ms",
                                  "rtt_us", "loss_permille"})
            if (name == state)
                return true;
        return false;
    }

    const std::string ip_ = in() + "IP_LIB_DIR=/run/plugin ip ";
};

TEST_F(Plugin, WhatIsPrintedCanBePastedBack)
{
    std::string many;
    for (int i = 1; i < 32; i++)
        many += "2001:db8::" + std::to_string(i) + "/127,";

    for (const std::string &options :
         {std::string("link p0 type virt"),
          std::string("link p0 type virt mode steal"),
          std::string("link p0 type virt mode mac isolate on arp all flood on "
                      "bclim 5"),
          "link p0 type virt mode mac host off isolate on flood on arp all "
          "bclim 4294967295 guard on allow " +
              many + "192.0.2.0/24",
          std::string("type virt mode tunnel remote 192.0.2.2"),
          std::string(
              "type virt mode tunnel remote 192.0.2.2 local 192.0.2.1 "
              "port 50001 rport 50002 dev p0 payload ether tx netpoll rx "
              "filter keepalive 5 any ttl inherit tos 0x1c df inherit udpcsum "
              "off filter ktunnel,lldp,0x9999 strict on mark 4294967295"),
          std::string("type virt mode tunnel remote 2001:db8::2 payload ip "
                      "sport hash ttl 1 tos 0 df set"),
          std::string("type virt mode tunnel learn 2001:db8::/32 hold 3 "
                      "local 2001:db8::1")}) {
        SCOPED_TRACE(options);
        ip("link add v0 " + options);
        const std::string text = shown();
        EXPECT_EQ(text, words_of_json());
        EXPECT_EQ(nlohmann::json::parse(near_->ok("virtstat -j v0"))
                      .at(0)["linkinfo"]["info_data"],
                  nlohmann::json::parse(ip("-j -d link show v0"))
                      .at(0)["linkinfo"]["info_data"]);

        // What was given is among it, in the words in which it was given.
        std::istringstream given(options.substr(options.find("virt") + 4));
        for (std::string word; given >> word;) {
            word = word == "0x1c" ? "28" : word;
            EXPECT_NE((" " + text + " ").find(" " + word + " "),
                      std::string::npos)
                << word << " is not in " << text;
        }

        ip("link del v0");
        ip("link add v0 " + options.substr(0, options.find("type")) +
           "type virt " + text);
        EXPECT_EQ(shown(), text);
        ip("link set v0 type virt " + text);
        EXPECT_EQ(shown(), text);
        ip("link del v0");
    }
}

// What was found out stands apart from what can be pasted.
TEST_F(Plugin, StatesStandApart)
{
    ip("link add v0 type virt mode tunnel learn 192.0.2.0/24");
    ip("link set v0 up");
    const std::string text = shown();
    EXPECT_TRUE(eventually([&] {
        far_->ok("printf fourteen-bytes | "
                 "socat -u - UDP4-DATAGRAM:192.0.2.1:50000,bind=:50000");
        return ip("-d link show v0").find("\n      peer_port 50000") !=
               std::string::npos;
    }));
    EXPECT_NE(ip("-d link show v0").find("\n      peer 192.0.2.2"),
              std::string::npos);
    EXPECT_EQ(shown(), text);
    auto json = nlohmann::json::parse(ip("-j -s -d link show v0")).at(0);
    EXPECT_EQ(json["linkinfo"]["info_data"]["peer"], "192.0.2.2");
    EXPECT_EQ(json["linkinfo"]["info_data"]["peer_port"], 50000);
    EXPECT_EQ(json["linkinfo"]["info_xstats"]["peer_learnt"], 1);
    EXPECT_EQ(json["linkinfo"]["info_xstats"]["rx_short"], 0);
    EXPECT_NE(ip("-s -d link show v0").find("\n      peer_learnt 1"),
              std::string::npos);
}

TEST_F(Plugin, SaysWhatIsWrong)
{
    ip("link add link p0 name v0 type virt");
    EXPECT_NE(near_->ok(ip_ + "link help virt 2>&1").find("mode tunnel remote"),
              std::string::npos);
    EXPECT_NE(near_->refused(ip_ + "link set v0 type virt mode moo")
                  .find("share|steal|mac"),
              std::string::npos);
    EXPECT_NE(near_->refused(ip_ + "link set v0 type virt isolate")
                  .find("not complete"),
              std::string::npos);
}

} // namespace e2e
