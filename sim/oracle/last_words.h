// The last words that a server may send before it ends a connection. Part of the oracle, so written
// from docs/protocol.md. Pure functions.
#ifndef CHATHTTP_SIM_ORACLE_LAST_WORDS_H_
#define CHATHTTP_SIM_ORACLE_LAST_WORDS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "chathttp/sim/oracle/conversation.h"
#include "chathttp/transport/server/server_options.h"

namespace chathttp::sim {

// The last words that end a connection, and the reason that the operator is told when it closes.
struct LastWord {
  Ending ending;
  int code;
  std::string entity;
  std::string_view reason;
};

// `heartbeat`: the seconds that the member has promised, or 0.
std::vector<LastWord> LastWords(const ServerOptions& options, std::uint32_t heartbeat);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_ORACLE_LAST_WORDS_H_
