// A small independent codec for scripted peers and the oracle, written from docs/protocol.md and
// not from transport/, so that a bug of transport/ cannot hide in the checks.
//
//   Send(RawRequest("POST", "alice", "Hi\n"));
//   for (const RawResponse& response : CutResponses(received)) Print(response.code);
//
// The functions parse whole recorded streams and omit an unfinished message at the end. All views
// point into the given bytes. Pure functions, O(bytes).
#ifndef CHATHTTP_SIM_WORLD_RAW_CODEC_H_
#define CHATHTTP_SIM_WORLD_RAW_CODEC_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"

namespace chathttp::sim {

// "POST h HTTP/1.1\nUser_Agent: alice\nContent_Length: 3\n\nHi\n"
// `extension`: further header lines, each with its line feed.
std::string RawRequest(std::string_view method, std::string_view user, std::string_view entity = "",
                       std::string_view extension = "");

// The request that our programs send: the header lines of docs/protocol.md, in that order.
// `extension`: further lines after Host, each with a line feed before it.
std::string CanonicalRequest(std::string_view method, std::string_view host, std::string_view user,
                             std::string_view entity, absl::Time wall, absl::TimeZone zone,
                             std::string_view extension = "");

// The instant of a `Datetime` that was written in `zone`; nullopt if there is no such date.
std::optional<absl::Time> InstantOf(std::string_view datetime, absl::TimeZone zone);

// One response. Code 0: the bytes violate the response format of docs/protocol.md; `raw` then holds
// the rest of the stream and `problem` names the violation.
struct RawResponse {
  int code = 0;
  std::string_view datetime;   // value of the Datetime line
  std::string_view developer;  // value of the Developer line
  std::string_view server;     // value of the Server line
  // Of the lines behind Content_Type, in this order, each of which may be missing:
  std::uint32_t heartbeat = 0;
  std::string_view session;
  std::string_view session_seconds;
  std::string_view replay;
  std::string_view position;
  std::string_view gap;
  std::string_view entity;
  std::size_t begin = 0;  // offsets in the stream
  std::size_t end = 0;
  std::string_view raw;
  std::string_view problem;
};

// `E.S`, a position in the broadcasts of a room.
struct RawPosition {
  std::uint64_t epoch = 0;
  std::uint64_t count = 0;
  friend bool operator==(const RawPosition&, const RawPosition&) = default;
};
std::string ToText(const RawPosition& position);
// Of 1 to 19 digits each; nullopt for another form.
std::optional<RawPosition> ReadPosition(std::string_view text);
std::optional<std::uint64_t> ReadCount(std::string_view digits);
// Whether it has the form of a token: 32 hex digits in lower case.
bool IsRawToken(std::string_view text);

// The response at offset `begin`; nullopt if it is incomplete.
std::optional<RawResponse> CutResponse(std::string_view bytes, std::size_t begin);

std::vector<RawResponse> CutResponses(std::string_view bytes);

// One complete request, or a fatal one, which violates the request format and ends its stream.
struct RawRequestView {
  std::string_view method;
  std::optional<std::string_view> user;  // User_Agent, not validated
  std::uint32_t heartbeat = 0;           // seconds; 0: no promise that counts
  bool ping = false;
  std::optional<std::string_view> session;  // the values as sent, only the first of each
  std::optional<std::string_view> since;
  std::optional<std::string_view> history;
  std::uint64_t declared_bytes = 0;  // Content_Length
  std::string_view entity;
  std::size_t begin = 0;      // offsets in the stream
  std::size_t entity_at = 0;  // 0: the head is not complete
  std::size_t end = 0;        // if fatal: behind the byte by which a reader knows it
  bool fatal = false;
  std::string rule;  // if fatal: the rule that is broken, and the value that breaks it, as a
  std::string seen;  // refusal says them
};

// `skip_bytes`: the size of the longest entity that is not fatal. The caller checks the limit on
// texts.
std::vector<RawRequestView> CutRequests(std::string_view bytes, std::size_t skip_bytes = 65'536);

// The unfinished request at `begin`, as far as it is there: without an entity and an end.
RawRequestView CutUnfinished(std::string_view bytes, std::size_t begin);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_WORLD_RAW_CODEC_H_
