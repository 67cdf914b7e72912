// A tiny codec of its own for scripted peers and for the oracle, written from docs/protocol.md and
// not from transport/: a bug that both sides share cannot hide.
//
//   Send(RawRequest("POST", "alice", "Hi\n"));
//   for (const RawResponse& response : CutResponses(received)) Print(response.code);
//
// Cuts whole recorded streams, not pieces: what is unfinished at the end is left out. All views
// point into the bytes given. Pure functions, O(bytes).
#ifndef CHATHTTP_SIM_WORLD_RAW_CODEC_H_
#define CHATHTTP_SIM_WORLD_RAW_CODEC_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chathttp::sim {

// "POST h HTTP/1.1\nUser_Agent: alice\nContent_Length: 3\n\nHi\n"
std::string RawRequest(std::string_view method, std::string_view user,
                       std::string_view entity = "");

// One response. Code 0: bytes that begin no response as the page lays it down, line by line; the
// rest of the stream is in `raw` then, and `problem` tells what is wrong.
struct RawResponse {
  int code = 0;
  std::string_view datetime;  // the value of that line
  std::string_view server;    // likewise
  std::string_view entity;
  std::size_t begin = 0;  // offsets in the stream
  std::size_t end = 0;
  std::string_view raw;
  std::string_view problem;
};

// The response that begins at `begin`; nothing if it is not complete.
std::optional<RawResponse> CutResponse(std::string_view bytes, std::size_t begin);

std::vector<RawResponse> CutResponses(std::string_view bytes);

// One complete request, or one that breaks a rule of reading and so is the last of its stream.
struct RawRequestView {
  std::string_view method;
  std::optional<std::string_view> user;  // User_Agent; may hold any text
  std::uint64_t declared_bytes = 0;      // Content_Length
  std::string_view entity;
  std::size_t begin = 0;  // offsets in the stream
  std::size_t end = 0;    // if fatal: by when a reader knows
  bool fatal = false;
  bool certain = true;       // false: fatal, but only readers that look into unfinished lines know
  std::string_view problem;  // if fatal: the rule that is broken
};

// `skip_bytes`: the longest entity that is not fatal. One that is only too long for a POST is left
// to whoever knows that limit.
std::vector<RawRequestView> CutRequests(std::string_view bytes, std::size_t skip_bytes = 65'536);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_WORLD_RAW_CODEC_H_
