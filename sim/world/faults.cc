#include "chathttp/sim/world/faults.h"

#include <algorithm>
#include <utility>

#include "chathttp/sim/network/draw.h"
#include "chathttp/sim/scenario/grammar.h"
#include "chathttp/sim/scenario/names.h"

namespace chathttp::sim {
namespace {

constexpr std::string_view kServer = kServerName;

bool Names(std::string_view list, std::string_view name) {
  const std::vector<std::string> parts = SplitList(list);
  return std::find(parts.begin(), parts.end(), name) != parts.end();
}

// `names` in a random order for this step.
std::vector<std::string> Shuffled(std::vector<std::string> names, std::uint64_t seed,
                                  std::uint64_t counter) {
  const auto key = [&](const std::string& name) {
    return Draw(seed, Purpose::kSwizzle, EntityOf(name), counter);
  };
  std::sort(names.begin(), names.end(),
            [&](const auto& one, const auto& other) { return key(one) < key(other); });
  return names;
}

}  // namespace

Faults::~Faults() {
  for (const Piece& piece : pieces_) setting_.scheduler.Cancel(piece.timer);
}

void Faults::Begin(const Step& step, std::size_t index) {
  Piece piece{.step = index, .word = ShapeOf(step.verb).word, .who = "", .to = step.duration};
  switch (step.verb) {
    case Verb::kBandwidth:
      piece.fault = {LinkFault::Kind::kBandwidth, step.amount};
      return AddLinks(step, std::move(piece));
    case Verb::kDelay:
      piece.fault = {LinkFault::Kind::kDelay, step.amount};
      return AddLinks(step, std::move(piece));
    case Verb::kClog:
    case Verb::kBlackhole:
    case Verb::kCut:
      return AddLinks(step, std::move(piece));
    case Verb::kPartition:
      return AddPartition(step, std::move(piece));
    case Verb::kSwizzle:
      return AddSwizzle(step, std::move(piece));
    case Verb::kDescriptors:
      piece.who = step.who;
      piece.fault.amount = step.amount;
      return Add(std::move(piece));
    default:
      return;
  }
}

void Faults::AddLinks(const Step& step, Piece piece) {
  const Sides sides = SplitSides(step.who, "->").value_or(Sides{});
  const bool to_server = sides.second == kServer;
  for (std::string& name : ExpandNames(to_server ? sides.first : sides.second, setting_.names)) {
    piece.who = std::move(name);
    if (step.verb == Verb::kCut) {
      Cut(piece);
    } else if (step.verb == Verb::kBlackhole) {
      AddBoth(piece);
    } else {
      const std::string server = setting_.server_of(piece.who);
      piece.link = to_server ? &LinkOf(piece.who, server) : &LinkOf(server, piece.who);
      Add(piece);
    }
  }
}

// The partition blackholes the links between the server and the side without the server.
void Faults::AddPartition(const Step& step, Piece piece) {
  const Sides sides = SplitSides(step.who, "|").value_or(Sides{});
  const std::string& away = Names(sides.first, kServer) ? sides.second : sides.first;
  for (std::string& name : ExpandNames(away, setting_.names)) {
    piece.who = std::move(name);
    AddBoth(piece);
  }
}

// The links are clogged one after another in the first half of the time, unclogged in the second.
void Faults::AddSwizzle(const Step& step, Piece piece) {
  const std::uint64_t seed = setting_.network.options().seed;
  const std::vector<std::string> names =
      Shuffled(ExpandNames(step.who, setting_.names), seed, 2 * piece.step);
  const std::vector<std::string> back = Shuffled(names, seed, 2 * piece.step + 1);
  const auto count = static_cast<std::int64_t>(names.size());
  const absl::Duration half = step.duration / 2;
  for (std::int64_t i = 0; i < count; ++i) {
    piece.who = names[static_cast<std::size_t>(i)];
    const auto place = std::find(back.begin(), back.end(), piece.who) - back.begin();
    piece.from = absl::Floor(half * i / count, absl::Nanoseconds(1));
    piece.to = absl::Floor(half + half * (place + 1) / count, absl::Nanoseconds(1));
    AddBoth(piece);
  }
}

void Faults::Cut(Piece piece) {
  setting_.on_change(piece.who, piece.word, true);
  piece.effects = setting_.network.ResetBetween(piece.who, setting_.server_of(piece.who));
  piece.state = Piece::State::kEnded;
  pieces_.push_back(std::move(piece));
}

void Faults::AddBoth(Piece piece) {
  const std::string server = setting_.server_of(piece.who);
  piece.link = &LinkOf(piece.who, server);
  Add(piece);
  piece.link = &LinkOf(server, piece.who);
  Add(std::move(piece));
}

void Faults::Add(Piece piece) {
  Piece& added = pieces_.emplace_back(std::move(piece));
  if (added.from == absl::ZeroDuration()) return BeginPiece(added);
  added.timer = setting_.scheduler.RunAt(setting_.scheduler.Now() + added.from,
                                         [this, &added] { BeginPiece(added); });
}

void Faults::BeginPiece(Piece& piece) {
  piece.state = Piece::State::kActive;
  piece.effects = EffectsSoFar(piece);
  piece.timer = setting_.scheduler.RunAt(setting_.scheduler.Now() + piece.to - piece.from,
                                         [this, &piece] { EndPiece(piece); });
  piece.link != nullptr ? piece.link->Begin(piece.fault) : LimitDescriptors(piece.who);
  setting_.on_change(piece.who, piece.word, true);
}

void Faults::EndPiece(Piece& piece) {
  setting_.scheduler.Cancel(std::exchange(piece.timer, kNoTimer));
  const auto before = std::exchange(piece.state, Piece::State::kEnded);
  if (before != Piece::State::kActive) return;
  piece.effects = EffectsSoFar(piece) - piece.effects;
  piece.link != nullptr ? piece.link->End(piece.fault) : LimitDescriptors(piece.who);
  setting_.on_change(piece.who, piece.word, false);
}

void Faults::EndAll() {
  for (Piece& piece : pieces_) EndPiece(piece);
}

void Faults::LimitDescriptors(const std::string& server) {
  std::size_t limit = setting_.descriptors;
  for (const Piece& piece : pieces_) {
    if (piece.link != nullptr || piece.state != Piece::State::kActive) continue;
    if (piece.who != server) continue;
    limit = std::min(limit, static_cast<std::size_t>(piece.fault.amount));
  }
  setting_.network.host(server).SetDescriptorLimit(limit);
}

std::uint64_t Faults::EffectsSoFar(const Piece& piece) const {
  if (piece.link != nullptr) return piece.link->effects(piece.fault.kind);
  return setting_.network.host(piece.who).descriptors_refused();
}

bool Faults::Affects(std::string_view who) const {
  return std::any_of(pieces_.begin(), pieces_.end(), [&](const Piece& piece) {
    return piece.state == Piece::State::kActive && piece.who == who;
  });
}

std::uint64_t Faults::EffectsOf(std::size_t index) const {
  std::uint64_t effects = 0;
  for (const Piece& piece : pieces_) {
    if (piece.step == index && piece.state == Piece::State::kEnded) effects += piece.effects;
  }
  return effects;
}

}  // namespace chathttp::sim
