#include "apps/terminal/line_editor.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "apps/terminal/unicode.h"
#include "chathttp/domain/text.h"

namespace chathttp {
namespace {

// Whether the byte belongs to a word, as in readline: letters, digits and all bytes that are not
// ASCII.
bool IsWordByte(char byte) {
  const auto value = static_cast<unsigned char>(byte);
  return value >= 0x80 || absl::ascii_isalnum(value);
}

constexpr std::size_t kMaxUndo = 100;   // changes
constexpr std::size_t kMaxKilled = 10;  // texts

bool IsBlank(char byte) { return byte == ' ' || byte == '\t'; }

bool IsUtf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t bytes = DecodeUtf8(text).bytes;
    if (bytes == 0) return false;
    text.remove_prefix(bytes);
  }
  return true;
}

}  // namespace

bool LineEditor::Handle(const Key& key) {
  const bool was_killing = std::exchange(killing_, false);
  if (key == Key{KeyCode::kAlt, "y"}) return YankOlder();
  yanking_ = false;
  if (key == Key{KeyCode::kControl, "_"}) return Undo();
  State before = {text_, cursor_};
  const bool used = Change(key, was_killing);
  const bool word = key.code == KeyCode::kText && !key.text.starts_with(' ');
  const bool continues = std::exchange(typing_, word) && word;
  if (text_ != before.text && !continues) Remember(std::move(before));
  return used;
}

bool LineEditor::Change(const Key& key, bool was_killing) {
  switch (key.code) {
    case KeyCode::kText:
      return Insert(key.text);
    case KeyCode::kLeft:
      return MoveTo(Left());
    case KeyCode::kRight:
      return MoveTo(Right());
    case KeyCode::kWordLeft:
      return MoveTo(WordLeft());
    case KeyCode::kWordRight:
      return MoveTo(WordRight());
    case KeyCode::kHome:
      return MoveTo(0);
    case KeyCode::kEnd:
      return MoveTo(text_.size());
    case KeyCode::kBackspace:
      return Erase(Left(), cursor_);
    case KeyCode::kDelete:
      return Erase(cursor_, Right());
    case KeyCode::kAltBackspace:
      killing_ = was_killing;
      return Kill(WordLeft());
    case KeyCode::kControl:
      killing_ = was_killing;
      return !key.text.empty() && HandleControl(key.text.front());
    case KeyCode::kAlt:
      killing_ = was_killing;
      return HandleAlt(key.text);
    default:
      return false;
  }
}

bool LineEditor::HandleControl(char letter) {
  switch (letter) {
    case 'k':
      return Kill(text_.size());
    case 'u':
      return Kill(0);
    case 'w':
      return Kill(BlankLeft());
    default:
      break;
  }
  killing_ = false;
  switch (letter) {
    case 'a':
      return MoveTo(0);
    case 'e':
      return MoveTo(text_.size());
    case 'b':
      return MoveTo(Left());
    case 'f':
      return MoveTo(Right());
    case 'd':
      return Erase(cursor_, Right());
    case 't':
      return Transpose();
    case 'y':
      return Yank();
    default:
      return false;
  }
}

bool LineEditor::HandleAlt(std::string_view letter) {
  if (letter == "d") return Kill(WordRight());
  killing_ = false;
  if (letter == "b") return MoveTo(WordLeft());
  if (letter == "f") return MoveTo(WordRight());
  return false;
}

bool LineEditor::Insert(std::string_view text) {
  if (text_.size() + text.size() > max_bytes_ || !IsUtf8(text)) return false;
  text_.insert(cursor_, text);
  cursor_ += text.size();
  // The inserted text may form a cluster with the text behind it, if there is a mark or joiner.
  while (cursor_ < text_.size() && PreviousBoundary(text_, cursor_ + 1) != cursor_) {
    const std::size_t begin = PreviousBoundary(text_, cursor_ + 1);
    cursor_ = begin + NextCluster(std::string_view(text_).substr(begin)).bytes;
  }
  return true;
}

void LineEditor::Set(std::string_view text, std::size_t cursor) {
  Remember({text_, cursor_});
  text_ = text.substr(0, max_bytes_);
  cursor_ = std::min(cursor, text_.size());
  killing_ = yanking_ = typing_ = false;
}

