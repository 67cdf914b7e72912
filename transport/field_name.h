// Which header field a name names. Part of the codec.
//
//   FieldOf("content-LENGTH") -> Field::kContentLength
//
// ASCII letters match in either case, and `-` matches `_`. Pure function, safe from any thread.
#ifndef CHATHTTP_TRANSPORT_FIELD_NAME_H_
#define CHATHTTP_TRANSPORT_FIELD_NAME_H_

#include <string_view>

namespace chathttp {

enum class Field {
  kContentLength,
  kDatetime,
  kForbidden,  // Transfer_Encoding, Origin, Sec_Fetch_*: a browser or a smuggler
  kServer,
  kUserAgent,
  kOther,
};

// Cost: O(size of the name).
[[nodiscard]] Field FieldOf(std::string_view name);

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_FIELD_NAME_H_
