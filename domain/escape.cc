#include "chathttp/domain/escape.h"

#include "absl/strings/str_format.h"
#include "chathttp/domain/text.h"

namespace chathttp {
namespace {

bool IsBidirectionalControl(char32_t c) {
  return c == 0x061C || c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) ||
         (c >= 0x2066 && c <= 0x2069);
}

}  // namespace

bool IsSafeToShow(char32_t code_point) {
  if (code_point < 0x20 || (code_point >= 0x7F && code_point < 0xA0)) return false;
  return code_point != 0x2028 && code_point != 0x2029 && !IsBidirectionalControl(code_point);
}

std::string Visible(std::string_view bytes, std::size_t max_bytes) {
  std::string_view rest = bytes.substr(0, max_bytes);
  std::string out;
  out.reserve(rest.size());
  while (!rest.empty()) {
    const CodePoint next = DecodeUtf8(rest);
    const std::size_t size = next.bytes == 0 ? 1 : next.bytes;
    if (size == 1 && (next.bytes == 0 || !IsSafeToShow(next.value))) {
      out += absl::StrFormat("\\x%02x", static_cast<unsigned char>(rest.front()));
    } else if (!IsSafeToShow(next.value)) {
      out += absl::StrFormat("\\u%04x", static_cast<unsigned>(next.value));
    } else {
      out += rest.substr(0, size);
    }
    rest.remove_prefix(size);
  }
  if (bytes.size() > max_bytes) out += "...";
  return out;
}

}  // namespace chathttp
