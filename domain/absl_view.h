// Converts string views to and from Abseil's type. An Abseil built for C++14 has its own
// string_view, which does not convert implicitly to or from std::string_view.
//
//   absl::StrCat("no such name: ", AbslView(name))
//   Complain(StdView(status.message()));
//
// The returned view has the lifetime of its argument. Pure functions, safe from any thread.
#ifndef CHATHTTP_DOMAIN_ABSL_VIEW_H_
#define CHATHTTP_DOMAIN_ABSL_VIEW_H_

#include <string_view>

#include "absl/strings/string_view.h"

namespace chathttp {

inline absl::string_view AbslView(std::string_view view) { return {view.data(), view.size()}; }
inline std::string_view StdView(absl::string_view view) { return {view.data(), view.size()}; }

}  // namespace chathttp

#endif  // CHATHTTP_DOMAIN_ABSL_VIEW_H_
