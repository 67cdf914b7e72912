// Classifies the names of header fields. Part of the codec.
//
//   FieldOf("content-LENGTH") -> Field::kContentLength
//
// ASCII letters match in either case, and `-` matches `_`. Pure functions, safe from any thread.
#ifndef CHATHTTP_TRANSPORT_CODEC_FIELD_NAME_H_
#define CHATHTTP_TRANSPORT_CODEC_FIELD_NAME_H_

#include <cstddef>
#include <string_view>

namespace chathttp {

enum class Field {
  kContentLength,
  kDatetime,
  kForbidden,  // Transfer_Encoding, Origin, Sec_Fetch_*: from a browser or request smuggling
  kGap,
  kHeartbeat,
  kHistory,
  kPing,
  kPosition,
  kReplay,
  kServer,
  kSession,
  kSessionSeconds,
  kSince,
  kUserAgent,
  kOther,
};

// Converts an ASCII letter to lower case, and `-` to `_`.
constexpr char FoldNameByte(char byte) {
  if (byte >= 'A' && byte <= 'Z') return static_cast<char>(byte - 'A' + 'a');
  return byte == '-' ? '_' : byte;
}

// The length of the common prefix of `name` and `known`, compared after FoldNameByte.
constexpr std::size_t CountSame(std::string_view name, std::string_view known) {
  std::size_t count = 0;
  while (count < name.size() && count < known.size() &&
         FoldNameByte(name[count]) == FoldNameByte(known[count])) {
    ++count;
  }
  return count;
}

// Whether `name` is a spelling of `known`. Fastest if both are equal.
constexpr bool IsFieldName(std::string_view name, std::string_view known) {
  return name == known || (name.size() == known.size() && CountSame(name, known) == known.size());
}

// O(size of the name). Inline, since it is called for each header line.
[[nodiscard]] constexpr Field FieldOf(std::string_view name) {
  constexpr std::string_view kSecFetch = "Sec_Fetch_";
  if (IsFieldName(name, "Content_Length")) return Field::kContentLength;
  if (IsFieldName(name, "User_Agent")) return Field::kUserAgent;
  if (IsFieldName(name, "Datetime")) return Field::kDatetime;
  if (IsFieldName(name, "Server")) return Field::kServer;
  if (IsFieldName(name, "Transfer_Encoding") || IsFieldName(name, "Origin") ||
      CountSame(name, kSecFetch) == kSecFetch.size()) {
    return Field::kForbidden;
  }
  if (IsFieldName(name, "Heartbeat")) return Field::kHeartbeat;
  if (IsFieldName(name, "Ping")) return Field::kPing;
  if (IsFieldName(name, "Session")) return Field::kSession;
  if (IsFieldName(name, "Since")) return Field::kSince;
  if (IsFieldName(name, "History")) return Field::kHistory;
  if (IsFieldName(name, "Position")) return Field::kPosition;
  if (IsFieldName(name, "Replay")) return Field::kReplay;
  if (IsFieldName(name, "Gap")) return Field::kGap;
  if (IsFieldName(name, "Session_Seconds")) return Field::kSessionSeconds;
  return Field::kOther;
}

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_CODEC_FIELD_NAME_H_
