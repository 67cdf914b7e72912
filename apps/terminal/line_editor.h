// One line of text that is being written, with the keys that readline has taught everyone.
//
//   LineEditor editor(4095);
//   editor.Handle({KeyCode::kText, "h"});
//   editor.Handle({KeyCode::kControl, "a"});       // to the begin
//   editor.text(); editor.cursor();                // "h", 0
//
// It moves and deletes by clusters (unicode.h). The text may become longer than may be
// said, up to `max_bytes`, for what was pasted is not to be lost. Cost of a key: O(bytes of the
// line). One thread.
#ifndef CHATHTTP_APPS_TERMINAL_LINE_EDITOR_H_
#define CHATHTTP_APPS_TERMINAL_LINE_EDITOR_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "apps/terminal/keys.h"

namespace chathttp {

class LineEditor {
 public:
  explicit LineEditor(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  // Does what the key says: text, Left Right Home End ^A ^E ^B ^F, words by Alt-b Alt-f, Backspace
  // Delete ^H ^D ^K ^U ^W Alt-d Alt-Backspace, ^Y puts back what these took, ^T swaps two
  // characters. False for a key that is not the editor's, or that has nothing to do (^D at the
  // end).
  bool Handle(const Key& key);

  // Puts `text` at the cursor; false, and nothing is put, if it would be longer than max_bytes or
  // is no UTF-8.
  bool Insert(std::string_view text);

  // The line becomes `text`, cut to max_bytes, with the cursor at `cursor`, by default at its end.
  void Set(std::string_view text, std::size_t cursor = std::string::npos);
  void Clear() { Set(""); }

  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] std::size_t cursor() const { return cursor_; }  // a byte, where a cluster begins
  [[nodiscard]] bool empty() const { return text_.empty(); }

 private:
  enum class Towards { kLeft, kRight };

  bool HandleControl(char letter);
  bool HandleAlt(std::string_view letter);
  bool MoveTo(std::size_t offset);
  bool Erase(std::size_t from, std::size_t to);
  bool Kill(std::size_t to);  // erases from the cursor to there, in either direction, and keeps it
  bool Transpose();
  [[nodiscard]] std::size_t Left() const;   // one cluster, or the cursor if there is none
  [[nodiscard]] std::size_t Right() const;  // likewise
  [[nodiscard]] std::size_t WordLeft() const;
  [[nodiscard]] std::size_t WordRight() const;
  [[nodiscard]] std::size_t BlankLeft() const;  // the begin of the word up to the blank before it

  std::size_t max_bytes_;
  std::string text_;
  std::size_t cursor_ = 0;
  std::string killed_;
  bool killing_ = false;  // the last key killed: what the next one kills joins it
};

}  // namespace chathttp

#endif  // CHATHTTP_APPS_TERMINAL_LINE_EDITOR_H_
