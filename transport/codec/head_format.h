// What the heads of requests and of responses have in common when written. Part of the codec.
#ifndef CHATHTTP_TRANSPORT_CODEC_HEAD_FORMAT_H_
#define CHATHTTP_TRANSPORT_CODEC_HEAD_FORMAT_H_

#include <cstddef>
#include <span>
#include <string_view>

#include "absl/time/time.h"

namespace chathttp {

// Stands in a request between the value of Host and the value of Content_Length.
inline constexpr std::string_view kRequestMiddle =
    "\n"
    "Accept_Language: en\n"
    "Accept: text\n"
    "Accept_Encoding: utf-8\n"
    "Content_Length: ";

// Follows the value of Content_Length, up to and including the empty line.
inline constexpr std::string_view kHeadEnding =
    "\n"
    "Content_Language: en\n"
    "Content_Encoding: utf-8\n"
    "Content_Type: text\n"
    "\n";

inline constexpr std::size_t kDatetimeBytes = 19;

// Writes `wall` as `Datetime` has it in `zone`: "2015-11-29 10:07:40". Years outside 0..9999 are
// written as the nearest of these. Allocates nothing.
void WriteDatetime(absl::Time wall, absl::TimeZone zone, std::span<char, kDatetimeBytes> out);

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_CODEC_HEAD_FORMAT_H_
