// An editor for one line of text, with the usual keys of readline.
//
//   LineEditor editor(4095);
//   editor.Handle({KeyCode::kText, "h"});
//   editor.Handle({KeyCode::kControl, "a"});       // to the start
//   editor.text(); editor.cursor();                // "h", 0
//
// It moves and deletes by clusters (unicode.h). To keep pasted text, `max_bytes` may exceed the
// limit for a message. A key costs O(bytes of the line). Not thread-safe.
#ifndef CHATHTTP_APPS_TERMINAL_LINE_EDITOR_H_
#define CHATHTTP_APPS_TERMINAL_LINE_EDITOR_H_

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>

#include "apps/terminal/keys.h"

namespace chathttp {

class LineEditor {
 public:
  explicit LineEditor(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  // Handles a key: text, Left Right Home End ^A ^E ^B ^F, words by Alt-b Alt-f, Backspace Delete ^H
  // ^D ^K ^U ^W Alt-d Alt-Backspace, ^Y inserts the last deleted text, Alt-y then the one before it,
  // ^T swaps two characters, ^_ undoes the last change (a word that was typed is one).
  // False if the editor does not use the key, or the key has no effect (^D at the end).
  bool Handle(const Key& key);

  // Inserts `text` at the cursor. Returns false without a change if the line would exceed max_bytes
  // or `text` is not UTF-8.
  bool Insert(std::string_view text);

  // Sets the line to `text`, cut to max_bytes, and the cursor to byte `cursor`, by default the end.
  // ^_ undoes it.
  void Set(std::string_view text, std::size_t cursor = std::string::npos);
  // Starts a new line, in which there is nothing to undo.
  void Clear();

  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] std::size_t cursor() const {
    return cursor_;
  }  // a byte offset at which a cluster starts
  [[nodiscard]] bool empty() const { return text_.empty(); }

 private:
  enum class Towards { kLeft, kRight };

  struct State {
    std::string text;
    std::size_t cursor;
  };

  bool Change(const Key& key, bool was_killing);
  bool HandleControl(char letter);
  bool HandleAlt(std::string_view letter);
  bool MoveTo(std::size_t offset);
  bool Erase(std::size_t from, std::size_t to);
  bool Kill(std::size_t to);  // erases from the cursor to `to`, in either direction, and saves it
  bool Transpose();
  bool Yank();
  bool YankOlder();
  bool Undo();
  void Remember(State before);
  [[nodiscard]] std::size_t Left() const;   // one cluster, or the cursor if there is none
  [[nodiscard]] std::size_t Right() const;  // likewise
  [[nodiscard]] std::size_t WordLeft() const;
  [[nodiscard]] std::size_t WordRight() const;
  [[nodiscard]] std::size_t BlankLeft() const;  // the start of the blank-delimited word

  std::size_t max_bytes_;
  std::string text_;
  std::size_t cursor_ = 0;
  std::deque<std::string> killed_;  // the newest first
  bool killing_ = false;            // the last key was a kill: the next one appends
  std::size_t yanked_ = 0;          // index in killed_ of the text that the last key inserted
  std::size_t yank_begin_ = 0;
  bool yanking_ = false;  // the last key inserted it
  std::deque<State> undo_;
  bool typing_ = false;  // the last key continued a word
};

}  // namespace chathttp

#endif  // CHATHTTP_APPS_TERMINAL_LINE_EDITOR_H_
