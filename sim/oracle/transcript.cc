#include "chathttp/sim/oracle/transcript.h"

#include <optional>

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

void CutHeard(const ConnectionRecord& connection, const Broadcasts& known, Transcript& transcript) {
  Clock clock(connection.received);
  const std::string_view bytes = connection.received.bytes;
  std::size_t at = 0;
  std::size_t hint = Broadcasts::kNowhere;  // the broadcast that is expected next
  while (at < bytes.size()) {
    const Heard* const expected = known.ItemAt(hint);
    if (expected != nullptr && bytes.substr(at).starts_with(expected->raw)) {
      at += expected->raw.size();
      transcript.heard.push_back(*expected);
      transcript.heard.back().at = clock.At(at - 1);
      ++hint;
      continue;
    }
    const std::optional<RawResponse> response = CutResponse(bytes, at);
    if (!response) break;
    at = response->end;
    const Meaning meaning = MeaningOf(*response);
    transcript.heard.push_back(
        {meaning.told, meaning.name, meaning.text, response->raw, clock.At(at - 1)});
    if (IsBroadcast(meaning.told)) hint = known.Find(response->raw, hint);
  }
  transcript.cut_bytes = bytes.size() - at;
}

}  // namespace

void Broadcasts::Append(const Heard& broadcast) {
  items_.push_back(broadcast);
  by_raw_.try_emplace(broadcast.raw, items_.size());
}

std::size_t Broadcasts::Find(std::string_view raw, std::size_t hint) const {
  const Heard* const expected = ItemAt(hint);
  if (expected != nullptr && expected->raw == raw) return hint + 1;
  const auto found = by_raw_.find(raw);
  return found == by_raw_.end() ? kNowhere : found->second;
}

Transcript TranscriptOf(const ConnectionRecord& connection, std::size_t skip_bytes,
                        const Broadcasts& known) {
  Transcript transcript;
  transcript.connection = &connection;
  CutAsked(connection, skip_bytes, transcript);
  CutHeard(connection, known, transcript);
  return transcript;
}

}  // namespace chathttp::sim
