// The real server as a service: what it tells the service manager, and the sockets that it inherits.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "chathttp/adapters/socket_address.h"
#include "tests/adapters/notify_socket.h"
#include "tests/apps/programs.h"
#include "tests/apps/wire.h"
#include "tests/apps/wire_peer.h"
#include "tests/source_path.h"

namespace chathttp {
namespace {

using testing::EndsWith;
using testing::HasSubstr;

constexpr const char* kActivate = "/usr/bin/systemd-socket-activate";

posix::FileDescriptor ListeningSocket() {
  sockaddr_in loopback{};
  loopback.sin_family = AF_INET;
  loopback.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  posix::FileDescriptor listening(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  EXPECT_EQ(bind(listening.get(), reinterpret_cast<const sockaddr*>(&loopback), sizeof(loopback)),
            0);
  EXPECT_EQ(listen(listening.get(), 8), 0);
  return listening;
}

posix::FileDescriptor ListeningUnixSocket(const std::string& path) {
  const auto address = posix::LookUp({"unix:" + path, 0}, posix::HostKind::kNumeric)->front();
  posix::FileDescriptor listening(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  EXPECT_EQ(bind(listening.get(), address.get(), address.size()), 0);
  EXPECT_EQ(listen(listening.get(), 8), 0);
  return listening;
}

std::uint16_t PortOf(const posix::FileDescriptor& socket) {
  return posix::SocketAddress::LocalOf(socket.get()).endpoint().port;
}

// The command that starts the server as a service manager does: LISTEN_PID is its own process.
std::vector<std::string> Activated(const std::string& flags = "") {
  return {"/bin/sh", "-c", "LISTEN_PID=$$ exec " + std::string(CHATHTTP_CHAT_SERVER) + " " + flags};
}

TEST(Service, TheManagerHearsOfTheStartTheLifeAndTheEnd) {
  posix::NotifySocket manager;
  ServerProcess server(
      {}, {.environment = {"NOTIFY_SOCKET=" + manager.address(), "WATCHDOG_USEC=40000"}});
  EXPECT_EQ(manager.ReceiveUntil("READY=1"),
            "READY=1\nSTATUS=listening on 127.0.0.1:" + std::to_string(server.port()));
  EXPECT_EQ(manager.Receive(), "WATCHDOG=1");
  EXPECT_EQ(manager.Receive(), "WATCHDOG=1");
  WirePeer alice = Join(server.port(), "Alice");
  server.Kill(SIGTERM);
  EXPECT_EQ(manager.ReceiveUntil("STOPPING=1"), "STOPPING=1\nSTATUS=stopping, connections left: 1");
  alice.Close();
  EXPECT_EQ(server.Wait(), 0) << server.err();
}

TEST(Service, TheManagerHearsOfAReload) {
  posix::NotifySocket manager;
  const ServerProcess server({}, {.environment = {"NOTIFY_SOCKET=" + manager.address()}});
  const std::string ready = manager.ReceiveUntil("READY=1");
  server.Kill(SIGHUP);
  EXPECT_THAT(manager.Receive(), HasSubstr("RELOADING=1\nMONOTONIC_USEC="));
  EXPECT_EQ(manager.Receive(), ready);
}

TEST(Service, AServerThatCannotListenIsNeverReady) {
  posix::NotifySocket manager;
  const WireListener taken;
  Process server({CHATHTTP_CHAT_SERVER, "--port=" + std::to_string(taken.port())},
                 {.environment = {"NOTIFY_SOCKET=" + manager.address()}});
  EXPECT_EQ(server.Wait(), 1);
  EXPECT_EQ(manager.Receive(0), "");
}

TEST(Service, AServerThatHangsSendsNoSignOfLife) {
  posix::NotifySocket manager;
  const ServerProcess server(
      {}, {.environment = {"NOTIFY_SOCKET=" + manager.address(), "WATCHDOG_USEC=40000"}});
  EXPECT_EQ(manager.ReceiveUntil("WATCHDOG=1"), "WATCHDOG=1");
  server.Kill(SIGSTOP);
  while (!manager.Receive(200).empty()) continue;  // those on the way
  EXPECT_EQ(manager.Receive(200), "");
  server.Kill(SIGCONT);
  EXPECT_EQ(manager.Receive(), "WATCHDOG=1");
}

TEST(Service, InheritedSocketsReplaceHostAndPort) {
  const posix::FileDescriptor first = ListeningSocket();
  const posix::FileDescriptor second = ListeningSocket();
  WirePeer early(PortOf(first));
  Process server(Activated("--host=192.0.2.1 --port=1"),
                 {.inherited = {first.get(), second.get()},
                  .environment = {"LISTEN_FDS=2", "LISTEN_FDNAMES=chat:unknown"}});
  ASSERT_TRUE(server.Expect("listening on 127.0.0.1:" + std::to_string(PortOf(first)) +
                            "\nlistening on 127.0.0.1:" + std::to_string(PortOf(second)) + "\n"))
      << server.err();
  EXPECT_EQ(early.Receive().code, 202);
  const WirePeer alice = Join(PortOf(first), "Alice");
  const WirePeer bob = Join(PortOf(second), "Bob");
  server.Kill(SIGTERM);
  EXPECT_EQ(server.Wait(), 0) << server.err();
}

TEST(Service, AnInheritedSocketMayBeForProxies) {
  const posix::FileDescriptor chat = ListeningSocket();
  const posix::FileDescriptor proxy = ListeningSocket();
  Process server(Activated("--proxy_from=127.0.0.1 --log_level=info"),
                 {.inherited = {chat.get(), proxy.get()},
                  .environment = {"LISTEN_FDS=2", "LISTEN_FDNAMES=chat:proxy"}});
  ASSERT_TRUE(server.Expect("listening for proxies on 127.0.0.1:" + std::to_string(PortOf(proxy))))
      << server.err();
  EXPECT_EQ(WirePeer(PortOf(chat)).Receive().code, 202);
  WirePeer customer(PortOf(proxy));
  customer.Send("PROXY TCP4 203.0.113.9 198.51.100.7 40001 9994\r\n");
  EXPECT_EQ(customer.Receive().code, 202);
  EXPECT_TRUE(server.ExpectError("peer=203.0.113.9:40001")) << server.err();
}

TEST(Service, MetricsAndAdminMayBeInheritedToo) {
  const posix::FileDescriptor chat = ListeningSocket();
  const posix::FileDescriptor metrics = ListeningSocket();
  std::string folder = testing::TempDir() + "/service_XXXXXX";
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  const std::string path = folder + "/admin.sock";
  const posix::FileDescriptor admin = ListeningUnixSocket(path);
  {
    Process server(Activated("--metrics=192.0.2.1:1 --admin=/nowhere/admin.sock"),
                   {.inherited = {chat.get(), metrics.get(), admin.get()},
                    .environment = {"LISTEN_FDS=3", "LISTEN_FDNAMES=chat:metrics:admin"}});
    ASSERT_TRUE(server.Expect("answering metrics on 127.0.0.1:" + std::to_string(PortOf(metrics))))
        << server.err();
    const WirePeer alice = Join(PortOf(chat), "Alice");
    WirePeer watcher(PortOf(metrics));
    watcher.Send("GET /ready HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
    EXPECT_THAT(watcher.ReceiveAll(), EndsWith("\r\n\r\nready\n"));
    Process list({CHATHTTP_CHAT_ADMIN, "--admin=" + path, "list"});
    EXPECT_EQ(list.Wait(), 0) << list.err();
    EXPECT_THAT(list.out(), HasSubstr("members: 1 of 1\n"));
    server.Kill(SIGTERM);
    EXPECT_EQ(server.Wait(), 0) << server.err();
  }
  EXPECT_TRUE(std::filesystem::exists(path));  // it belongs to the service manager
  std::filesystem::remove_all(folder);
}

TEST(Service, AnInheritedSocketForProxiesNeedsTheirAddresses) {
  const posix::FileDescriptor proxy = ListeningSocket();
  Process server(Activated(), {.inherited = {proxy.get()},
                               .environment = {"LISTEN_FDS=1", "LISTEN_FDNAMES=proxy"}});
  EXPECT_EQ(server.Wait(), 2);
  EXPECT_THAT(server.err(), HasSubstr("the inherited socket called proxy needs the addresses"));
}

TEST(Service, ARestartLosesNoPeerThatConnectsMeanwhile) {
  const posix::FileDescriptor socket = ListeningSocket();
  const ProcessOptions options{.inherited = {socket.get()}, .environment = {"LISTEN_FDS=1"}};
  Process first(Activated(), options);
  ASSERT_TRUE(first.Expect("listening on ")) << first.err();
  first.Kill(SIGTERM);
  EXPECT_EQ(first.Wait(), 0) << first.err();
  WirePeer alice(PortOf(socket));
  Process second(Activated(), options);
  EXPECT_EQ(alice.Receive().code, 202);
}

class BadSocket : public testing::TestWithParam<Case> {};

TEST_P(BadSocket, IsOneLineAndAFailure) {
  const posix::FileDescriptor socket = ListeningSocket();
  Process server(Activated(),
                 {.inherited = {socket.get(), socket.get()}, .environment = GetParam().given});
  EXPECT_EQ(server.Wait(), 1);
  EXPECT_TRUE(IsOneLine(server.err())) << server.err();
  EXPECT_THAT(server.err(), HasSubstr("chat_server: " + GetParam().words));
  EXPECT_EQ(server.out(), "");
}

INSTANTIATE_TEST_SUITE_P(
    Variables, BadSocket,
    testing::Values(
        Case{"Count", {"LISTEN_FDS=one"}, "LISTEN_FDS=\"one\" must be a number"},
        Case{"Closed", {"LISTEN_FDS=3"}, "LISTEN_FDS=\"3\" counts descriptor 5, which"},
        Case{"Names",
             {"LISTEN_FDS=1", "LISTEN_FDNAMES=chat:proxy"},
             "LISTEN_FDNAMES=\"chat:proxy\" must have 1 names"},
        Case{"UnknownName",
             {"LISTEN_FDS=1", "LISTEN_FDNAMES=http"},
             "the inherited descriptor 3 is called \"http\", known names are chat, proxy, metrics, "
             "admin"},
        Case{"AdminIsTcp",
             {"LISTEN_FDS=1", "LISTEN_FDNAMES=admin"},
             "the inherited descriptor 3, called admin, is no UNIX socket with a path"},
        Case{"TwoForMetrics",
             {"LISTEN_FDS=2", "LISTEN_FDNAMES=metrics:metrics"},
             "at most one inherited socket may be called metrics, got 2"}),
    NameOfCase);

TEST(Service, ASocketThatDoesNotListenIsAFailure) {
  const posix::FileDescriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  Process server(Activated(), {.inherited = {socket.get()}, .environment = {"LISTEN_FDS=1"}});
  EXPECT_EQ(server.Wait(), 1);
  EXPECT_THAT(server.err(), HasSubstr("descriptor 3 is not a listening TCP or UNIX stream socket"));
}

TEST(Service, SystemdActivatesTheServer) {
  if (access(kActivate, X_OK) != 0) GTEST_SKIP() << kActivate << " is not installed";
  const std::uint16_t port = PortOf(ListeningSocket());  // free again
  Process activate({kActivate, "--listen=127.0.0.1:" + std::to_string(port), "--fdname=chat",
                    CHATHTTP_CHAT_SERVER, "--log_level=error"});
  ASSERT_TRUE(activate.ExpectError("Listening on ")) << activate.err();
  const WirePeer alice = Join(port, "Alice");
  EXPECT_TRUE(activate.Expect("listening on 127.0.0.1:" + std::to_string(port) + "\n"));
  activate.Kill(SIGTERM);
  EXPECT_EQ(activate.Wait(), 0) << activate.err();
}

class FlagFileOfTheServer : public testing::Test {
 protected:
  ~FlagFileOfTheServer() override { unlink(path_.c_str()); }

  void Write(const std::string& text) const { std::ofstream(path_) << text; }
  std::string Error() const {
    Process server({CHATHTTP_CHAT_SERVER, "--flagfile=" + path_});
    EXPECT_EQ(server.Wait(), 2);
    EXPECT_TRUE(IsOneLine(server.err())) << server.err();
    return server.err();
  }

  const std::string path_ = testing::TempDir() + "chathttp_flags_" + std::to_string(getpid());
};

TEST_F(FlagFileOfTheServer, HoldsFlagsThatTheCommandLineOverrides) {
  Write("# limits of the room\n--max_connections=1\n--port=1\n");
  const ServerProcess server({"--flagfile=" + path_, "--port=0"});
  const WirePeer alice = Join(server.port(), "Alice");
  WirePeer bob(server.port());
  EXPECT_THAT(bob.Receive().entity, HasSubstr("at most 1 connections"));
}

TEST_F(FlagFileOfTheServer, ThatIsShippedHasOnlyCommentsAndValidFlags) {
  std::ifstream shipped(SourcePath("apps/service/chat_server.flags"));
  std::string flags;
  std::size_t count = 0;
  for (std::string line; std::getline(shipped, line);) {
    EXPECT_TRUE(line.empty() || line[0] == '#') << line;
    if (!line.starts_with("#--")) continue;
    flags += line.substr(1) + "\n";
    ++count;
  }
  EXPECT_GT(count, 2U);
  Write(flags);
  Process server({CHATHTTP_CHAT_SERVER, "--flagfile=" + path_, "--check"});
  EXPECT_EQ(server.Wait(), 0) << server.err();
}

TEST_F(FlagFileOfTheServer, HasErrorsWithFileAndLine) {
  Write("\n--max_connections=many\n");
  EXPECT_THAT(Error(), HasSubstr(path_ + ":2: --max_connections cannot be \"many\""));
  Write("--flagfile=" + path_);
  EXPECT_THAT(Error(), HasSubstr(path_ + ":1: --flagfile cannot be in a flag file"));
  unlink(path_.c_str());
  EXPECT_THAT(Error(), HasSubstr(path_ + ": cannot be read: No such file or directory"));
}

}  // namespace
}  // namespace chathttp
