// CRC-32C (Castagnoli), as RFC 3720, appendix B.4 shows it. Pure function, safe from any thread.
//
//   Crc32c("123456789")               -> 0xe3069283
//   Crc32c("6789", Crc32c("12345"))   -> the same
#ifndef CHATHTTP_TRANSPORT_JOURNAL_CRC32C_H_
#define CHATHTTP_TRANSPORT_JOURNAL_CRC32C_H_

#include <cstdint>
#include <string_view>

namespace chathttp {

// The CRC of the bytes behind those whose CRC is `before`. O(size), eight bytes at a time.
[[nodiscard]] std::uint32_t Crc32c(std::string_view bytes, std::uint32_t before = 0);

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_JOURNAL_CRC32C_H_
