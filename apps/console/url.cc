#include "apps/console/url.h"

#include <algorithm>
#include <cstddef>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "chathttp/domain/absl_view.h"

namespace chathttp {
namespace {

constexpr std::string_view kMark = "://";
constexpr std::string_view kSpecial = "-._~:/?#[]@!$&'()*+,;=%";  // RFC 3986, 2.1 to 2.3

bool IsUrlByte(char byte) {
  return absl::ascii_isalnum(static_cast<unsigned char>(byte)) ||
         kSpecial.find(byte) != std::string_view::npos;
}

// The size of the scheme that ends `text` and is a word of its own; 0 if there is none.
std::size_t SchemeBytes(std::string_view text) {
  for (const std::string_view scheme : {"http", "https"}) {
    if (!absl::EndsWithIgnoreCase(AbslView(text), AbslView(scheme))) continue;
    const std::size_t before = text.size() - scheme.size();
    const bool word =
        before == 0 || !absl::ascii_isalnum(static_cast<unsigned char>(text[before - 1]));
    if (word) return scheme.size();
  }
  return 0;
}

std::string_view WithoutPunctuation(std::string_view url) {
  auto closing = std::count(url.begin(), url.end(), ')');
  const auto opening = std::count(url.begin(), url.end(), '(');
  while (true) {
    const bool bracket = url.back() == ')' && closing > opening;
    if (!bracket && std::string_view(".,:;!?'").find(url.back()) == std::string_view::npos) {
      return url;
    }
    if (bracket) --closing;
    url.remove_suffix(1);
  }
}

}  // namespace

std::vector<std::string_view> FindUrls(std::string_view text) {
  std::vector<std::string_view> urls;
  std::size_t from = 0;
  for (std::size_t mark = text.find(kMark); mark != std::string_view::npos;
       mark = text.find(kMark, from)) {
    const std::size_t scheme = SchemeBytes(text.substr(from, mark - from));
    const std::size_t behind = mark + kMark.size();
    from = behind;
    if (scheme == 0) continue;
    while (from < text.size() && IsUrlByte(text[from])) ++from;
    const std::string_view url =
        WithoutPunctuation(text.substr(mark - scheme, from - (mark - scheme)));
    if (url.size() > scheme + kMark.size()) urls.push_back(url);
  }
  return urls;
}

}  // namespace chathttp
