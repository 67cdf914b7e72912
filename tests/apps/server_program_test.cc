// The real server: its limit on connections, its end, and its errors when it cannot start.
#include <gtest/gtest.h>

#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "tests/adapters/pipe.h"
#include "tests/adapters/pty.h"
#include "tests/apps/programs.h"
#include "tests/apps/wire.h"
#include "tests/apps/wire_peer.h"
#include "tests/transport/proxy/headers.h"

namespace chathttp {
namespace {

TEST(ServerProgram, OneConnectionMoreThanAllowedIsToldSo) {
  const ServerProcess server({"--max_connections=2"});
  const WirePeer alice = Join(server.port(), "Alice");
  const WirePeer bob = Join(server.port(), "Bob");
  WirePeer carol(server.port());
  const Received refusal = carol.Receive();
  EXPECT_EQ(refusal.start_line, "HTTP/1.1 500 Internal Server Error");
  EXPECT_EQ(refusal.entity, "Server is full: at most 2 connections, try again later");
  EXPECT_EQ(carol.Receive().entity, kEnd);
}

TEST(ServerProgram, UnfinishedRequestsBeyondTheirLimitEndAConnection) {
  const ServerProcess server({"--partial_bytes=100"});
  WirePeer stranger(server.port());
  EXPECT_EQ(stranger.Receive().code, 202);
  stranger.Send("ADD h HTTP/1.1\nX: " + std::string(51 - 18, 'x'));
  EXPECT_EQ(stranger.Receive().entity,
            "Too many unfinished requests: at most 50 bytes before a login, got 51, "
            "try again later");
  EXPECT_EQ(stranger.Receive().entity, kEnd);
  Join(server.port(), "Alice");
}

TEST(ServerProgram, PlaceThatIsFreeAgainIsGiven) {
  const ServerProcess server({"--max_connections=2"});
  WirePeer alice = Join(server.port(), "Alice");
  WirePeer bob = Join(server.port(), "Bob");
  bob.Close();
  EXPECT_EQ(alice.Receive().entity, Entered("Bob"));
  EXPECT_EQ(alice.Receive().entity, Left("Bob"));
  Join(server.port(), "Carol");
}

class EndedServer : public testing::TestWithParam<int> {};

TEST_P(EndedServer, TellsEachPeerAndExitsWithZero) {
  ServerProcess server;
  WirePeer alice = Join(server.port(), "Alice");
  WirePeer stranger(server.port());
  EXPECT_EQ(stranger.Receive().code, 202);
  server.Kill(GetParam());
  for (WirePeer* peer : {&alice, &stranger}) {
    const Received goodbye = peer->Receive();
    EXPECT_EQ(goodbye.code, 500);
    EXPECT_EQ(goodbye.entity, "Server is shutting down");
    EXPECT_EQ(peer->Receive().entity, kEnd);
    peer->Close();
  }
  EXPECT_EQ(server.Wait(), 0) << server.err();
}

std::string NameOfSignal(const testing::TestParamInfo<int>& info) {
  return sigabbrev_np(info.param);
}

INSTANTIATE_TEST_SUITE_P(Signals, EndedServer, testing::Values(SIGTERM, SIGINT, SIGQUIT),
                         NameOfSignal);

TEST(ServerProgram, IgnoresTheSecondSignalForUsers) {
  ServerProcess server;
  server.Kill(SIGUSR2);
  Join(server.port(), "Alice");
  server.Kill(SIGTERM);
  EXPECT_EQ(server.Wait(), 0) << server.err();
}

// Every line of the log, from the first to the last, is written to a pipe without a reader.
TEST(ServerProgram, PipeWithoutReaderDoesNotEndTheServer) {
  posix::Pipe pipe;
  pipe.CloseReadEnd();
  ServerProcess server({}, {.error = pipe.write_end()});
  Join(server.port(), "Alice");
  server.Kill(SIGTERM);
  EXPECT_EQ(server.Wait(), 0);
}

TEST(ServerProgram, EndsThoughAPeerDoesNotHangUp) {
  ServerProcess server;
  const WirePeer alice = Join(server.port(), "Alice");
  server.Kill(SIGTERM);
  EXPECT_EQ(server.Wait(), 0) << server.err();
}

TEST(ServerProgram, TerminalThatNobodyReadsDoesNotHoldUpTheServer) {
  constexpr std::size_t kConnections = 1000;  // more lines than a terminal keeps
  posix::Pty terminal;
  ServerProcess server({}, {.error = terminal.program()});
  for (std::size_t i = 0; i < kConnections; ++i) {
    ASSERT_EQ(WirePeer(server.port()).Receive().code, 202) << i;
  }
  Join(server.port(), "Alice");
  server.Kill(SIGTERM);
  EXPECT_EQ(server.Wait(), 0);
  std::size_t lines = 0;
  terminal.ReadAll();
  for (const char byte : terminal.shown()) lines += byte == '\n' ? 1 : 0;
  EXPECT_LT(lines, kConnections) << "the terminal was never full";
}

TEST(ServerProgram, PortInUseIsAClearLineAndAFailure) {
  const WireListener taken;
  Process server(
      {CHATHTTP_CHAT_SERVER, "--port=" + std::to_string(taken.port()), "--log_level=error"});
  EXPECT_EQ(server.Wait(), 1);
  EXPECT_EQ(server.err(), "chat_server: cannot listen on 127.0.0.1:" +
                              std::to_string(taken.port()) + ": address in use\n");
  EXPECT_EQ(server.out(), "");
}

TEST(ServerProgram, PortOfAServerThatWasKilledIsFreeAtOnce) {
  ServerProcess first;
  const WirePeer alice = Join(first.port(), "Alice");
  first.Kill(SIGKILL);
  EXPECT_EQ(first.Wait(), 128 + SIGKILL);
  const ServerProcess second({"--port=" + std::to_string(first.port())});
  Join(second.port(), "Alice");
}

// A server behind proxies that are on this machine, or on `from`.
class ProxiedServer : public ServerProcess {
 public:
  explicit ProxiedServer(const std::string& from = "192.0.2.0/24,127.0.0.1")
      : ServerProcess({"--proxy_listen=127.0.0.1:0", "--proxy_from=" + from, "--per_address=1"}) {
    const std::string words = "listening for proxies on 127.0.0.1:";
    EXPECT_TRUE(Expect(words) && Expect("\n")) << out() << err();
    proxy_port_ =
        static_cast<std::uint16_t>(std::atoi(out().c_str() + out().find(words) + words.size()));
  }

