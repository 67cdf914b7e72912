// Passes string views to Abseil and takes them back, whichever type they have: an Abseil that was
// built for C++14 has a string_view of its own, which does not convert to or from std's.
//
//   absl::StrCat("no such name: ", AbslView(name))
//   Complain(StdView(status.message()));
//
// The view that is returned has the lifetime of the one that is given.
#ifndef CHATHTTP_DOMAIN_ABSL_VIEW_H_
#define CHATHTTP_DOMAIN_ABSL_VIEW_H_

#include <string_view>

#include "absl/strings/string_view.h"

namespace chathttp {

inline absl::string_view AbslView(std::string_view view) { return {view.data(), view.size()}; }
inline std::string_view StdView(absl::string_view view) { return {view.data(), view.size()}; }

}  // namespace chathttp

#endif  // CHATHTTP_DOMAIN_ABSL_VIEW_H_
