// Draws a canvas on a terminal with few bytes: only the cells that differ from the previous canvas.
// All escape sequences of the screen are made here.
//
//   Renderer renderer(ColorMode::k256, true);
//   terminal.Write(renderer.Render(canvas));
//   renderer.Forget();      // after a resize or a suspension: draws the next canvas completely
//
// It writes printable UTF-8, CUP, CUF, EL, ED, SGR, DECTCEM (cursor on and off), OSC 8 (links, which
// end with each canvas) and, after RingBell, BEL. It sets the cursor position again behind each character whose width differs
// between terminals, so that errors do not spread. Cost O(cells). Not thread-safe.
#ifndef CHATHTTP_APPS_TERMINAL_RENDERER_H_
#define CHATHTTP_APPS_TERMINAL_RENDERER_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "apps/terminal/canvas.h"

namespace chathttp {

enum class ColorMode {
  kNone,  // bold, dim, underlined and reverse only
  k8,     // the nearest of the eight colors of ECMA-48
  k16,    // likewise, or its bright one
  k256,
};

class Renderer {
 public:
  // `links` tells whether the terminal takes OSC 8.
  Renderer(ColorMode color, bool links) : color_(color), links_(links) {}

  // Returns the bytes that change the terminal to show `canvas`; empty if nothing differs.
  [[nodiscard]] std::string Render(const Canvas& canvas);

  // Assumes nothing about the screen of the terminal from now on.
  void Forget() { known_ = false; }

  // Rings the bell of the terminal with the next canvas.
  void RingBell() { bell_ = true; }

 private:
  void Clear(const Canvas& canvas);
  void RenderRow(const Canvas& canvas, int row);
  void WriteCell(const Canvas& canvas, int column, int row);
  void MoveTo(const Canvas& canvas, int column, int row);
  [[nodiscard]] std::string ColorParameter(std::uint8_t color) const;
  bool Retrace(const Canvas& canvas, int column, int row);
  void SetStyle(Style style);
  void SetLink(std::string_view url);
  void PlaceCursor(const Canvas& canvas);

  ColorMode color_;
  bool links_;
  bool known_ = false;
  bool bell_ = false;
  Canvas shown_{1, 1};
  std::string out_;
  // State of the terminal, valid if known_.
  Style style_;
  std::string link_;  // empty: none
  bool cursor_visible_ = true;
  bool position_known_ = false;
  int column_ = 0;
  int row_ = 0;
};

}  // namespace chathttp

#endif  // CHATHTTP_APPS_TERMINAL_RENDERER_H_
