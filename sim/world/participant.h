// A participant of a scenario: a raw peer that sends arbitrary bytes, the real client core, a
// real session, or a program of the embedder.
//
//   std::unique_ptr<Participant> alice = MakePeer(context, "alice");
//   alice->Connect();
//   alice->Add("alice");
//   alice->Say("Hi");   // queued until the connection is there; dropped without an attempt
//
// The context outlives its participants. Not thread-safe.
#ifndef CHATHTTP_SIM_WORLD_PARTICIPANT_H_
#define CHATHTTP_SIM_WORLD_PARTICIPANT_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "chathttp/sim/scenario/scenario.h"
#include "chathttp/sim/world/client_record.h"
#include "chathttp/sim/world/kept_session.h"
#include "chathttp/sim/world/own_participant.h"
#include "chathttp/sim/world/record.h"
#include "chathttp/sim/world/tap.h"
#include "chathttp/transport/client/chat_client.h"
#include "chathttp/transport/client/chat_session.h"
#include "chathttp/transport/ports/network.h"
#include "chathttp/transport/ports/scheduler.h"

namespace chathttp::sim {

struct ParticipantContext {
  std::function<Network&(std::string_view who)> network_of;
  Scheduler& scheduler;
  Recorder& recorder;
  std::function<Endpoint(std::string_view who)> server_of;
  ClientOptions client_options;
  SessionOptions session_options;
  std::uint64_t seed;
  std::span<char> buffer;  // shared read buffer of the raw peers
};

class Participant {
 public:
  Participant(const ParticipantContext& context, std::string_view name, bool real_client)
      : tap_(context.network_of(name), context.recorder, std::string(name), real_client) {}
  Participant(const Participant&) = delete;
  Participant& operator=(const Participant&) = delete;
  virtual ~Participant() = default;

  // No effect during a connection or an attempt. Drops the state of an earlier connection.
  virtual void Connect() = 0;

  virtual void Add(std::string_view name) = 0;
  // ADD with a request for a session or for the past, or to come back. Raw peers only.
  virtual void AddSession(std::string_view, const SessionRequest&) {}
  // `kept`: by whose session.
  virtual void Resume(std::string_view, const SessionRequest&, const KeptSession&) {}
  // What a raw peer keeps of its session; null for others.
  virtual const KeptSession* kept_session() const { return nullptr; }
  virtual void Say(std::string_view text) = 0;
  virtual void List() = 0;
  virtual void Leave() = 0;
  // Sends exactly these bytes. Raw peers only.
  virtual void SendBytes(std::string_view bytes) = 0;

  virtual void SetReading(bool reading) = 0;
  virtual void ShutdownWrite() = 0;
  // Returns whether there was a live connection.
  virtual bool Reset() = 0;
  // Drops the connection or the attempt without a DELETE.
  virtual void Close() = 0;
  // The same; a session makes no further attempt.
  virtual void Disconnect() { Close(); }
  // Gives up the texts that a session has not sent.
  virtual void DropWaiting() {}

  // The end of the run: drops the connection, and opens no other.
  virtual void End() { Close(); }

  // What a real client or session did and reported; without entries for peers.
  virtual ClientRecord TakeRecord() { return {}; }

  const std::string& name() const { return tap_.who(); }
  TapNetwork& tap() { return tap_; }

 private:
  TapNetwork tap_;
};

std::unique_ptr<Participant> MakePeer(const ParticipantContext& context, std::string_view name);
std::unique_ptr<Participant> MakeClient(const ParticipantContext& context, std::string_view name);
std::unique_ptr<Participant> MakeSession(const ParticipantContext& context, std::string_view name);
std::unique_ptr<Participant> MakeProgram(const ParticipantContext& context, std::string_view name,
                                         const OwnParticipantFactory& factory);

// The factory for the program `name`, or null.
const OwnParticipantFactory* FindFactory(const OwnParticipants& programs, const std::string& name);

// Performs repetition `round` (from 0 on) of a step for one participant. No effect for steps about
// links, sets and the server.
void DoStep(Participant& participant, const Step& step, std::int64_t round);

}  // namespace chathttp::sim

#endif  // CHATHTTP_SIM_WORLD_PARTICIPANT_H_
