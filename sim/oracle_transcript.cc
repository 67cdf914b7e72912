#include "sim/oracle_transcript.h"

#include <optional>

#include "sim/oracle_log.h"

namespace chathttp::sim {
namespace {

// When bytes crossed, asked in order of the stream.
class Clock {
 public:
  explicit Clock(const Flow& flow) : pieces_(flow.pieces) {}

  absl::Duration At(std::size_t offset) {
    while (next_ + 1 < pieces_.size() && pieces_[next_].end <= offset) ++next_;
    return pieces_.empty() ? absl::ZeroDuration() : pieces_[next_].at;
  }

 private:
  const std::vector<Flow::Piece>& pieces_;
  std::size_t next_ = 0;
};

void CutAsked(const ConnectionRecord& connection, std::size_t skip_bytes, Transcript& transcript) {
  Clock clock(connection.sent);
  const std::string_view bytes = connection.sent.bytes;
  std::size_t end = 0;
  for (const RawRequestView& request : CutRequests(bytes, skip_bytes)) {
    const absl::Duration begun = clock.At(request.begin);
    transcript.asked.push_back({request, begun, clock.At(request.end - 1)});
    end = request.fatal ? bytes.size() : request.end;
  }
  transcript.unfinished_request = end < bytes.size();
  if (transcript.unfinished_request) transcript.unfinished_begun = clock.At(end);
}

void CutHeard(const ConnectionRecord& connection, const RoomLog* log, Transcript& transcript) {
  Clock clock(connection.received);
  const std::string_view bytes = connection.received.bytes;
  std::size_t at = 0;
  std::size_t hint = RoomLog::kNowhere;  // the item of the log that is expected next
  while (at < bytes.size()) {
    const LogItem* known = log == nullptr ? nullptr : log->ItemAt(hint);
    if (known != nullptr && bytes.substr(at).starts_with(known->raw)) {
      at += known->raw.size();
      transcript.heard.push_back(
          {known->told, known->name, known->text, known->raw, clock.At(at - 1)});
      ++hint;
      continue;
    }
    const std::optional<RawResponse> response = CutResponse(bytes, at);
    if (!response) break;
    at = response->end;
    const Meaning meaning = MeaningOf(*response);
    transcript.heard.push_back(
        {meaning.told, meaning.name, meaning.text, response->raw, clock.At(at - 1)});
    if (log != nullptr && IsBroadcast(meaning.told)) hint = log->Find(response->raw, hint);
  }
  transcript.cut_bytes = bytes.size() - at;
}

}  // namespace

Transcript TranscriptOf(const ConnectionRecord& connection, std::size_t skip_bytes,
                        const RoomLog* log) {
  Transcript transcript;
  transcript.connection = &connection;
  CutAsked(connection, skip_bytes, transcript);
  CutHeard(connection, log, transcript);
  return transcript;
}

}  // namespace chathttp::sim
