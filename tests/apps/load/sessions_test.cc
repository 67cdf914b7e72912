// chat_load --sessions: against the real server, which stops or is killed under load, and against a
// server that ends all connections once, and does then what it should or should not.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <array>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/apps/load/load_program.h"
#include "tests/apps/process.h"
#include "tests/apps/programs.h"
#include "tests/apps/wire.h"
#include "tests/apps/wire_peer.h"

namespace chathttp {
namespace {

// ---- The real server ----------------------------------------------------------------------------

class LoadSessions : public testing::Test {
 protected:
  LoadSessions() {
    std::string pattern = testing::TempDir() + "/load_sessions_XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  ~LoadSessions() override { std::filesystem::remove_all(folder_); }

  std::vector<std::string> WithJournal() const {
    return {"--history_dir=" + folder_ + "/history", "--history_sync=always"};
  }

  // Twenty members talk while the server ends by `signal` and starts again.
  static Figures RestartUnderLoad(int signal, std::vector<std::string> flags, int expected_exit) {
    flags.emplace_back("--log_level=error");
    std::optional<ServerProcess> server(flags);
    const std::uint16_t port = server->port();
    WirePeer watcher = Join(port, "Watcher");
    Process load(LoadCommand(port, {"--members=20", "--senders=4", "--window=4", "--sessions",
                                    "--seconds=600", "--warm_up=0s"}));
    WaitForText(watcher);
    server->Kill(signal);
    EXPECT_EQ(server->Wait(), signal == SIGKILL ? 128 + SIGKILL : 0) << server->err();
    flags.push_back("--port=" + std::to_string(port));
    server.emplace(flags);
    WirePeer again = Join(port, "Later");
    WaitForText(again);
    load.Kill(SIGTERM);
    EXPECT_EQ(load.Wait(), expected_exit) << load.out() << load.err();
    return ParseFlatJson(load.out()).value_or(Figures());
  }

  static void WaitForText(WirePeer& watcher) {
    for (;;) {
      const Received received = watcher.Receive();
      ASSERT_EQ(received.code, 200) << received;
      if (received.entity.starts_with("[ Load")) return;
    }
  }

  std::string folder_;
};

TEST_F(LoadSessions, GoOnWhenTheServerIsKilledAndStartsAgain) {
  const Figures figures = RestartUnderLoad(SIGKILL, WithJournal(), 0);
  EXPECT_EQ(Number(figures, "losses"), 20);
  EXPECT_EQ(Number(figures, "resumed"), 20);
  EXPECT_EQ(Number(figures, "notices"), 0);
  EXPECT_EQ(Number(figures, "in_doubt"), 0);
  EXPECT_GT(Number(figures, "back_max_ms"), 0);
}

TEST_F(LoadSessions, GoOnWhenTheServerStopsAndStartsAgain) {
  const Figures figures = RestartUnderLoad(SIGTERM, WithJournal(), 0);
  EXPECT_EQ(Number(figures, "losses"), 20);
  EXPECT_EQ(Number(figures, "resumed"), 20);
  EXPECT_EQ(Number(figures, "notices"), 0);
}

TEST_F(LoadSessions, ReportFreshLoginsIfTheServerHasForgottenThem) {
  const Figures figures = RestartUnderLoad(SIGKILL, {}, 1);
  EXPECT_EQ(Number(figures, "fresh_logins"), 20);
  EXPECT_EQ(figures.at("failure"), "");
  EXPECT_EQ(Number(figures, "notices"), 19);  // nobody is there to hear the first one
  EXPECT_EQ(Number(figures, "two_texts"), 0);
  EXPECT_EQ(Number(figures, "lost"), 0);
}

TEST_F(LoadSessions, FailIfNobodyCanComeBackWithinTheLimit) {
  ServerProcess server({"--log_level=error"});
  WirePeer watcher = Join(server.port(), "Watcher");
  Process load(LoadCommand(server.port(), {"--members=4", "--senders=2", "--sessions",
                                           "--seconds=600", "--resume_limit=50ms"}));
  WaitForText(watcher);
  server.Kill(SIGKILL);
  EXPECT_EQ(load.Wait(), 1);
  EXPECT_NE(load.out().find("could not come back within 50ms"), std::string::npos) << load.out();
}

TEST_F(LoadSessions, FailIfTheServerGivesNone) {
  const ServerProcess server({"--away_limit=0", "--log_level=error"});
  Process load(LoadCommand(server.port(), {"--members=2", "--senders=1", "--sessions"}));
  EXPECT_EQ(load.Wait(), 1);
  EXPECT_NE(load.out().find("got no session"), std::string::npos) << load.out();
}

// ---- A scripted server --------------------------------------------------------------------------

// What happens to the third text, and how the members return.
enum class Script {
  // Sound.
  kReplays,         // one member has heard it, the others get it as a replay
  kLosesIt,         // a new epoch begins before it, so the one that has heard it is told of a gap
  kReplacesIt,      // the same, and another broadcast has its number
  kLosesTheLast,    // all have heard it, and nothing is said after the loss
  kGap,             // a member is told that it misses it
  kGapOfTheTalker,  // the talker is told so
  // Faulty.
  kReplaysNothing,  // though it says so
  kReplaysTwice,
  kReplaysAnother,  // the text is another for one member
  kKeepsTheEpoch,   // as kReplacesIt, but in the same epoch
  kSaysItTwice,     // a text that was read before the loss, and the one that is said again
  kCountsWrong,     // the position does not fit to the replay
  kForgetsAToken,   // a member must log in again
};

constexpr std::array<std::string_view, 3> kTokens = {"00000000000000000000000000000000",
                                                     "11111111111111111111111111111111",
                                                     "22222222222222222222222222222222"};
constexpr std::size_t kHearer = 0;  // hears the third text before the loss
constexpr std::size_t kTalker = 1;
constexpr std::size_t kOther = 2;

class ScriptedRoom {
 public:
  explicit ScriptedRoom(Script script) : script_(script) {}

