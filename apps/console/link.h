// The full-screen client's connection: a ChatSession as ConsoleApp knows it.
//
//   ConsoleLink link(network, scheduler, options);
//   ConsoleApp app(scheduler, link, terminal, console_options, done);
//   link.Tell(app);
//   app.Start(100, 30);
//
// No input, output or clock: it runs in simulation as well. One thread, that of the loop.
#ifndef CHATHTTP_APPS_CONSOLE_LINK_H_
#define CHATHTTP_APPS_CONSOLE_LINK_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "apps/console/app.h"
#include "apps/console/session.h"
#include "transport/client/chat_session.h"
#include "transport/ports/network.h"
#include "transport/ports/scheduler.h"

namespace chathttp {

class ConsoleLink final : public ConsoleSession, private SessionObserver {
 public:
  // `network` and `scheduler` outlive the object.
  ConsoleLink(Network& network, Scheduler& scheduler, const SessionOptions& options)
      : session_(network, scheduler, *this, options) {}

  // Whom to tell, from before anything is asked for.
  void Tell(ConsoleApp& app) { app_ = &app; }

  // Lines about texts that were not said since the user left; escaped.
  [[nodiscard]] const std::string& last_words() const { return last_words_; }

  // ConsoleSession
  void Connect(const Endpoint& endpoint) override { session_.Connect(endpoint); }
  absl::Status Login(std::string_view name) override { return session_.Login(name); }
  absl::Status Say(std::string_view text) override { return session_.Say(text); }
  absl::Status List() override { return session_.List(); }
  absl::Status Reconnect() override { return session_.Reconnect(); }
  void Leave() override;

 private:
  void OnSessionEvent(const SessionEvent& event) override;
  void OnNotSaid(std::string_view text, bool perhaps);

  ChatSession session_;
  ConsoleApp* app_ = nullptr;
  bool leaving_ = false;
  std::string last_words_;
};

}  // namespace chathttp

#endif  // CHATHTTP_APPS_CONSOLE_LINK_H_
