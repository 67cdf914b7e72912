#include "tests/sim/oracle/record_builder.h"

#include <map>

#include "absl/strings/str_cat.h"
#include "chathttp/sim/world/raw_codec.h"

namespace chathttp::sim {
namespace {

using End = ConnectionRecord::End;

constexpr absl::Duration kStep = absl::Milliseconds(10);

Flow FlowOf(const std::vector<RecordBuilder::Message>& messages) {
  Flow flow;
  for (const RecordBuilder::Message& message : messages) {
    if (message.bytes.empty()) continue;
    flow.bytes += message.bytes;
    flow.pieces.push_back({flow.bytes.size(), message.at});
  }
  return flow;
}

}  // namespace

RecordBuilder::RecordBuilder() {
  scenario_.name = "by-hand";
  scenario_.peers = {"alice", "bob", "carol"};
  Join("witness");
}

std::string RecordBuilder::Response(int code, std::string_view entity, absl::Duration at) {
  static constexpr auto kReason = [](int the_code) -> std::string_view {
    if (the_code == 200) return "OK";
    if (the_code == 202) return "Accept";
    if (the_code == 400) return "Bad Request";
    return the_code == 401 ? "User Name Exist" : "Internal Server Error";
  };
  const std::string reason(kReason(code));
  return absl::StrCat(
      "HTTP/1.1 ", code, " ", reason, "\nDatetime: ",
      absl::FormatTime("%Y-%m-%d %H:%M:%S", absl::UnixEpoch() + at, absl::UTCTimeZone()),
      "\nDeveloper: chathttp\nServer: chathttp/1.0\nContent_Length: ", entity.size(),
      "\nContent_Language: en\nContent_Encoding: utf-8\nContent_Type: text\n\n",
      std::string(entity));
}

std::size_t RecordBuilder::Connect(std::string_view who) {
  ConnectionRecord connection;
  connection.who = who;
  for (const ConnectionRecord& other : record_.connections) {
    if (other.who == who) ++connection.ordinal;
  }
  connection.asked = connection.connected = now_;
  record_.connections.push_back(connection);
  talks_.emplace_back();
  Reply(talks_.size() - 1, 202, "test");
  ++record_.stats.accepted;
  now_ += kStep;
  return talks_.size() - 1;
}

std::size_t RecordBuilder::Join(std::string_view who) {
  const std::size_t connection = Connect(who);
  Add(connection, who);
  return connection;
}

void RecordBuilder::Ask(std::size_t connection, std::string_view method, std::string_view user,
                        std::string_view entity) {
  now_ += kStep;
  sent(connection).push_back({RawRequest(method, user, entity), now_});
  ++record_.stats.requests;
}

void RecordBuilder::Reply(std::size_t connection, int code, std::string_view entity) {
  heard(connection).push_back({Response(code, entity, now_), now_});
  ++record_.stats.replies;
}

void RecordBuilder::Broadcast(std::string_view entity) {
  for (const std::size_t member : members_) {
    heard(member).push_back({Response(200, entity, now_), now_});
  }
  ++record_.stats.broadcasts;
}

void RecordBuilder::Add(std::size_t connection, std::string_view name, int code) {
  Ask(connection, "ADD", name);
  if (code != 200) return Reply(connection, code, code == 401 ? "Error...T.T" : "No such name");
  Broadcast(absl::StrCat(std::string(name), " has just entered the chat room...\n"));
  Reply(connection, 200, "OK...^.^");
  ++record_.stats.logins;
  members_.push_back(connection);
  talks_[connection].name = name;
}

void RecordBuilder::Say(std::size_t connection, std::string_view text) {
  const std::string name = talks_[connection].name;
  Ask(connection, "POST", name, absl::StrCat(std::string(text), "\n"));
  Broadcast(absl::StrCat("[ ", name, " ] : ", std::string(text), "\n"));
}

void RecordBuilder::List(std::size_t connection) {
  Ask(connection, "GET", talks_[connection].name);
  std::string list = "Online users:\n";
  for (const std::size_t member : members_) list += talks_[member].name + "\n";
  Reply(connection, 200, list);
}

void RecordBuilder::Leave(std::size_t connection) {
  Ask(connection, "DELETE", talks_[connection].name);
  LogOut(connection);
  Reply(connection, 200, "OK...^.^");
}

void RecordBuilder::Send(std::size_t connection, std::string_view bytes, bool refused) {
  now_ += kStep;
  sent(connection).push_back({std::string(bytes), now_});
  if (refused) Reply(connection, 400, "That is wrong");
}

void RecordBuilder::LogOut(std::size_t connection) {
  if (talks_[connection].name.empty()) return;
  std::erase(members_, connection);
  Broadcast(absl::StrCat(talks_[connection].name, " has just left the chat room...\n"));
  talks_[connection].name.clear();
}

void RecordBuilder::Close(std::size_t connection) {
  now_ += kStep;
  talks_[connection].open = false;
  record_.connections[connection].end = End::kClosed;
  record_.connections[connection].ended = now_;
  LogOut(connection);
}

void RecordBuilder::Conclude(std::size_t connection) {
  talks_[connection].open = false;
  record_.connections[connection].end = End::kEndOfStream;
  record_.connections[connection].ended = now_;
  LogOut(connection);
}

void RecordBuilder::Evict(std::size_t connection) {
  Conclude(connection);
  record_.connections[connection].end = End::kBroken;
  ++record_.stats.evicted;
}

void RecordBuilder::Finish() {
  now_ += absl::Seconds(60);
  record_.members_at_end = members_.size();
  record_.drain = now_;
  for (std::size_t i = 0; i < talks_.size(); ++i) {
    if (!talks_[i].open) continue;
    ++record_.connections_at_end;
    Reply(i, 500, "Server is shutting down");
    record_.connections[i].end = End::kEndOfStream;
    record_.connections[i].ended = now_;
  }
  record_.drained = true;
  ServerStats& stats = record_.stats;
  stats.closed = stats.accepted;
  for (const ConnectionRecord& connection : Record().connections) {
    stats.bytes_in += connection.sent.bytes.size();
    stats.bytes_out += connection.received.bytes.size();
  }
  record_.server_turns = 100;
}

std::size_t RecordBuilder::Find(std::size_t connection, std::string_view entity,
                                std::size_t begin) const {
  const std::vector<Message>& heard = talks_[connection].heard;
  while (begin < heard.size() && !std::string_view(heard[begin].bytes).ends_with(entity)) ++begin;
  return begin;
}

WorldRecord RecordBuilder::Record() const {
  WorldRecord record = record_;
  for (std::size_t i = 0; i < talks_.size(); ++i) {
    record.connections[i].sent = FlowOf(talks_[i].sent);
    record.connections[i].received = FlowOf(talks_[i].heard);
  }
  const std::vector<std::string> all = scenario_.Participants();
  for (std::size_t i = 0; i < scenario_.steps.size(); ++i) {
    const Step& step = scenario_.steps[i];
    for (const std::string& who : ExpandNames(step.who, all)) {
      record.done.push_back({i, 0, who, step.at});
    }
  }
  return record;
}

}  // namespace chathttp::sim
