#include "chathttp/sim/run/trace.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "chathttp/domain/escape.h"

namespace chathttp::sim {
namespace {

constexpr std::size_t kTimeWidth = 12;
constexpr std::size_t kLeastLane = 16;

// `text` padded or truncated to `width` columns, one per code point; right- or left-aligned.
std::string Fit(const std::string& text, std::size_t width, bool right) {
  std::size_t columns = 0;
  std::size_t end = 0;
  for (; end < text.size(); ++end) {
    const bool starts = (static_cast<unsigned char>(text[end]) & 0xC0) != 0x80;
    if (starts && columns == width) break;
    columns += starts ? 1 : 0;
  }
  std::string cut = text.substr(0, end);
  cut.insert(right ? 0 : cut.size(), width - columns, ' ');
  return cut;
}

std::string Symbol(const std::string& what) {
  if (what == "sent") return ">";
  if (what == "received") return "<";
  if (what == "fault") return "!";
  return what;
}

void AppendJsonString(std::string_view bytes, std::string& json) {
  json += '"';
  for (const char c : bytes) {
    if (c == '"' || c == '\\') {
      json += '\\';
      json += c;
    } else if (c >= ' ' && c <= '~') {
      json += c;
    } else {
      absl::StrAppend(&json, "\\u", absl::Hex(static_cast<unsigned char>(c), absl::kZeroPad4));
    }
  }
  json += '"';
}

}  // namespace

LaneChart::LaneChart(std::vector<std::string> names, std::size_t width) : names_(std::move(names)) {
  const std::size_t room = std::max(width, kTimeWidth + 2 + kLeastLane) - kTimeWidth;
  const std::size_t wanted = std::max<std::size_t>(names_.size(), 1);
  lanes_ = std::min(wanted, room / (kLeastLane + 2));
  lanes_ = std::max<std::size_t>(lanes_, 1);
  lane_width_ = room / lanes_ - 2;
  text_ = Fit("time", kTimeWidth, true);
  for (std::size_t lane = 0; lane < lanes_; ++lane) {
    const bool shared = lane + 1 == lanes_ && names_.size() > lanes_;
    const std::string heading = shared ? "others" : lane < names_.size() ? names_[lane] : "";
    absl::StrAppend(&text_, "  ", Fit(heading, lane_width_, false));
  }
  text_.erase(text_.find_last_not_of(' ') + 1);
  text_ += '\n';
}

std::size_t LaneChart::LaneOf(const std::string& who) const {
  const auto found = std::find(names_.begin(), names_.end(), who);
  return std::min(static_cast<std::size_t>(found - names_.begin()), lanes_ - 1);
}

void LaneChart::Add(const TraceEvent& event) {
  if (!event.peer.empty()) return;  // the participant's event shows the message
  const std::string time = absl::FormatDuration(event.at);
  const std::size_t lane = LaneOf(event.who);
  const bool own = lane < names_.size() && names_[lane] == event.who &&
                   !(lane + 1 == lanes_ && names_.size() > lanes_);
  const std::string cell =
      absl::StrCat(own ? "" : event.who + ": ", Symbol(event.what), event.detail.empty() ? "" : " ",
                   Visible(event.detail, lane_width_));
  AppendLine(time == last_time_ ? "" : time, lane, cell);
  last_time_ = time;
}

void LaneChart::AppendLine(const std::string& time, std::size_t lane, const std::string& cell) {
  text_ += Fit(time, kTimeWidth, true);
  for (std::size_t i = 0; i < lanes_; ++i) {
    absl::StrAppend(&text_, "  ", Fit(i == lane ? cell : ".", lane_width_, false));
  }
  text_.erase(text_.find_last_not_of(' ') + 1);
  text_ += '\n';
}

std::string TraceJson(const TraceEvent& event) {
  std::string json = absl::StrCat("{\"at_ns\":", absl::ToInt64Nanoseconds(event.at));
  const std::pair<const char*, const std::string*> fields[] = {
      {"who", &event.who}, {"what", &event.what}, {"detail", &event.detail}};
  for (const auto& [key, value] : fields) {
    absl::StrAppend(&json, ",\"", key, "\":");
    AppendJsonString(*value, json);
  }
  if (!event.peer.empty()) {
    json += ",\"peer\":";
    AppendJsonString(event.peer, json);
  }
  return json + "}";
}

}  // namespace chathttp::sim
