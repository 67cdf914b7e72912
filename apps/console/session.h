// The interfaces through which the full-screen client uses its connection and its terminal.
//
//   session.Connect({"127.0.0.1", 9994});
//   session.Login("Alice");       // ConsoleApp::OnLoggedIn comes, or OnNameRefused, or OnClosed
//   session.Say("hello");         // ConsoleApp::OnMessage with own = true comes
//
// No method calls ConsoleApp before it returns, except Connect, Reconnect and Leave, which may
// report what they give up. Not thread-safe.
#ifndef CHATHTTP_APPS_CONSOLE_SESSION_H_
#define CHATHTTP_APPS_CONSOLE_SESSION_H_

#include <string_view>

#include "absl/status/status.h"
#include "chathttp/transport/ports/network.h"

namespace chathttp {

class ConsoleSession {
 public:
  // Starts to connect, and gives up the previous connection.
  virtual void Connect(const Endpoint& endpoint) = 0;

  // Logs in: now, or as soon as there is a connection.
  virtual absl::Status Login(std::string_view name) = 0;

  // Sends a text now, or when the connection is back. For each text ConsoleApp gets one of:
  // OnMessage with own = true, OnRefused, OnUndelivered.
  virtual absl::Status Say(std::string_view text) = 0;

  // Requests the list of users: OnList follows, with asked = true.
  virtual absl::Status List() = 0;

  // Reconnects at once, whatever the state of the connection.
  virtual absl::Status Reconnect() = 0;

  // Leaves the room, then closes: OnEnded follows.
  virtual void Leave() = 0;

 protected:
  ~ConsoleSession() = default;
};

class ConsoleTerminal {
 public:
  // Appends to the output; never blocks.
  virtual void Write(std::string_view bytes) = 0;

  // Whether output waits. If so, the client draws nothing until ConsoleApp::OnDrained.
  virtual bool busy() const = 0;

  // Stops the program as ^Z does; ConsoleApp::OnTerminalChange follows when it continues.
  virtual void Suspend() = 0;

 protected:
  ~ConsoleTerminal() = default;
};

}  // namespace chathttp

#endif  // CHATHTTP_APPS_CONSOLE_SESSION_H_
