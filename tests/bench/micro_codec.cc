// Decoding and encoding, beside a loop that only cuts the same bytes into lines.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "tests/bench/micro_harness.h"
#include "transport/message.h"
#include "transport/request_decoder.h"
#include "transport/request_encoder.h"
#include "transport/response_decoder.h"
#include "transport/response_encoder.h"

namespace chathttp {
namespace {

constexpr std::size_t kMessages = 512;

// What differs between the messages.
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
  ResponseEncoder encoder("chathttp", "chathttp/1.0.0", absl::UTCTimeZone());
  for (const Sample& sample : samples) {
    encoder.Append(StatusCode::kOk, "[ " + sample.name + " ] : " + sample.text + "\n", sample.wall,
                   stream);
  }
  return stream;
}

// The header lines of each message in an order of its own.
std::string Shuffled(std::string_view stream) {
  std::mt19937 random(2);
  std::string shuffled;
  while (!stream.empty()) {
    const std::size_t head = stream.find("\n\n") + 2;
    std::vector<std::string_view> lines;
    for (std::size_t at = 0; at < head - 1; at = stream.find('\n', at) + 1) {
      lines.push_back(stream.substr(at, stream.find('\n', at) + 1 - at));
    }
    std::shuffle(lines.begin() + 1, lines.end(), random);
    for (const std::string_view line : lines) shuffled += line;
    stream.remove_prefix(head);
    const std::size_t entity = stream.find('\n') + 1;
    shuffled.append("\n").append(stream.substr(0, entity));
    stream.remove_prefix(entity);
  }
  return shuffled;
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
  const std::string shuffled = Shuffled(stream);
  Decoder decoder;
  Decoder other;
  PrintMicro(
      "decode: " + what + " of " + std::to_string(stream.size() / kMessages) + " bytes on average",
      RunMicro({{"only cut into lines by memchr", kMessages, [&] { Keep(CutLines(stream)); }},
                {"canonical order", kMessages, [&] { Keep(DecodeAll(decoder, stream)); }},
                {"shuffled header lines", kMessages, [&] { Keep(DecodeAll(other, shuffled)); }}},
               effort),
      true);
}

}  // namespace

void MeasureCodec(MicroEffort effort) {
  const std::vector<Sample> samples = MakeSamples();
  MeasureDecoding<RequestDecoder>("requests", RequestStream(samples), effort);
  MeasureDecoding<ResponseDecoder>("responses", ResponseStream(samples), effort);

  std::string out;
  ResponseEncoder encoder("chathttp", "chathttp/1.0.0", absl::UTCTimeZone());
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
  requests();  // room for all of it
  PrintMicro("encode",
             RunMicro({{"request", kMessages, requests},
                       {"response, within the same second", kMessages, responses}},
                      effort),
             false);
}

}  // namespace chathttp
