#include "apps/simulator/running_seed.h"

#include <signal.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <string_view>
#include <utility>

namespace chathttp {
namespace {

thread_local const std::string* running_replay = nullptr;  // not null: a seed runs
thread_local std::uint64_t running_seed = 0;

// Calls only functions that a signal handler may call (signal-safety(7)).
void OnCrash(int signal) {
  if (running_replay != nullptr) {
    std::array<char, 20> digits;
    const auto [end, error] =
        std::to_chars(digits.data(), digits.data() + digits.size(), running_seed);
    const std::string_view seed(digits.data(), static_cast<std::size_t>(end - digits.data()));
    for (const std::string_view part :
         {std::string_view("chat_sim: crashed in seed "), seed,
          std::string_view("; replay it with: "), std::string_view(*running_replay),
          std::string_view("\n")}) {
      if (write(STDERR_FILENO, part.data(), part.size()) < 0) break;
    }
  }
  raise(signal);  // SA_RESETHAND has put the default handling back
}

}  // namespace

void NameSeedsOnCrash() {
  struct sigaction action = {};
  action.sa_handler = OnCrash;
  action.sa_flags = static_cast<int>(SA_RESETHAND | SA_NODEFER);
  for (const int signal : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL}) {
    sigaction(signal, &action, nullptr);
  }
}

RunningSeed::RunningSeed(std::uint64_t seed, std::string replay) : replay_(std::move(replay)) {
  running_seed = seed;
  running_replay = &replay_;
}

RunningSeed::~RunningSeed() { running_replay = nullptr; }

}  // namespace chathttp
