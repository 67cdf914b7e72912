#include "chathttp/adapters/signals.h"

#include <pthread.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cassert>
#include <cerrno>
#include <utility>

#include "chathttp/adapters/system_error.h"

namespace chathttp::posix {
namespace {

bool IsIgnored(int signal) {
  struct sigaction action {};
  return sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Signals>> Signals::Catch(EventLoop& loop,
                                                        std::initializer_list<int> signals,
                                                        Callback on_signal) {
  assert(on_signal);
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : signals) {
    if (signal != SIGHUP || !IsIgnored(signal)) sigaddset(&set, signal);
  }
  std::unique_ptr<Signals> caught(new Signals(loop, set, std::move(on_signal)));
  absl::Status status = caught->Start();
  if (!status.ok()) return status;
  return caught;
}

Signals::Signals(EventLoop& loop, const sigset_t& signals, Callback on_signal)
    : loop_(loop), on_signal_(std::move(on_signal)), signals_(signals) {
  pthread_sigmask(SIG_BLOCK, &signals_, &mask_before_);
}

Signals::~Signals() {
  loop_.RemoveWatcher(watch_);
  pthread_sigmask(SIG_SETMASK, &mask_before_, nullptr);
}

absl::Status Signals::Start() {
  descriptor_ = FileDescriptor(signalfd(-1, &signals_, SFD_NONBLOCK | SFD_CLOEXEC));
  if (!descriptor_.valid()) return CallError(errno, "signalfd");
  watch_ = loop_.AddWatcher(*this, descriptor_.get());
  const int error = loop_.Attach(watch_, EPOLLIN);
  return error == 0 ? absl::OkStatus() : CallError(error, "epoll_ctl");
}

void Signals::OnReady(std::uint32_t /*events*/) {
  signalfd_siginfo info;
  while (read(descriptor_.get(), &info, sizeof(info)) == sizeof(info)) {
    on_signal_(static_cast<int>(info.ssi_signo));
  }
}

}  // namespace chathttp::posix
