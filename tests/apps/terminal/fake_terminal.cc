#include "tests/apps/terminal/fake_terminal.h"

#include <algorithm>
#include <memory>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "apps/terminal/unicode.h"
#include "chathttp/domain/escape.h"
#include "chathttp/domain/text.h"

namespace chathttp {
namespace {

constexpr std::size_t kMaxComplaints = 20;
constexpr std::string_view kLinkBegin = "\x1b]8;;";
constexpr std::string_view kLinkEnd = "\x1b\\";

std::shared_ptr<const std::string> LinkTo(const std::string& url) {
  return url.empty() ? nullptr : std::make_shared<const std::string>(url);
}

bool IsControlByte(char byte) {
  const auto value = static_cast<unsigned char>(byte);
  return value < 0x20 || value == 0x7F;
}

}  // namespace

FakeTerminal::FakeTerminal(int columns, int rows, Width width)
    : columns_(columns), rows_(rows), width_(width) {
  Resize(columns, rows);
}

void FakeTerminal::Resize(int columns, int rows) {
  columns_ = columns;
  rows_ = rows;
  const Cell garbage = {"?", {.color = 1}};
  cells_.assign(static_cast<std::size_t>(columns) * static_cast<std::size_t>(rows), garbage);
  column_ = std::min(column_, columns_ - 1);
  row_ = std::min(row_, rows_ - 1);
}

void FakeTerminal::Write(std::string_view bytes) {
  bytes_ += bytes.size();
  while (!bytes.empty()) {
    const std::size_t used = bytes.front() == '\x1b' ? Sequence(bytes) : Print(bytes);
    bytes.remove_prefix(std::max<std::size_t>(used, 1));
  }
}

// OSC 8 without parameters, ended by ST.
std::size_t FakeTerminal::Link(std::string_view bytes) {
  std::size_t end = kLinkBegin.size();
  while (end < bytes.size() && bytes[end] > ' ' && bytes[end] <= '~') ++end;
  if (bytes.substr(end, kLinkEnd.size()) != kLinkEnd) {
    Complain("a link without end", bytes.substr(0, end));
    return end;
  }
  link_ = bytes.substr(kLinkBegin.size(), end - kLinkBegin.size());
  return end + kLinkEnd.size();
}

std::size_t FakeTerminal::Sequence(std::string_view bytes) {
  if (bytes.starts_with(kLinkBegin)) return Link(bytes);
  if (bytes.size() < 3 || bytes[1] != '[') {
    Complain("not a control sequence", bytes.substr(0, 3));
    return 1;
  }
  const std::size_t end = bytes.find_first_not_of("0123456789;?", 2);
  if (end == std::string_view::npos) {
    Complain("a control sequence without end", bytes.substr(0, 10));
    return bytes.size();
  }
  Apply(bytes[end], bytes.substr(2, end - 2));
  return end + 1;
}

void FakeTerminal::Apply(char final, std::string_view parameters) {
  const std::string given(parameters);
  if (given == "?25" && (final == 'h' || final == 'l')) {
    cursor_visible_ = final == 'h';
    return;
  }
  const std::vector<std::string> parts = absl::StrSplit(given, ';');
  std::vector<int> values;
  values.reserve(parts.size());
  for (const std::string& part : parts) {
    int value = 0;
    if (!part.empty() && !absl::SimpleAtoi(part, &value)) Complain("parameters", given);
    values.push_back(value);
  }
  const auto at_least_1 = [&](std::size_t i) {
    return i < values.size() ? std::max(values[i], 1) : 1;
  };
  if (final == 'H' && values.size() <= 2) {
    row_ = at_least_1(0) - 1;
    column_ = at_least_1(1) - 1;
    if (row_ >= rows_ || column_ >= columns_) Complain("beyond the screen", given);
    row_ = std::min(row_, rows_ - 1);
    column_ = std::min(column_, columns_ - 1);
  } else if (final == 'C' && values.size() == 1) {
    column_ += at_least_1(0);
    if (column_ >= columns_) Complain("beyond the screen", given);
    column_ = std::min(column_, columns_ - 1);
  } else if (final == 'K' && given.empty()) {
    for (int column = column_; column < columns_; ++column) {
      cell(column, row_) = {" ", style_, false, LinkTo(link_)};
    }
  } else if (final == 'J' && given == "2") {
    for (Cell& each : cells_) each = {" ", style_, false, LinkTo(link_)};
  } else if (final == 'm') {
    SelectStyle(values);
  } else {
    Complain("a sequence that is not the renderer's", absl::StrCat(given, std::string(1, final)));
  }
}

void FakeTerminal::SelectStyle(const std::vector<int>& parameters) {
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    switch (parameters[i]) {
      case 0:
        style_ = {};
        break;
      case 1:
        style_.bold = true;
        break;
      case 2:
        style_.dim = true;
        break;
      case 4:
        style_.underline = true;
        break;
      case 7:
        style_.reverse = true;
        break;
      case 38:
        if (i + 2 >= parameters.size() || parameters[i + 1] != 5 || parameters[i + 2] > 255) {
          Complain("a colour", "");
          return;
        }
        style_.color = static_cast<std::uint8_t>(parameters[i + 2]);
        i += 2;
        break;
      default:
        Complain("a style", absl::StrCat(parameters[i]));
    }
  }
}

