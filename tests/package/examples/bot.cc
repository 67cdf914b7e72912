// A bot inside the process of a server: it comes over memory, others over TCP. It welcomes Alice,
// and the program ends when she has read that.
#include "chathttp/adapters/event_loop.h"
#include "chathttp/adapters/posix_network.h"
#include "chathttp/transport/client/chat_session.h"
#include "chathttp/transport/ports/memory_network.h"
#include "chathttp/transport/server/chat_server.h"

struct User : chathttp::SessionObserver {
  User(chathttp::Network& network, chathttp::Scheduler& scheduler)
      : session(network, scheduler, *this) {}
  absl::Status Enter(std::string_view name, const chathttp::Endpoint& server) {
    session.Connect(server);
    return session.Login(name);
  }
  void OnSessionEvent(const chathttp::SessionEvent& event) override {
    using Kind = chathttp::SessionEvent::Kind;
    if (event.kind == Kind::kEntered) session.Say("Welcome!").IgnoreError();
    if (event.kind == Kind::kMessage && !event.own) welcome = event.text;
  }
  chathttp::ChatSession session;
  std::string welcome;
};

int main() {
  const auto loop = chathttp::posix::EventLoop::Create().value();
  chathttp::posix::PosixNetwork tcp(*loop);
  chathttp::MemoryNetwork memory(*loop);
  chathttp::ChatServer server(tcp, *loop);
  User bot(memory, *loop);
  User alice(tcp, *loop);
  absl::Status status = server.Listen({"127.0.0.1", 0});
  status.Update(server.Listen(memory, {"inside", 1}));
  status.Update(bot.Enter("Bot", {"inside", 1}));
  while (status.ok() && bot.session.state() != chathttp::ChatSession::State::kChatting)
    loop->Turn(absl::Seconds(1));
  status.Update(alice.Enter("Alice", server.endpoints().front()));
  while (status.ok() && alice.welcome.empty()) loop->Turn(absl::Seconds(1));
  return status.ok() ? 0 : 1;
}
