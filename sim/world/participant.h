// Who takes part in a scenario: a raw peer that sends whatever it is told, or the real client core.
//
//   std::unique_ptr<Participant> alice = MakePeer(surroundings, "alice");
//   alice->Connect();
//   alice->Add("alice");
//   alice->Say("Hi");   // what cannot be done now waits for the connection, or is dropped
//
// The surroundings outlive its participants. One thread.
#ifndef CHATHTTP_SIM_WORLD_PARTICIPANT_H_
#define CHATHTTP_SIM_WORLD_PARTICIPANT_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/scenario.h"
#include "sim/world/record.h"
#include "sim/world/tap.h"
#include "transport/client/chat_client.h"
#include "transport/ports/network.h"
#include "transport/ports/scheduler.h"

namespace chathttp::sim {

struct Surroundings {
  std::function<Network&(std::string_view who)> network_of;
  Scheduler& scheduler;
  Recorder& recorder;
  Endpoint server;
  ClientOptions client_options;
  std::span<char> buffer;  // of all reading of raw peers
};

class Participant {
 public:
  Participant(const Surroundings& around, std::string_view name, bool real_client)
      : tap_(around.network_of(name), around.recorder, std::string(name), real_client) {}
  Participant(const Participant&) = delete;
  Participant& operator=(const Participant&) = delete;
  virtual ~Participant() = default;

  // No effect while there is a connection or an attempt. What an earlier one left is dropped.
  virtual void Connect() = 0;

  virtual void Add(std::string_view name) = 0;
  virtual void Say(std::string_view text) = 0;
  virtual void List() = 0;
  virtual void Leave() = 0;
  // Of raw peers: these very bytes.
  virtual void SendBytes(std::string_view bytes) = 0;

  virtual void SetReading(bool reading) = 0;
  virtual void ShutdownWrite() = 0;
  // Returns whether there was a live connection to be reset.
  virtual bool Reset() = 0;
  // Drops the connection, or the attempt, without a word.
  virtual void Close() = 0;

  // What a real client told its user; empty for peers.
  virtual std::vector<std::string> TakeStory() { return {}; }

  const std::string& name() const { return tap_.who(); }
  TapNetwork& tap() { return tap_; }

 private:
  TapNetwork tap_;
};

std::unique_ptr<Participant> MakePeer(const Surroundings& around, std::string_view name);
std::unique_ptr<Participant> MakeClient(const Surroundings& around, std::string_view name);

// Has a participant do what a step, at its `round`th time from 0 on, tells participants to do.
// No effect for steps of links, of sets and of the server.
void DoStep(Participant& participant, const Step& step, std::int64_t round);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_WORLD_PARTICIPANT_H_
