#include "transport/field_name.h"

#include <algorithm>
#include <string_view>

namespace chathttp {
namespace {

constexpr char Fold(char byte) {
  if (byte >= 'A' && byte <= 'Z') return static_cast<char>(byte - 'A' + 'a');
  return byte == '-' ? '_' : byte;
}

// `folded` is in small letters with underscores.
constexpr bool Names(std::string_view name, std::string_view folded) {
  return std::equal(name.begin(), name.end(), folded.begin(), folded.end(),
                    [](char seen, char wanted) { return Fold(seen) == wanted; });
}

constexpr std::string_view kSecFetch = "sec_fetch_";

}  // namespace

Field FieldOf(std::string_view name) {
  if (Names(name, "content_length")) return Field::kContentLength;
  if (Names(name, "user_agent")) return Field::kUserAgent;
  if (Names(name, "datetime")) return Field::kDatetime;
  if (Names(name, "server")) return Field::kServer;
  if (Names(name, "transfer_encoding") || Names(name, "origin") ||
      Names(name.substr(0, kSecFetch.size()), kSecFetch)) {
    return Field::kForbidden;
  }
  return Field::kOther;
}

}  // namespace chathttp