  std::uint16_t port() const { return listener_.port(); }

  // Serves until chat_load ends, and makes it end.
  void Serve(const Process& load) {
    for (std::size_t i = 0; i < kTokens.size(); ++i) Admit(i);
    for (int texts = 1;; ++texts) {
      if (!members_[kTalker]) return;
      const Received post = members_[kTalker]->Receive();
      if (post.code < 0) return;
      const std::string said = MakeResponse("200 OK", "[ Load00001 ] : " + post.entity);
      if (script_ == Script::kLosesTheLast) {
        if (texts <= 3) Broadcast(said);
        if (texts != 5) continue;  // the answer to the third text
        load.Kill(SIGTERM);
        Restart();
      } else if (texts == 3) {
        log_.push_back(said);
        members_[kHearer]->Send(said);
        Restart();
        if (script_ == Script::kCountsWrong) return;  // chat_load ends at once
      } else {
        Broadcast(said);
      }
      if (texts == 4 && script_ == Script::kSaysItTwice) Broadcast(said);
      if (texts == 8) load.Kill(SIGTERM);
    }
  }

 private:
  void Admit(std::size_t index) {
    WirePeer member = listener_.Accept();
    member.Send(MakeResponse("202 Accept", "test"));
    EXPECT_NE(member.Receive().bytes.find("\nSession: new\n"), std::string::npos);
    Broadcast(MakeResponse("200 OK", Entered("Load0000" + std::to_string(index))));
    member.Send(Welcome(kTokens[index], log_.size(), ""));
    members_[index].emplace(std::move(member));
  }

  void Restart() {
    for (std::optional<WirePeer>& member : members_) member.reset();
    if (script_ == Script::kLosesIt || script_ == Script::kReplacesIt ||
        script_ == Script::kLosesTheLast || script_ == Script::kKeepsTheEpoch) {
      log_.pop_back();
      kept_ = log_.size();
      if (script_ != Script::kKeepsTheEpoch) epoch_ += 2;
    }
    const std::string other = MakeResponse("200 OK", Left("Someone"));
    if (script_ == Script::kReplacesIt) Broadcast(other);
    for (std::size_t i = 0; i < kTokens.size(); ++i) Return(i + 1 == kTokens.size());
    if (script_ == Script::kKeepsTheEpoch) Broadcast(other);
  }

  void Return(bool last) {
    WirePeer member = listener_.Accept();
    member.Send(MakeResponse("202 Accept", "test"));
    const std::string add = member.Receive().bytes;
    std::size_t index = 0;
    while (index + 1 < kTokens.size() &&
           add.find("User_Agent: Load0000" + std::to_string(index)) == std::string::npos) {
      ++index;
    }
    EXPECT_NE(add.find("\nSession: " + std::string(kTokens[index]) + "\n"), std::string::npos);
    const std::size_t at = add.find("\nSince: 7.");
    ASSERT_NE(at, std::string::npos) << add;
    const std::size_t since = std::strtoul(add.c_str() + at + 10, nullptr, 10);
    const auto [reply, replay] = Answer(index, since, last);
    member.Send(reply);
    if (!replay.empty()) {
      // Whether its texts were said is known only behind the replay.
      EXPECT_TRUE(index != kTalker || script_ == Script::kCountsWrong || member.StaysSilent(50));
      member.Send(replay);
    }
    members_[index].emplace(std::move(member));
  }

  // The reply to the ADD of a member that returns, and the replay.
  std::pair<std::string, std::string> Answer(std::size_t index, std::size_t since, bool last) {
    const std::string_view token = kTokens[index];
    const std::size_t count = log_.size();
    if (since > kept_) return {Welcome(token, count, "Gap: unknown\n"), ""};
    const bool gap = script_ == Script::kGap && index == kOther;
    if (gap || (script_ == Script::kGapOfTheTalker && index == kTalker)) {
      return {Welcome(token, count, "Gap: " + std::to_string(count - since) + "\n"), ""};
    }
    if (script_ == Script::kForgetsAToken && index == kOther) {
      Broadcast(MakeResponse("200 OK", Entered("Load00002")));
      return {Welcome("33333333333333333333333333333333", log_.size(), "Gap: unknown\n"), ""};
    }
    const bool wrong = script_ == Script::kCountsWrong && last;
    std::vector<std::string> replay(log_.begin() + static_cast<std::ptrdiff_t>(since), log_.end());
    const std::string reply =
        Welcome(token, wrong ? count + 1 : count,
                replay.empty() ? "" : "Replay: " + std::to_string(replay.size()) + "\n");
    if (index == kOther && script_ == Script::kReplaysNothing) replay.pop_back();
    if (index == kOther && script_ == Script::kReplaysTwice) replay.push_back(replay.back());
    if (index == kOther && script_ == Script::kReplaysAnother) {
      std::string& text = replay.back();
      text[text.find("0000000002") + 9] = '1';
    }
    std::string bytes;
    for (const std::string& response : replay) bytes += response;
    return {reply, bytes};
  }

