// The log of the real server: a flood of connections from one address beside members from another,
// and the file that the log is written to.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/apps/programs.h"
#include "tests/apps/wire.h"
#include "tests/apps/wire_peer.h"

namespace chathttp {
namespace {

// Connects from `address` to 127.0.0.1:port.
WirePeer ConnectFrom(const char* address, std::uint16_t port) {
  posix::FileDescriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in from{};
  from.sin_family = AF_INET;
  inet_pton(AF_INET, address, &from.sin_addr);
  EXPECT_EQ(bind(socket.get(), reinterpret_cast<const sockaddr*>(&from), sizeof(from)), 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(connect(socket.get(), reinterpret_cast<const sockaddr*>(&to), sizeof(to)), 0);
  return WirePeer(std::move(socket));
}

class ServerLogFile : public testing::Test {
 protected:
  ServerLogFile() {
    std::string pattern = testing::TempDir() + "/server_log_XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  ~ServerLogFile() override { std::filesystem::remove_all(folder_); }

  std::string path() const { return folder_ / "log"; }

  std::vector<std::string> LinesWith(std::string_view a, std::string_view b = "") const {
    std::vector<std::string> lines;
    std::ifstream file(path());
    for (std::string line; std::getline(file, line);) {
      if (line.find(a) != std::string::npos && line.find(b) != std::string::npos) {
        lines.push_back(line);
      }
    }
    return lines;
  }

  std::filesystem::path folder_;
};

long NumberBehind(const std::string& line, std::string_view words) {
  return std::atol(line.c_str() + line.find(words) + words.size());
}

TEST_F(ServerLogFile, AFloodFromOneAddressHidesNoLineOfAnother) {
  constexpr int kMembers = 20;
  constexpr int kFlood = 100;  // connections for each member
  ServerProcess server({"--log_file=" + path()});
  for (int member = 0; member < kMembers; ++member) {
    for (int i = 0; i < kFlood; ++i) ConnectFrom("127.0.0.2", server.port()).Reset();
    WirePeer peer = Join(server.port(), "Member" + std::to_string(member));
    peer.ShutdownWrite();
    EXPECT_EQ(peer.Receive().entity, kEnd);
  }
  server.Kill(SIGTERM);
  EXPECT_EQ(server.Wait(), 0);
  EXPECT_EQ(server.err(), "");
  EXPECT_EQ(LinesWith("event=accepted", "peer=127.0.0.1:").size(), kMembers);
  for (int member = 0; member < kMembers; ++member) {
    const std::string name = "name=Member" + std::to_string(member) + " ";
    EXPECT_EQ(LinesWith("event=closed", name).size(), 1U) << name;
    EXPECT_EQ(LinesWith("event=left", name).size(), 1U) << name;
  }
  EXPECT_EQ(LinesWith("event=closed", "peer=127.0.0.1:").size(), kMembers);
  const std::size_t written = LinesWith("event=closed", "peer=127.0.0.2:").size();
  long suppressed = 0;
  for (const std::string& line : LinesWith("event=closed", "suppressed=")) {
    suppressed += NumberBehind(line, "suppressed=");
  }
  EXPECT_EQ(static_cast<long>(written) + suppressed, kMembers * kFlood);
  EXPECT_GE(written, 50U);
  EXPECT_GT(suppressed, 0);
}

TEST_F(ServerLogFile, AFullDeviceDoesNotStopTheServer) {
  ServerProcess server({"--log_file=/dev/full"});
  Join(server.port(), "Alice");
  server.Kill(SIGTERM);
  EXPECT_EQ(server.Wait(), 0);
}

TEST_F(ServerLogFile, AFileThatCannotBeOpenedIsAClearLineAndAFailure) {
  Process server(ServerCommand({"--log_file=" + path() + "/missing/log"}));
  EXPECT_EQ(server.Wait(), 1);
  EXPECT_EQ(server.err(), "chat_server: --log_file: cannot write to " + path() +
                              "/missing/log: no such file or directory\n");
}

}  // namespace
}  // namespace chathttp
