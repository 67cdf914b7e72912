// One room on several threads: a chat server with its own loop on each, over one shared log.
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "chathttp/adapters/posix_network.h"
#include "chathttp/adapters/shared_log.h"
#include "chathttp/transport/client/chat_client.h"
#include "chathttp/transport/server/chat_server.h"
#include "gmock/gmock.h"
#include "tests/adapters/loop_test.h"

namespace chathttp::posix {
namespace {

constexpr int kServers = 3;
constexpr int kTexts = 200;

// A server of the room on a thread of its own.
class ServerThread {
 public:
  ServerThread(SharedLog& log, std::uint32_t number)
      : thread_([this, &log, number] { Run(log, number); }),
        endpoint_(listening_.get_future().get()) {}
  ~ServerThread() { thread_.join(); }

  const Endpoint& endpoint() const { return endpoint_; }

  // Ends gracefully; the destructor waits for it.
  void Stop() {
    mailbox_->Post([this] { server_->Stop([this] { loop_->Stop(); }); });
  }

 private:
  void Run(SharedLog& log, std::uint32_t number) {
    const std::unique_ptr<EventLoop> loop = *EventLoop::Create();
    PosixNetwork network(*loop);
    const std::unique_ptr<OrderedLog> own_log = log.AddServer(ServerNumber{number}, *loop);
    ChatServer server(network, *loop, {}, *own_log);
    EXPECT_TRUE(server.Listen({"127.0.0.1", 0}).ok());
    loop_ = loop.get();
    server_ = &server;
    mailbox_ = loop->mailbox();
    listening_.set_value(server.endpoints().front());
    loop->Run();
  }

  EventLoop* loop_ = nullptr;
  ChatServer* server_ = nullptr;
  std::shared_ptr<Mailbox> mailbox_;
  std::promise<Endpoint> listening_;
  std::thread thread_;
  const Endpoint endpoint_;
};

class Client final : public ClientObserver {
 public:
  Client(PosixNetwork& network, EventLoop& loop, std::string name)
      : name_(std::move(name)), client_(network, loop, *this) {}

  void Connect(const Endpoint& server) { EXPECT_TRUE(client_.Connect(server).ok()); }
  void Say(const std::string& text) { EXPECT_TRUE(client_.Say(text).ok()); }
  void List() { EXPECT_TRUE(client_.List().ok()); }
  void Leave() { client_.Leave(); }

  void OnClientEvent(const ClientEvent& event) override {
    switch (event.kind) {
      case ClientEvent::Kind::kConnected:
        EXPECT_TRUE(client_.Login(name_).ok());
        break;
      case ClientEvent::Kind::kLoggedIn:
        logged_in = true;
        break;
      case ClientEvent::Kind::kMessage:
        said.push_back(absl::StrCat(std::string(event.name), ": ", std::string(event.text)));
        break;
      case ClientEvent::Kind::kList:
        members = event.names.size();
        break;
      case ClientEvent::Kind::kLeft:
        ++left;
        break;
      case ClientEvent::Kind::kClosed:
        closed = true;
        reason = event.reason;
        break;
      default:
        break;
    }
  }

  bool logged_in = false;
  bool closed = false;
  std::string reason;
  int left = 0;
  std::size_t members = 0;
  std::vector<std::string> said;

 private:
  const std::string name_;
  ChatClient client_;
};

class SharedRoomTest : public LoopTest {};

TEST_F(SharedRoomTest, MembersOfAllServersHearOneOrder) {
  SharedLog log(1);
  std::vector<std::unique_ptr<ServerThread>> servers;
  for (int i = 1; i <= kServers; ++i) {
    servers.push_back(std::make_unique<ServerThread>(log, static_cast<std::uint32_t>(i)));
  }
  PosixNetwork network(loop());
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < kServers; ++i) {
    clients.push_back(std::make_unique<Client>(network, loop(), absl::StrCat("user", i)));
    Client& client = *clients.back();
    client.Connect(servers[static_cast<std::size_t>(i)]->endpoint());
    ASSERT_TRUE(RunUntil([&] { return client.logged_in; }));
  }
  for (int text = 0; text < kTexts; ++text) {
    for (const auto& client : clients) client->Say(absl::StrCat("text ", text));
  }
  for (const auto& client : clients) {
    ASSERT_TRUE(RunUntil([&] { return client->said.size() == kServers * kTexts; }));
    EXPECT_EQ(client->said, clients.front()->said);
  }

  clients.front()->List();
  ASSERT_TRUE(RunUntil([&] { return clients.front()->members > 0; }));
  EXPECT_EQ(clients.front()->members, kServers);

  servers.back()->Stop();
  servers.pop_back();
  ASSERT_TRUE(RunUntil(
      [&] { return clients[2]->closed && clients[0]->left == 1 && clients[1]->left == 1; }));
  clients[0]->Leave();
  ASSERT_TRUE(RunUntil([&] { return clients[0]->closed && clients[1]->left == 2; }));
  for (const auto& server : servers) server->Stop();
}

TEST_F(SharedRoomTest, WhenAllServersStopNobodyHearsThatOthersLeave) {
  SharedLog log(1);
  std::vector<std::unique_ptr<ServerThread>> servers;
  for (std::uint32_t i = 1; i <= kServers; ++i) {
    servers.push_back(std::make_unique<ServerThread>(log, i));
  }
  PosixNetwork network(loop());
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 4 * kServers; ++i) {
    clients.push_back(std::make_unique<Client>(network, loop(), absl::StrCat("user", i)));
    Client& client = *clients.back();
    client.Connect(servers[static_cast<std::size_t>(i % kServers)]->endpoint());
    ASSERT_TRUE(RunUntil([&] { return client.logged_in; }));
  }
  log.EndTogether();
  for (const auto& server : servers) server->Stop();
  for (const auto& client : clients) {
    ASSERT_TRUE(RunUntil([&] { return client->closed; }));
    EXPECT_EQ(client->left, 0);
    EXPECT_EQ(client->reason, "Server is shutting down");
  }
}

}  // namespace
}  // namespace chathttp::posix
