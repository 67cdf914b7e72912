// A policy that refuses texts with a word. The sender gets the reason, and no member gets the text.
#include "chathttp/sim/network/sim_network.h"
#include "chathttp/transport/client/chat_client.h"
#include "chathttp/transport/server/chat_server.h"

struct NoSpam final : chathttp::RoomPolicy {
  absl::Status CheckText(const User&, std::string_view text) override {
    return text.find("spam") == text.npos ? absl::OkStatus()
                                          : absl::PermissionDeniedError("No spam");
  }
} policy;

struct Mallory final : chathttp::ClientObserver {
  void OnClientEvent(const chathttp::ClientEvent& event) override { answer = event.reason; }
  std::string answer;
} mallory;

int main() {
  chathttp::sim::VirtualScheduler scheduler({.seed = 1});
  chathttp::sim::SimNetwork network(scheduler, {.seed = 1});
  chathttp::ChatServer server(network.host("server"), scheduler);
  server.SetPolicy(policy);
  chathttp::ChatClient client(network.host("mallory"), scheduler, mallory);
  if (!server.Listen({"server", 1}).ok() || !client.Connect({"server", 1}).ok()) return 1;
  scheduler.RunFor(absl::Seconds(1));
  if (!client.Login("spam").ok()) return 1;  // a name may have the word
  scheduler.RunFor(absl::Seconds(1));
  if (!client.Say("spam").ok()) return 1;
  scheduler.RunFor(absl::Seconds(1));
  return mallory.answer == "No spam" ? 0 : 1;
}
