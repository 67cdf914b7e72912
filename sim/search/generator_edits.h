// The changes that generator_request.h makes to valid requests: one for each row of "Reading
// strictly" in docs/protocol.md and for each way to break it.
//
// Constants.
#ifndef CHATHTTP_SIM_SEARCH_GENERATOR_EDITS_H_
#define CHATHTTP_SIM_SEARCH_GENERATOR_EDITS_H_

#include <span>
#include <string_view>

namespace chathttp::sim {

// The first `from` in a request becomes `to`; an empty `from` is the start of the request. "%"
// stands for the name of the user, "#" for the size of the entity, and "##" for the size in ten
// digits.
struct Edit {
  std::string_view from;
  std::string_view to;
};

// Changes that are fatal, and changes after which a logged-in connection goes on.
[[nodiscard]] std::span<const Edit> FatalEdits();
[[nodiscard]] std::span<const Edit> MildEdits();

// The same for additional header lines.
[[nodiscard]] std::span<const std::string_view> FatalLines();
[[nodiscard]] std::span<const std::string_view> MildLines();

// Bytes that are no request.
[[nodiscard]] std::span<const std::string_view> NoRequests();

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_SEARCH_GENERATOR_EDITS_H_
