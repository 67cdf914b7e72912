#include "chathttp/sim/run/sequence_chart.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/domain/escape.h"
#include "chathttp/sim/run/sequence_layout.h"

namespace chathttp::sim {
namespace {

// Pixels.
constexpr int kLeastWidth = 800;
constexpr int kGutter = 96;   // the time axis
constexpr int kMargin = 110;  // on both sides, for notes
constexpr int kLaneDistance = 230;
constexpr int kRowHeight = 20;   // between rows of one instant
constexpr int kLineHeight = 18;  // of the texts above the chart
constexpr int kNameEvery = 800;  // between repetitions of a name along its lane
constexpr int kHeadHeight = 46;  // of the names of the lanes

constexpr std::size_t kLabelBytes = 34;
constexpr std::size_t kMessageBytes = 150;
constexpr absl::Duration kShownGap = absl::Seconds(1);

constexpr char kStyle[] =
    "<style>text{font-family:sans-serif;font-size:12px;fill:#1f2933;paint-order:stroke;"
    "stroke:#ffffff;stroke-width:4px;stroke-linejoin:round}"
    ".title,.name,.mark{stroke:none}.mark{fill:#ffffff;font-weight:bold}.title{font-size:17px;font-"
    "weight:bold}.name{font-size:14px;font-weight:bold}"
    ".small{font-size:11px;fill:#616e7c}.bad{fill:#b42318}.fault{fill:#8a5a00}"
    ".request{fill:#1d4e89}.violation{fill:#b42318;font-weight:bold}</style>"
    "<defs><marker id=\"head\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" markerWidth=\"7\" "
    "markerHeight=\"7\" orient=\"auto\"><path d=\"M0 1 L10 5 L0 9 z\" fill=\"#52606d\"/></marker>"
    "</defs>\n";

// The bytes as a text of XML. U+FFFE and U+FFFF are not allowed there.
std::string XmlText(std::string_view bytes, std::size_t max_bytes) {
  return absl::StrReplaceAll(Visible(bytes, max_bytes), {{"&", "&amp;"},
                                                         {"<", "&lt;"},
                                                         {">", "&gt;"},
                                                         {"\"", "&quot;"},
                                                         {"\xEF\xBF\xBE", "\\ufffe"},
                                                         {"\xEF\xBF\xBF", "\\uffff"}});
}

struct TextAt {
  int x;
  int y;
  std::string_view css = {};          // class
  std::string_view anchor = "start";  // or middle, end
};

std::string Text(const TextAt& place, std::string_view text,
                 std::size_t max_bytes = kMessageBytes) {
  const std::string full =
      text.size() > max_bytes ? absl::StrCat("<title>", XmlText(text, 4'096), "</title>") : "";
  return absl::StrCat("<text x=\"", place.x, "\" y=\"", place.y, "\" class=\"", AbslView(place.css),
                      "\" text-anchor=\"", AbslView(place.anchor), "\">", full,
                      XmlText(text, max_bytes), "</text>\n");
}

std::string Line(int x1, int y1, int x2, int y2, std::string_view attributes) {
  return absl::StrCat("<line x1=\"", x1, "\" y1=\"", y1, "\" x2=\"", x2, "\" y2=\"", y2, "\" ",
                      AbslView(attributes), "/>\n");
}

std::string Box(int x, int y, int width, int height, std::string_view attributes) {
  return absl::StrCat("<rect x=\"", x, "\" y=\"", y, "\" width=\"", width, "\" height=\"", height,
                      "\" ", AbslView(attributes), "/>\n");
}

// A violation with a place in the chart.
struct Mark {
  std::size_t number;  // from 1 on
  std::size_t lane;
  std::size_t row;
};

// Draws the rows from `first` to `last` of a layout.
class Drawing {
 public:
  Drawing(const SequenceLayout& layout, std::vector<Mark> marks, std::size_t first,
          std::size_t last, std::size_t max_lanes)
      : layout_(layout), marks_(std::move(marks)), first_(first), last_(last) {
    PlaceLanes(max_lanes);
  }

  std::string Draw(const std::string& title, const std::vector<std::string>& lines);

 private:
  void PlaceLanes(std::size_t max_lanes);
  bool IsShown(std::size_t lane) const { return lane == kServerLane || !!place_[lane]; }
  int XOf(std::size_t lane) const {
    const std::size_t place = lane == kServerLane ? server_place_ : *place_[lane];
    return kGutter + kMargin + kLaneDistance * static_cast<int>(place);
  }
  bool IsLeft(std::size_t lane) const { return XOf(lane) < XOf(kServerLane); }
  int width() const {
    const int lanes = kLaneDistance * static_cast<int>(shown_);
    return std::max(kGutter + 2 * kMargin + lanes, kLeastWidth);
  }
  // The y of a row; rows outside of the window are at its edges.
  int YOf(std::size_t row) const {
    if (row < first_) return top_;
    return row > last_ || rows_y_.empty() ? bottom_ : rows_y_[row - first_];
  }
  bool Overlaps(std::size_t begin, std::size_t end) const {
    return begin <= last_ && (end == kNoRow || end >= first_);
  }
  void PlaceRows(int top);
  std::string DrawTimes() const;
  std::string DrawLanes() const;
  std::string DrawFaults() const;
  static std::string_view ColorOf(const ChartArrow& arrow);
  std::string DrawArrow(const ChartArrow& arrow) const;
  std::string DrawArrowText(const ChartArrow& arrow) const;
  std::string DrawNote(const ChartNote& note) const;
  std::string DrawMark(const Mark& mark) const;
  std::string DrawLegend(int y) const;

  const SequenceLayout& layout_;
  std::vector<Mark> marks_;
  std::size_t first_;
  std::size_t last_;
  std::vector<std::optional<std::size_t>> place_;  // of each lane, from the left
  std::size_t server_place_ = 0;
  std::size_t shown_ = 0;  // lanes besides the server
  int top_ = 0;
  int bottom_ = 0;
  std::vector<int> rows_y_;
};

// The server stands in the middle. Lanes with a violation are never left out.
void Drawing::PlaceLanes(std::size_t max_lanes) {
  place_.resize(layout_.names().size());
  std::vector<bool> chosen(place_.size());
  for (const Mark& mark : marks_) {
    if (mark.lane != kServerLane) chosen[mark.lane] = true;
  }
  shown_ = static_cast<std::size_t>(std::count(chosen.begin(), chosen.end(), true));
  for (std::size_t lane = 0; lane < chosen.size() && shown_ < max_lanes; ++lane) {
    if (chosen[lane]) continue;
    chosen[lane] = true;
    ++shown_;
  }
  server_place_ = (shown_ + 1) / 2;
  std::size_t next = 0;
  for (std::size_t lane = 0; lane < chosen.size(); ++lane) {
    if (!chosen[lane]) continue;
    if (next == server_place_) ++next;
    place_[lane] = next++;
  }
}

// A gap grows with the number of digits of its time.
void Drawing::PlaceRows(int top) {
  top_ = top;
  int y = top;
  for (std::size_t row = first_; row <= last_ && row < layout_.rows().size(); ++row) {
    const absl::Duration before = row == first_ ? layout_.rows()[row] : layout_.rows()[row - 1];
    const auto gap =
        static_cast<std::uint64_t>(absl::ToInt64Microseconds(layout_.rows()[row] - before));
    y += kRowHeight + static_cast<int>(std::bit_width(gap));
    rows_y_.push_back(y);
  }
  bottom_ = y + kRowHeight;
}

std::string Drawing::DrawTimes() const {
  std::string svg;
  for (std::size_t i = 0; i < rows_y_.size(); ++i) {
    const absl::Duration at = layout_.rows()[first_ + i];
    const absl::Duration before = i == 0 ? absl::ZeroDuration() : layout_.rows()[first_ + i - 1];
    if (i > 0 && at == before) continue;
    const std::string time = absl::FormatDuration(absl::Trunc(at, absl::Microseconds(1)));
    svg += Text({kGutter - 12, rows_y_[i] + 4, "small", "end"}, time);
    svg += Line(kGutter - 6, rows_y_[i], width() - 8, rows_y_[i], "stroke=\"#eef1f4\"");
    if (i == 0 || at - before < kShownGap) continue;
    const int middle = (rows_y_[i] + rows_y_[i - 1]) / 2;
    const absl::Duration gap = absl::Trunc(at - before, absl::Milliseconds(1));
    svg += Line(kGutter - 6, middle, width() - 8, middle,
                "stroke=\"#9aa5b1\" stroke-dasharray=\"2 6\"");
    svg += Text({kGutter - 12, middle + 4, "small", "end"},
                absl::StrCat("+", absl::FormatDuration(gap)));
  }
  return svg;
}

std::string Drawing::DrawLanes() const {
  std::string svg;
  const auto draw = [&](std::size_t lane, const std::string& name) {
    const int x = XOf(lane);
    const bool server = lane == kServerLane;
    svg += Line(x, top_, x, bottom_,
                server ? "stroke=\"#323f4b\" stroke-width=\"2\"" : "stroke=\"#9aa5b1\"");
    for (int y = top_ + kNameEvery; y < bottom_ - kNameEvery / 2; y += kNameEvery) {
      svg += Text({x + 6, y, "small"}, name, 14);
    }
    for (const int y : {top_ - 30, bottom_ + 4}) {
      svg += Box(x - 60, y, 120, 26,
                 server ? "rx=\"4\" fill=\"#d9e2ec\" stroke=\"#323f4b\""
                        : "rx=\"4\" fill=\"#f5f7fa\" stroke=\"#9aa5b1\"");
      svg += Text({x, y + 18, "name", "middle"}, name, 14);
    }
  };
  for (std::size_t lane = 0; lane < place_.size(); ++lane) {
    if (IsShown(lane)) draw(lane, layout_.names()[lane]);
  }
  draw(kServerLane, "server");
  for (const ChartSpan& open : layout_.connections()) {
    if (!IsShown(open.lane) || !Overlaps(open.begin, open.end)) continue;
    const int y = YOf(open.begin);
    svg += Box(XOf(open.lane) - 3, y, 6, YOf(open.end) - y,
               "fill=\"#bcccdc\" stroke=\"#627d98\" stroke-width=\"0.5\"");
  }
  return svg;
}

std::string Drawing::DrawFaults() const {
  std::string svg;
  for (const ChartSpan& fault : layout_.faults()) {
    if (!IsShown(fault.lane) || !Overlaps(fault.begin, fault.end)) continue;
    const int y = YOf(fault.begin);
    svg += Box(XOf(fault.lane) - 16, y, 32, std::max(YOf(fault.end) - y, 4),
               "fill=\"#f7c948\" fill-opacity=\"0.4\" stroke=\"#de911d\"");
  }
  return svg;
}

std::string_view Drawing::ColorOf(const ChartArrow& arrow) {
  if (arrow.to_server) return "#1d4e89";
  return arrow.text.starts_with('2') ? "#52606d" : "#b42318";
}

std::string Drawing::DrawArrow(const ChartArrow& arrow) const {
  if (!IsShown(arrow.lane) || !Overlaps(arrow.begin, arrow.end)) return "";
  const bool lost = arrow.end == kNoRow;
  const int near = XOf(arrow.lane) + (IsLeft(arrow.lane) ? 5 : -5);
  const int server = XOf(kServerLane) + (IsLeft(arrow.lane) ? -2 : 2);
  const int begin_y = YOf(arrow.begin);
  const int end_y = lost ? begin_y + 8 : YOf(arrow.end);
  const int from = arrow.to_server ? near : server;
  const int to = lost ? (near + server) / 2 : arrow.to_server ? server : near;
  std::string svg =
      Line(from, begin_y, to, end_y,
           absl::StrCat("stroke=\"", AbslView(ColorOf(arrow)), "\"",
                        lost ? " stroke-dasharray=\"4 3\"" : "", " marker-end=\"url(#head)\""));
  if (lost) svg += Text({to, end_y + 4, "bad", "middle"}, "\xE2\x9C\x95");
  return svg;
}

// The text stands beside the lane of the participant, above the end of the line there.
std::string Drawing::DrawArrowText(const ChartArrow& arrow) const {
  if (!IsShown(arrow.lane) || !Overlaps(arrow.begin, arrow.end)) return "";
  const bool left = IsLeft(arrow.lane);
  const bool at_begin = arrow.to_server || arrow.end == kNoRow;
  const int y = YOf(at_begin ? arrow.begin : arrow.end) - 4;
  const std::string_view css = arrow.to_server               ? "request"
                               : arrow.text.starts_with('2') ? "reply"
                                                             : "bad";
  return Text({XOf(arrow.lane) + (left ? 17 : -17), y, css, left ? "start" : "end"}, arrow.text,
              kLabelBytes);
}

std::string Drawing::DrawNote(const ChartNote& note) const {
  if (!IsShown(note.lane) || !Overlaps(note.row, note.row)) return "";
  const bool left = note.lane != kServerLane && IsLeft(note.lane);
  const int x = XOf(note.lane);
  const int y = YOf(note.row);
  const auto is_fault = [&](const ChartSpan& fault) {
    return fault.lane == note.lane && fault.begin == note.row && fault.text == note.text;
  };
  const bool fault = std::any_of(layout_.faults().begin(), layout_.faults().end(), is_fault) ||
                     note.text == "cut" || note.text == "wall";
  std::string svg = absl::StrCat("<circle cx=\"", x, "\" cy=\"", y, "\" r=\"4\" fill=\"",
                                 fault ? "#de911d" : "#323f4b", "\"/>\n");
  return svg +
         Text({left ? x - 20 : x + 20, y + 4, fault ? "fault" : "small", left ? "end" : "start"},
              note.text, kLabelBytes);
}

std::string Drawing::DrawMark(const Mark& mark) const {
  if (!Overlaps(mark.row, mark.row)) return "";
  const int x = XOf(mark.lane);
  const int y = YOf(mark.row);
  return Line(kGutter, y, width() - 8, y, "stroke=\"#b42318\" stroke-dasharray=\"6 3\"") +
         absl::StrCat("<circle cx=\"", x, "\" cy=\"", y,
                      "\" r=\"10\" fill=\"#b42318\" stroke=\"#ffffff\" stroke-width=\"2\"/>"
                      "<text x=\"",
                      x, "\" y=\"", y + 4, "\" text-anchor=\"middle\" class=\"mark\">", mark.number,
                      "</text>\n");
}

std::string Drawing::DrawLegend(int y) const {
  std::string svg = Box(kGutter, y - 10, 6, 14, "fill=\"#bcccdc\" stroke=\"#627d98\"");
  svg += Text({kGutter + 12, y, "small"}, "connected");
  svg +=
      Box(kGutter + 90, y - 10, 24, 14, "fill=\"#f7c948\" fill-opacity=\"0.4\" stroke=\"#de911d\"");
  svg += Text({kGutter + 120, y, "small"}, "fault");
  svg += absl::StrCat("<circle cx=\"", kGutter + 178, "\" cy=\"", y - 4,
                      "\" r=\"6\" fill=\"#b42318\"/>\n");
  svg += Text({kGutter + 190, y, "small"}, "violation");
  return svg + Text({kGutter + 262, y, "small"}, "time runs down, not to scale");
}

std::string Drawing::Draw(const std::string& title, const std::vector<std::string>& lines) {
  PlaceRows(30 + kLineHeight * static_cast<int>(lines.size()) + kHeadHeight);
  const int height = bottom_ + 66;
  std::string svg =
      absl::StrCat("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"", width(), "\" height=\"",
                   height, "\" viewBox=\"0 0 ", width(), " ", height, "\" role=\"img\">\n<title>",
                   XmlText(title, kMessageBytes), "</title>\n", kStyle);
  svg += Box(0, 0, width(), height, "fill=\"#ffffff\"");
  svg += Text({16, 26, "title"}, title);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const bool violation = !lines[i].empty() && lines[i].front() >= '0' && lines[i].front() <= '9';
    svg += Text({16, 30 + kLineHeight * static_cast<int>(i + 1), violation ? "violation" : "small"},
                lines[i], static_cast<std::size_t>(width() / 7));
  }
  svg += DrawTimes() + DrawFaults() + DrawLanes();
  for (const ChartArrow& arrow : layout_.arrows()) svg += DrawArrow(arrow);
  for (const ChartArrow& arrow : layout_.arrows()) svg += DrawArrowText(arrow);
  for (const ChartNote& note : layout_.notes()) svg += DrawNote(note);
  for (const Mark& mark : marks_) svg += DrawMark(mark);
  return svg + DrawLegend(bottom_ + 52) + "</svg>\n";
}

// The first and the last of the rows that are drawn.
std::pair<std::size_t, std::size_t> RowsIn(const std::vector<absl::Duration>& rows,
                                           const std::vector<Mark>& marks,
                                           const ChartWindow& window) {
  const auto begin = std::lower_bound(rows.begin(), rows.end(), window.from);
  const auto end = std::upper_bound(begin, rows.end(), window.to);
  auto first = static_cast<std::size_t>(begin - rows.begin());
  auto last = static_cast<std::size_t>(end - rows.begin());  // behind it
  if (last - first > window.max_rows) {
    const std::size_t behind = window.max_rows / 6;  // rows behind the violation
    if (!marks.empty() && marks[0].row >= first && marks[0].row < last) {
      last = std::min(last, std::max(marks[0].row + behind, first + window.max_rows));
      first = last - window.max_rows;
    }
    last = first + window.max_rows;
  }
  return {first, last == 0 ? 0 : last - 1};
}

}  // namespace

std::string SequenceChart::Svg(const std::vector<Violation>& violations,
                               const ChartWindow& window) const {
  SequenceLayout layout(names_);
  std::vector<std::pair<absl::Duration, std::size_t>> timed;  // violations with a time
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < violations.size(); ++i) {
    lines.push_back(absl::StrCat(i + 1, " ", Describe(violations[i])));
    if (violations[i].at) timed.emplace_back(*violations[i].at, i);
  }
  std::sort(timed.begin(), timed.end());
  std::vector<Mark> marks;
  auto next = timed.begin();
  const auto mark_until = [&](absl::Duration at) {
    for (; next != timed.end() && next->first < at; ++next) {
      const std::size_t lane = layout.LaneOf(violations[next->second].who);
      marks.push_back({next->second + 1, lane, layout.AddMark(next->first, lane)});
    }
  };
  for (const TraceEvent& event : events_) {
    mark_until(event.at);
    layout.Add(event);
  }
  mark_until(absl::InfiniteDuration());
  const auto [first, last] = RowsIn(layout.rows(), marks, window);
  const std::size_t rows = layout.rows().size();
  if (first > 0 || last + 1 < rows) {
    lines.push_back(absl::StrCat("Rows ", first + 1, " to ", last + 1, " of ", rows,
                                 "; --from and --to choose other times."));
  }
  if (names_.size() > window.max_lanes) {
    lines.push_back(absl::StrCat("Participants left out: ", names_.size() - window.max_lanes, "."));
  }
  return Drawing(layout, std::move(marks), first, last, window.max_lanes).Draw(title_, lines);
}

}  // namespace chathttp::sim
