// Texts that could confuse a terminal, drawn from a seed: escape sequences, controls, broken UTF-8,
// marks, joiners, wide characters, long words.
//
//   HostileText hostile(4711);
//   const std::string text = hostile.Draw(20);     // of up to 20 fragments
#ifndef CHATHTTP_TESTS_APPS_TERMINAL_HOSTILE_TEXT_H_
#define CHATHTTP_TESTS_APPS_TERMINAL_HOSTILE_TEXT_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>

namespace chathttp {

class HostileText {
 public:
  explicit HostileText(std::uint64_t seed) : dice_(seed) {}

  std::string Draw(std::size_t max_fragments) {
    std::string text;
    for (std::size_t left = Below(max_fragments + 1); left > 0; --left) text += Fragment();
    return text;
  }

  // 0 to below `end` (> 0).
  std::size_t Below(std::size_t end) { return static_cast<std::size_t>(dice_() % end); }

 private:
  std::string Fragment() {
    static constexpr std::array<std::string_view, 40> kFragments = {
        "\x1b[2J",
        "\x1b]0;title\x07",
        "\x1b[31m",
        "\x1b[?1049l",
        "\x1b",
        "\x1bP",
        "\x1b[6n",
        "\xC2\x9B"
        "31m",
        "\xC2\x85",
        "\x9B",
        "\x07",
        "\x08\x08",
        "\r",
        "\n",
        "\t",
        "\x7f",
        "\xFF",
        "\xC3",
        "\xE2\x82",
        "\xF0\x9F",
        "\xC0\x80",
        "\xED\xA0\x80",
        "日本語",
        "é",
        "e\u0301",
        "\u0301",
        "👨‍👩‍👧",
        "👋🏽",
        "🇩🇪",
        "🇫",
        "❤\uFE0F",
        "\u200B",
        "\u202E",
        "\u2028",
        "\uFEFF",
        "\u1112\u1161\u11AB",
        "\u1161",
        "hello",
        " ",
        "a_word_that_is_longer_than_most_screens_are_wide"};
    const std::size_t kind = Below(8);
    if (kind < 6) return std::string(kFragments[Below(kFragments.size())]);
    if (kind == 6) return std::string(1, static_cast<char>(Below(256)));
    return AnyCodePoint();
  }

  std::string AnyCodePoint() {
    const std::array<std::size_t, 4> ends = {0x80, 0x800, 0x10000, 0x110000};
    const std::size_t value = Below(ends[Below(ends.size())]);
    const auto continuation = [&](unsigned shift) {
      return static_cast<char>(0x80 | ((value >> shift) & 0x3F));
    };
    if (value < 0x80) return {static_cast<char>(value)};
    if (value < 0x800) return {static_cast<char>(0xC0 | (value >> 6)), continuation(0)};
    if (value < 0x10000) {  // surrogates give broken UTF-8, which is wanted too
      return {static_cast<char>(0xE0 | (value >> 12)), continuation(6), continuation(0)};
    }
    return {static_cast<char>(0xF0 | (value >> 18)), continuation(12), continuation(6),
            continuation(0)};
  }

  std::mt19937_64 dice_;
};

}  // namespace chathttp

#endif  // CHATHTTP_TESTS_APPS_TERMINAL_HOSTILE_TEXT_H_
