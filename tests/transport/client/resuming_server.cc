#include "tests/transport/client/resuming_server.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/transport/codec/position.h"
#include "gtest/gtest.h"

namespace chathttp {

struct ResumingServer::Stay {
  std::string name;
  std::string token;          // empty: not resumable
  std::uint64_t entered = 0;  // the number of its "entered"
  std::uint64_t heard = 0;    // the broadcasts delivered to it
  Connection* connection = nullptr;
  TimerId limit = kNoTimer;
};

class ResumingServer::Connection final : private StreamObserver {
 public:
  Connection(ResumingServer& server, std::unique_ptr<ByteStream> stream, const Cut& cut)
      : server_(server), stream_(std::move(stream)), cut_(cut) {
    stream_->Observe(*this);
    Reply(202, "test");
  }

  void Reply(int code, std::string_view entity, std::string_view fields = "") {
    Send(absl::StrCat("HTTP/1.1 ", code, " reason\nServer: test\nContent_Length: ", entity.size(),
                      "\n", AbslView(fields), "\n", AbslView(entity)));
  }

  bool open() const { return stream_ != nullptr; }

  void Break() {
    if (stream_ == nullptr) return;
    stream_.reset();
    server_.OnLost(*this);
  }

  Stay* stay = nullptr;

 private:
  void Send(std::string_view bytes) {
    if (stream_ == nullptr) return;
    const bool last = bytes.size() >= cut_.sent;
    if (last) bytes = bytes.substr(0, cut_.sent);
    cut_.sent -= cut_.sent == kNever ? 0 : bytes.size();
    server_.bytes_sent += bytes.size();
    const std::string_view pieces[] = {bytes};
    // If the client is gone already, the bytes are lost; reading finds the end.
    if (!bytes.empty()) static_cast<void>(stream_->Write(pieces));
    if (last) Break();
  }

  void OnReadable() override {
    while (stream_ != nullptr) {
      std::array<char, 1> byte;
      if (cut_.received == 0) return Break();
      const IoResult result = stream_->Read(byte);
      if (result.status == IoStatus::kWouldBlock) return;
      if (result.status != IoStatus::kProgress) return Break();
      if (cut_.received != kNever) --cut_.received;
      ++server_.bytes_received;
      const DecodeResult decoded = decoder_.Decode({byte.data(), 1});
      if (decoded.status == DecodeStatus::kMessage) server_.Serve(*this, decoder_.request());
    }
  }
  void OnWritable() override {}

