// The position and message of every kind of syntax error in a scenario.
#include <ostream>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "chathttp/sim/scenario/parser.h"
#include "gtest/gtest.h"

namespace chathttp::sim {
namespace {

std::string ErrorOf(std::string_view text) {
  const absl::Status status = ParseScenario(text, "t.chat").status();
  EXPECT_TRUE(status.ok() || absl::IsInvalidArgument(status));
  return std::string(status.message());
}

struct BadLine {
  std::string_view name;
  std::string_view line;
  std::string_view error;  // after "t.chat:3:"
};

void PrintTo(const BadLine& bad, std::ostream* out) { *out << bad.line; }

class BadLineTest : public ::testing::TestWithParam<BadLine> {};

TEST_P(BadLineTest, IsRefused) {
  const std::string head = "clients alice bob\npeers p q\n";
  EXPECT_EQ(ErrorOf(absl::StrCat(head, std::string(GetParam().line), "\n")),
            absl::StrCat("t.chat:3:", std::string(GetParam().error)));
}

std::string NameOf(const ::testing::TestParamInfo<BadLine>& bad) {
  return std::string(bad.param.name);
}

constexpr BadLine kLines[] = {
    {"OpenText", R"(@0 alice say "Hi)",
     "17: expected a closing double quote, got the end of the line"},
    {"BadEscape", R"(@0 alice say "H\i")", R"(16: expected one of \n \r \t \\ \" \xNN, got "\\i")"},
    {"ControlByte", "seed \x01",
     R"(6: expected a word, a text in double quotes or a comment, got the byte \x01)"},
    {"UnknownLine", "cleints carol", R"(1: expected "clients", got "cleints")"},
    {"TextForALine", R"("seed" 1)", R"(1: expected "seed", got the text "seed")"},
    {"FarFromAnyLine", "frobnicate 1",
     R"(1: expected one of "scenario" "seed" "mode" "limit" "journal" "exempt" "net" "clients" "peers" "sessions" "programs" "when" "heal" "settle" "effects" )"
     R"("expect", got "frobnicate")"},
    {"NoName", "scenario", "9: expected a name, got the end of the line"},
    {"TwoNames", "scenario a b", R"(12: expected the end of the line, got "b")"},
    {"NoSeed", "seed",
     "5: expected a number from 0 to 18446744073709551615, got the end of the line"},
    {"NegativeSeed", "seed -1", R"(6: expected a number from 0 to 18446744073709551615, got "-1")"},
    {"HugeSeed", "seed 18446744073709551616",
     R"(6: expected a number from 0 to 18446744073709551615, got "18446744073709551616")"},
    {"UnknownMode", "mode fauty", R"(6: expected "faulty", got "fauty")"},
    {"UnknownLimit", "limit backlogs 1K", R"(7: expected "backlog", got "backlogs")"},
    {"LimitTooSmall", "limit backlog 1K", R"(15: expected a size from 16K to 64M, got "1K")"},
    {"LimitWithoutValue", "limit login",
     "12: expected a duration from 1ns to 24h, got the end of the line"},
    {"LimitOfOtherUnit", "limit login 5", R"(13: expected a duration from 1ns to 24h, got "5")"},
    {"LimitAsText", R"(limit members "5")",
     R"(15: expected a count from 1 to 100000, got the text "5")"},
    {"LimitTwice", "limit members 5 members 5",
     R"(17: expected each limit only once, got "members" again)"},
    {"BacklogTooSmallForText", "limit backlog 16K",
     R"(15: expected a backlog of at least 8 texts of 4K, got 16K)"},
    {"TextTooLongForBacklog", "limit text 8K backlog 32K",
     R"(12: expected a backlog of at least 8 texts of 8K, got 32K)"},
    {"BadName", "clients 7up",
     R"(9: expected a name (a letter, then up to 31 of A-Z a-z 0-9 _ . -) or a range such as d[1..4], got "7up")"},
    {"LongName", "clients abcdefghijklmnopqrstuvwxyzabcdefg",
     R"(9: expected a name (a letter, then up to 31 of A-Z a-z 0-9 _ . -) or a range such as d[1..4], got "abcdefghijklmnopqrstuvwxyzabcdefg")"},
    {"BadRange", "peers x d[4..1]",
     R"(9: expected a name (a letter, then up to 31 of A-Z a-z 0-9 _ . -) or a range such as d[1..4], got "d[4..1]")"},
    {"NoNames", "clients", "8: expected a name, got the end of the line"},
    {"ServerAsName", "clients server", R"(9: expected a name that is not reserved, got "server")"},
    {"WitnessAsName", "peers witness", R"(7: expected a name that is not reserved, got "witness")"},
    {"OtherServerAsName", "peers server2",
     R"(7: expected a name that is not reserved, got "server2")"},
    {"ServerBeyondTheLimit", "@0 server2 stop",
     R"(4: expected one of 1 server (limit servers), got "server2")"},
    {"ViaAServerBeyondTheLimit", "net p via server3",
     R"(5: expected one of 1 server (limit servers), got "server3")"},
    {"ViaNoServer", "net p via server5",
     R"(11: expected a server: server, server2, server3 or server4, got "server5")"},
    {"ViaOfTheServer", "net server->p via server2",
     R"(5: expected WHO or WHO->server with address, proxy and via, got "server->p")"},
    {"FaultOfALogOfOneServer", "@0 server log-clog 1s",
     R"(11: expected a room of several servers (limit servers 2), got "log-clog")"},
    {"FaultOfADiskWithoutAJournal", "@0 disk flip", R"(9: expected a line `journal`, got "flip")"},
    {"PowerCutWithoutAJournal", "@0 server power-cut",
     R"(11: expected a line `journal`, got "power-cut")"},
    {"UnknownFaultOfADisk", "@0 disk flp", R"(9: expected "flip", got "flp")"},
    {"TearOfNothing", "@0 disk tear 0", R"(14: expected a size from 1 to 1M, got "0")"},
    {"UnknownSync", "journal daily", R"(9: expected one of "always" "1s" "never", got "daily")"},
    {"JournalOfSeveralServers", "journal 1s \nlimit servers 2",
     R"(9: expected one server with a journal, got limit servers 2)"},
    {"DiskAsName", "peers disk", R"(7: expected a name that is not reserved, got "disk")"},
    {"TooManyServers", "limit servers 5", R"(15: expected a count from 1 to 4, got "5")"},
    {"KeywordAsName", "peers swizzle", R"(7: expected a name that is not reserved, got "swizzle")"},
    {"ReservedByTheRoom", "peers Everyone",
     R"(7: expected a name that is not reserved, got "Everyone")"},
    {"NameTwice", "clients carol alice",
     R"(15: expected each name only once, got "alice", which was declared in line 1)"},
    {"NameTwiceByRange", "peers d2 d[1..3]",
     R"(10: expected each name only once, got "d2", which was declared in line 3)"},
    {"NetOfNobody", "net carol chunk 1",
     R"(5: expected somebody of `clients`, `peers`, `sessions` and `programs` (alice bob p q), got "carol")"},
    {"NetBetweenPeople", "net alice->bob chunk 1",
     R"(5: expected WHO->server or server->WHO, got "alice->bob")"},
    {"NetWithoutOption", "net alice",
     R"(10: expected one of "latency" "chunk" "sndbuf" "rcvbuf" "bandwidth" "address" "proxy" "via", got the end of the line)"},
    {"NetOptionTwice", "net alice chunk 1 chunk 2",
     R"(19: expected one of "latency" "sndbuf" "rcvbuf" "bandwidth" "address" "proxy" "via", got "chunk")"},
    {"UnknownNetOption", "net alice recvbuf 1", R"(11: expected "rcvbuf", got "recvbuf")"},
    {"BadChunk", "net alice chunk 7..1",
     R"(17: expected LEAST..MOST with LEAST <= MOST, each a size from 1 to 1M, got "7..1")"},
    {"BadLatency", "net alice latency often(1ms)",
     R"~(19: expected a latency: a duration from 0 to 1h, uniform(LEAST..MOST), exp(MEAN) or bimodal(USUAL,RARE,N%), got "often(1ms)")~"},
    {"BadBimodal", "net alice latency bimodal(1ms,2ms,101%)",
     R"~(19: expected a latency: a duration from 0 to 1h, uniform(LEAST..MOST), exp(MEAN) or bimodal(USUAL,RARE,N%), got "bimodal(1ms,2ms,101%)")~"},
    {"MinOfFixedLatency", "net alice latency 1ms min 1ms",
     R"(23: expected one of "chunk" "sndbuf" "rcvbuf" "bandwidth" "address" "proxy" "via", got "min")"},
    {"BadAddress", "net p address 192.0.2.256",
     R"(15: expected an address like 192.0.2.7 or 2001:db8::7, got "192.0.2.256")"},
    {"AddressOfTheServer", "net server->p address 192.0.2.7",
     R"(5: expected WHO or WHO->server with address, proxy and via, got "server->p")"},
    {"UnknownProxy", "net p proxy v3", R"(13: expected "v1" or "v2", got "v3")"},
    {"ClientWithoutHeader", "net alice proxy none",
     R"(5: expected only names of `peers`, got the client "alice")"},
    {"BadNetwork", "exempt 10.0.0.1/8",
     R"(8: expected a network like 10.0.0.0/8 or 2001:db8::/32, got "10.0.0.1/8")"},
    {"NoNetwork", "exempt",
     "7: expected a network like 10.0.0.0/8 or 2001:db8::/32, got the end of the line"},
    {"ReloadOfNothing", "@0 server reload",
     R"(17: expected one of "connections" "flood" "flood-limit" "per-address" "connects" "refusals", got the end of the line)"},
    {"ReloadOfAFixedLimit", "@0 server reload per-adress 1",
     R"(18: expected "per-address", got "per-adress")"},
    {"CommandWithoutText", "@0 admin kick", R"(10: expected "TEXT", got "kick")"},
    {"HealWithoutTime", "heal 4s", R"(6: expected @ and a duration from 0 to 1000h, got "4s")"},
    {"SettleTooLong", "settle 1001h", R"(8: expected a duration from 0 to 1000h, got "1001h")"},
    {"NegativeTime", "@-1s alice list",
     R"(1: expected @ and a duration from 0 to 1000h, got "@-1s")"},
    {"TimeWithoutUnit", "@5 alice list",
     R"(1: expected @ and a duration from 0 to 1000h, got "@5")"},
    {"TimeTooFine", "@0.5ns alice list",
     R"(1: expected @ and a duration from 0 to 1000h, got "@0.5ns")"},
    {"OnlyTime", "@1s", "4: expected who takes the step, got the end of the line"},
    {"NoVerb", "@1s alice",
     "10: expected one of \"connect\" \"add\" \"resume\" \"say\" \"list\" \"leave\" "
     "\"pause-reading\" "
     "\"resume-reading\" \"shutdown-write\" \"reset\" \"close\" \"disconnect\" \"drop-waiting\", "
     "got the end of the line"},
    {"MistypedVerb", "@1s alice pause-reeding",
     R"(11: expected "pause-reading", got "pause-reeding")"},
    {"NearlyTwoVerbs", "@1s alice sdd", R"(11: expected "add", got "sdd")"},
    {"VerbInTheWrongPlace", R"(@1s p raw "GET")",
     R"(7: expected raw WHO "TEXT" [xN [every SPAN]] [stagger SPAN], got "raw")"},
    {"VerbOfALink", "@1s alice clog 5s", R"(11: expected link FROM->TO clog DURATION, got "clog")"},
    {"VerbOfSides", "@1s alice partition bob",
     R"(11: expected partition WHO|WHO for DURATION, got "partition")"},
    {"VerbOfTheServer", "@1s alice stop", R"(11: expected server stop, got "stop")"},
    {"UnknownServerVerb", "@1s server wal -1h", R"(12: expected "wall", got "wal")"},
    {"UnknownLinkVerb", "@1s link alice->server clot 1s", R"(24: expected "clog", got "clot")"},
    {"LinkWithoutVerb", "@1s link", "9: expected FROM->TO, got the end of the line"},
    {"StepOfNobody", "@1s alice,carol list",
     R"(5: expected somebody of `clients`, `peers`, `sessions` and `programs` (alice bob p q), got "carol")"},
    {"GlobOfNobody", "@1s d* list",
     R"(5: expected somebody of `clients`, `peers`, `sessions` and `programs` (alice bob p q), got "d*")"},
    {"EmptyPartOfAList", "@1s alice,,bob list",
     R"(5: expected somebody of `clients`, `peers`, `sessions` and `programs` (alice bob p q), got "")"},
    {"RawOfAClient", R"(@1s raw p,alice "GET")",
     R"(9: expected only names of `peers`, got the client "alice")"},
    {"RawOfAll", R"(@1s raw * "GET")",
     R"(9: expected only names of `peers`, got the client "alice")"},
    {"RawOfNobody", R"(@1s raw carol "GET")",
     R"(9: expected somebody of `peers` (p q), got "carol")"},
    {"RawWithoutText", "@1s raw p GET", R"(11: expected "TEXT", got "GET")"},
    {"LinkWithoutArrow", "@1s link alice clog 5s",
     R"(10: expected WHO->server or server->WHO, got "alice")"},
    {"LinkWithTwoArrows", "@1s link alice->server->bob clog 5s",
     R"(10: expected WHO->server or server->WHO, got "alice->server->bob")"},
    {"LinkOfTheServerOnly", "@1s link server->server clog 5s",
     R"(10: expected WHO->server or server->WHO, got "server->server")"},
    {"LinkOfNobody", "@1s link carol->server clog 5s",
     R"(10: expected somebody of `clients`, `peers`, `sessions` and `programs` (alice bob p q), got "carol")"},
    {"ClogWithoutDuration", "@1s link alice->server clog",
     "28: expected a duration from 1ns to 1000h, got the end of the line"},
    {"ClogForNoTime", "@1s link alice->server clog 0",
     R"(29: expected a duration from 1ns to 1000h, got "0")"},
    {"BandwidthWithoutFor", "@1s link alice->server bandwidth 1K 5s",
     R"(37: expected "for", got "5s")"},
    {"NegativeLatency", "@1s link alice->server latency -1s for 1s",
     R"(32: expected an offset from +1ns to +1h, got "-1s")"},
    {"SidesWithoutBar", "@1s partition alice for 1s", R"(15: expected WHO|WHO, got "alice")"},
    {"SidesWithoutServer", "@1s partition alice|bob for 1s",
     R"(15: expected the server on one side, got "alice|bob")"},
    {"SomebodyOnBothSides", "@1s partition a*,server|p,alice for 1s",
     R"(15: expected nobody on both sides, got "alice")"},
    {"ServerOnBothSides", "@1s partition server|p,server for 1s",
     R"(15: expected nobody on both sides, got "server")"},
    {"NobodyOnASide", "@1s partition server| for 1s",
     R"(15: expected somebody of `clients`, `peers`, `sessions` and `programs` (alice bob p q), got "")"},
    {"SwizzleWithoutOver", "@1s swizzle alice 2s", R"(19: expected "over", got "2s")"},
    {"SwizzleOfNobody", "@1s swizzle d* over 2s",
     R"(13: expected somebody of `clients`, `peers`, `sessions` and `programs` (alice bob p q), got "d*")"},
    {"SayWithoutText", "@1s alice say Hi", R"(15: expected "TEXT", got "Hi")"},
    {"AddNothing", R"(@1s alice add "")",
     R"(15: expected a name of at least one byte, got the text "")"},
    {"NoTimes", R"(@1s alice say "Hi" x0)",
     R"(20: expected x and a count from 1 to 100000, got "x0")"},
    {"TooManyTimes", "@1s alice list x100001",
     R"(16: expected x and a count from 1 to 100000, got "x100001")"},
    {"EveryWithoutTimes", "@1s alice list every 1s",
     R"(16: expected WHO list [xN [every SPAN]] [stagger SPAN] [expect ...], got "every")"},
    {"EveryWithoutDuration", "@1s alice list x2 every",
     "24: expected a duration from 0 to 1000h, or LEAST..MOST with LEAST <= MOST, got the end of "
     "the line"},
    {"WallWithoutUnit", "@1s server wall 5",
     R"(17: expected an offset from -8760h to +8760h, got "5")"},
    {"TooManyDescriptors", "@1s server descriptors 65537 for 1s",
     R"(24: expected a count from 0 to 65536, got "65537")"},
    {"ExpectationOfNoReply", "@1s alice reset expect 200",
     R"(17: expected the end of the line, got "expect")"},
    {"ExpectationWithoutCode", "@1s alice list expect",
     "22: expected a code: 200, 202, 400, 401, 500, got the end of the line"},
    {"UnknownCode", "@1s alice list expect 404",
     R"(23: expected a code: 200, 202, 400, 401, 500, got "404")"},
    {"ExpectationOfAnother", "@1s alice list expect bob 200",
     R"(23: expected one of those who take the step (alice), got "bob")"},
    {"ThenWhat", "@1s alice list expect 400 then end", R"(32: expected "eof", got "end")"},
    {"AfterAnExpectation", "@1s alice list expect 400 eof",
     R"(27: expected the end of the line, got "eof")"},
    {"ExpectNothing", "expect",
     R"(7: expected "server", "effect" or WHO, got the end of the line)"},
    {"UnknownServerCount", "expect server eviction 1", R"(15: expected "evicted", got "eviction")"},
    {"ServerCountWithoutNumber", "expect server evicted many",
     R"(23: expected a count from 0 to 1000000000, got "many")"},
    {"SeesOrHears", "expect alice see 5", R"(14: expected "sees", got "see")"},
    {"HearsNothing", "expect alice hears", R"(19: expected "TEXT", got the end of the line)"},
    {"HearsTwoTextsManyTimes", R"(expect alice hears "A" "B" x2)",
     R"(28: expected the end of the line, got "x2")"},
    {"HearsZeroTimes", R"(expect alice hears "A" x0)",
     R"(24: expected x and a count from 1 to 1000000000, got "x0")"},
    {"HearsInWhichOrder", R"(expect alice hears in order "A")",
     R"(23: expected "any", got "order")"},
    {"ExactlyOneHearsTwo", R"(expect exactly one of * hears "A" "B")",
     R"(35: expected the end of the line, got the text "B")"},
    {"NobodySeesNothing", "expect no alice sees 5 messages", R"(17: expected "hears", got "sees")"},
    {"NobodyHears", R"(expect carol hears "A")",
     R"(8: expected somebody of `clients`, `peers`, `sessions` and `programs` (alice bob p q), got "carol")"},
    {"WhenNobody", R"(when carol hears "A" do alice list)",
     R"(6: expected somebody of `clients`, `peers`, `sessions` and `programs` (alice bob p q), got "carol")"},
    {"WhenWhat", R"(when alice says "A" do alice list)", R"(12: expected "hears", got "says")"},
    {"WhenWithoutDo", R"(when alice hears "A" bob list)", R"(22: expected "do", got "bob")"},
    {"WhenDoesNothing", R"(when alice hears "A" do bob)",
     "28: expected one of \"connect\" \"add\" \"resume\" \"say\" \"list\" \"leave\" "
     "\"pause-reading\" "
     "\"resume-reading\" \"shutdown-write\" \"reset\" \"close\" \"disconnect\" \"drop-waiting\", "
     "got the end of the line"},
    {"WhenAtATime", R"(when alice hears "A" do @1s bob list)",
     R"(25: expected a step without a time, got "@1s")"},
    {"RelativeTimeWithoutUnit", "@+5 alice list",
     R"(1: expected @+ and a duration from 0 to 1000h, got "@+5")"},
    {"SpanBackwards", R"(@1s alice say "x" x2 every 5ms..1ms)",
     R"(28: expected a duration from 0 to 1000h, or LEAST..MOST with LEAST <= MOST, got "5ms..1ms")"},
    {"StaggerWithoutSpan", "@1s alice connect stagger",
     "26: expected a duration from 0 to 1000h, or LEAST..MOST with LEAST <= MOST, got the end of "
     "the line"},
    {"WithinWhat", "@1s alice list expect within 200",
     R"(30: expected a duration from 0 to 1000h, got "200")"},
    {"BetweenBackwards", "@1s alice list expect between 5s and 3s 200",
     R"(38: expected a duration from 5s to 1000h, got "3s")"},
    {"EveryBehindStagger", "@1s alice list x2 stagger 1ms every 1s",
     R"(31: expected WHO list [xN [every SPAN]] [stagger SPAN] [expect ...], got "every")"},
    {"StaggerTwice", "@1s alice connect stagger 1s stagger 2s",
     R"(30: expected WHO connect [stagger SPAN] [expect ...], got "stagger")"},
    {"MistypedStagger", "@1s alice connect stager 5ms",
     R"(19: expected WHO connect [stagger SPAN] [expect ...], got "stager")"},
    {"WithoutField", "@1s alice list expect 200 with",
     "31: expected a header field, got the end of the line"},
    {"WithUnknownField", R"(@1s alice list expect 200 with Servre "x")",
     R"(32: expected "Server", got "Servre")"},
    {"WithWhatElse", R"(@1s alice list expect 200 with Server "x" with Server "y")",
     R"(43: expected one of "Datetime" "Developer" "Server" "Session" "Session_Seconds" "Replay" "Position" "Gap" "then", got "with")"},
    {"RangeThatIsNotThere", "@1s x[1..2] list",
     R"(5: expected somebody of `clients`, `peers`, `sessions` and `programs` (alice bob p q), got "x[1..2]")"},
    {"SeesNoNumber", "expect alice sees messages",
     R"(19: expected a count from 0 to 1000000000, got "messages")"},
    {"SeesWhat", "expect alice sees 5", R"(20: expected "messages", got the end of the line)"},
    {"NobodySees", "expect carol sees 5 messages",
     R"(8: expected somebody of `clients`, `peers`, `sessions` and `programs` (alice bob p q), got "carol")"},
    {"NoEffect", "expect effect", "14: expected a list of effects, got the end of the line"},
    {"UnknownEffect", "expect effect clog,swizle", R"(15: expected "swizzle", got "swizle")"},
};

INSTANTIATE_TEST_SUITE_P(Lines, BadLineTest, ::testing::ValuesIn(kLines), NameOf);

TEST(ScenarioErrorTest, ALineThatMayBeThereOnceIsNotThereTwice) {
  EXPECT_EQ(ErrorOf("seed 1\n\n  seed 1\n"),
            R"(t.chat:3:3: expected "seed" only once, got it again after line 1)");
}

TEST(ScenarioErrorTest, ModeCleanHasNoFaults) {
  EXPECT_EQ(ErrorOf("mode clean\nclients a\n@1s a reset\n"),
            R"(t.chat:3:7: expected no fault in mode clean, got "reset")");
}

TEST(ScenarioErrorTest, NoFaultBeginsAfterHeal) {
  EXPECT_EQ(ErrorOf("clients a\n@5s link a->server clog 1s\nheal @4s\n"),
            R"(t.chat:2:20: expected faults to begin before heal @4s, got "clog" at 5s)");
}

TEST(ScenarioErrorTest, OnlyPeersAskForSessions) {
  EXPECT_EQ(ErrorOf("clients a\npeers b\n@0 a add session\n"),
            "t.chat:3:4: expected only names of `peers`, got the client \"a\"");
  EXPECT_EQ(ErrorOf("clients a\npeers b\n@0 a resume\n"),
            "t.chat:3:4: expected only names of `peers`, got the client \"a\"");
  EXPECT_EQ(ErrorOf("clients a\npeers b\n@0 b resume of a\n"),
            "t.chat:3:6: expected one of `peers` (b), got \"a\"");
  EXPECT_EQ(ErrorOf("limit resumable 0s\n"),
            "t.chat:1:17: expected a duration from 1s to 24h, got \"0s\"");
}

TEST(ScenarioErrorTest, ThereAreNotMoreNamesThanTheLimit) {
  EXPECT_EQ(ErrorOf("clients a[1..10000]\npeers p\n"),
            "t.chat:2:7: expected at most 10000 names, got 10001");
}

TEST(ScenarioErrorTest, ARangeMeansEachOfItsNames) {
  EXPECT_EQ(ErrorOf("clients d[1..3]\n@0 d[2..4] connect\n"),
            "t.chat:2:4: expected somebody of `clients`, `peers`, `sessions` and `programs` "
            "(d[1..3]), got \"d4\" in \"d[2..4]\"");
}

TEST(ScenarioErrorTest, ALongListOfNamesIsLeftOut) {
  std::string clients = "clients";
  for (int i = 0; i < 100; ++i) absl::StrAppend(&clients, " n", i, "x");
  EXPECT_EQ(ErrorOf(clients + "\n@0 n connect\n"),
            "t.chat:2:4: expected somebody of `clients`, `peers`, `sessions` and `programs`, got "
            "\"n\"");
}

TEST(ScenarioErrorTest, ATextOverTheLimitIsRefused) {
  EXPECT_EQ(ErrorOf(std::string(kMaxScenarioBytes + 1, '\n')),
            "t.chat:1:1: expected at most 1048576 bytes, got 1048577");
}

TEST(ScenarioErrorTest, ALineOverTheLimitIsRefused) {
  EXPECT_EQ(ErrorOf(std::string(kMaxScenarioLines + 1, '\n')),
            "t.chat:10001:1: expected at most 10000 lines, got more");
}

TEST(ScenarioErrorTest, TheFirstErrorOfALineCounts) {
  EXPECT_EQ(ErrorOf("mode soft hard\n"),
            R"(t.chat:1:6: expected one of "clean" "faulty" "hostile", got "soft")");
}

}  // namespace
}  // namespace chathttp::sim
