#include "tests/apps/screen_reader.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

#include "chathttp/domain/escape.h"
#include "chathttp/domain/text.h"

namespace chathttp {
namespace {

constexpr std::size_t kMaxCharacterBytes = 4;  // of UTF-8

std::size_t ColumnsOf(char32_t value) {
  constexpr std::array<std::pair<char32_t, char32_t>, 7> kWide = {{{0x1100, 0x115F},
                                                                   {0x2E80, 0xA4CF},
                                                                   {0xAC00, 0xD7A3},
                                                                   {0xF900, 0xFAFF},
                                                                   {0xFE30, 0xFE6F},
                                                                   {0xFF00, 0xFF60},
                                                                   {0x1F300, 0x1FAFF}}};
  const bool wide = std::any_of(kWide.begin(), kWide.end(), [&](const auto& range) {
    return value >= range.first && value <= range.second;
  });
  return wide ? 2 : 1;
}

// The numbers of "12;5"; a missing one is 0.
std::array<std::size_t, 2> NumbersOf(const std::string& parameters) {
  const std::size_t semicolon = parameters.find(';');
  std::array<std::size_t, 2> numbers{};
  numbers[0] = std::strtoul(parameters.c_str(), nullptr, 10);
  if (semicolon != std::string::npos) {
    numbers[1] = std::strtoul(parameters.c_str() + semicolon + 1, nullptr, 10);
  }
  return numbers;
}

}  // namespace

ScreenReader::ScreenReader(std::size_t columns, std::size_t rows) { Resize(columns, rows); }

void ScreenReader::Resize(std::size_t columns, std::size_t rows) {
  columns_ = columns;
  rows_ = rows;
  first_.assign(rows, std::vector<std::string>(columns, " "));
  second_ = first_;
  column_ = row_ = saved_column_ = saved_row_ = 0;
}

std::string ScreenReader::Text() const {
  std::string text;
  for (const std::vector<std::string>& row : alternate_ ? second_ : first_) {
    std::string line;
    for (const std::string& cell : row) line += cell;
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

void ScreenReader::Write(std::string_view bytes) {
  unfinished_ += bytes;
  std::string_view rest = unfinished_;
  while (!rest.empty()) {
    const std::size_t taken = rest.front() == '\x1b' ? TakeSequence(rest) : TakeText(rest);
    if (taken == 0) break;
    rest.remove_prefix(taken);
  }
  unfinished_.erase(0, unfinished_.size() - rest.size());
}

// Both return the number of bytes used; 0 if more bytes are needed.
std::size_t ScreenReader::TakeSequence(std::string_view bytes) {
  if (bytes.size() < 2) return 0;
  if (bytes[1] != '[') {
    Complain("not a control sequence", bytes.substr(0, 2));
    return 2;
  }
  const std::size_t end = bytes.find_first_not_of("0123456789;?", 2);
  if (end == std::string_view::npos) return 0;
  Apply(bytes[end], std::string(bytes.substr(2, end - 2)));
  return end + 1;
}

std::size_t ScreenReader::TakeText(std::string_view bytes) {
  if (TakeControl(bytes.front())) return 1;
  const CodePoint next = DecodeUtf8(bytes);
  if (next.bytes == 0) {
    if (bytes.size() < kMaxCharacterBytes) return 0;
    Complain("not UTF-8", bytes.substr(0, 1));
    return 1;
  }
  if (next.value < 0xA0 && !IsSafeToShow(next.value)) Complain("a control", bytes.substr(0, 1));
  Put(bytes.substr(0, next.bytes), ColumnsOf(next.value));
  return next.bytes;
}

bool ScreenReader::TakeControl(char byte) {
  switch (byte) {
    case '\r':
      column_ = 0;
      return true;
    case '\n':
      NextLine();
      return true;
    case '\b':
      if (column_ > 0) --column_;
      return true;
    case '\a':
      return true;
    default:
      return false;
  }
}

void ScreenReader::NextLine() {
  if (++row_ < rows_) return;
  row_ = rows_ - 1;
  std::rotate(screen().begin(), screen().begin() + 1, screen().end());
  screen().back().assign(columns_, " ");
}

void ScreenReader::Put(std::string_view character, std::size_t columns) {
  if (columns > columns_) return;
  if (column_ + columns > columns_) {
    column_ = 0;
    NextLine();
  }
  screen()[row_][column_] = character;
  for (std::size_t i = 1; i < columns; ++i) screen()[row_][column_ + i].clear();
  column_ += columns;
}

void ScreenReader::Apply(char final, const std::string& parameters) {
  if (parameters.starts_with('?') && (final == 'h' || final == 'l')) {
    return SetMode(parameters.substr(1), final == 'h');
  }
  const auto [first, second] = NumbersOf(parameters);
  std::vector<std::string>& row = screen()[row_];
  switch (final) {
    case 'm':
      return;
    case 'H':
      row_ = std::min(std::max<std::size_t>(first, 1), rows_) - 1;
      column_ = std::min(std::max<std::size_t>(second, 1), columns_) - 1;
      return;
    case 'C':
      column_ = std::min(column_ + std::max<std::size_t>(first, 1), columns_ - 1);
      return;
    case 'K':
      std::fill(row.begin() + static_cast<std::ptrdiff_t>(std::min(column_, columns_)), row.end(),
                std::string(1, ' '));
      return;
    case 'J':
      if (first == 2) return screen().assign(rows_, std::vector<std::string>(columns_, " "));
      break;
    default:
      break;
  }
  Complain("a sequence", std::string(parameters).append(1, final));
}

void ScreenReader::SetMode(const std::string& mode, bool on) {
  if (mode == "1049") {
    if (on == alternate_) return;
    second_.assign(rows_, std::vector<std::string>(columns_, " "));
    std::swap(column_, saved_column_);
    std::swap(row_, saved_row_);
    alternate_ = on;
  } else if (mode == "2004") {
    bracketed_paste_ = on;
  } else if (mode == "25") {
    cursor_visible_ = on;
  } else {
    Complain("a mode", mode);
  }
}

void ScreenReader::Complain(std::string_view what, std::string_view bytes) {
  complaints_.append(what).append(": ").append(Visible(bytes)).append("\n");
}

}  // namespace chathttp
