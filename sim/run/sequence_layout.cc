#include "chathttp/sim/run/sequence_layout.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "chathttp/sim/scenario/names.h"

namespace chathttp::sim {
namespace {

// Faults without duration, which are notes.
bool IsInstant(std::string_view fault) { return fault == "cut" || fault == "wall"; }

bool EndsConnection(std::string_view what) {
  return what == "eof" || what == "broken" || what == "closed" || what == "refused";
}

std::string TextOf(const std::string& what) {
  if (what == "connecting") return "connects";
  if (what == "connected") return "connected";
  if (what == "eof") return "end of stream";
  if (what == "shut") return "ends its side";
  if (what == "reset") return "resets";
  if (what == "closed") return "closes";
  if (what == "broken") return "connection broken";
  if (what == "refused") return "not connected";
  return what;
}

}  // namespace

std::size_t SequenceLayout::LaneOf(std::string_view who) const {
  const auto found = std::find(names_.begin(), names_.end(), who);
  return found == names_.end() ? kServerLane : static_cast<std::size_t>(found - names_.begin());
}

std::size_t SequenceLayout::RowFor(absl::Duration at, Kind kind, std::size_t lane) {
  const bool same = !rows_.empty() && rows_.back() == at && row_kind_ == kind;
  if (!same || row_lanes_.contains(lane)) {
    rows_.push_back(at);
    row_lanes_.clear();
    row_kind_ = kind;
  }
  row_lanes_.insert(lane);
  return rows_.size() - 1;
}

void SequenceLayout::Add(const TraceEvent& event) {
  const std::size_t lane = LaneOf(event.who);
  if (lane == kServerLane && event.who != kServerName) return;
  if (event.what == "fault" || event.what == "fault-over") {
    AddFault(event, lane);
  } else if (lane == kServerLane) {
    AddAtServer(event);
  } else if (event.what == "sent" || event.what == "received") {
    AddMessage(event, lane);
  } else {
    AddConnectionEvent(event, lane);
  }
}

std::size_t SequenceLayout::AddMark(absl::Duration at, std::size_t lane) {
  return RowFor(at, Kind::kNote, lane);
}

// Without events of the server, a message takes no time in the chart.
void SequenceLayout::AddMessage(const TraceEvent& event, std::size_t lane) {
  const bool to_server = event.what == "sent";
  const std::size_t row = RowFor(event.at, to_server ? Kind::kSent : Kind::kReceived, lane);
  std::deque<std::size_t>& written = to_peer_[lane];
  if (!to_server && !written.empty()) {
    arrows_[written.front()].end = row;
    written.pop_front();
    return;
  }
  if (to_server) to_server_[lane].push_back(arrows_.size());
  const bool blank = event.detail.find_first_not_of(' ') == std::string::npos;
  arrows_.push_back({lane, to_server, row, to_server && server_events_ ? kNoRow : row,
                     blank ? "bytes that are no request" : event.detail});
}

// What the server reads and writes has the participant in `peer`. Other events are notes.
void SequenceLayout::AddAtServer(const TraceEvent& event) {
  if (event.peer.empty()) {
    const std::size_t row = RowFor(event.at, Kind::kNote, kServerLane);
    notes_.push_back(
        {kServerLane, row,
         event.detail.empty() ? event.what : absl::StrCat(event.what, " ", event.detail)});
    return;
  }
  const std::size_t lane = LaneOf(event.peer);
  if (lane == kServerLane) return;
  server_events_ = true;
  if (event.what == "wrote") {
    const std::size_t row = RowFor(event.at, Kind::kWritten, lane);
    to_peer_[lane].push_back(arrows_.size());
    arrows_.push_back({lane, false, row, kNoRow, event.detail});
  } else if (event.what == "read" && !to_server_[lane].empty()) {
    arrows_[to_server_[lane].front()].end = RowFor(event.at, Kind::kRead, lane);
    to_server_[lane].pop_front();
  }
}

void SequenceLayout::AddFault(const TraceEvent& event, std::size_t lane) {
  const bool begins = event.what == "fault";
  if (begins) {
    const std::size_t row = RowFor(event.at, Kind::kNote, lane);
    notes_.push_back({lane, row, event.detail});
    if (!IsInstant(event.detail)) faults_.push_back({lane, row, kNoRow, event.detail});
    return;
  }
  const auto is_it = [&](const ChartSpan& fault) {
    return fault.lane == lane && fault.text == event.detail && fault.end == kNoRow;
  };
  const auto fault = std::find_if(faults_.begin(), faults_.end(), is_it);
  if (fault != faults_.end()) fault->end = RowFor(event.at, Kind::kNote, lane);
}

// An attempt that succeeds at once is one note.
void SequenceLayout::AddConnectionEvent(const TraceEvent& event, std::size_t lane) {
  const auto last = std::find_if(notes_.rbegin(), notes_.rend(),
                                 [&](const ChartNote& note) { return note.lane == lane; });
  const bool at_once =
      event.what == "connected" && last != notes_.rend() && rows_[last->row] == event.at;
  const bool told = at_once || (last != notes_.rend() && last->text == "resets" &&
                                event.what == "closed" && rows_[last->row] == event.at);
  const std::size_t row = told ? last->row : RowFor(event.at, Kind::kNote, lane);
  if (!told) notes_.push_back({lane, row, TextOf(event.what)});
  if (event.what == "connecting") {  // what is still under way was lost
    to_server_[lane].clear();
    to_peer_[lane].clear();
  }
  if (event.what == "connected") connections_.push_back({lane, row, kNoRow, ""});
  if (!EndsConnection(event.what)) return;
  for (ChartSpan& connection : connections_) {
    if (connection.lane == lane && connection.end == kNoRow) connection.end = row;
  }
}

}  // namespace chathttp::sim
