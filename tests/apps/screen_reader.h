// The screen that a user sees on a terminal, from the bytes that a program writes, in pieces of any
// size.
//
//   ScreenReader screen(100, 30);
//   screen.Write(bytes);
//   screen.Text();          // rows without blanks at their ends, each with a line feed
//
// It knows what full-screen programs and shells use: CUP, CUF, EL, ED, SGR (dropped), the alternate
// screen, cursor on and off, bracketed paste, CR, LF, BS, BEL. It reports anything else as a
// complaint. A code point has one column, or two if it is East Asian or an emoji. Not thread-safe.
#ifndef CHATHTTP_TESTS_APPS_SCREEN_READER_H_
#define CHATHTTP_TESTS_APPS_SCREEN_READER_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace chathttp {

class ScreenReader {
 public:
  ScreenReader(std::size_t columns, std::size_t rows);

  void Write(std::string_view bytes);

  // Sets the size and clears both screens.
  void Resize(std::size_t columns, std::size_t rows);

  [[nodiscard]] std::string Text() const;
  [[nodiscard]] bool alternate() const { return alternate_; }
  [[nodiscard]] bool bracketed_paste() const { return bracketed_paste_; }
  [[nodiscard]] bool cursor_visible() const { return cursor_visible_; }
  [[nodiscard]] const std::string& complaints() const { return complaints_; }

 private:
  using Screen = std::vector<std::vector<std::string>>;  // rows of cells

  std::size_t TakeSequence(std::string_view bytes);
  std::size_t TakeText(std::string_view bytes);
  bool TakeControl(char byte);
  void Apply(char final, const std::string& parameters);
  void SetMode(const std::string& mode, bool on);
  void Put(std::string_view character, std::size_t columns);
  void NextLine();
  void Complain(std::string_view what, std::string_view bytes);
  Screen& screen() { return alternate_ ? second_ : first_; }

  std::size_t columns_ = 0;
  std::size_t rows_ = 0;
  Screen first_;
  Screen second_;
  std::size_t column_ = 0;
  std::size_t row_ = 0;
  std::size_t saved_column_ = 0;  // of the first screen, while the other one is shown
  std::size_t saved_row_ = 0;
  bool alternate_ = false;
  bool bracketed_paste_ = false;
  bool cursor_visible_ = true;
  std::string unfinished_;  // the start of a sequence or of a character
  std::string complaints_;
};

}  // namespace chathttp

#endif  // CHATHTTP_TESTS_APPS_SCREEN_READER_H_
