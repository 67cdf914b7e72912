// The tokens of sessions: who has the token of a session may go on with it. Source: docs/protocol.md,
// "Coming back".
//
//   const std::string token = NewToken(entropy);      // 32 hex digits, for the peer
//   const TokenHash hash = HashOfToken(token);        // what the server keeps
//
// A server keeps and writes only the hash of a token (SHA-256), so what it stores lets nobody in. Pure
// functions, safe from any thread.
#ifndef CHATHTTP_TRANSPORT_CODEC_SESSION_TOKEN_H_
#define CHATHTTP_TRANSPORT_CODEC_SESSION_TOKEN_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "chathttp/transport/ports/entropy.h"

namespace chathttp {

inline constexpr std::size_t kTokenBytes = 16;  // 128 bits
inline constexpr std::size_t kTokenDigits = 2 * kTokenBytes;
inline constexpr std::string_view kNewSession = "new";  // asks for a session

using TokenHash = std::array<std::uint8_t, 32>;

// Whether `text` has the form of a token: 32 hex digits in lower case.
bool IsToken(std::string_view text);

// A new token.
std::string NewToken(Entropy& entropy);

TokenHash HashOfToken(std::string_view token);

// Whether both are equal. The time does not depend on where they differ.
bool EqualInConstantTime(const TokenHash& a, const TokenHash& b);

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_CODEC_SESSION_TOKEN_H_