  std::uint16_t proxy_port() const { return proxy_port_; }

 private:
  std::uint16_t proxy_port_ = 0;
};

TEST(ServerBehindProxies, LogsTheAddressInTheHeader) {
  ProxiedServer server;
  WirePeer four(server.proxy_port());
  four.Send("PROXY TCP4 203.0.113.9 192.0.2.1 4711 9994\r\n");
  EXPECT_EQ(four.Receive().code, 202);
  EXPECT_TRUE(server.ExpectError("event=accepted connection=1 peer=203.0.113.9:4711\n"))
      << server.err();
  WirePeer six(server.proxy_port());
  six.Send(Binary(0x21, 0x21, Block6()));
  EXPECT_EQ(six.Receive().code, 202);
  EXPECT_TRUE(server.ExpectError("event=accepted connection=2 peer=[2001:db8::1]:4711\n"))
      << server.err();
}

TEST(ServerBehindProxies, GreetsBehindTheHeaderOnly) {
  const ProxiedServer server;
  WirePeer alice(server.proxy_port());
  EXPECT_TRUE(alice.StaysSilent(100));
  alice.Send("PROXY UNKNOWN\r");
  EXPECT_TRUE(alice.StaysSilent(100));
  alice.Send("\n");
  EXPECT_EQ(alice.Receive().code, 202);
}

TEST(ServerBehindProxies, TakesAHeaderAndARequestInOnePiece) {
  const ProxiedServer server;
  WirePeer alice(server.proxy_port());
  alice.Send(Binary(0x21, 0x11, Block4()) + MakeRequest("ADD", "Alice"));
  EXPECT_EQ(alice.Receive().code, 202);
  EXPECT_EQ(alice.Receive().code, 200);
  WirePeer bob = Join(server.port(), "Bob");
  EXPECT_EQ(alice.Receive().entity, Entered("Bob"));
  alice.Send(MakeRequest("POST", "Alice", "To be or not to be\n"));
  EXPECT_EQ(bob.Receive().entity, MessageFrom("Alice", "To be or not to be"));
}

TEST(ServerBehindProxies, LimitsTheConnectionsOfTheAddressInTheHeader) {
  const ProxiedServer server;
  const std::string header = "PROXY TCP4 203.0.113.9 192.0.2.1 4711 9994\r\n";
  WirePeer first(server.proxy_port());
  first.Send(header);
  EXPECT_EQ(first.Receive().code, 202);
  WirePeer second(server.proxy_port());
  second.Send(header);
  EXPECT_EQ(second.Receive().entity, "Too many connections from your address: at most 1, got 2");
  WirePeer other(server.proxy_port());
  other.Send("PROXY TCP4 203.0.113.10 192.0.2.1 4711 9994\r\n");
  EXPECT_EQ(other.Receive().code, 202);
}

TEST(ServerBehindProxies, LogsWhyItRefusesAHeader) {
  ProxiedServer server;
  WirePeer direct(server.proxy_port());
  direct.Send(MakeRequest("ADD", "Alice"));
  EXPECT_EQ(direct.Receive().entity, kReset);
  EXPECT_TRUE(server.ExpectError("level=warning event=turned_away peer=127.0.0.1:"));
  EXPECT_TRUE(server.ExpectError(
      "reason=\"no PROXY header: must start with 'PROXY ' or the signature of v2, got 'A'\"\n"))
      << server.err();
}

TEST(ServerBehindProxies, ClosesStrangers) {
  ProxiedServer server("192.0.2.0/24");
  WirePeer stranger(server.proxy_port());
  EXPECT_EQ(stranger.Receive().entity, kEnd);
  EXPECT_TRUE(server.ExpectError("reason=\"no known proxy has this address\"\n")) << server.err();
  Join(server.port(), "Alice");
}

class BadServerUsage : public testing::TestWithParam<Case> {};

TEST_P(BadServerUsage, IsOneLineAndTwo) {
  Process server(ServerCommand(GetParam().given));
  EXPECT_EQ(server.Wait(), 2);
  EXPECT_TRUE(IsOneLine(server.err())) << server.err();
  EXPECT_NE(server.err().find(GetParam().words), std::string::npos) << server.err();
  EXPECT_EQ(server.out(), "");
}

INSTANTIATE_TEST_SUITE_P(
    Flags, BadServerUsage,
    testing::Values(Case{"UnknownFlag", {"--verbose"}, "unknown flag --verbose"},
                    Case{"PortTooLarge", {"--port=65536"}, "65536"},
                    Case{"NegativeLimit", {"--max_connections=-1"}, "-1"},
                    Case{"NoConnections", {"--max_connections=0"}, "must be 1 to 1000000, got 0"},
                    Case{"SmallBacklog", {"--backlog_bytes=1000"}, "32768 to 1073741824, got 1000"},
                    Case{"HugeBacklog", {"--backlog_bytes=99999999999999"}, "got 99999999999999"},
                    Case{"NoPartialBytes", {"--partial_bytes=0"}, "must be 1 to 1073741824, got 0"},
                    Case{"LimitInThePast", {"--login_limit=-1s"}, "longer than 0, got -1s"},
                    Case{"LineFeedInAHeader", {"--server=a\nb"}, "visible ASCII"},
                    Case{"RepeatedFlag",
                         {"--max_members=1", "--max_members", "2"},
                         "--max_members is given more than once: give it once"},
                    Case{"LogLevel", {"--log_level=loud"}, "--log_level must be"},
                    Case{"ProxyWithoutPort",
                         {"--proxy_listen=localhost", "--proxy_from=::1"},
                         "--proxy_listen: an endpoint must be like 127.0.0.1:9994 or [::1]:9994"},
                    Case{"ProxyFromNowhere", {"--proxy_listen=[::1]:0"}, "--proxy_from="},
                    Case{"ProxyWithoutListener", {"--proxy_from=::1"}, "--proxy_listen=HOST:PORT"},
                    Case{"ProxyNetwork",
                         {"--proxy_listen=[::1]:0", "--proxy_from=::1,10.1.0.0/8"},
                         "--proxy_from: a network has no bits behind its prefix: write 10.0.0.0/8"},
                    Case{"MetricsWithoutPort", {"--metrics=localhost"}, "got \"localhost\""},
                    Case{"ListenWithoutPort",
                         {"--listen=127.0.0.1:0,localhost"},
                         "--listen: an endpoint must be like 127.0.0.1:9994 or [::1]:9994"},
                    Case{"ListenAndPort",
                         {"--listen=127.0.0.1:0", "--host=::1"},
                         "--listen replaces --host and --port: give either it or those"},
                    Case{"Keepalive", {"--keepalive=20/5/3"}, "--keepalive: must be idle time"},
                    Case{"UserTimeout", {"--user_timeout=-1s"}, "--user_timeout: must be 1ms to"},
                    Case{"StopLimit", {"--stop_limit=0s"}, "stop_limit must be longer than 0"},
                    Case{"Argument", {"9994"}, "no arguments"}),
    NameOfCase);

TEST(EmbeddedRoom, RunsWithoutANetwork) {
  Process program({CHATHTTP_CHAT_EMBED});
  EXPECT_EQ(program.Wait(), 0);
  EXPECT_EQ(program.out(),
            "Greeter has entered, 1 here\n"
            "Alice has entered, 2 here\n"
            "[ Greeter ] : Welcome, Alice!\n"
            "[ Alice ] : Hello, everyone!\n"
            "(refused)\n"
            "Alice has left\n"
            "[ Greeter ] : 1 messages from Alice\n");
}

}  // namespace
}  // namespace chathttp
