// Common parts of the encoders and canonical_message.h: fixed header lines and `Datetime`. Part of
// the codec. Pure functions, safe from any thread.
#ifndef CHATHTTP_TRANSPORT_CODEC_HEAD_FORMAT_H_
#define CHATHTTP_TRANSPORT_CODEC_HEAD_FORMAT_H_

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "absl/time/time.h"

namespace chathttp {

// The part of a request between the values of Host and Content_Length.
inline constexpr std::string_view kRequestMiddle =
    "\n"
    "Accept_Language: en\n"
    "Accept: text\n"
    "Accept_Encoding: utf-8\n"
    "Content_Length: ";

// The part of a head after the value of Content_Length, up to and including the empty line.
inline constexpr std::string_view kHeadEnding =
    "\n"
    "Content_Language: en\n"
    "Content_Encoding: utf-8\n"
    "Content_Type: text\n"
    "\n";

inline constexpr std::size_t kDatetimeBytes = 19;

// Writes `wall` in `zone` in the format of `Datetime`: "2015-11-29 10:07:40". Clamps the year to
// 0..9999. Allocates nothing.
void WriteDatetime(absl::Time wall, absl::TimeZone zone, std::span<char, kDatetimeBytes> out);

// The instant of a `Datetime` that was written in `zone`; nullopt if it has another format.
[[nodiscard]] std::optional<absl::Time> ReadDatetime(std::string_view datetime,
                                                     absl::TimeZone zone);

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_CODEC_HEAD_FORMAT_H_
