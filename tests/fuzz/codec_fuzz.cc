// Checks that any input, split in any way, gives the same messages and the same error.
//
// A decoder that sees a whole message takes the fast path of transport/codec/canonical_message.h; a
// decoder that gets its input byte by byte never does. So this target compares the fast path with
// the general one, and both with the result of arbitrary splits. Input that starts with "HTTP/" is
// responses, any other is requests; the samples of tests/golden serve as the corpus.
//
// Built twice: with libFuzzer by the preset fuzz, and with mutate_main.cc as a test.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <sstream>
#include <string>
#include <string_view>

#include "absl/strings/escaping.h"
#include "chathttp/transport/codec/decode_result.h"
#include "chathttp/transport/codec/message.h"
#include "chathttp/transport/codec/request_decoder.h"
#include "chathttp/transport/codec/response_decoder.h"

namespace chathttp {
namespace {

std::string Text(const auto&... parts) {
  std::ostringstream out;
  (out << ... << parts);
  return out.str();
}

std::string Describe(const RequestView& request) {
  return Text("request ", static_cast<int>(request.method), " \"", request.method_token, "\" of ",
              request.user_agent ? "\"" : "nobody", request.user_agent.value_or(""), " ",
              request.content_length, request.entity_skipped ? " skipped \"" : " \"",
              request.entity, "\"", request.heartbeat, request.ping, " ",
              request.session.value_or("-"), " ", request.since.value_or("-"), " ",
              request.history.value_or("-"), "\n");
}

std::string Describe(const ResponseView& response) {
  return Text("response ", response.code, " \"", response.reason, "\" by \"", response.server,
              "\" at \"", response.datetime, "\" \"", response.entity, "\" ", response.heartbeat,
              " ", response.session, " ", response.session_seconds, " ", response.replay, " ",
              ToString(response.position.value_or(Position{})), " ", response.gap.value_or(0),
              "\n");
}

const RequestView& MessageOf(const RequestDecoder& decoder) { return decoder.request(); }
const ResponseView& MessageOf(const ResponseDecoder& decoder) { return decoder.response(); }

[[noreturn]] void Fail(std::string_view what, std::string_view stream, std::string_view expected,
                       std::string_view got) {
  const std::string text = Text(what, "\nstream: \"", absl::CHexEscape(std::string(stream)),
                                "\"\nbyte by byte:\n", expected, "\nhere:\n", got, "\n");
  std::fputs(text.c_str(), stderr);
  std::abort();
}

// Feeds `stream` in pieces of `step` bytes, the first one `first` bytes shorter. Returns all
// results as text.
template <typename Decoder>
std::string Decode(std::string_view stream, const DecodeLimits& limits, std::size_t step,
                   std::size_t first) {
  Decoder decoder(limits);
  std::string trace;
  std::size_t consumed = 0;
  std::size_t size = step - first;
  while (consumed < stream.size()) {
    std::string_view piece = stream.substr(consumed, size);
    size = step;
    while (!piece.empty()) {
      const DecodeResult result = decoder.Decode(piece);
      if (result.consumed > piece.size()) Fail("consumed more than there is", stream, "", trace);
      piece.remove_prefix(result.consumed);
      consumed += result.consumed;
      if (result.status == DecodeStatus::kError) {
        return Text(trace, "error at ", decoder.error().offset, " behind ", consumed, ": ",
                    decoder.error().reason());
      }
      if (result.status == DecodeStatus::kMessage) {
        trace += Text("until ", consumed, ": ", Describe(MessageOf(decoder)));
      } else if (!piece.empty()) {
        Fail("needs more, but leaves some", stream, "", trace);
      }
    }
  }
  return Text(trace, decoder.mid_message() ? "unfinished" : "");
}

template <typename Decoder>
void Compare(std::string_view stream, const DecodeLimits& limits) {
  const std::string expected = Decode<Decoder>(stream, limits, 1, 0);
  const std::string whole = Decode<Decoder>(stream, limits, stream.size(), 0);
  if (whole != expected) Fail("in one piece, it is something else", stream, expected, whole);
  // The input determines these splits, so that a fuzzer can search among them.
  std::size_t sum = stream.size();
  for (const char byte : stream) sum = 31 * sum + static_cast<unsigned char>(byte);
  const std::size_t step = 2 + sum % (stream.size() + 1);
  const std::size_t first = sum / 7 % (step - 1);
  const std::string cut = Decode<Decoder>(stream, limits, step, first);
  if (cut != expected) {
    Fail(Text("cut every ", step, " bytes from ", step - first, ", it is something else"), stream,
         expected, cut);
  }
}

}  // namespace
}  // namespace chathttp

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view stream(reinterpret_cast<const char*>(data), size);
  if (stream.empty()) return 0;
  if (stream.starts_with("HTTP/")) {
    chathttp::Compare<chathttp::ResponseDecoder>(stream, chathttp::ResponseDecodeLimits());
  } else {
    chathttp::Compare<chathttp::RequestDecoder>(stream, {});
  }
  return 0;
}
