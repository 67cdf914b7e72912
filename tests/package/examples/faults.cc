// A test under faults: the link to Bob is cut, and his session comes back later. He gets each text
// that is said before and after the cut, once and in order.
#include <iostream>

#include "chathttp/sim/network/sim_network.h"
#include "chathttp/transport/client/chat_session.h"
#include "chathttp/transport/server/chat_server.h"

struct Member final : chathttp::SessionObserver {
  Member(chathttp::sim::SimNetwork& network, const std::string& name)
      : session(network.host(name), network.scheduler(), *this) {
    session.Connect({"server", 1});
    session.Login(name).IgnoreError();  // fails if the name is invalid
  }
  void OnSessionEvent(const chathttp::SessionEvent& event) override {
    if (event.kind == chathttp::SessionEvent::Kind::kMessage) heard.emplace_back(event.text);
  }
  bool chats() const { return session.state() == chathttp::ChatSession::State::kChatting; }
  chathttp::ChatSession session;
  std::vector<std::string> heard;
};

int main(int argc, char** argv) {
  const std::uint64_t seed = argc > 1 ? std::stoull(argv[1]) : 4711;
  chathttp::sim::VirtualScheduler scheduler({.seed = seed});
  chathttp::sim::SimNetwork network(
      scheduler, {.seed = seed,
                  .link = {.latency = chathttp::sim::UniformLatency(absl::Milliseconds(1),
                                                                    absl::Milliseconds(20))}});
  chathttp::ChatServer server(network.host("server"), scheduler);
  if (!server.Listen({"server", 1}).ok()) return 1;
  Member alice(network, "Alice");
  Member bob(network, "Bob");
  const auto both_chat = [&] { return alice.chats() && bob.chats(); };
  if (!scheduler.RunUntil(both_chat, absl::Minutes(1))) return 1;

  if (!alice.session.Say("before").ok()) return 1;
  scheduler.RunFor(absl::Seconds(1));
  network.Pause("server", "Bob");  // no byte reaches Bob, and he is not told
  if (!alice.session.Say("during").ok()) return 1;
  scheduler.RunFor(absl::Minutes(2));  // his session asks, gets no answer, and connects again
  network.Resume("server", "Bob");
  if (!scheduler.RunUntil(both_chat, absl::Minutes(5)) || !alice.session.Say("after").ok())
    return 1;
  scheduler.RunFor(absl::Minutes(1));

  for (const std::string& text : bob.heard) std::cout << "seed " << seed << ": " << text << "\n";
  const std::vector<std::string> missed_one = {"before", "after"};
  return alice.heard.size() == 3 && bob.heard == missed_one ? 0 : 1;
}
