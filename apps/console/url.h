// Finds the URLs in a text.
//
//   FindUrls("(see https://example.com/a_(b).)")   -> {"https://example.com/a_(b)"}
//
// Pure function; thread-safe; O(size of the text).
#ifndef CHATHTTP_APPS_CONSOLE_URL_H_
#define CHATHTTP_APPS_CONSOLE_URL_H_

#include <string_view>
#include <vector>

namespace chathttp {

// Returns views into `text`, in order: http:// or https:// in any case, and the characters of a URI
// (RFC 3986) that follow, all of them visible ASCII; without punctuation at the end, and without a
// closing bracket that has no opening one in the URL.
[[nodiscard]] std::vector<std::string_view> FindUrls(std::string_view text);

}  // namespace chathttp

#endif  // CHATHTTP_APPS_CONSOLE_URL_H_
