#include "tests/adapters/redis/fake_redis.h"

#include <algorithm>
#include <array>
#include <limits>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace chathttp::redis {
namespace {

constexpr const char* kBehindError =
    "-ERR The ID specified in XADD is equal or smaller than the target stream top item\r\n";
constexpr const char* kWrongType =
    "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n";

void AppendBulk(std::string_view text, std::string& out) {
  absl::StrAppend(&out, "$", text.size(), "\r\n", std::string(text), "\r\n");
}

void AppendEntry(const FakeRedis::StoredEntry& entry, std::string& out) {
  out += "*2\r\n";
  AppendBulk(ToString(entry.id), out);
  absl::StrAppend(&out, "*", entry.fields.size(), "\r\n");
  for (const std::string& field : entry.fields) AppendBulk(field, out);
}

}  // namespace

std::string FakeRedis::StoredEntry::payload() const {
  std::string joined;
  for (std::size_t i = 1; i < fields.size(); i += 2) joined += fields[i];
  return joined;
}

struct FakeRedis::Client final : StreamObserver {
  Client(FakeRedis& its_redis, std::unique_ptr<ByteStream> its_stream)
      : redis(its_redis), stream(std::move(its_stream)), in({.bulk_bytes = std::size_t{64} << 20}) {
    authenticated = redis.password_.empty();
    stream->Observe(*this);
  }
  ~Client() { redis.scheduler_.Cancel(timer); }

  void OnReadable() override { redis.Serve(*this); }
  void OnWritable() override { Flush(); }

  void Flush() {
    if (redis.holds_ && appends) return;
    while (!out.empty() && !gone) {
      const std::string_view piece = out;
      const IoResult result = stream->Write({&piece, 1});
      if (result.status == IoStatus::kBroken) gone = true;
      if (result.status != IoStatus::kProgress) return;
      out.erase(0, result.bytes);
    }
  }

  FakeRedis& redis;
  std::unique_ptr<ByteStream> stream;
  RespDecoder in;
  std::deque<Arguments> commands;
  std::string out;
  bool authenticated;
  bool gone = false;
  bool appends = false;
  // A read that waits.
  bool blocked = false;
  std::string key;
  Position after;
  std::size_t count = 0;
  TimerId timer = kNoTimer;
};

FakeRedis::FakeRedis(Network& network, Scheduler& scheduler, const Endpoint& endpoint,
                     std::string password)
    : scheduler_(scheduler), password_(std::move(password)) {
  auto listener = network.Listen(endpoint, *this);
  EXPECT_TRUE(listener.ok()) << listener.status();
  listener_ = *std::move(listener);
}

FakeRedis::~FakeRedis() { scheduler_.Cancel(sweep_); }

FakeRedis::Stream* FakeRedis::stream(const std::string& key) {
  const auto found = streams_.find(key);
  return found == streams_.end() ? nullptr : &found->second;
}

void FakeRedis::OnAccept(std::unique_ptr<ByteStream> stream, std::string_view) {
  clients_.push_back(std::make_unique<Client>(*this, std::move(stream)));
}

void FakeRedis::Go() {
  is_stalled_ = false;
  WakeReaders();
  for (std::size_t i = 0; i < clients_.size(); ++i) Serve(*clients_[i]);
}

void FakeRedis::Cut() {
  for (const auto& client : clients_) {
    client->stream->Reset();
    client->gone = true;
  }
  Sweep();
}

void FakeRedis::HoldAppendReplies(bool hold) {
  holds_ = hold;
  for (const auto& client : clients_) client->Flush();
}

void FakeRedis::FailAppends(const std::string& key, int count, std::string error) {
  fail_[key] = {count, std::move(error)};
}

void FakeRedis::LoseTail(const std::string& key, std::size_t count) {
  std::vector<StoredEntry>& all = all_[key];
  lost_pasts_.push_back(all);
  Stream& stream = streams_[key];
  count = std::min(count, stream.entries.size() - 1);
  all.resize(all.size() - count);
  stream.last_id = all.back().id;
  std::erase_if(stream.entries, [&](const StoredEntry& e) { return e.id > stream.last_id; });
}

void FakeRedis::DeleteEntry(const std::string& key, const Position& id) {
  std::erase_if(streams_[key].entries, [&](const StoredEntry& entry) { return entry.id == id; });
}

void FakeRedis::DeleteKey(const std::string& key) {
  streams_.erase(key);
  all_.erase(key);
}

void FakeRedis::SendBytes(std::string_view bytes) {
  for (const auto& client : clients_) {
    client->out += bytes;
    client->Flush();
  }
}

Position FakeRedis::Add(const std::string& key, std::uint64_t epoch, const std::string& payload) {
  Stream& stream = streams_[key];
  Position id{epoch, stream.last_id.epoch == epoch ? stream.last_id.index + 1 : 0};
  stream.entries.push_back({id, {"d", payload}});
  stream.last_id = id;
  all_[key].push_back(stream.entries.back());
  WakeReaders();
  return id;
}

