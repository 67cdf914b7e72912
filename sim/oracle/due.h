// The reply that docs/protocol.md requires for a request, given whether its connection is logged
// in. Part of the oracle. Pure functions.
#ifndef CHATHTTP_SIM_ORACLE_DUE_H_
#define CHATHTTP_SIM_ORACLE_DUE_H_

#include <optional>
#include <string>
#include <string_view>

#include "chathttp/domain/limits.h"
#include "chathttp/sim/oracle/rules.h"
#include "chathttp/sim/oracle/transcript.h"

namespace chathttp::sim {

struct Due {
  enum class What {
    kBad,    // 400
    kTaken,  // 401: the name is reserved
    kLogin,  // OK, or 401 or 500 if the room was so
    kSaid,   // the broadcast itself
    kList,
    kOk,  // of DELETE
  };
  What what = What::kBad;
  bool fatal = false;           // nothing but the end of the stream follows
  bool unknown_method = false;  // the 400 says so
};

// `login`: the name that its connection is logged in under.
Due DueTo(const RawRequestView& request, const std::optional<std::string_view>& login,
          const RoomLimits& limits);

// Whether a private reply may be what is due.
bool Fits(const Due& due, const Heard& heard);

// For messages: "a list", "401", ...
std::string Describe(Told told);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_ORACLE_DUE_H_
