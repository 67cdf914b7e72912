// A chat server on a loop that the program has already, here one over poll(2): the loop runs the
// turns of an EventLoop. A client says something, and the program ends when it was heard.
#include <poll.h>

#include <cstdlib>
#include <iostream>
#include <string>

#include "chathttp/adapters/event_loop.h"
#include "chathttp/adapters/posix_network.h"
#include "chathttp/transport/client/chat_client.h"
#include "chathttp/transport/server/chat_server.h"

namespace {

class Member final : public chathttp::ClientObserver {
 public:
  Member(chathttp::Network& network, chathttp::Scheduler& scheduler)
      : client(network, scheduler, *this) {}

  void OnClientEvent(const chathttp::ClientEvent& event) override {
    using Kind = chathttp::ClientEvent::Kind;
    absl::Status status;
    if (event.kind == Kind::kConnected) status = client.Login("Alice");
    if (event.kind == Kind::kLoggedIn) status = client.Say("Hello, loop!");
    if (event.kind == Kind::kMessage) heard = event.text;
    if (event.kind == Kind::kClosed) failure = event.reason;
    if (!status.ok()) failure = std::string(status.message());
  }

  chathttp::ChatClient client;
  std::string heard;
  std::string failure;
};

}  // namespace

int main() {
  const auto loop = chathttp::posix::EventLoop::Create();
  if (!loop.ok()) return EXIT_FAILURE;
  chathttp::posix::PosixNetwork network(**loop);
  chathttp::ChatServer server(network, **loop);
  if (!server.Listen({"127.0.0.1", 0}).ok()) return EXIT_FAILURE;
  Member alice(network, **loop);
  if (!alice.client.Connect(server.endpoints().front()).ok()) return EXIT_FAILURE;
  while (alice.heard.empty() && alice.failure.empty()) {
    // A loop of a library watches descriptor(), and sets a timer for next_due().
    pollfd ready{.fd = (*loop)->descriptor(), .events = POLLIN, .revents = 0};
    poll(&ready, 1, (*loop)->WaitMilliseconds());
    (*loop)->Turn(absl::ZeroDuration());
  }
  std::cout << "heard: " << alice.heard << alice.failure << "\n";
  return alice.failure.empty() ? EXIT_SUCCESS : EXIT_FAILURE;
}