void FakeRedis::AddOfStranger(const std::string& key, const Position& id) {
  Stream& stream = streams_[key];
  stream.entries.push_back({id, {"x", "y"}});
  stream.last_id = id;
  WakeReaders();
}

void FakeRedis::Serve(Client& client) {
  std::array<char, 4096> buffer;
  while (!client.gone) {
    const IoResult result = client.stream->Read(buffer);
    if (result.status == IoStatus::kWouldBlock) break;
    if (result.status != IoStatus::kProgress) {
      client.gone = true;
      break;
    }
    for (std::string_view input(buffer.data(), result.bytes); !input.empty();) {
      const RespDecoder::Result decoded = client.in.Decode(input);
      input.remove_prefix(decoded.consumed);
      ASSERT_NE(decoded.status, RespDecoder::Status::kError) << client.in.error();
      if (decoded.status != RespDecoder::Status::kReply) continue;
      Arguments arguments;
      for (RespValue& each : client.in.TakeReply().elements) arguments.push_back(each.text);
      client.commands.push_back(std::move(arguments));
    }
  }
  while (!is_stalled_ && !client.gone && !client.blocked && !client.commands.empty()) {
    const Arguments arguments = std::move(client.commands.front());
    client.commands.pop_front();
    ++commands_;
    Run(client, arguments);
  }
  client.Flush();
  if (client.gone) Sweep();
}

void FakeRedis::Run(Client& client, const Arguments& arguments) {
  const std::string name = absl::AsciiStrToUpper(arguments.at(0));
  if (name == "AUTH") {
    const bool user_ok = arguments.size() == 2 || arguments[1] == "default";
    if (password_.empty() && arguments.size() == 2) {
      client.out += "-ERR AUTH <password> called without any password configured\r\n";
    } else if (user_ok && arguments.back() == password_) {
      client.authenticated = true;
      client.out += "+OK\r\n";
    } else {
      client.out += "-WRONGPASS invalid username-password pair or user is disabled.\r\n";
    }
    return;
  }
  if (!client.authenticated) {
    client.out += "-NOAUTH Authentication required.\r\n";
    return;
  }
  if (name == "PING") {
    client.out += "+PONG\r\n";
    return;
  }
  if (name == "XREAD") return RunRead(client, arguments);
  const std::string& key = arguments.at(1);
  if (texts_.contains(key)) {
    client.out += kWrongType;
  } else if (name == "XADD") {
    RunAdd(client, arguments);
  } else if (name == "XRANGE" || name == "XREVRANGE") {
    RunRange(client, arguments, name == "XREVRANGE");
  } else if (name == "XTRIM") {
    RunTrim(client, arguments);
  } else if (name == "XLEN") {
    const Stream* const found = stream(key);
    absl::StrAppend(&client.out, ":", found == nullptr ? 0 : found->entries.size(), "\r\n");
  } else {
    ADD_FAILURE() << "the fake does not know " << name;
  }
}

void FakeRedis::RunAdd(Client& client, const Arguments& arguments) {
  client.appends = true;
  const std::string& key = arguments[1];
  std::size_t at = 2;
  bool make = true;
  std::size_t most = 0;
  if (arguments[at] == "NOMKSTREAM") {
    make = false;
    ++at;
  }
  if (arguments[at] == "MAXLEN") {
    ASSERT_TRUE(absl::SimpleAtoi(arguments[at + 1], &most));
    at += 2;
  }
  if (!make && !streams_.contains(key)) {
    client.out += "$-1\r\n";
    return;
  }
  if (auto& [left, error] = fail_[key]; left > 0) {
    --left;
    absl::StrAppend(&client.out, "-", error, "\r\n");
    return;
  }
  const Position last = streams_.contains(key) ? streams_[key].last_id : Position{};
  Position id;
  if (arguments[at].ends_with("-*")) {
    ASSERT_TRUE(absl::SimpleAtoi(arguments[at].substr(0, arguments[at].size() - 2), &id.epoch));
    id.index = id.epoch == last.epoch ? last.index + 1 : 0;
  } else {
    const std::optional<Position> given = ParsePosition(arguments[at]);
    ASSERT_TRUE(given) << arguments[at];
    id = *given;
  }
  if (id <= last) {
    client.out += kBehindError;
    return;
  }
  AppendBulk(ToString(id), client.out);
  if (int& left = swallow_[key]; left > 0) {
    --left;
    return;
  }
  ASSERT_GT(arguments.size(), at + 2);
  Stream& stream = streams_[key];
  const auto add = [&](const Position& with) {
    stream.entries.push_back(
        {with, {arguments.begin() + static_cast<std::ptrdiff_t>(at) + 1, arguments.end()}});
    stream.last_id = with;
    all_[key].push_back(stream.entries.back());
  };
  add(id);
  if (int& left = double_[key]; left > 0 && arguments[at].ends_with("-*")) {
    --left;
    add({id.epoch, id.index + 1});
  }
  if (most > 0 && stream.entries.size() > most) {
    stream.entries.erase(stream.entries.begin(),
                         stream.entries.end() - static_cast<std::ptrdiff_t>(most));
  }
  WakeReaders();
}

