// Blocks all signals of this thread while it lives, so that threads started meanwhile get none: the
// loop handles signals (signals.h).
#ifndef CHATHTTP_ADAPTERS_SIGNALS_BLOCKED_H_
#define CHATHTTP_ADAPTERS_SIGNALS_BLOCKED_H_

#include <pthread.h>

#include <csignal>

namespace chathttp::posix {

class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_;
};

}  // namespace chathttp::posix

#endif  // CHATHTTP_ADAPTERS_SIGNALS_BLOCKED_H_
