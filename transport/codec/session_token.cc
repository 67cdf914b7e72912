#include "chathttp/transport/codec/session_token.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/transport/codec/sha256.h"

namespace chathttp {

bool IsToken(std::string_view text) {
  return text.size() == kTokenDigits && std::all_of(text.begin(), text.end(), [](char byte) {
           return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'f');
         });
}

std::string NewToken(Entropy& entropy) {
  std::array<char, kTokenBytes> bytes{};
  entropy.Fill(bytes);
  return absl::BytesToHexString(absl::string_view(bytes.data(), bytes.size()));
}

TokenHash HashOfToken(std::string_view token) { return Sha256(token); }

bool EqualInConstantTime(const TokenHash& a, const TokenHash& b) {
  unsigned difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) difference |= static_cast<unsigned>(a[i] ^ b[i]);
  return difference == 0;
}

}  // namespace chathttp