void FakeRedis::RunRead(Client& client, const Arguments& arguments) {
  // XREAD COUNT n BLOCK ms STREAMS key id
  ASSERT_EQ(arguments.size(), 8u);
  std::int64_t block = 0;
  EXPECT_TRUE(absl::SimpleAtoi(arguments[2], &client.count));
  EXPECT_TRUE(absl::SimpleAtoi(arguments[4], &block));
  EXPECT_GT(block, 0);
  client.key = arguments[6];
  if (texts_.contains(client.key)) {
    client.out += kWrongType;
    return;
  }
  const std::optional<Position> after = ParsePosition(arguments[7]);
  EXPECT_TRUE(after) << arguments[7];
  client.after = *after;
  client.blocked = true;
  client.timer = scheduler_.RunAt(scheduler_.Now() + absl::Milliseconds(block),
                                  [this, &client] { EndRead(client); });
  WakeReaders();
}

void FakeRedis::EndRead(Client& client) {
  client.timer = kNoTimer;
  if (is_stalled_) {
    client.timer = scheduler_.RunAt(scheduler_.Now() + absl::Milliseconds(100),
                                    [this, &client] { EndRead(client); });
    return;
  }
  client.blocked = false;
  client.out += "*-1\r\n";
  Serve(client);
}

void FakeRedis::WakeReaders() {
  if (is_stalled_) return;
  for (const auto& each : clients_) {
    Client& client = *each;
    if (!client.blocked || client.gone) continue;
    const Stream* const found = stream(client.key);
    if (found == nullptr || found->last_id <= client.after) continue;
    std::vector<const StoredEntry*> news;
    for (const StoredEntry& entry : found->entries) {
      if (entry.id > client.after && news.size() < client.count) news.push_back(&entry);
    }
    if (news.empty()) continue;
    client.blocked = false;
    scheduler_.Cancel(std::exchange(client.timer, kNoTimer));
    client.out += "*1\r\n*2\r\n";
    AppendBulk(client.key, client.out);
    absl::StrAppend(&client.out, "*", news.size(), "\r\n");
    for (const StoredEntry* const entry : news) AppendEntry(*entry, client.out);
    client.Flush();
    // Commands behind the read are served in a turn of their own.
    if (!client.commands.empty() && sweep_ == kNoTimer) Sweep();
  }
}

void FakeRedis::RunRange(Client& client, const Arguments& arguments, bool reverse) {
  std::string first = reverse ? arguments[3] : arguments[2];
  std::string last = reverse ? arguments[2] : arguments[3];
  std::size_t count = 1'000'000;
  if (arguments.size() > 5) {
    ASSERT_TRUE(absl::SimpleAtoi(arguments[5], &count));
  }
  std::vector<const StoredEntry*> found;
  const bool excludes_last = last.starts_with("(");
  if (excludes_last) last.erase(0, 1);
  const Position low = first == "-" ? Position{} : ParsePosition(first).value();
  constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();
  const Position high = last == "+" ? Position{kMost, kMost} : ParsePosition(last).value();
  if (const Stream* const stored = stream(arguments[1])) {
    for (const StoredEntry& entry : stored->entries) {
      const bool is_below = entry.id < high || (entry.id == high && !excludes_last);
      if (entry.id >= low && is_below) found.push_back(&entry);
    }
  }
  if (reverse) std::reverse(found.begin(), found.end());
  if (found.size() > count) found.resize(count);
  absl::StrAppend(&client.out, "*", found.size(), "\r\n");
  for (const StoredEntry* const entry : found) AppendEntry(*entry, client.out);
}

void FakeRedis::RunTrim(Client& client, const Arguments& arguments) {
  ASSERT_EQ(arguments.size(), 4u);
  ASSERT_EQ(arguments[2], "MINID");
  trims_.push_back(arguments[3]);
  const Position least = ParsePosition(arguments[3]).value();
  std::size_t removed = 0;
  if (Stream* const found = stream(arguments[1])) {
    removed =
        std::erase_if(found->entries, [&](const StoredEntry& entry) { return entry.id < least; });
  }
  absl::StrAppend(&client.out, ":", removed, "\r\n");
}

// Destroys clients that are gone and serves those that were blocked, not inside their own calls.
void FakeRedis::Sweep() {
  if (sweep_ != kNoTimer) return;
  sweep_ = scheduler_.RunAt(scheduler_.Now(), [this] {
    sweep_ = kNoTimer;
    std::erase_if(clients_, [](const auto& client) { return client->gone; });
    for (std::size_t i = 0; i < clients_.size(); ++i) {
      if (!clients_[i]->commands.empty()) Serve(*clients_[i]);
    }
  });
}

}  // namespace chathttp::redis
