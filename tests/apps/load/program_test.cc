// chat_load against the real server, and against servers that lose, repeat or swap messages, which
// it must report.
#include <gtest/gtest.h>

#include <cstddef>
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

// Runs chat_load to its end against the real server, and checks that all went well.
Figures Load(std::vector<std::string> flags) {
  const ServerProcess server({"--log_level=error"});
  flags.push_back("--pid=" + std::to_string(server.pid()));
  Process load(LoadCommand(server.port(), flags));
  EXPECT_EQ(load.Wait(), 0) << load.out() << load.err();
  EXPECT_EQ(load.err(), "");
  const std::optional<Figures> figures = ParseFlatJson(load.out());
  EXPECT_TRUE(figures) << load.out();
  Figures result = figures.value_or(Figures());
  for (const char* const nothing : {"lost", "repeated", "misplaced", "refused", "apart"}) {
    EXPECT_EQ(result[nothing], "0") << nothing;
  }
  EXPECT_EQ(result["verified"], "true");
  EXPECT_EQ(result["failure"], "");
  return result;
}

TEST(LoadProgram, SeesThatTheServerLosesNothing) {
  const Figures figures =
      Load({"--members=20", "--senders=4", "--window=4", "--seconds=0.3", "--warm_up=0s"});
  EXPECT_GT(Number(figures, "posts"), 0);
  EXPECT_GT(Number(figures, "deliveries_per_second"), 0);
  EXPECT_GT(Number(figures, "last_p50_us"), 0);
  EXPECT_GE(Number(figures, "last_p99_us"), Number(figures, "last_p50_us"));
  EXPECT_GE(Number(figures, "last_p50_us"), Number(figures, "median_p50_us"));
  EXPECT_GT(Number(figures, "server_seconds_per_million"), 0);
  EXPECT_GT(Number(figures, "resident_bytes"), 0);
}

TEST(LoadProgram, SendsAtARateWhateverComesBack) {
  const Figures figures = Load(
      {"--members=5", "--senders=2", "--rate=500", "--size=1000", "--seconds=0.2", "--warm_up=0s"});
  EXPECT_GT(Number(figures, "posts"), 0);
  EXPECT_GT(Number(figures, "response_bytes"), 1000);
}

TEST(LoadProgram, TellsEachMemberOfEachThatJoinsLater) {
  const Figures figures = Load({"--members=100", "--join_storm"});
  EXPECT_EQ(Number(figures, "join_notices"), 100 * 99 / 2);
  EXPECT_EQ(figures.count("posts"), 0U);
}

TEST(LoadProgram, MeasuresIdleMembers) {
  const Figures figures = Load({"--members=50", "--idle", "--seconds=0.1", "--warm_up=0s"});
  EXPECT_EQ(figures.count("resident_bytes_per_member"), 1U);
  EXPECT_GE(Number(figures, "idle_share"), 0);
  EXPECT_GT(Number(figures, "posts"), 0);
}

TEST(LoadProgram, GoesOnWithMembersThatDoNotRead) {
  const Figures figures = Load({"--members=8", "--senders=2", "--never_read=1", "--slow_read=2",
                                "--seconds=0.3", "--warm_up=0s"});
  EXPECT_GT(Number(figures, "posts"), 0);
}

TEST(LoadProgram, SaysWhenThereIsNoServer) {
  const WireListener nobody(WireListener::Kind::kRefuses);
  Process load(LoadCommand(nobody.port(), {}));
  EXPECT_EQ(load.Wait(), 1);
  std::optional<Figures> figures = ParseFlatJson(load.out());
  ASSERT_TRUE(figures) << load.out();
  EXPECT_NE((*figures)["failure"].find("refused"), std::string::npos) << load.out();
  EXPECT_EQ((*figures)["verified"], "false");
}

TEST(LoadProgram, SaysWhenTheRoomIsFull) {
  const ServerProcess server({"--max_members=3", "--log_level=error"});
  Process load(LoadCommand(server.port(), {"--members=4", "--senders=1"}));
  EXPECT_EQ(load.Wait(), 1);
  EXPECT_NE(load.out().find("Room is full"), std::string::npos) << load.out();
}

// A server for three members that forwards the third text incorrectly.
enum class Fault { kNone, kOtherBytes, kLoses, kLosesForAll, kRepeats, kRepeatsForAll, kSwaps };

class FaultyServer {
 public:
  explicit FaultyServer(Fault fault) : fault_(fault) {}

  std::uint16_t port() const { return listener_.port(); }

  // Serves until chat_load ends.
  void Serve() {
    for (int i = 0; i < 3; ++i) Admit();
    for (;;) {
      const Received post = members_[kSender].Receive();
      if (post.code < 0) return;
      HandOn(MakeResponse("200 OK", "[ Load00001 ] : " + post.entity));
    }
  }

 private:
  void Admit() {
    WirePeer member = listener_.Accept();
    member.Send(MakeResponse("202 Accept", "test"));
    const std::string name = "Load0000" + std::to_string(members_.size());
    EXPECT_EQ(member.Receive().start_line.substr(0, 4), "ADD ");
    member.Send(MakeResponse("200 OK", "OK...^.^"));
    for (WirePeer& other : members_) other.Send(MakeResponse("200 OK", Entered(name)));
    members_.push_back(std::move(member));
  }

