// Signals as events of the loop.
//
//   auto signals = Signals::Catch(loop, {SIGTERM, SIGINT}, [&](int signal) { server.Stop(); });
//   if (!signals.ok()) return signals.status();
//
// Each signal is told, also one that comes while an earlier one is being served; equal ones that
// come within one turn are told once. SIGHUP is not caught if it is ignored already: nohup(1).
// To be made before any other thread is started, since the signals are blocked in threads that
// inherit from this one. One object at a time for a signal.
#ifndef CHATHTTP_ADAPTERS_SIGNALS_H_
#define CHATHTTP_ADAPTERS_SIGNALS_H_

#include <csignal>
#include <cstdint>
#include <initializer_list>
#include <memory>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "adapters/event_loop.h"
#include "adapters/file_descriptor.h"

namespace chathttp::posix {

class Signals final : private Watcher {
 public:
  using Callback = absl::AnyInvocable<void(int signal)>;

  // Error: ResourceExhausted (no descriptors left).
  static absl::StatusOr<std::unique_ptr<Signals>> Catch(EventLoop& loop,
                                                        std::initializer_list<int> signals,
                                                        Callback on_signal);
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  // Gives the signals back what they did before. One that came and was not told yet takes effect
  // then. Not from inside the callback.
  ~Signals();

 private:
  Signals(EventLoop& loop, const sigset_t& signals, Callback on_signal);
  absl::Status Start();
  void OnReady(std::uint32_t events) override;

  EventLoop& loop_;
  Callback on_signal_;
  const sigset_t signals_;
  sigset_t mask_before_;
  FileDescriptor descriptor_;
  WatchId watch_ = kNoWatch;
};

}  // namespace chathttp::posix

#endif  // CHATHTTP_ADAPTERS_SIGNALS_H_
