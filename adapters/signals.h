// Signals as events of the loop.
//
//   auto signals = Signals::Catch(loop, {SIGTERM, SIGINT}, [&](int) {
//     server.Stop([&] { loop.Stop(); });
//   });
//   if (!signals.ok()) return signals.status();
//
// The callback gets each signal, including one that comes while an earlier one is being handled;
// equal ones within one turn are merged. SIGHUP is not caught if it is ignored already: nohup(1).
// Call Catch before starting any thread, since threads inherit the mask that blocks these signals.
// A signal may be caught by one object at a time.
#ifndef CHATHTTP_ADAPTERS_SIGNALS_H_
#define CHATHTTP_ADAPTERS_SIGNALS_H_

#include <csignal>
#include <cstdint>
#include <initializer_list>
#include <memory>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "chathttp/adapters/event_loop.h"
#include "chathttp/adapters/file_descriptor.h"

namespace chathttp::posix {

class Signals final : private Watcher {
 public:
  using Callback = absl::AnyInvocable<void(int signal)>;

  // `on_signal` must not be empty (asserted). Error: ResourceExhausted (no descriptors left).
  static absl::StatusOr<std::unique_ptr<Signals>> Catch(EventLoop& loop,
                                                        std::initializer_list<int> signals,
                                                        Callback on_signal);
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  // Restores the earlier handling of the signals. A pending signal that the callback has not got
  // takes effect then. Must not be called inside the callback.
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
