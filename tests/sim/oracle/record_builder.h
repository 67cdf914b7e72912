// Builds records of conversations with a correct server, for tests that corrupt one place of a
// record.
//
//   RecordBuilder room;                       // the witness is in it
//   const std::size_t alice = room.Join("alice");
//   room.Say(alice, "Hi");
//   room.Finish();
//   room.heard(alice).pop_back();             // corrupt
//   Judge(room.scenario(), room.Record());
//
// Each call takes 10 ms; everything arrives at once.
#ifndef CHATHTTP_TESTS_SIM_ORACLE_RECORD_BUILDER_H_
#define CHATHTTP_TESTS_SIM_ORACLE_RECORD_BUILDER_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "chathttp/sim/scenario/scenario.h"
#include "chathttp/sim/world/record.h"

namespace chathttp::sim {

class RecordBuilder {
 public:
  struct Message {
    std::string bytes;
    absl::Duration at;
  };

  RecordBuilder();

  // Adds a connection with its greeting and returns its number.
  std::size_t Connect(std::string_view who);
  // The same and an ADD under the same name.
  std::size_t Join(std::string_view who);

  // Requests with correct replies. Add: `code` is 200, 401 or 400.
  void Add(std::size_t connection, std::string_view name, int code = 200);
  void Say(std::size_t connection, std::string_view text);
  void List(std::size_t connection);
  void Leave(std::size_t connection);
  // Sends arbitrary bytes; the reply is 400 if `refused`.
  void Send(std::size_t connection, std::string_view bytes, bool refused);

  // The ends of a connection. Each is a logout if it was logged in.
  void Close(std::size_t connection);     // by the participant
  void Conclude(std::size_t connection);  // by the server, after its last reply
  void Evict(std::size_t connection);     // by the server, with a reset

  // Something that others would hear, but that the server never said.
  void Broadcast(std::string_view entity);
  void Reply(std::size_t connection, int code, std::string_view entity);

  void Wait(absl::Duration duration) { now_ += duration; }
  absl::Duration now() const { return now_; }

  // Settles, ends the service and sets the counters; only corruptions may follow.
  void Finish();

  std::vector<Message>& sent(std::size_t connection) { return talks_[connection].sent; }
  std::vector<Message>& heard(std::size_t connection) { return talks_[connection].heard; }
  // The parts of the record without bytes: ends of connections, counters.
  ConnectionRecord& connection(std::size_t i) { return record_.connections[i]; }
  WorldRecord& record() { return record_; }
  Scenario& scenario() { return scenario_; }

  // The first response with `entity` that a connection received, from `begin` on.
  std::size_t Find(std::size_t connection, std::string_view entity, std::size_t begin = 0) const;

  // A response in the format of the server, sent at a given time.
  static std::string Response(int code, std::string_view entity, absl::Duration at);

  // The record with all bytes in it.
  WorldRecord Record() const;

 private:
  struct Talk {
    std::string name;  // login name; empty: not logged in
    bool open = true;
    std::vector<Message> sent;
    std::vector<Message> heard;
  };

  void Ask(std::size_t connection, std::string_view method, std::string_view user,
           std::string_view entity = "");
  void LogOut(std::size_t connection);

  Scenario scenario_;
  WorldRecord record_;
  std::vector<Talk> talks_;
  std::vector<std::size_t> members_;  // connections in order of login
  absl::Duration now_ = absl::Seconds(1);
};

}  // namespace chathttp::sim

#endif  // CHATHTTP_TESTS_SIM_ORACLE_RECORD_BUILDER_H_
