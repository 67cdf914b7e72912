#include "chathttp/sim/world/log_faults.h"

#include <utility>

#include "chathttp/sim/scenario/grammar.h"
#include "chathttp/sim/scenario/names.h"

namespace chathttp::sim {

LogFaults::~LogFaults() {
  for (const Piece& piece : pieces_) setting_.scheduler.Cancel(piece.timer);
}

void LogFaults::Begin(const Step& step, std::size_t index) {
  const std::size_t server = ServerIndex(step.who).value_or(0);
  const auto number = setting_.servers[server]->number();
  if (step.verb == Verb::kLogRestart) {
    pieces_.push_back({index, step.verb, server, ServerNumber{0}, {}, false, kNoTimer, 1});
    Report(pieces_.back(), true);
    return setting_.log.Restart();
  }
  if (!number) return;
  Piece& piece = pieces_.emplace_back(
      Piece{index, step.verb, server, *number, absl::Nanoseconds(step.amount)});
  piece.effects = EffectsSoFar(piece);
  piece.timer = setting_.scheduler.RunAt(setting_.scheduler.Now() + step.duration,
                                         [this, &piece] { End(piece); });
  Apply(piece);
  Report(piece, true);
}

void LogFaults::EndAll() {
  for (Piece& piece : pieces_) End(piece);
}

void LogFaults::End(Piece& piece) {
  if (!std::exchange(piece.active, false)) return;
  setting_.scheduler.Cancel(std::exchange(piece.timer, kNoTimer));
  Report(piece, false);
  if (!IsAlive(piece)) {
    piece.effects = 1;  // its server ended first
    return;
  }
  Apply(piece);
  piece.effects = EffectsSoFar(piece) - piece.effects;
}

void LogFaults::Apply(const Piece& piece) {
  bool paused = false;
  bool clogged = false;
  absl::Duration delay;
  for (const Piece& other : pieces_) {
    if (!other.active || other.number != piece.number) continue;
    paused |= other.verb == Verb::kPause;
    clogged |= other.verb == Verb::kLogClog;
    delay += other.delay;
  }
  ProcessOf(piece).SetPaused(paused);
  setting_.log.SetExtraDelay(piece.number, delay);
  paused || clogged ? setting_.log.Cut(piece.number) : setting_.log.Heal(piece.number);
}

std::uint64_t LogFaults::EffectsSoFar(const Piece& piece) const {
  const std::uint64_t delayed = setting_.log.delayed(piece.number);
  return piece.verb == Verb::kPause ? delayed + ProcessOf(piece).turns_put_off() : delayed;
}

void LogFaults::Report(const Piece& piece, bool begins) const {
  setting_.on_change(ServerName(piece.server), ShapeOf(piece.verb).word, begins);
}

std::uint64_t LogFaults::EffectsOf(std::size_t index) const {
  std::uint64_t effects = 0;
  for (const Piece& piece : pieces_) {
    if (piece.step == index && !piece.active) effects += piece.effects;
  }
  return effects;
}

}  // namespace chathttp::sim
