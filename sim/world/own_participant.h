// A participant of a scenario that the simulator does not know: a bot, or another client, of the
// program that embeds the library. It uses the ports, as on a real network.
//
//   struct Echo final : OwnParticipant { ... };   // connects in Connect, and so on
//   RunOptions options;
//   options.programs["echo"] = [](Network& network, Scheduler& scheduler) {
//     return std::make_unique<Echo>(network, scheduler);
//   };
//   RunScenario("programs echo\n@0 echo connect\n", options);
//
// A function below is called at the step of its name, and has no effect by default: a program may do
// what it wants when it wants. The destructor ends all its connections and timers.
#ifndef CHATHTTP_SIM_WORLD_OWN_PARTICIPANT_H_
#define CHATHTTP_SIM_WORLD_OWN_PARTICIPANT_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "chathttp/transport/ports/network.h"
#include "chathttp/transport/ports/scheduler.h"

namespace chathttp::sim {

class OwnParticipant {
 public:
  virtual ~OwnParticipant() = default;

  // There is no connection and no attempt. One at a time is allowed.
  virtual void Connect(const Endpoint& server) = 0;
  // Drops the connection or the attempt, and makes no other until Connect.
  virtual void Close() = 0;

  virtual void Add(std::string_view /*name*/) {}
  virtual void Say(std::string_view /*text*/) {}
  virtual void List() {}
  virtual void Leave() {}
  virtual void SetReading(bool /*reading*/) {}
};

using OwnParticipantFactory =
    std::function<std::unique_ptr<OwnParticipant>(Network& network, Scheduler& scheduler)>;

// The factories by names or patterns, as in a step: "echo", "bot*". The first that matches counts.
using OwnParticipants = std::map<std::string, OwnParticipantFactory>;

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_WORLD_OWN_PARTICIPANT_H_
