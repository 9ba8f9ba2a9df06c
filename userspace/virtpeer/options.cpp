// SPDX-License-Identifier: GPL-2.0-only
// Declares the options of virtpeer: the words of `ip link ... type virt`.
//
// Copyright (C) The virt authors
#include "options.hpp"

#include "lib/command_line.hpp"

#include "module/wire.h"

#include <CLI/CLI.hpp>
#include <net/if.h>

#include <charconv>
#include <functional>

#include <fmt/format.h>

namespace virt::peer
{

namespace
{

/* An option whose text read() turns into its value, or says why not. */
CLI::Option *add(CLI::App &app, const char *name, const char *help,
                 const char *type,
                 std::function<bool(const std::string &)> read,
                 std::string right)
{
    const CLI::callback_t callback =
        [name = std::string(name), read = std::move(read),
         right = std::move(right)](const CLI::results_t &results) {
            for (const std::string &text : results) {
                if (!read(text)) {
                    throw CLI::ValidationError(
                        name, fmt::format("must be {}, not {}", right, text));
                }
            }
            return true;
        };
    return app.add_option(name, callback, help)->type_name(type);
}

/* Reads a number of @least to @most into a number or a time. */
template <class Value>
auto number_into(Value &to, unsigned least, unsigned most)
{
    return [=, &to](const std::string &text) {
        unsigned number = 0;
        const char *end = text.data() + text.size();
        const auto read = std::from_chars(text.data(), end, number);
        to = static_cast<Value>(number);
        return read.ec == std::errc() && read.ptr == end && number >= least &&
               number <= most;
    };
}

template <class Value>
void add_number(CLI::App &app, const char *name, const char *help,
                const char *type, Value &value, unsigned least, unsigned most)
{
    add(app, name, help, type, number_into(value, least, most),
        fmt::format("{} to {}", least, most));
}

auto address_into(Address &to)
{
    return [&to](const std::string &text) {
        const auto address = parse_address(text);
        if (!address || address->is_multicast()) {
            return false;
        }
        to = *address;
        return true;
    };
}

void add_seconds(CLI::App &app, const char *name, const char *help,
                 std::chrono::seconds &value)
{
    add(app, name, help, "SECONDS", number_into(value, 1, 86400),
        "1 to 86400 seconds");
}

/* Reads one of two words. */
template <class Value>
auto word_into(Value &to, const char *first, Value a, const char *second,
               Value b)
{
    return [=, &to](const std::string &text) {
        to = text == first ? a : b;
        return text == first || text == second;
    };
}

void add_tunnel(CLI::App &app, Options &options)
{
    constexpr const char *kAddress = "a unicast IPv4 or IPv6 address";
    add(app, "-r,--remote", "address of the peer", "ADDR",
        address_into(options.peer.remote.address), kAddress);
    add(app, "-l,--local", "own address (default: any)", "ADDR",
        address_into(options.socket.local.address), kAddress);
    add_number(app, "-p,--port", "own port (default: 50000)", "PORT",
               options.socket.local.port, 1, 65535);
    add_number(app, "--rport", "port of the peer (default: the own one)",
               "PORT", options.peer.remote.port, 1, 65535);
    app.add_option("--dev", options.socket.device,
                   "send and receive by this device only")
        ->type_name("DEV");
    add(app, "--payload",
        "ether: Ethernet frames on a TAP device (default); ip: bare IP "
        "packets on a TUN device",
        "ether|ip",
        word_into(options.payload, "ether", Payload::Ether, "ip", Payload::Ip),
        "ether or ip");
    add_seconds(app, "--keepalive", "ask the peer whether it lives",
                options.peer.keepalive);
    app.add_flag("--any", options.peer.any,
                 "a peer that never answered is lost by silence, too");
    app.add_flag("--strict", options.peer.strict,
                 "the peer sends from --rport only");
    add(
        app, "--learn",
        "whoever sends from there may become the peer; nothing is "
        "authenticated",
        "PREFIX",
        [&options](const std::string &text) {
            options.peer.learn = parse_prefix(text);
            return options.peer.learn.has_value();
        },
        "an address or ADDR/BITS");
    add_seconds(app, "--hold",
                "replace a learnt peer after this silence (default: 10)",
                options.peer.hold);
    add(
        app, "--filter",
        "what is sent: all, ktunnel, or ethertypes by name or number",
        "all|ktunnel|TYPE,...",
        [&options](const std::string &text) {
            const auto filter = Filter::parse(text);
            options.filter = filter.value_or(Filter());
            return filter.has_value();
        },
        "all, ktunnel, or a list of ethertypes");
    add_number(app, "--ttl", "of the datagrams (default: 64)", "N",
               options.socket.ttl, 1, 255);
    add_number(app, "--tos", "of the datagrams (default: 0)", "N",
               options.socket.tos, 0, 255);
    add(app, "--df", "fragment datagrams never or where needed (default)",
        "set|unset",
        word_into(options.socket.df, "set", Df::Set, "unset", Df::Unset),
        "set or unset");
    add_number(app, "--mark", "firewall mark of the datagrams", "N",
               options.socket.mark, 0, 0xffffffff);
}

void add_device(CLI::App &app, Options &options)
{
    app.add_option("-i,--name", options.name,
                   "the device (default: virtpeer%d)")
        ->type_name("NAME");
    add(
        app, "-a,--address", "put an address on it", "ADDR/BITS",
        [&options](const std::string &text) {
            const auto prefix = parse_prefix(text);
            if (prefix) {
                options.addresses.push_back(*prefix);
            }
            return prefix.has_value();
        },
        "an address or ADDR/BITS")
        ->expected(1, -1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
        ->allow_extra_args(false);
    app.add_option("--bridge", options.bridge, "make it a port of a bridge")
        ->type_name("DEV");
    app.add_option("-n,--netns", options.netns,
                   "put it into a namespace: name, path or process id")
        ->type_name("NETNS");
    add_number(app, "--mtu", "of the device (default: what the route takes)",
               "N", options.mtu, 68, 65521);
    add_number(app, "--queues", "threads that send (default: processors)", "N",
               options.queues, 1, 64);
    app.add_flag_callback(
        "--no-offload", [&] { options.offload = false; },
        "neither take nor give large TCP packets");
}

void add_program(CLI::App &app, Options &options)
{
    app.add_option("--user", options.user,
                   "whom to become after the set-up (default: nobody)")
        ->type_name("USER");
    app.add_option("--transform", options.transform,
                   "a program that gets and gives packets, see virtpeer(8)")
        ->type_name("COMMAND");
    app.add_option("--pcap", options.pcap, "record what passes to a file")
        ->type_name("FILE");
    app.add_flag("-j,--json", options.json,
                 "counters as JSON at the end and on SIGUSR1");
}

struct CommandSpec {
    const char *name;
    Command command;
    const char *help;
};

constexpr CommandSpec kCommands[] = {
    {"capture", Command::Capture,
     "Sends the frames of an interface that match a pcap filter."},
    {"inject", Command::Inject,
     "Gives what arrives to the local stack, and sends nothing."},
    {"dump", Command::Dump, "Shows what passes, as text and in hex."},
};

void add_command(CLI::App &command, Options &options, Command which)
{
    switch (which) {
    case Command::Capture:
        command
            .add_option("INTERFACE", options.interface,
                        "where the frames are taken from")
            ->required()
            ->type_name("");
        command
            .add_option("FILTER", options.expression,
                        "as for tcpdump, in one argument (default: all)")
            ->type_name("");
        return;
    case Command::Inject:
        add(
            command, "--dmac",
            "destination MAC of every frame; own: that of the device",
            "MAC|own",
            [&options](const std::string &text) {
                options.rewrite = text == "own" ? Mac{} : parse_mac(text);
                return options.rewrite.has_value();
            },
            "own or a unicast MAC");
        return;
    case Command::Dump:
        command.add_flag_callback(
            "--no-hex", [&] { options.hex = false; }, "leave the bytes out");
        [[fallthrough]];
    case Command::Run:
        return;
    }
}

[[noreturn]] void refuse(const std::string &what)
{
    throw CLI::ValidationError(what);
}

void check_families(const Options &options)
{
    int family = AF_UNSPEC;
    for (const Address &address :
         {options.peer.remote.address, options.socket.local.address,
          options.peer.learn.value_or(Prefix()).address}) {
        if (address && family != AF_UNSPEC && address.family != family) {
            refuse("--remote, --local and --learn must be of one family");
        }
        family = address ? address.family : family;
    }
}

/* A link-local address is one of a device. */
void check_scope(Address &address, const std::string &device)
{
    if (!address.is_link_local() || address.scope) {
        return;
    }
    address.scope = if_nametoindex(device.c_str());
    if (!address.scope) {
        refuse("a link-local address needs its device: ADDR%DEV or --dev DEV");
    }
}

void check_options(Options &options)
{
    PeerRules &peer = options.peer;
    if (!peer.remote.address && !peer.learn) {
        refuse("--remote or --learn is required");
    }
    if (peer.remote.address && peer.remote.address.is_zero()) {
        refuse("--remote must not be the address of nobody");
    }
    check_families(options);
    check_scope(peer.remote.address, options.socket.device);
    check_scope(options.socket.local.address, options.socket.device);
    if (options.payload == Payload::Ip) {
        if (peer.keepalive.count() > 0) {
            refuse("--keepalive needs --payload ether");
        }
        if (options.filter != Filter()) {
            refuse("--filter needs --payload ether");
        }
        if (!options.bridge.empty() || options.rewrite ||
            options.command == Command::Capture) {
            refuse("--bridge, --dmac and capture need --payload ether");
        }
    }
    if (peer.any && peer.keepalive.count() == 0) {
        refuse("--any needs --keepalive");
    }
    if (options.json && options.pcap == "-") {
        refuse("--json and --pcap - are both for the standard output");
    }
    if (options.command == Command::Dump && options.pcap == "-") {
        options.hex = false;
    }

    Endpoint &local = options.socket.local;
    if (local.port == 0) {
        local.port = VIRT_WIRE_PORT;
    }
    peer.remote.port = peer.remote.port ? peer.remote.port : local.port;
    if (!local.address) {
        local.address.family = peer.remote.address ? peer.remote.address.family
                                                   : peer.learn->address.family;
    }
    if (local == peer.remote) {
        refuse("the peer must not be this very end: give another --rport");
    }
}

} // namespace

void declare_options(CLI::App &app, Options &options)
{
    declare_program(
        app,
        {.name = "virtpeer",
         .description =
             "Carries Ethernet frames or IP packets in UDP datagrams, from and "
             "to a TAP or TUN device: a virt tunnel without the kernel module.",
         .usage = "Usage: virtpeer [COMMAND] --remote ADDR | --learn PREFIX "
                  "[OPTIONS]\n",
         .footer = "Exit status: 0 ended by SIGINT or SIGTERM, 1 usage, 2 the "
                   "system refused.",
         .column = 30});
    add_tunnel(app, options);
    add_device(app, options);
    add_program(app, options);
    for (const CommandSpec &spec : kCommands) {
        CLI::App *command =
            app.add_subcommand(spec.name, spec.help)->group("Commands");
        command->fallthrough();
        command->footer("All options of virtpeer --help are taken, too.");
        add_command(*command, options, spec.command);
        command->callback([&] { options.command = spec.command; });
    }
    app.require_subcommand(0, 1);
    app.callback([&] { check_options(options); });
}

} // namespace virt::peer
