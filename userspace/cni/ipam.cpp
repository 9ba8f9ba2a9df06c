// SPDX-License-Identifier: GPL-2.0-only
// Runs an IPAM plugin.
//
// Copyright (C) The virt authors
#include "ipam.hpp"

#include "lib/fail.hpp"
#include "lib/fd.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>

namespace virt::cni
{

namespace
{

std::string find_plugin(const std::string &name, std::string_view path)
{
    while (!path.empty()) {
        const auto directory = path.substr(0, path.find(':'));
        path.remove_prefix(std::min(path.size(), directory.size() + 1));
        const auto file = fmt::format("{}/{}", directory, name);
        if (access(file.c_str(), X_OK) == 0) {
            return file;
        }
    }
    throw Error(Error::kConfig,
                fmt::format("there is no IPAM plugin {} in CNI_PATH", name));
}

/* A file that holds `text`, to be read from its start. */
Fd file_with(const std::string &text)
{
    Fd fd(memfd_create("config", MFD_CLOEXEC));
    if (!fd || write(fd.get(), text.data(), text.size()) !=
                   static_cast<ssize_t>(text.size())) {
        fail("cannot hand over the configuration");
    }
    lseek(fd.get(), 0, SEEK_SET);
    return fd;
}

std::string read_all(int fd)
{
    std::string text;
    std::array<char, 4096> buffer;
    ssize_t size;
    while ((size = read(fd, buffer.data(), buffer.size())) != 0) {
        if (size > 0) {
            text.append(buffer.data(), static_cast<std::size_t>(size));
        } else if (errno != EINTR) {
            fail("cannot read from the IPAM plugin");
        }
    }
    return text;
}

} // namespace

Json run_ipam(const std::string &name, const std::string &path,
              const char *command, const std::string &config)
{
    const auto file = find_plugin(name, path);
    const Fd input = file_with(config);
    std::array<int, 2> ends;
    if (pipe2(ends.data(), O_CLOEXEC) < 0) {
        fail("cannot make a pipe");
    }
    const Fd output(ends[0]);
    Fd written(ends[1]);

    const pid_t child = fork();
    if (child < 0) {
        fail("cannot fork");
    }
    if (child == 0) {
        if (setenv("CNI_COMMAND", command, 1) == 0 &&
            dup2(input.get(), STDIN_FILENO) >= 0 &&
            dup2(written.get(), STDOUT_FILENO) >= 0) {
            execl(file.c_str(), file.c_str(), nullptr);
        }
        _exit(127);
    }
    written = Fd();
    const auto text = read_all(output.get());
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }

    const Json result = text.empty()
                            ? Json()
                            : json_from_text(text, "what " + name + " printed");
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        unsigned code = Error::kIo;
        std::string words = "failed";
        if (result.is_object()) {
            code = result.value("code", code);
            words = result.value("msg", words);
        }
        throw Error(code, fmt::format("{}: {}", name, words));
    }
    return result;
}

} // namespace virt::cni
