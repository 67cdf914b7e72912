// Names the seeds that run when the program crashes.
//
//   NameSeedsOnCrash();                 // once, in main
//   const RunningSeed running(17, "chat_sim trace 17");   // on any thread, while the seed runs
//
// A failed assertion then prints, besides its own message:
//   chat_sim: crashed in seed 17; replay it with: chat_sim trace 17
#ifndef CHATHTTP_APPS_SIMULATOR_RUNNING_SEED_H_
#define CHATHTTP_APPS_SIMULATOR_RUNNING_SEED_H_

#include <cstdint>
#include <string>

namespace chathttp {

// Handles SIGABRT, SIGSEGV, SIGBUS, SIGFPE and SIGILL: prints the seed of the crashed thread and
// ends the program as the signal does.
void NameSeedsOnCrash();

class RunningSeed {
 public:
  // `replay`: the command that runs the seed again.
  RunningSeed(std::uint64_t seed, std::string replay);
  ~RunningSeed();
  RunningSeed(const RunningSeed&) = delete;
  RunningSeed& operator=(const RunningSeed&) = delete;

 private:
  std::string replay_;
};

}  // namespace chathttp

#endif  // CHATHTTP_APPS_SIMULATOR_RUNNING_SEED_H_
