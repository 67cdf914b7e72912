// What the full-screen client asks of its connection, and of its terminal.
//
//   session.Connect({"127.0.0.1", 9994});
//   session.Login("Alice");       // ConsoleApp::OnLoggedIn comes, or OnNameRefused, or OnClosed
//   session.Say("hello");         // ConsoleApp::OnMessage with own = true comes
//
// No method calls ConsoleApp back before it has returned, but for Connect, Reconnect and Leave,
// which may tell what they give up. One thread.
#ifndef CHATHTTP_APPS_CONSOLE_SESSION_H_
#define CHATHTTP_APPS_CONSOLE_SESSION_H_

#include <string_view>

#include "absl/status/status.h"
#include "transport/ports/network.h"

namespace chathttp {

class ConsoleSession {
 public:
  // Begins to connect, giving up what there was.
  virtual void Connect(const Endpoint& endpoint) = 0;

  // Wants to be let in: now, or as soon as there is a connection.
  virtual absl::Status Login(std::string_view name) = 0;

  // Says a text now, or when the connection is back. For each there comes one of: OnMessage with
  // own = true, OnRefused, OnNotSaid.
  virtual absl::Status Say(std::string_view text) = 0;

  // Asks who is here: OnList comes, with asked = true.
  virtual absl::Status List() = 0;

  // Comes back at once, whatever the connection is doing.
  virtual absl::Status Reconnect() = 0;

  // Leaves properly: OnEnded comes.
  virtual void Leave() = 0;

 protected:
  ~ConsoleSession() = default;
};

class ConsoleTerminal {
 public:
  // Appends to the output; never blocks.
  virtual void Write(std::string_view bytes) = 0;

  // Output waits: nothing more is drawn until ConsoleApp::OnDrained.
  virtual bool busy() const = 0;

  // Stops the program as ^Z does; ConsoleApp::OnTerminalChange comes when it goes on.
  virtual void Suspend() = 0;

 protected:
  ~ConsoleTerminal() = default;
};

}  // namespace chathttp

#endif  // CHATHTTP_APPS_CONSOLE_SESSION_H_
