#include "apps/server/admin.h"

#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "chathttp/domain/escape.h"

namespace chathttp {
namespace {

absl::Status SetLogLevel(posix::Logger& logger, std::string_view name) {
  const auto level = posix::ParseLogLevel(name);
  if (!level) {
    return absl::InvalidArgumentError(
        absl::StrCat("must be debug, info, warning or error, got \"", Visible(name), "\""));
  }
  logger.set_min_level(*level);
  return absl::OkStatus();
}

}  // namespace

Admin::Admin(ChatServer& server, Scheduler& scheduler, posix::Logger& logger,
             std::function<absl::StatusOr<std::string>()> reload, std::function<void()> stop)
    : commands_(server, scheduler,
                {.set_log_level =
                     [&logger](std::string_view level) { return SetLogLevel(logger, level); },
                 .reload = std::move(reload),
                 .stop = std::move(stop)}),
      server_(scheduler, [this, &logger](std::string_view line) {
        logger.Log(posix::LogLevel::kInfo, "admin", {{"command", line}});
        return commands_.Run(line);
      }) {}

}  // namespace chathttp
