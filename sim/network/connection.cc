#include "chathttp/sim/network/connection.h"

#include <utility>

namespace chathttp::sim {
namespace {

Side OtherThan(Side side) { return side == Side::kClient ? Side::kServer : Side::kClient; }

}  // namespace

SimConnection::SimConnection(const Environment& environment, std::uint64_t number,
                             std::uint64_t entity, Link& to_server, Link& to_client,
                             std::function<void()> on_finished)
    : environment_(environment),
      number_(number),
      entity_(entity),
      on_finished_(std::move(on_finished)),
      pipes_{BytePipe(environment.scheduler, to_server, environment.seed, entity,
                      CallbacksFor(Side::kServer)),
             BytePipe(environment.scheduler, to_client, environment.seed, ~entity,
                      CallbacksFor(Side::kClient))} {}

void SimConnection::Close(Side side) {
  held_[static_cast<std::size_t>(side)] = false;
  if (user_of(side) == nullptr) {  // was reset before
    FinishIfDone();
    return;
  }
  if (input(side).readable_bytes() > 0) {
    Reset(side);
    return;
  }
  user_of(side) = nullptr;
  output(side).Finish();
  FinishIfDone();
}

void SimConnection::Reset(Side side) {
  user_of(side) = nullptr;
  input(side).Abort();
  output(side).SendReset();
  FinishIfDone();
}

void SimConnection::Cut() {
  for (BytePipe& pipe : pipes_) pipe.SendReset();
}

BytePipe::Callbacks SimConnection::CallbacksFor(Side reader) {
  return {.on_arrival = [this, reader] { OnArrival(reader); },
          .on_reset = [this, reader] { OnReset(reader); },
          .on_room = [this, reader] { OnRoom(OtherThan(reader)); }};
}

void SimConnection::OnArrival(Side reader) {
  if (user_of(reader) != nullptr) {
    user_of(reader)->OnArrival();
    return;
  }
  if (input(reader).readable_bytes() > 0) {
    input(reader).Abort();
    output(reader).SendReset();
  }
  FinishIfDone();
}

void SimConnection::OnReset(Side reader) {
  broken_[static_cast<std::size_t>(reader)] = true;
  output(reader).Abort();
  if (user_of(reader) != nullptr) {
    user_of(reader)->OnReset();
    return;
  }
  FinishIfDone();
}

void SimConnection::OnRoom(Side writer) {
  if (user_of(writer) != nullptr) user_of(writer)->OnRoom();
}

void SimConnection::FinishIfDone() {
  for (const bool held : held_) {
    if (held) return;
  }
  for (const BytePipe& pipe : pipes_) {
    if (!pipe.idle()) return;
  }
  on_finished_();
}

}  // namespace chathttp::sim
