#include "chathttp/sim/network/draw.h"

#include <bit>
#include <cassert>

#include "absl/numeric/int128.h"

namespace chathttp::sim {
namespace {

constexpr std::uint64_t kGoldenGamma = 0x9e3779b97f4a7c15;  // 2^64 / golden ratio, odd

// The upper 64 bits of a * b.
std::uint64_t MultiplyHigh(std::uint64_t a, std::uint64_t b) {
  return absl::Uint128High64(absl::uint128(a) * b);
}

// -log2(fraction / 2^64) with 32 bits after the point, for a fraction of at least 1/2. Squaring
// doubles the logarithm, whose whole part is then the next bit.
std::uint64_t NegativeLog2(std::uint64_t fraction) {
  std::uint64_t log = 0;
  for (int bit = 0; bit < 32; ++bit) {
    fraction = MultiplyHigh(fraction, fraction);
    log <<= 1;
    if (fraction >> 63 == 0) {
      fraction <<= 1;
      log |= 1;
    }
  }
  return log;
}

std::uint64_t KeyOf(std::uint64_t seed, Purpose purpose, std::uint64_t entity) {
  std::uint64_t bits = Mix(seed + kGoldenGamma);
  bits = Mix(bits + kGoldenGamma * static_cast<std::uint64_t>(purpose));
  return Mix(bits + kGoldenGamma * (entity + 1));
}

}  // namespace

std::uint64_t Draw(std::uint64_t seed, Purpose purpose, std::uint64_t entity,
                   std::uint64_t counter) {
  return Mix(KeyOf(seed, purpose, entity) + kGoldenGamma * (counter + 1));
}

DrawSequence::DrawSequence(std::uint64_t seed, Purpose purpose, std::uint64_t entity)
    : key_(KeyOf(seed, purpose, entity)) {}

std::uint64_t DrawSequence::Bits() { return Mix(key_ + kGoldenGamma * ++counter_); }

std::uint64_t EntityOf(std::string_view name) {
  std::uint64_t hash = 0xcbf29ce484222325;  // FNV-1a
  for (const char character : name) {
    hash = (hash ^ static_cast<unsigned char>(character)) * 0x100000001b3;
  }
  return hash;
}

std::uint64_t Uniform(std::uint64_t bits, std::uint64_t min, std::uint64_t max) {
  assert(min <= max);
  const std::uint64_t span = max - min + 1;
  return span == 0 ? bits : min + MultiplyHigh(bits, span);
}

std::uint64_t Exponential(std::uint64_t bits, std::uint64_t mean) {
  constexpr std::uint64_t kLn2 = 0xb17217f7d1cf79ab;  // ln(2) * 2^64
  bits |= 1;
  const int shift = std::countl_zero(bits);
  const std::uint64_t log2 =
      (static_cast<std::uint64_t>(shift) << 32) + NegativeLog2(bits << shift);
  const std::uint64_t log = MultiplyHigh(log2, kLn2);  // with 32 bits of fraction
  return (MultiplyHigh(mean, log) << 32) | (mean * log >> 32);
}

absl::Duration UniformDuration(DrawSequence& draws, absl::Duration min, absl::Duration max) {
  const auto min_ns = static_cast<std::uint64_t>(absl::ToInt64Nanoseconds(min));
  const auto max_ns = static_cast<std::uint64_t>(absl::ToInt64Nanoseconds(max));
  return absl::Nanoseconds(static_cast<std::int64_t>(draws.Uniform(min_ns, max_ns)));
}

}  // namespace chathttp::sim
