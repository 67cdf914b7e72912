// SHA-256, as FIPS 180-4 defines it, for short inputs. Pure function, safe from any thread.
#ifndef CHATHTTP_TRANSPORT_CODEC_SHA256_H_
#define CHATHTTP_TRANSPORT_CODEC_SHA256_H_

#include <array>
#include <cstdint>
#include <string_view>

namespace chathttp {

std::array<std::uint8_t, 32> Sha256(std::string_view input);

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_CODEC_SHA256_H_