void LineEditor::Clear() {
  Set("");
  undo_.clear();
}

void LineEditor::Remember(State before) {
  undo_.push_back(std::move(before));
  if (undo_.size() > kMaxUndo) undo_.pop_front();
}

bool LineEditor::Undo() {
  typing_ = false;
  if (undo_.empty()) return false;
  State before = std::move(undo_.back());
  undo_.pop_back();
  text_ = std::move(before.text);
  cursor_ = before.cursor;
  return true;
}

bool LineEditor::Yank() {
  if (killed_.empty()) return false;
  yank_begin_ = cursor_;
  yanked_ = 0;
  yanking_ = Insert(killed_.front());
  return yanking_;
}

// Replaces the text that the last key inserted by the one that was deleted before it.
bool LineEditor::YankOlder() {
  if (!yanking_) return false;
  const std::size_t older = (yanked_ + 1) % killed_.size();
  const std::string rest = text_.substr(yank_begin_ + killed_[yanked_].size());
  const std::string before = text_.substr(0, yank_begin_);
  if (before.size() + killed_[older].size() + rest.size() > max_bytes_) return false;
  Remember({text_, cursor_});
  text_ = before + rest;
  cursor_ = yank_begin_;
  yanked_ = older;
  return Insert(killed_[older]);
}

bool LineEditor::MoveTo(std::size_t offset) {
  cursor_ = offset;
  return true;
}

bool LineEditor::Erase(std::size_t from, std::size_t to) {
  if (from == to) return false;
  text_.erase(from, to - from);
  cursor_ = from;
  // The text left and right of the gap may now form one cluster.
  if (cursor_ > 0 && cursor_ < text_.size()) {
    const std::size_t begin = PreviousBoundary(text_, cursor_ + 1);
    if (begin != cursor_) {
      cursor_ = begin + NextCluster(std::string_view(text_).substr(begin)).bytes;
    }
  }
  return true;
}

bool LineEditor::Kill(std::size_t to) {
  const std::size_t from = cursor_;
  const std::string taken = text_.substr(std::min(from, to), to < from ? from - to : to - from);
  if (taken.empty()) return false;
  if (!killing_) killed_.emplace_front();
  if (killed_.size() > kMaxKilled) killed_.pop_back();
  killed_.front().insert(to < from ? 0 : killed_.front().size(), taken);
  killing_ = true;
  return Erase(std::min(from, to), std::max(from, to));
}

// Swaps the last two clusters at the end of the line, else those before and at the cursor.
bool LineEditor::Transpose() {
  if (cursor_ == 0) return false;
  if (cursor_ == text_.size()) cursor_ = Left();
  if (cursor_ == 0) return false;
  const std::size_t begin = Left();
  const std::size_t end = Right();
  const std::string first = text_.substr(begin, cursor_ - begin);
  const std::string second = text_.substr(cursor_, end - cursor_);
  text_.replace(begin, end - begin, second + first);
  cursor_ = end;
  return true;
}

std::size_t LineEditor::Left() const { return cursor_ == 0 ? 0 : PreviousBoundary(text_, cursor_); }

std::size_t LineEditor::Right() const {
  if (cursor_ == text_.size()) return cursor_;
  return cursor_ + NextCluster(std::string_view(text_).substr(cursor_)).bytes;
}

// The start of the last word that starts before the cursor.
std::size_t LineEditor::WordLeft() const {
  std::size_t begin = 0;
  bool in_word = false;
  for (std::size_t at = 0; at < cursor_;) {
    const bool word = IsWordByte(text_[at]);
    if (word && !in_word) begin = at;
    in_word = word;
    at += NextCluster(std::string_view(text_).substr(at)).bytes;
  }
  return begin;
}

std::size_t LineEditor::WordRight() const {
  std::size_t at = cursor_;
  bool in_word = false;
  while (at < text_.size()) {
    const bool word = IsWordByte(text_[at]);
    if (in_word && !word) break;
    in_word = word;
    at += NextCluster(std::string_view(text_).substr(at)).bytes;
  }
  return at;
}

std::size_t LineEditor::BlankLeft() const {
  std::size_t at = cursor_;
  while (at > 0 && IsBlank(text_[at - 1])) --at;
  while (at > 0 && !IsBlank(text_[at - 1])) --at;
  return at;
}

}  // namespace chathttp
