// The colours of the console. Each name always has the same colour, readable on dark and light
// backgrounds.
//
//   NameColor("Alice")   -> 30, in every run
//
// Pure functions; thread-safe.
#ifndef CHATHTTP_APPS_CONSOLE_PALETTE_H_
#define CHATHTTP_APPS_CONSOLE_PALETTE_H_

#include <array>
#include <cstdint>
#include <string_view>

namespace chathttp {

// The colours of the xterm cube with a contrast of at least 3.7 : 1 (WCAG 2) with black and with
// white, far enough from one another and from kErrorColor.
inline constexpr std::array<std::uint8_t, 14> kNameColors = {130, 166, 100, 64, 28,  30,  32,
                                                             67,  62,  98,  97, 134, 164, 162};
inline constexpr std::uint8_t kErrorColor = 160;  // red, likewise

// Ignores the case of the name. O(size of the name).
[[nodiscard]] std::uint8_t NameColor(std::string_view name);

}  // namespace chathttp

#endif  // CHATHTTP_APPS_CONSOLE_PALETTE_H_
