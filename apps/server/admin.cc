#include "apps/server/admin.h"

#include <string_view>
#include <utility>

namespace chathttp {
Admin::Admin(ChatServer& server, Scheduler& scheduler, posix::Logger& logger, AdminActions actions,
             std::vector<OtherServer> others)
    : commands_(server, scheduler, std::move(actions), std::move(others)),
      server_(scheduler, [this, &logger](std::string_view line) {
        logger.Log(posix::LogLevel::kInfo, "admin", {{"command", line}});
        return commands_.Run(line);
      }) {}

}  // namespace chathttp
