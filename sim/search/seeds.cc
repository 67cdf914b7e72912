#include "chathttp/sim/search/seeds.h"

#include <charconv>

#include "chathttp/sim/scenario/grammar.h"

namespace chathttp::sim {
namespace {

std::optional<std::uint64_t> ParseSeed(std::string_view text) {
  std::uint64_t seed = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, seed);
  if (text.empty() || rest != end || error != std::errc()) return std::nullopt;
  return seed;
}

}  // namespace

std::optional<SeedRange> ParseSeeds(std::string_view text) {
  const std::size_t dots = text.find("..");
  const auto first = ParseSeed(text.substr(0, dots));
  const auto last = dots == std::string_view::npos ? first : ParseSeed(text.substr(dots + 2));
  if (!first || !last || *first > *last) return std::nullopt;
  return SeedRange{*first, *last};
}

std::optional<Mode> ParseMode(std::string_view word) {
  const ModeWord* const mode = FindWord(ModeWords(), word);
  if (mode == nullptr) return std::nullopt;
  return mode->mode;
}

}  // namespace chathttp::sim
