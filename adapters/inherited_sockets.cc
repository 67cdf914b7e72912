#include "chathttp/adapters/inherited_sockets.h"

#include <fcntl.h>
#include <unistd.h>

#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "chathttp/adapters/environment.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/domain/escape.h"

namespace chathttp::posix {
namespace {

constexpr int kMaxSockets = 1000;
constexpr std::size_t kMaxShownBytes = 80;

absl::Status BadVariable(std::string_view name, std::string_view value, std::string_view rule) {
  return absl::InvalidArgumentError(
      absl::StrCat(AbslView(name), "=\"", Visible(value, kMaxShownBytes), "\" ", AbslView(rule)));
}

std::string NameOrDefault(const std::string& name) {
  const bool has_none = name.empty() || name == "unknown" || absl::EndsWith(name, ".socket");
  return has_none ? std::string(InheritedSockets::kDefaultName) : name;
}

}  // namespace

absl::StatusOr<InheritedSockets> InheritedSockets::FromEnvironment(int first) {
  const std::optional<std::string> pid = TakeVariable("LISTEN_PID");
  const std::optional<std::string> count_text = TakeVariable("LISTEN_FDS");
  const std::optional<std::string> names_text = TakeVariable("LISTEN_FDNAMES");
  InheritedSockets sockets;
  if (!count_text || pid != absl::StrCat(getpid())) return sockets;
  int count = 0;
  if (!absl::SimpleAtoi(*count_text, &count) || count < 0 || count > kMaxSockets) {
    return BadVariable("LISTEN_FDS", *count_text,
                       absl::StrCat("must be a number from 0 to ", kMaxSockets));
  }
  std::vector<std::string> names(static_cast<std::size_t>(count));
  if (names_text && count > 0) names = absl::StrSplit(*names_text, ':');
  if (names.size() != static_cast<std::size_t>(count)) {
    return BadVariable(
        "LISTEN_FDNAMES", *names_text,
        absl::StrCat("must have ", count, " names with colons between them, got ", names.size()));
  }
  int number = first;
  for (const std::string& name : names) {
    if (fcntl(number, F_SETFD, FD_CLOEXEC) != 0) {
      return BadVariable("LISTEN_FDS", *count_text,
                         absl::StrCat("counts descriptor ", number, ", which is not open"));
    }
    sockets.sockets_.push_back({NameOrDefault(name), FileDescriptor(number++)});
  }
  return sockets;
}

std::vector<FileDescriptor> InheritedSockets::Take(std::string_view name) {
  known_names_.emplace_back(name);
  std::vector<FileDescriptor> taken;
  for (Socket& socket : sockets_) {
    if (socket.name == name && socket.descriptor.valid()) {
      taken.push_back(std::move(socket.descriptor));
    }
  }
  return taken;
}

absl::Status InheritedSockets::CheckNoneLeft() const {
  for (const Socket& socket : sockets_) {
    if (!socket.descriptor.valid()) continue;
    return absl::InvalidArgumentError(absl::StrCat(
        "the inherited descriptor ", socket.descriptor.get(), " is called \"",
        Visible(socket.name, kMaxShownBytes), "\", known names are ",
        absl::StrJoin(known_names_, ", "), ": set FileDescriptorName= in its socket unit"));
  }
  return absl::OkStatus();
}

}  // namespace chathttp::posix
