// Streams of our own, sound and broken, with what a decoder must say to each: the corpus that the
// tests of splitting run over.
#ifndef CHATHTTP_TESTS_TRANSPORT_CODEC_SAMPLES_H_
#define CHATHTTP_TESTS_TRANSPORT_CODEC_SAMPLES_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "transport/codec/decode_result.h"

namespace chathttp {

struct CodecSample {
  std::string name;
  std::string stream;
  std::size_t messages = 0;        // complete ones, in front of the error if there is one
  std::optional<DecodeRule> rule;  // nothing: sound, if perhaps unfinished
  std::uint64_t offset = 0;        // of the error
  bool unfinished = false;
};

// Small, so that the limits are reached by streams which can be split in every way.
// Head: 160 bytes, 4 lines. URI: 8 bytes. Entity: 16 bytes kept, 32 skipped.
DecodeLimits SampleLimits();

std::vector<CodecSample> RequestSamples();
std::vector<CodecSample> ResponseSamples();

}  // namespace chathttp

#endif  // CHATHTTP_TESTS_TRANSPORT_CODEC_SAMPLES_H_
