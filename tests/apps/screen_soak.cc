// Figures of the real client on a terminal that gets a thousand messages a second: latency of keys
// and messages on the screen, and cost of drawing. Run by tests/soak.sh. Fails only if the screen
// does not show the messages.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <deque>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include "tests/apps/process_figures.h"
#include "tests/apps/programs.h"
#include "tests/apps/screen_client.h"
#include "tests/apps/wire.h"
#include "tests/apps/wire_peer.h"

namespace chathttp {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kBursts = 500;
constexpr std::size_t kBurst = 10;  // messages
constexpr std::chrono::milliseconds kBetweenBursts{10};
constexpr std::size_t kBurstsPerKey = 10;

double MillisecondsSince(Clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
}

void Print(const std::string& what, double value, const std::string& unit) {
  std::cout << std::left << std::setw(56) << what << std::right << std::setw(12) << std::fixed
            << std::setprecision(3) << value << " " << unit << "\n";
}

void PrintDelays(const std::string& what, std::vector<double> delays) {
  std::sort(delays.begin(), delays.end());
  Print(what + ", median", delays[delays.size() / 2], "ms");
  Print(what + ", 99 of 100", delays[delays.size() * 99 / 100], "ms");
  Print(what + ", worst", delays.back(), "ms");
}

// Number of write system calls of a process so far (proc(5)).
double WritesOf(pid_t pid) {
  std::ifstream io("/proc/" + std::to_string(pid) + "/io");
  std::string word;
  double count = 0;
  while (io >> word) {
    if (word == "syscw:") io >> count;
  }
  return count;
}

// The highest number of a message "number N;" on the screen.
std::size_t NewestOn(const std::string& screen) {
  const std::size_t at = screen.rfind("number ");
  return at == std::string::npos ? 0 : std::strtoul(screen.c_str() + at + 7, nullptr, 10);
}

std::size_t TypedOn(const std::string& screen) {
  const std::size_t line = screen.rfind("\n>");
  return static_cast<std::size_t>(
      std::count(screen.begin() + static_cast<std::ptrdiff_t>(line), screen.end(), '#'));
}

// Times from actions until the screen shows them.
class Delays {
 public:
  void Done(std::size_t number) { awaited_.emplace_back(number, Clock::now()); }
  void Seen(std::size_t number) {
    while (!awaited_.empty() && awaited_.front().first <= number) {
      delays_.push_back(MillisecondsSince(awaited_.front().second));
      awaited_.pop_front();
    }
  }
  bool all_seen() const { return awaited_.empty(); }
  const std::vector<double>& delays() const { return delays_; }

 private:
  std::deque<std::pair<std::size_t, Clock::time_point>> awaited_;
  std::vector<double> delays_;
};

TEST(Soak, ScreenWithAThousandMessagesASecond) {
  const ServerProcess server({"--log_level=error"});
  std::vector<std::string> command = ClientCommand(server.port(), "Alice");
  command.emplace_back("--host=127.0.0.1");
  ScreenClient alice(command);
  ASSERT_TRUE(alice.Sees("connected")) << alice.screen();
  WirePeer talker = Join(server.port(), "Talker");
  ASSERT_TRUE(alice.Sees("Talker has entered")) << alice.screen();

  Delays messages;
  Delays keys;
  const auto look = [&] {
    if (!alice.Read(1)) return;
    const std::string screen = alice.screen();
    messages.Seen(NewestOn(screen));
    keys.Seen(TypedOn(screen));
  };
  const pid_t pid = alice.process().pid();
  const double writes = WritesOf(pid);
  const double processor = ProcessorSeconds(pid);
  const std::size_t bytes = alice.bytes().size();
  const auto begin = Clock::now();
  for (std::size_t burst = 1; burst <= kBursts; ++burst) {
    std::string requests;
    for (std::size_t i = 0; i < kBurst; ++i) {
      requests += MakeRequest("POST", "Talker",
                              "number " + std::to_string((burst - 1) * kBurst + i + 1) + ";\n");
    }
    talker.Send(requests);
    messages.Done(burst * kBurst);
    for (std::size_t i = 0; i < kBurst; ++i) ASSERT_EQ(talker.Receive().code, 200);
    if (burst % kBurstsPerKey == 0) {
      alice.Type("#");
      keys.Done(burst / kBurstsPerKey);
    }
    while (Clock::now() < begin + burst * kBetweenBursts) look();
  }
  const double seconds = MillisecondsSince(begin) / 1000;
  const double cpu = ProcessorSeconds(pid) - processor;
  const double drawn = WritesOf(pid) - writes;
  const auto patience = Clock::now() + kPatience;
  while (!(messages.all_seen() && keys.all_seen()) && Clock::now() < patience) look();
  ASSERT_TRUE(messages.all_seen() && keys.all_seen()) << alice.screen();

  Print("messages a second", static_cast<double>(kBursts * kBurst) / seconds, "");
  PrintDelays("from a message to its line", messages.delays());
  PrintDelays("from a key to its echo", keys.delays());
  Print("writes to the terminal, a second", drawn / seconds, "");
  Print("bytes to the terminal, a second",
        static_cast<double>(alice.bytes().size() - bytes) / seconds, "");
  Print("processor time of the client", 100 * cpu / seconds, "%");
  Print("resident", static_cast<double>(ResidentKib(pid)), "KiB");
}

}  // namespace
}  // namespace chathttp
