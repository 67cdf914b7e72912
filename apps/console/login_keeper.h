// Keeps what brings a client back to its session after its program was killed: the token and where it
// was, in a store that outlives the program.
//
//   LoginKeeper keeper(scheduler, options.store);
//   if (auto past = keeper.Open(endpoint, name)) session.Adopt(*past);   // before Login
//   keeper.OnSessionEvent(event);                                        // each
//   keeper.OnTick();                                                     // each second
//
// Knows no files. Not thread-safe.
#ifndef CHATHTTP_APPS_CONSOLE_LOGIN_KEEPER_H_
#define CHATHTTP_APPS_CONSOLE_LOGIN_KEEPER_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "chathttp/transport/client/chat_session.h"
#include "chathttp/transport/ports/network.h"
#include "chathttp/transport/ports/scheduler.h"

namespace chathttp {

struct KeptLogin {
  std::string name = {};
  std::string token = {};
  std::uint32_t seconds = 0;  // how long the server keeps the session without a connection
  Position first = {};        // behind the login
  Position last = {};         // behind the last broadcast
  absl::Time saved = {};      // when the client was known to run

  friend bool operator==(const KeptLogin&, const KeptLogin&) = default;
};

// Each function may be missing: then nothing is kept. Failures are the store's own affair.
struct LoginStore {
  // From now on, `keep` and `forget` mean this server and name. Gives what is kept there; nullopt if there
  // is nothing, or another program has the place.
  std::function<std::optional<KeptLogin>(const Endpoint& endpoint, const std::string& name)> open;
  std::function<void(const KeptLogin& login)> keep;
  std::function<void()> forget;
};

class LoginKeeper {
 public:
  // So much of what was there before comes again with a return: the screen is empty then.
  static constexpr std::uint64_t kShownAgain = 50;
  // A new position is kept at most so often; and the time, so that a program that was killed long ago
  // does not ask for a session that is over, but for the history.
  static constexpr absl::Duration kKeepEach = absl::Seconds(10);
  static constexpr absl::Duration kNewTimeEach = absl::Seconds(60);
  // The server may find the loss so much later: it waits for 2.5 signs of life.
  static constexpr absl::Duration kFoundWithin = absl::Seconds(150);

  LoginKeeper(Scheduler& scheduler, LoginStore store);

  // The session to come back to, if this is another server or name than at the last call.
  std::optional<PastSession> Open(const Endpoint& endpoint, const std::string& name);

  void OnSessionEvent(const SessionEvent& event);
  void OnTick();

 private:
  void OnLoggedIn(const SessionEvent& event);
  void Keep();
  void Forget();

  Scheduler& scheduler_;
  const LoginStore store_;
  Endpoint endpoint_;
  std::string name_;
  std::optional<KeptLogin> login_;
  bool moved_ = false;  // login_ is newer than what the store has
};

}  // namespace chathttp

#endif  // CHATHTTP_APPS_CONSOLE_LOGIN_KEEPER_H_
