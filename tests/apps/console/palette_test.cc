#include "apps/console/palette.h"

#include <array>
#include <cmath>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace chathttp {
namespace {

// The relative luminance (WCAG 2) of a colour of xterm's cube.
double Luminance(std::uint8_t color) {
  constexpr std::array<double, 6> kLevels = {0, 95, 135, 175, 215, 255};
  const int index = color - 16;
  const auto linear = [&](int level) {
    const double value = kLevels[static_cast<std::size_t>(level)] / 255;
    return value <= 0.03928 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
  };
  return 0.2126 * linear(index / 36) + 0.7152 * linear(index / 6 % 6) + 0.0722 * linear(index % 6);
}

TEST(PaletteTest, EachColourIsReadableOnDarkAndOnLight) {
  std::set<int> colors(kNameColors.begin(), kNameColors.end());
  EXPECT_EQ(colors.size(), kNameColors.size());
  colors.insert(kErrorColor);
  for (const int color : colors) {
    const double luminance = Luminance(static_cast<std::uint8_t>(color));
    EXPECT_GE((luminance + 0.05) / 0.05, 3.7) << color << " on black";
    EXPECT_GE(1.05 / (luminance + 0.05), 3.7) << color << " on white";
  }
}

TEST(PaletteTest, ANameHasOneColourInAnyCase) {
  EXPECT_EQ(NameColor("Alice"), NameColor("aLICE"));
  EXPECT_EQ(NameColor("Alice"), 30) << "the same as in any other run";
}

TEST(PaletteTest, NamesSpreadOverAllColours) {
  std::set<int> used;
  for (int i = 0; i < 500; ++i) used.insert(NameColor(absl::StrCat("user", i)));
  EXPECT_EQ(used.size(), kNameColors.size());
}

}  // namespace
}  // namespace chathttp
