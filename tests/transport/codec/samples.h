// Valid and broken sample streams with the expected results: the corpus for the split tests.
#ifndef CHATHTTP_TESTS_TRANSPORT_CODEC_SAMPLES_H_
#define CHATHTTP_TESTS_TRANSPORT_CODEC_SAMPLES_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "chathttp/transport/codec/decode_result.h"

namespace chathttp {

struct CodecSample {
  std::string name;
  std::string stream;
  std::size_t messages = 0;        // complete ones, in front of the error if there is one
  std::optional<DecodeRule> rule;  // nullopt: valid, complete or not
  std::uint64_t offset = 0;        // of the error
  bool unfinished = false;
};

// Small limits, so that streams short enough for all splits can reach them.
// Head: 160 bytes, 4 lines. URI: 8 bytes. Entity: 16 bytes kept, 32 skipped.
DecodeLimits SampleLimits();

std::vector<CodecSample> RequestSamples();
std::vector<CodecSample> ResponseSamples();

}  // namespace chathttp

#endif  // CHATHTTP_TESTS_TRANSPORT_CODEC_SAMPLES_H_
