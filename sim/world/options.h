// Applies the `limit` and `net` lines of a scenario to server, clients and links.
#ifndef CHATHTTP_SIM_WORLD_OPTIONS_H_
#define CHATHTTP_SIM_WORLD_OPTIONS_H_

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "chathttp/sim/network/sim_log.h"
#include "chathttp/sim/network/sim_network.h"
#include "chathttp/sim/scenario/scenario.h"
#include "chathttp/transport/client/chat_client.h"
#include "chathttp/transport/client/chat_session.h"
#include "chathttp/transport/server/server_options.h"

namespace chathttp::sim {

[[nodiscard]] ServerOptions ServerOptionsOf(const Scenario& scenario);
[[nodiscard]] ClientOptions ClientOptionsOf(const Scenario& scenario);
[[nodiscard]] SessionOptions SessionOptionsOf(const Scenario& scenario);

// The descriptor limit of the server's host; `otherwise` if the scenario sets none.
[[nodiscard]] std::size_t DescriptorsOf(const Scenario& scenario, std::size_t otherwise);

// Where the connections of a participant come from, by the `net` lines of the scenario.
struct Origin {
  std::string address;  // empty: that of its host
  std::optional<ProxyForm> proxy;
  std::string server;  // the one that it connects to, by its name
};
[[nodiscard]] Origin OriginOf(const Scenario& scenario, const std::string& name);
// Whether the proxy tells the address in a header of its own.
[[nodiscard]] inline bool SendsHeader(const Origin& origin) {
  return origin.proxy && *origin.proxy != ProxyForm::kNone;
}

// The server that a participant connects to, by its name.
[[nodiscard]] std::string ServerOf(const Scenario& scenario, const std::string& name);

// The log of the room, if several servers share it.
[[nodiscard]] SimLog::Options LogOptionsOf(const Scenario& scenario);

// The options with the changes of a step `server reload`.
[[nodiscard]] ServerOptions Reloaded(ServerOptions options,
                                     const std::vector<LimitSetting>& changes);

// Sets the options of the links between their servers and the participants `names`.
void SetLinks(const Scenario& scenario, const std::vector<std::string>& names, SimNetwork& network);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_WORLD_OPTIONS_H_
