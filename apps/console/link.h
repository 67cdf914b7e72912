// The connection of the full-screen client: adapts ChatSession to ConsoleSession and ConsoleApp.
//
//   ConsoleLink link(network, scheduler, options);
//   ConsoleApp app(scheduler, link, terminal, console_options, done);
//   link.SetApp(app);
//   app.Start(100, 30);
//
// Does no input or output and reads no clock, so it runs in simulation too. Not thread-safe.
#ifndef CHATHTTP_APPS_CONSOLE_LINK_H_
#define CHATHTTP_APPS_CONSOLE_LINK_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "apps/console/app.h"
#include "apps/console/session.h"
#include "chathttp/transport/client/chat_session.h"
#include "chathttp/transport/ports/network.h"
#include "chathttp/transport/ports/scheduler.h"

namespace chathttp {

class ConsoleLink final : public ConsoleSession, private SessionObserver {
 public:
  // `network` and `scheduler` outlive the object.
  ConsoleLink(Network& network, Scheduler& scheduler, const SessionOptions& options)
      : session_(network, scheduler, *this, options) {}

  // Sets the receiver of events, which outlives the object. Call it before any other method.
  void SetApp(ConsoleApp& app) { app_ = &app; }

  // A line for each text that was not sent after the user left; escaped.
  [[nodiscard]] const std::string& unsent_report() const { return unsent_report_; }

  // ConsoleSession
  void Connect(const Endpoint& endpoint) override { session_.Connect(endpoint); }
  absl::Status Login(std::string_view name) override { return session_.Login(name); }
  absl::Status Say(std::string_view text) override { return session_.Say(text); }
  absl::Status List() override { return session_.List(); }
  absl::Status Reconnect() override { return session_.Reconnect(); }
  void Leave() override;

 private:
  void OnSessionEvent(const SessionEvent& event) override;
  void OnUndelivered(std::string_view text, bool perhaps);

  ChatSession session_;
  ConsoleApp* app_ = nullptr;
  bool leaving_ = false;
  std::string unsent_report_;
};

}  // namespace chathttp

#endif  // CHATHTTP_APPS_CONSOLE_LINK_H_