  void Broadcast(const std::string& response) {
    log_.push_back(response);
    for (std::optional<WirePeer>& member : members_) {
      if (member) member->Send(response);
    }
  }

  std::string Welcome(std::string_view token, std::size_t count, const std::string& lines) const {
    std::string response = MakeResponse("200 OK", "OK...^.^");
    response.insert(response.find("\n\n") + 1,
                    "Session: " + std::string(token) + "\nSession_Seconds: 120\n" + "Position: " +
                        std::to_string(epoch_) + "." + std::to_string(count) + "\n" + lines);
    return response;
  }

  const Script script_;
  const WireListener listener_;
  std::array<std::optional<WirePeer>, kTokens.size()> members_;
  std::vector<std::string> log_;                                // all broadcasts, as responses
  std::size_t kept_ = std::numeric_limits<std::size_t>::max();  // broadcasts of the first epoch
  int epoch_ = 7;
};

struct ScriptCase {
  std::string name;
  Script script;
  std::string figure;  // that is not 0
  friend std::ostream& operator<<(std::ostream& out, const ScriptCase& test_case) {
    return out << test_case.name;
  }
};

class LoadReturns : public testing::TestWithParam<ScriptCase> {
 protected:
  Figures Run(int expected_exit) {
    ScriptedRoom server(GetParam().script);
    Process load(LoadCommand(
        server.port(), {"--members=3", "--senders=1", "--window=2", "--sessions", "--joining=1",
                        "--seconds=600", "--warm_up=0s", "--patience=2s"}));
    server.Serve(load);
    EXPECT_EQ(load.Wait(), expected_exit) << load.out() << load.err();
    const std::optional<Figures> figures = ParseFlatJson(load.out());
    EXPECT_TRUE(figures) << load.out();
    return figures.value_or(Figures());
  }
};

using SoundReturns = LoadReturns;
using FaultyReturns = LoadReturns;

TEST_P(SoundReturns, AreVerified) {
  const Figures figures = Run(0);
  EXPECT_EQ(Number(figures, "losses"), 3);
  EXPECT_GT(Number(figures, GetParam().figure), 0);
  EXPECT_EQ(Number(figures, "resumed") + Number(figures, "resumed_known_gap") +
                Number(figures, "resumed_unknown_gap"),
            3);
}

INSTANTIATE_TEST_SUITE_P(
    LoadProgram, SoundReturns,
    testing::Values(ScriptCase{"Replays", Script::kReplays, "resumed"},
                    ScriptCase{"LosesIt", Script::kLosesIt, "resumed_unknown_gap"},
                    ScriptCase{"ReplacesIt", Script::kReplacesIt, "resumed_unknown_gap"},
                    ScriptCase{"LosesTheLast", Script::kLosesTheLast, "resumed_unknown_gap"},
                    ScriptCase{"Gap", Script::kGap, "resumed_known_gap"},
                    ScriptCase{"GapOfTheTalker", Script::kGapOfTheTalker, "in_doubt"}),
    [](const auto& tested) { return tested.param.name; });

TEST_P(FaultyReturns, AreCaught) {
  Figures figures = Run(1);
  EXPECT_EQ(figures["verified"], "false");
  if (GetParam().figure.empty()) {
    EXPECT_NE(figures["failure"].find("was told Position: 7."), std::string::npos)
        << figures["failure"];
  } else {
    EXPECT_GT(Number(figures, GetParam().figure), 0);
  }
}

INSTANTIATE_TEST_SUITE_P(
    LoadProgram, FaultyReturns,
    testing::Values(ScriptCase{"ReplaysNothing", Script::kReplaysNothing, "lost"},
                    ScriptCase{"ReplaysTwice", Script::kReplaysTwice, "repeated"},
                    ScriptCase{"ReplaysAnother", Script::kReplaysAnother, "two_texts"},
                    ScriptCase{"KeepsTheEpoch", Script::kKeepsTheEpoch, "two_texts"},
                    ScriptCase{"SaysItTwice", Script::kSaysItTwice, "repeated"},
                    ScriptCase{"CountsWrong", Script::kCountsWrong, ""},
                    ScriptCase{"ForgetsAToken", Script::kForgetsAToken, "fresh_logins"}),
    [](const auto& tested) { return tested.param.name; });

}  // namespace
}  // namespace chathttp
