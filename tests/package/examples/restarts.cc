// A bot that survives restarts of its server: it repeats what others say, before and after.
#include "chathttp/sim/network/sim_network.h"
#include "chathttp/transport/client/chat_session.h"
#include "chathttp/transport/server/chat_server.h"

struct Bot final : chathttp::SessionObserver {
  Bot(chathttp::Network& network, chathttp::Scheduler& scheduler, std::string_view name)
      : session(network, scheduler, *this, {.insist = true}) {
    session.Connect({"server", 1});
    session.Login(name).IgnoreError();  // fails if the name is invalid
  }
  void OnSessionEvent(const chathttp::SessionEvent& event) override {
    if (event.kind != chathttp::SessionEvent::Kind::kMessage || event.own) return;
    heard.emplace_back(event.text);
    if (session.name() == "Echo") session.Say(event.text).IgnoreError();
  }
  chathttp::ChatSession session;
  std::vector<std::string> heard;
};

int main() {
  chathttp::sim::VirtualScheduler scheduler({.seed = 1});
  chathttp::sim::SimNetwork network(scheduler, {.seed = 1});
  Bot echo(network.host("echo"), scheduler, "Echo");  // there is no server yet
  Bot alice(network.host("alice"), scheduler, "Alice");
  for (const std::string text : {"one", "two", "three"}) {
    chathttp::ChatServer server(network.host("server"), scheduler);  // a new one each time
    if (!server.Listen({"server", 1}).ok()) return 1;
    scheduler.RunFor(absl::Minutes(3));  // the longest wait between two attempts is 1 minute
    if (!alice.session.Say(text).ok()) return 1;
    scheduler.RunFor(absl::Seconds(1));
    if (alice.heard.empty() || alice.heard.back() != text) return 1;
  }
}