  ResumingServer& server_;
  std::unique_ptr<ByteStream> stream_;
  Cut cut_;
  RequestDecoder decoder_;
};

ResumingServer::ResumingServer(Network& network, Scheduler& scheduler, const Endpoint& endpoint)
    : scheduler_(scheduler) {
  auto listener = network.Listen(endpoint, *this);
  EXPECT_TRUE(listener.ok());
  listener_ = *std::move(listener);
}

ResumingServer::~ResumingServer() {
  for (const auto& [name, stay] : stays_) scheduler_.Cancel(stay->limit);
}

void ResumingServer::OnAccept(std::unique_ptr<ByteStream> stream, std::string_view) {
  Cut cut;
  if (!cuts.empty()) {
    cut = cuts.front();
    cuts.pop_front();
  }
  connections_.push_back(std::make_unique<Connection>(*this, std::move(stream), cut));
}

// ---- The room ---------------------------------------------------------------------------------

void ResumingServer::Say(std::string_view name, std::string_view text) {
  Broadcast(absl::StrCat("[ ", AbslView(name), " ] : ", AbslView(text), "\n"));
}

void ResumingServer::Broadcast(std::string entity) {
  log.push_back(std::move(entity));
  Deliver();
}

void ResumingServer::Deliver() {
  for (const auto& [name, stay] : stays_) {
    while (stay->connection != nullptr && stay->heard < log.size()) {
      const std::uint64_t number = ++stay->heard;
      if (number != stay->entered) stay->connection->Reply(200, log[number - 1]);
    }
  }
}

void ResumingServer::Leave(const std::string& name) {
  const auto stay = stays_.find(name);
  if (stay == stays_.end()) return;
  if (stay->second->connection != nullptr) stay->second->connection->stay = nullptr;
  scheduler_.Cancel(stay->second->limit);
  stays_.erase(stay);
  Broadcast(absl::StrCat(name, " has just left the chat room...\n"));
}

void ResumingServer::OnLost(Connection& connection) {
  Stay* const stay = std::exchange(connection.stay, nullptr);
  if (stay == nullptr) return;
  stay->connection = nullptr;
  // Not at once: this may be inside Deliver.
  const absl::Duration wait = stay->token.empty() ? absl::ZeroDuration() : away_limit;
  stay->limit =
      scheduler_.RunAt(scheduler_.Now() + wait, [this, name = stay->name] { Leave(name); });
}

void ResumingServer::Break() {
  for (std::size_t i = 0; i < connections_.size(); ++i) connections_[i]->Break();
}

void ResumingServer::ForgetSessions() {
  Break();
  while (!stays_.empty()) Leave(std::string(stays_.begin()->first));
}

std::vector<std::string> ResumingServer::SinceEntered(std::string_view name) const {
  const auto stay = stays_.find(name);
  if (stay == stays_.end()) return {};
  return {log.begin() + static_cast<std::ptrdiff_t>(stay->second->entered), log.end()};
}

// ---- Requests ---------------------------------------------------------------------------------

void ResumingServer::Serve(Connection& connection, const RequestView& request) {
  const std::string name(request.user_agent.value_or(""));
  std::string line = absl::StrCat(AbslView(request.method_token), " ", name);
  if (request.session) absl::StrAppend(&line, " session=", AbslView(*request.session));
  if (request.since) absl::StrAppend(&line, " since=", AbslView(*request.since));
  if (request.history) absl::StrAppend(&line, " history=", AbslView(*request.history));
  requests.push_back(line);
  if (on_request) on_request(request);
  Answer(connection, request);
  if (!connection.open()) OnLost(connection);  // on_request broke it, and its effects stay
}

void ResumingServer::Answer(Connection& connection, const RequestView& request) {
  const std::string name(request.user_agent.value_or(""));
  switch (request.method) {
    case Method::kAdd:
      return Login(connection, request);
    case Method::kPost: {
      std::string_view text = request.entity;
      text.remove_suffix(1);
      return Say(name, text);
    }
    case Method::kGet: {
      std::string list = "Online users:\n";
      for (const auto& [member, stay] : stays_) absl::StrAppend(&list, member, "\n");
      return connection.Reply(200, list);
    }
    case Method::kDelete:
      connection.Reply(200, "OK...^.^");
      return Leave(name);
    case Method::kUnknown:
      return connection.Reply(400, "Unknown...TAT");
  }
}

void ResumingServer::Login(Connection& connection, const RequestView& request) {
  if (has_sessions && request.session) {
    if (Stay* const stay = StayOf(*request.session)) {
      const std::optional<Position> since = ParsePosition(request.since.value_or("0.0"));
      if (!since || since->count > log.size()) return connection.Reply(400, "Since: ahead");
      return Resume(connection, *stay, since->count);
    }
  }
  if (stays_.contains(*request.user_agent)) return connection.Reply(401, "Error...T.T");
  Enter(connection, request);
}

ResumingServer::Stay* ResumingServer::StayOf(std::string_view token) {
  const auto found = std::find_if(stays_.begin(), stays_.end(), [&](const auto& entry) {
    return !entry.second->token.empty() && entry.second->token == token;
  });
  return found == stays_.end() ? nullptr : found->second.get();
}

std::string ResumingServer::SessionFields(const Stay& stay, std::uint64_t replay) const {
  std::string fields;
  if (!stay.token.empty()) {
    absl::StrAppend(&fields, "Session: ", stay.token,
                    "\nSession_Seconds: ", absl::ToInt64Seconds(away_limit), "\n");
  }
  if (replay > 0) absl::StrAppend(&fields, "Replay: ", replay, "\n");
  if (!stay.token.empty()) {
    absl::StrAppend(&fields, "Position: ", ToString(Position{epoch, log.size()}), "\n");
  }
  return fields;
}

void ResumingServer::Resume(Connection& connection, Stay& stay, std::uint64_t since) {
  if (stay.connection != nullptr) stay.connection->Break();
  scheduler_.Cancel(std::exchange(stay.limit, kNoTimer));
  const std::uint64_t start = std::max(since, lost);
  const bool skips = stay.entered > start && stay.entered <= log.size();
  std::string fields = SessionFields(stay, log.size() - start - (skips ? 1 : 0));
  if (start > since) absl::StrAppend(&fields, "Gap: ", start - since, "\n");
  stay.heard = start;
  stay.connection = &connection;
  connection.stay = &stay;
  connection.Reply(200, "OK...^.^", fields);
  Deliver();
}

void ResumingServer::Enter(Connection& connection, const RequestView& request) {
  const std::string name(*request.user_agent);
  std::uint64_t history = 0;
  if (request.history) {
    EXPECT_TRUE(absl::SimpleAtoi(AbslView(*request.history), &history));
  }
  history = std::min<std::uint64_t>(history, log.size());
  Broadcast(absl::StrCat(name, " has just entered the chat room...\n"));
  auto stay = std::make_unique<Stay>();
  stay->name = name;
  stay->entered = log.size();
  stay->heard = log.size() - 1 - history;
  const bool asks = request.session.has_value();
  if (has_sessions && asks) stay->token = absl::StrFormat("%032x", next_token_++);
  stay->connection = &connection;
  connection.stay = stay.get();
  std::string fields = SessionFields(*stay, history);
  const bool forgotten = has_sessions && asks && *request.session != "new";
  if (forgotten) fields += "Gap: unknown\n";
  stays_.emplace(name, std::move(stay));
  connection.Reply(200, "OK...^.^", fields);
  Deliver();
}

}  // namespace chathttp