// Prints up to the next control character; a cluster does not cross one.
std::size_t FakeTerminal::Print(std::string_view bytes) {
  if (bytes.front() == '\a') {
    ++bells_;
    return 1;
  }
  if (IsControlByte(bytes.front())) {
    Complain("a control", bytes.substr(0, 1));
    return 1;
  }
  std::size_t size = 0;
  while (size < bytes.size() && !IsControlByte(bytes[size])) {
    const CodePoint next = DecodeUtf8(bytes.substr(size));
    if (next.bytes == 0) {
      Complain("not UTF-8", bytes.substr(size, 1));
      return size + 1;
    }
    if (next.value >= 0x80 && next.value < 0xA0) Complain("a C1 control", bytes.substr(size, 2));
    size += next.bytes;
  }
  for (std::string_view rest = bytes.substr(0, size); !rest.empty();) {
    Cluster cluster = NextCluster(rest);
    if (width_ == Width::kPerCodePoint && cluster.uncertain) {
      cluster.bytes = DecodeUtf8(rest).bytes;
      const Cluster alone = NextCluster(rest.substr(0, cluster.bytes));
      cluster.columns = alone.bare ? 0 : alone.columns;
    }
    const std::string_view text = rest.substr(0, cluster.bytes);
    if (cluster.bare && width_ == Width::kAsMeasured) {
      Join(text);
    } else if (cluster.columns > 0) {
      PutCluster(text, cluster.columns);
    }
    rest.remove_prefix(cluster.bytes);
  }
  return size;
}

// A character without width joins the preceding cell.
void FakeTerminal::Join(std::string_view text) {
  if (column_ == 0) return Complain("a mark on nothing", text);
  cell(column_ - 1, row_).text += text;
}

void FakeTerminal::PutCluster(std::string_view text, int columns) {
  if (column_ + columns > columns_) {
    if (width_ == Width::kAsMeasured) Complain("beyond the last column", text);
    return;
  }
  for (int i = 0; i < columns; ++i) {
    const int column = column_ + i;
    if (cell(column, row_).text.empty() && column > 0) cell(column - 1, row_).text.assign(1, ' ');
    if (column + 1 < columns_ && cell(column + 1, row_).text.empty()) {
      cell(column + 1, row_).text.assign(1, ' ');
    }
    cell(column, row_) = {i == 0 ? std::string(text) : std::string(), style_, false, LinkTo(link_)};
  }
  column_ += columns;  // columns_: waits behind the last one
}

std::string FakeTerminal::Text() const {
  std::string text;
  for (int row = 0; row < rows_; ++row) {
    std::string line;
    for (int column = 0; column < columns_; ++column) line += at(column, row).text;
    line.erase(line.find_last_not_of(' ') + 1);
    absl::StrAppend(&text, line, "\n");
  }
  return text;
}

const Cell& FakeTerminal::at(int column, int row) const {
  return cells_[static_cast<std::size_t>(row) * static_cast<std::size_t>(columns_) +
                static_cast<std::size_t>(column)];
}

Cell& FakeTerminal::cell(int column, int row) { return const_cast<Cell&>(at(column, row)); }

std::string FakeTerminal::DescribeDifference(const Canvas& canvas, bool certain_only) const {
  std::string difference;
  if (canvas.columns() != columns_ || canvas.rows() != rows_) return "another size";
  for (int row = 0; row < rows_; ++row) {
    int columns_in_doubt = 0;
    for (int column = 0; column < columns_; ++column, --columns_in_doubt) {
      const Cell& wanted = canvas.at(column, row);
      if (certain_only && wanted.uncertain) {
        columns_in_doubt = static_cast<int>(kMaxClusterBytes);
      }
      if (columns_in_doubt > 0 && wanted.text == " ") continue;
      if (certain_only && wanted.uncertain) continue;
      const Cell& there = at(column, row);
      const bool same_link = there.url() == wanted.url();
      if (there.text == wanted.text && there.style == wanted.style && same_link) continue;
      absl::StrAppend(&difference, "row ", row, ", column ", column, ": \"", Visible(there.text),
                      "\" in place of \"", Visible(wanted.text), "\"",
                      there.style == wanted.style ? "" : ", another style",
                      same_link ? "" : ", another link", "\n");
    }
  }
  return difference;
}

void FakeTerminal::Complain(std::string_view what, std::string_view bytes) {
  if (complaints_.size() >= kMaxComplaints) return;
  complaints_.push_back(absl::StrCat(std::string(what), ": ", Visible(bytes)));
}

}  // namespace chathttp
