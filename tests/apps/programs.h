// Starts the programs under test.
//
//   ServerProcess server({"--max_connections=1"});
//   Process alice(ClientCommand(server.port(), "Alice"));
#ifndef CHATHTTP_TESTS_APPS_PROGRAMS_H_
#define CHATHTTP_TESTS_APPS_PROGRAMS_H_

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <ostream>
#include <string>
#include <vector>

#include "tests/apps/process.h"

namespace chathttp {

// The command for `program` with `flags`, and with this port unless they set one or --listen.
inline std::vector<std::string> CommandWithPort(const std::string& program, std::uint16_t port,
                                                const std::vector<std::string>& flags) {
  std::vector<std::string> command = {program};
  const bool has_port = std::any_of(flags.begin(), flags.end(), [](const std::string& flag) {
    return flag.starts_with("--port") || flag.starts_with("--listen");
  });
  if (!has_port) command.push_back("--port=" + std::to_string(port));
  command.insert(command.end(), flags.begin(), flags.end());
  return command;
}

// With the flags of the variable CHATHTTP_SERVER_FLAGS, too: the same tests run with several threads.
inline std::vector<std::string> ServerCommand(const std::vector<std::string>& flags) {
  std::vector<std::string> command = CommandWithPort(CHATHTTP_CHAT_SERVER, 0, flags);
  if (const char* const more = std::getenv("CHATHTTP_SERVER_FLAGS")) {
    command.insert(command.begin() + 1, more);
  }
  return command;
}

inline std::vector<std::string> ClientCommand(std::uint16_t port, const std::string& user) {
  return {CHATHTTP_CHAT_CLIENT, "--port=" + std::to_string(port), "--user=" + user};
}

// A listening chat_server; the test fails if it does not listen.
class ServerProcess : public Process {
 public:
  explicit ServerProcess(const std::vector<std::string>& flags = {},
                         const ProcessOptions& options = {})
      : Process(ServerCommand(flags), options) {
    const std::string words = "listening on 127.0.0.1:";
    EXPECT_TRUE(Expect(words) && Expect("\n")) << out() << err();
    EXPECT_EQ(out().find(words), 0U) << out();
    port_ =
        static_cast<std::uint16_t>(std::atoi(out().c_str() + std::min(out().size(), words.size())));
  }

  std::uint16_t port() const { return port_; }

 private:
  std::uint16_t port_ = 0;
};

// A parameter of a test: its name, the arguments of the program, its expected output.
struct Case {
  std::string name;
  std::vector<std::string> given;
  std::string words;

  friend std::ostream& operator<<(std::ostream& out, const Case& test_case) {
    return out << test_case.name;
  }
};

inline std::string NameOfCase(const testing::TestParamInfo<Case>& info) { return info.param.name; }

// Whether `text` is one line that is not empty.
inline bool IsOneLine(const std::string& text) {
  return text.size() > 1 && text.find('\n') == text.size() - 1;
}

}  // namespace chathttp

#endif  // CHATHTTP_TESTS_APPS_PROGRAMS_H_
