// Decoding and encoding, compared with a loop that only splits the same bytes into lines.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "chathttp/transport/codec/message.h"
#include "chathttp/transport/codec/request_decoder.h"
#include "chathttp/transport/codec/request_encoder.h"
#include "chathttp/transport/codec/response_decoder.h"
#include "chathttp/transport/codec/response_encoder.h"
#include "chathttp/version.h"
#include "tests/bench/micro_harness.h"

namespace chathttp {
namespace {

constexpr std::size_t kMessages = 512;

// The parts in which the messages differ.
struct Sample {
  std::string name;
  std::string text;
  absl::Time wall;
};

std::vector<Sample> MakeSamples() {
  std::mt19937 random(1);
  const auto word = [&](std::size_t least, std::size_t most) {
    std::string letters(least + random() % (most - least + 1), ' ');
    for (char& letter : letters) letter = static_cast<char>('a' + random() % 26);
    return letters;
  };
  std::vector<Sample> samples(kMessages);
  for (Sample& sample : samples) {
    sample.name = word(3, 12);
    sample.text = word(1, 80);
    sample.wall =
        absl::FromUnixSeconds(1448791660 + static_cast<std::int64_t>(random() % 100'000'000));
  }
  return samples;
}

std::string RequestStream(const std::vector<Sample>& samples) {
  std::string stream;
  for (const Sample& sample : samples) {
    const std::string entity = sample.text + "\n";
    AppendRequest(
        {.method = Method::kPost, .host = "127.0.0.1", .user_agent = sample.name, .entity = entity},
        sample.wall, absl::UTCTimeZone(), stream);
  }
  return stream;
}

std::string ResponseStream(const std::vector<Sample>& samples) {
  std::string stream;
  ResponseEncoder encoder("chathttp", kProductVersion, absl::UTCTimeZone());
  for (const Sample& sample : samples) {
    encoder.Append(StatusCode::kOk, "[ " + sample.name + " ] : " + sample.text + "\n", sample.wall,
                   stream);
  }
  return stream;
}

// `stream` with the lines of each head (the start line first, without their line ends) changed by
// `edit`, and each ended by `line_end`.
template <typename Edit>
std::string WithHeads(std::string_view stream, std::string_view line_end, Edit edit) {
  std::string changed;
  while (!stream.empty()) {
    std::vector<std::string> lines;
    for (std::size_t bytes = stream.find('\n'); bytes > 0; bytes = stream.find('\n')) {
      lines.emplace_back(stream.substr(0, bytes));
      stream.remove_prefix(bytes + 1);
    }
    stream.remove_prefix(1);
    edit(lines);
    for (const std::string& line : lines) changed.append(line).append(line_end);
    const std::size_t entity_bytes = stream.find('\n') + 1;
    changed.append(line_end).append(stream.substr(0, entity_bytes));
    stream.remove_prefix(entity_bytes);
  }
  return changed;
}

std::string WithCrLf(std::string_view stream) {
  return WithHeads(stream, "\r\n", [](std::vector<std::string>&) {});
}

std::string WithExtraHeader(std::string_view stream) {
  return WithHeads(stream, "\n",
                   [](std::vector<std::string>& lines) { lines.emplace_back("Note: extra"); });
}

std::string WithOtherValue(std::string_view stream) {
  return WithHeads(stream, "\n", [](std::vector<std::string>& lines) {
    for (std::string& line : lines) {
      if (line == "Content_Language: en") line = "Content_Language: de";
    }
  });
}

std::string WithShuffledLines(std::string_view stream) {
  std::mt19937 random(2);
  return WithHeads(stream, "\n", [&random](std::vector<std::string>& lines) {
    std::shuffle(lines.begin() + 1, lines.end(), random);
  });
}

std::size_t CutLines(std::string_view stream) {
  std::size_t bytes = 0;
  const char* at = stream.data();
  const char* const end = at + stream.size();
  while (at < end) {
    const void* const found = std::memchr(at, '\n', static_cast<std::size_t>(end - at));
    if (found == nullptr) break;
    const char* const line_end = static_cast<const char*>(found);
    bytes += static_cast<std::size_t>(line_end - at);
    at = line_end + 1;
  }
  return bytes;
}

template <typename Decoder>
std::size_t DecodeAll(Decoder& decoder, std::string_view stream) {
  std::size_t messages = 0;
  while (!stream.empty()) {
    const DecodeResult result = decoder.Decode(stream);
    if (result.status != DecodeStatus::kMessage) break;
    stream.remove_prefix(result.consumed);
    ++messages;
  }
  return messages;
}

template <typename Decoder>
void MeasureDecoding(const std::string& what, const std::string& stream, MicroEffort effort) {
  const std::pair<std::string, std::string> streams[] = {
      {"canonical order", stream},
      {"lines that end in CRLF", WithCrLf(stream)},
      {"an extra header line", WithExtraHeader(stream)},
      {"one other value", WithOtherValue(stream)},
      {"shuffled header lines", WithShuffledLines(stream)}};
  std::vector<MicroBenchmark> benchmarks = {
      {"only cut into lines by memchr", kMessages, [&] { Keep(CutLines(stream)); }}};
  for (const auto& [name, changed] : streams) {
    benchmarks.push_back({name, kMessages, [&changed = changed] {
                            Decoder decoder;
                            if (DecodeAll(decoder, changed) != kMessages) std::abort();
                          }});
  }
  PrintMicro(
      "decode: " + what + " of " + std::to_string(stream.size() / kMessages) + " bytes on average",
      RunMicro(benchmarks, effort), true);
}

}  // namespace

void MeasureCodec(MicroEffort effort) {
  const std::vector<Sample> samples = MakeSamples();
  MeasureDecoding<RequestDecoder>("requests", RequestStream(samples), effort);
  MeasureDecoding<ResponseDecoder>("responses", ResponseStream(samples), effort);

  std::string out;
  ResponseEncoder encoder("chathttp", kProductVersion, absl::UTCTimeZone());
  const auto requests = [&] {
    out.clear();
    for (const Sample& sample : samples) {
      AppendRequest({.method = Method::kPost,
                     .host = "127.0.0.1",
                     .user_agent = sample.name,
                     .entity = sample.text},
                    sample.wall, absl::UTCTimeZone(), out);
    }
    Keep(out);
  };
  const auto responses = [&] {
    out.clear();
    for (const Sample& sample : samples) {
      encoder.Append(StatusCode::kOk, sample.text, samples.front().wall, out);
    }
    Keep(out);
  };
  requests();  // reserves the memory
  PrintMicro("encode",
             RunMicro({{"request", kMessages, requests},
                       {"response, within the same second", kMessages, responses}},
                      effort),
             false);
}

}  // namespace chathttp