  void HandOn(const std::string& response) {
    ++texts_;
    for (std::size_t i = 0; i < members_.size(); ++i) members_[i].Send(For(i, response));
    last_ = response;
  }

  std::string For(std::size_t member, const std::string& response) const {
    const bool third = texts_ == 3;
    const bool fourth = texts_ == 4;
    const bool chosen = member == 2;
    switch (fault_) {
      case Fault::kNone:
        return response;
      case Fault::kOtherBytes: {
        std::string other = response;
        other[other.find("2015") + 3] = static_cast<char>('0' + member);
        return other;
      }
      case Fault::kLoses:
        return third && chosen ? "" : response;
      case Fault::kLosesForAll:
        return third ? "" : response;
      case Fault::kRepeats:
        return third && chosen ? response + response : response;
      case Fault::kRepeatsForAll:
        return third ? response + response : response;
      case Fault::kSwaps:
        if (third && chosen) return "";
        return fourth && chosen ? response + last_ : response;
    }
    return "";
  }

  static constexpr std::size_t kSender = 1;  // the one in the middle

  const Fault fault_;
  const WireListener listener_;
  std::vector<WirePeer> members_;
  int texts_ = 0;
  std::string last_;
};

struct FaultCase {
  std::string name;
  Fault fault;
  friend std::ostream& operator<<(std::ostream& out, const FaultCase& test_case) {
    return out << test_case.name;
  }
};

std::string NameOfFault(const testing::TestParamInfo<FaultCase>& info) { return info.param.name; }

class LoadCheck : public testing::TestWithParam<FaultCase> {
 protected:
  // Members join one after the other, so that the server handles one socket at a time.
  Figures Run(int expected_exit) {
    FaultyServer server(GetParam().fault);
    Process load(
        LoadCommand(server.port(), {"--members=3", "--senders=1", "--window=2", "--joining=1",
                                    "--seconds=0.2", "--warm_up=0s", "--patience=2s"}));
    server.Serve();
    EXPECT_EQ(load.Wait(), expected_exit) << load.out() << load.err();
    const std::optional<Figures> figures = ParseFlatJson(load.out());
    EXPECT_TRUE(figures) << load.out();
    return figures.value_or(Figures());
  }
};

using SoundServer = LoadCheck;
using FaultyServerTest = LoadCheck;

TEST_P(SoundServer, IsVerified) {
  Figures figures = Run(0);
  EXPECT_EQ(figures["verified"], "true");
  EXPECT_EQ(Number(figures, "apart") > 0, GetParam().fault == Fault::kOtherBytes);
}

INSTANTIATE_TEST_SUITE_P(LoadProgram, SoundServer,
                         testing::Values(FaultCase{"None", Fault::kNone},
                                         FaultCase{"OtherBytes", Fault::kOtherBytes}),
                         NameOfFault);

TEST_P(FaultyServerTest, IsCaught) {
  Figures figures = Run(1);
  EXPECT_EQ(figures["verified"], "false");
  EXPECT_GT(Number(figures, "lost") + Number(figures, "repeated") + Number(figures, "misplaced"),
            0);
}

INSTANTIATE_TEST_SUITE_P(LoadProgram, FaultyServerTest,
                         testing::Values(FaultCase{"Loses", Fault::kLoses},
                                         FaultCase{"LosesForAll", Fault::kLosesForAll},
                                         FaultCase{"Repeats", Fault::kRepeats},
                                         FaultCase{"RepeatsForAll", Fault::kRepeatsForAll},
                                         FaultCase{"Swaps", Fault::kSwaps}),
                         NameOfFault);

class LoadUsage : public testing::TestWithParam<Case> {};

TEST_P(LoadUsage, IsOneLineAndExitTwo) {
  Process load(LoadCommand(9994, GetParam().given));
  EXPECT_EQ(load.Wait(), 2);
  EXPECT_EQ(load.out(), "");
  EXPECT_TRUE(IsOneLine(load.err())) << load.err();
  EXPECT_NE(load.err().find(GetParam().words), std::string::npos) << load.err();
}

INSTANTIATE_TEST_SUITE_P(
    LoadProgram, LoadUsage,
    testing::Values(
        Case{"NoMembers", {"--members=0"}, "--members must be 1 to 99999, got 0"},
        Case{"SmallTexts", {"--size=9"}, "--size must be 10 to 65536, got 9"},
        Case{"MoreSendersThanMembers", {"--members=3", "--senders=4"}, "--senders must be 1 to 3"},
        Case{"NobodyReads",
             {"--members=3", "--senders=2", "--never_read=1", "--slow_read=1"},
             "together must be at most --members (3), got 4"},
        Case{"NoTime", {"--seconds=0"}, "--seconds must be more than 0"},
        Case{"NegativeRate", {"--rate=-1"}, "--rate must be 0 to"},
        Case{"BadPrefix", {"--prefix=a b"}, "--prefix must make a user name"},
        Case{"SessionsThatDoNotRead", {"--sessions", "--never_read=1"}, "--sessions excludes"},
        Case{"NoTimeToComeBack", {"--resume_limit=0"}, "--resume_limit must be more than 0"},
        Case{"TwoModes", {"--idle", "--join_storm"}, "exclude each other"},
        Case{"Argument", {"now"}, "takes no arguments but flags"}),
    NameOfCase);

}  // namespace
}  // namespace chathttp
