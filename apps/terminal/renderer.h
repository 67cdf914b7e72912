// Brings a canvas onto a terminal with few bytes: only what differs from the canvas before. The
// only place where escape sequences are made.
//
//   Renderer renderer(ColorMode::k256);
//   terminal.Write(renderer.Render(canvas));
//   renderer.Forget();      // after a resize or a suspension: the next canvas is drawn whole
//
// What it writes, besides printable UTF-8: CUP, CUF, EL, ED, SGR, DECTCEM (cursor on and off), and
// BEL when asked for. The cursor is placed anew behind each character whose width terminals
// disagree about, so that no disagreement spreads. Cost O(cells). One thread.
#ifndef CHATHTTP_APPS_TERMINAL_RENDERER_H_
#define CHATHTTP_APPS_TERMINAL_RENDERER_H_

#include <string>

#include "apps/terminal/canvas.h"

namespace chathttp {

enum class ColorMode {
  kNone,  // bold, dim, underlined and reverse only
  k256,
};

class Renderer {
 public:
  explicit Renderer(ColorMode color) : color_(color) {}

  // The bytes that turn what the terminal shows into `canvas`. Empty if nothing differs.
  [[nodiscard]] std::string Render(const Canvas& canvas);

  // Nothing is known any more of what the terminal shows.
  void Forget() { known_ = false; }

  // Has the terminal's bell ring with the next canvas.
  void RingBell() { bell_ = true; }

 private:
  void Clear(const Canvas& canvas);
  void RenderRow(const Canvas& canvas, int row);
  void WriteCell(const Canvas& canvas, int column, int row);
  void MoveTo(const Canvas& canvas, int column, int row);
  bool Retrace(const Canvas& canvas, int column, int row);
  void SetStyle(Style style);
  void PlaceCursor(const Canvas& canvas);

  ColorMode color_;
  bool known_ = false;
  bool bell_ = false;
  Canvas shown_{1, 1};
  std::string out_;
  // Of the terminal, while known_.
  Style style_;
  bool cursor_visible_ = true;
  bool position_known_ = false;
  int column_ = 0;
  int row_ = 0;
};

}  // namespace chathttp

#endif  // CHATHTTP_APPS_TERMINAL_RENDERER_H_
