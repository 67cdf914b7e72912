#include "chathttp/adapters/service_manager.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <ctime>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "chathttp/adapters/environment.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/domain/escape.h"

namespace chathttp::posix {
namespace {

constexpr std::size_t kMaxStatusBytes = 512;

// sd_notify(3): an abstract name starts with a NUL in sun_path, and with @ in the variable.
std::string TakeAddress() {
  std::string address = TakeVariable("NOTIFY_SOCKET").value_or("");
  if (address.size() < 2 || address.size() >= sizeof(sockaddr_un::sun_path)) return "";
  if (address[0] == '@') address[0] = '\0';
  return address[0] == '\0' || address[0] == '/' ? address : "";
}

FileDescriptor OpenSocket(const std::string& address) {
  if (address.empty()) return FileDescriptor();
  return FileDescriptor(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
}

// Zero if the manager wants no signs of life from this process.
absl::Duration TakeWatchdogLimit() {
  const std::string microseconds = TakeVariable("WATCHDOG_USEC").value_or("");
  const std::string pid = TakeVariable("WATCHDOG_PID").value_or(absl::StrCat(getpid()));
  std::int64_t count = 0;
  if (!absl::SimpleAtoi(microseconds, &count) || count < 2) return absl::ZeroDuration();
  return pid == absl::StrCat(getpid()) ? absl::Microseconds(count) : absl::ZeroDuration();
}

std::int64_t MonotonicMicroseconds() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return absl::ToInt64Microseconds(absl::DurationFromTimespec(now));
}

}  // namespace

ServiceManager::ServiceManager(Scheduler& scheduler)
    : address_(TakeAddress()), socket_(OpenSocket(address_)) {
  const absl::Duration limit = TakeWatchdogLimit();
  if (!socket_.valid() || limit == absl::ZeroDuration()) return;
  watchdog_.emplace(scheduler, limit / 2, [this] { SendText("WATCHDOG=1"); });
}

void ServiceManager::Ready(std::string_view status) { Send("READY=1", status); }

void ServiceManager::Reloading(std::string_view status) {
  Send(absl::StrCat("RELOADING=1\nMONOTONIC_USEC=", MonotonicMicroseconds()), status);
}

void ServiceManager::Stopping(std::string_view status) { Send("STOPPING=1", status); }

void ServiceManager::Status(std::string_view status) { Send("", status); }

void ServiceManager::Send(std::string_view state, std::string_view status) {
  SendText(absl::StrCat(AbslView(state), state.empty() ? "" : "\n",
                        "STATUS=", Visible(status, kMaxStatusBytes)));
}

void ServiceManager::SendText(std::string_view text) {
  if (!socket_.valid()) return;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, address_.data(), address_.size());
  const std::size_t size = offsetof(sockaddr_un, sun_path) + address_.size();
  (void)sendto(socket_.get(), text.data(), text.size(), MSG_NOSIGNAL,
               reinterpret_cast<const sockaddr*>(&address), static_cast<socklen_t>(size));
}

}  // namespace chathttp::posix
