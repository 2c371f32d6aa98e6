// What a run's servers leave on the machine, were they not ended: processes, mounts, listeners.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace twofifty::servers {

/// The first process of the server whose private directory this is, as soon as the run has written
/// that and the server greets or soon will; -1 where it never comes.
pid_t init_of(const std::filesystem::path& server);

/// Every process of the process namespace that this one is the first of, as the machine numbers
/// them; the namespace itself where they are asked for later.
std::string process_namespace_of(pid_t init);
std::vector<pid_t> processes_in(const std::string& process_namespace);

/// Ports of loopback that something listens at.
std::vector<int> listening_ports();

/// Mounts that name the folder, and processes that have it for their own or name it; empty: none.
std::string traces_of(const std::filesystem::path& folder);

}  // namespace twofifty::servers
