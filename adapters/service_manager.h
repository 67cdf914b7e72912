// Tells the service manager that started this program, such as systemd, what the program does:
// sd_notify(3) and sd_watchdog_enabled(3), without a library.
//
//   ServiceManager manager(loop);
//   ... listen ...
//   manager.Ready("listening on 127.0.0.1:9994");
//   ... on a signal ...
//   manager.Stopping("closing 12 connections");
//
// `status` is one line for people: systemctl status shows it. Without a service manager nothing
// happens, and a notification that cannot be sent at once is dropped. Not thread-safe.
#ifndef CHATHTTP_ADAPTERS_SERVICE_MANAGER_H_
#define CHATHTTP_ADAPTERS_SERVICE_MANAGER_H_

#include <optional>
#include <string>
#include <string_view>

#include "chathttp/adapters/file_descriptor.h"
#include "chathttp/transport/ports/repeating_timer.h"
#include "chathttp/transport/ports/scheduler.h"

namespace chathttp::posix {

class ServiceManager final {
 public:
  // Reads and unsets the variables NOTIFY_SOCKET (a path, or @ and an abstract name; other forms
  // count as none), WATCHDOG_USEC and WATCHDOG_PID. If the manager wants signs of life, `scheduler`
  // sends one in each half of WATCHDOG_USEC: a loop that hangs sends none. `scheduler` must outlive
  // this object. Call it before starting any thread, since it changes the environment.
  explicit ServiceManager(Scheduler& scheduler);
  ServiceManager(const ServiceManager&) = delete;
  ServiceManager& operator=(const ServiceManager&) = delete;

  // The program serves; also after Reloading.
  void Ready(std::string_view status);
  // The program reads its configuration again, and calls Ready when that is done, well or badly.
  void Reloading(std::string_view status);
  // The program ends.
  void Stopping(std::string_view status);
  // Only the status changes.
  void Status(std::string_view status);

 private:
  void Send(std::string_view state, std::string_view status);
  void SendText(std::string_view text);

  const std::string address_;  // as sun_path has it; empty without a service manager
  const FileDescriptor socket_;
  std::optional<RepeatingTimer> watchdog_;
};

}  // namespace chathttp::posix

#endif  // CHATHTTP_ADAPTERS_SERVICE_MANAGER_H_
