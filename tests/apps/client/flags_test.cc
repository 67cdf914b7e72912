// The flags of the client, from the command line, the environment and a file.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "apps/client/settings.h"
#include "apps/flags/flag_file.h"
#include "tests/apps/programs.h"
#include "tests/apps/wire.h"
#include "tests/apps/wire_peer.h"

namespace chathttp {
namespace {

using testing::HasSubstr;

TEST(ClientFaceTest, PeopleGetTheScreenAndProgramsLines) {
  EXPECT_EQ(ChooseUi({.terminal = true, .term = "xterm"}), ClientUi::kScreen);
  EXPECT_EQ(ChooseUi({.terminal = false, .term = "xterm"}), ClientUi::kPipe);
}

TEST(ClientFaceTest, PlainAndDumbTerminalsGetPrompts) {
  EXPECT_EQ(ChooseUi({.terminal = true, .plain = true, .term = "xterm"}), ClientUi::kPrompts);
  EXPECT_EQ(ChooseUi({.terminal = true, .term = "dumb"}), ClientUi::kPrompts);
  EXPECT_EQ(ChooseUi({.terminal = true}), ClientUi::kPrompts);
}

TEST(ClientFaceTest, JsonAndReadAreForProgramsOnATerminalToo) {
  EXPECT_EQ(ChooseUi({.terminal = true, .json = true, .term = "xterm"}), ClientUi::kPipe);
  EXPECT_EQ(ChooseUi({.terminal = true, .listens = true, .term = "xterm"}), ClientUi::kPipe);
}

TEST(ClientHistory, IsForPeopleUnlessAFlagSaysHowMuch) {
  EXPECT_EQ(HistoryOf(std::nullopt, ClientUi::kScreen), 50u);
  EXPECT_EQ(HistoryOf(std::nullopt, ClientUi::kPrompts), 50u);
  EXPECT_EQ(HistoryOf(std::nullopt, ClientUi::kPipe), 0u);
  EXPECT_EQ(HistoryOf(7, ClientUi::kPipe), 7u);
  EXPECT_EQ(HistoryOf(0, ClientUi::kScreen), 0u);
}

TEST(ClientColor, AutoHeedsNoColorAndTheOthersDoNot) {
  EXPECT_EQ(ColorModeOf(ColorChoice::kAuto, {.term = "xterm-256color"}), ColorMode::k256);
  EXPECT_EQ(ColorModeOf(ColorChoice::kAuto, {.no_color = "1", .term = "xterm-256color"}),
            ColorMode::kNone);
  EXPECT_EQ(ColorModeOf(ColorChoice::kAlways, {.no_color = "1", .term = "xterm-256color"}),
            ColorMode::k256);
  EXPECT_EQ(ColorModeOf(ColorChoice::kAuto, {.term = "xterm", .color_term = "truecolor"}),
            ColorMode::k256);
  EXPECT_EQ(ColorModeOf(ColorChoice::kAuto, {.term = "linux"}), ColorMode::k8);
  EXPECT_EQ(ColorModeOf(ColorChoice::kAuto, {.term = "screen-16color"}), ColorMode::k16);
  EXPECT_EQ(ColorModeOf(ColorChoice::kAuto, {.term = "screen-16color", .color_term = "24bit"}),
            ColorMode::k256);
  EXPECT_EQ(ColorModeOf(ColorChoice::kAuto, {.term = "vt220"}), ColorMode::kNone);
  EXPECT_EQ(ColorModeOf(ColorChoice::kAlways, {.term = "vt220"}), ColorMode::k8);
  EXPECT_EQ(ColorModeOf(ColorChoice::kNever, {.term = "xterm-256color"}), ColorMode::kNone);
}

TEST(ClientLinks, AreForTerminalsThatDoNotPrintThem) {
  EXPECT_TRUE(TakesLinks("xterm-256color"));
  EXPECT_TRUE(TakesLinks("tmux"));
  EXPECT_FALSE(TakesLinks("linux"));
  EXPECT_FALSE(TakesLinks("vt220"));
}

TEST(ClientFlagFileTest, IsWhereTheXdgSpecificationPutsIt) {
  EXPECT_EQ(ClientFlagFile({.xdg_config_home = "/x", .home = "/home/a"}), "/x/chathttp/client");
  EXPECT_EQ(ClientFlagFile({.home = "/home/a"}), "/home/a/.config/chathttp/client");
  EXPECT_EQ(ClientFlagFile({.xdg_config_home = "relative", .home = "/h"}),
            "/h/.config/chathttp/client");
  EXPECT_EQ(ClientFlagFile({}), "");
}

TEST(FlagFile, HasNumberedLinesWithoutBlanksAndComments) {
  const std::vector<FlagLine> lines = FlagLinesOf("# mine\n\n  --bell \r\n\t--user=A b#c");
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0].number, 3u);
  EXPECT_EQ(lines[0].text, "--bell");
  EXPECT_EQ(lines[1].number, 4u);
  EXPECT_EQ(lines[1].text, "--user=A b#c");
}

TEST(FlagFile, ThatIsNotThereHasNoLines) {
  EXPECT_TRUE(ReadFlagFile("/nonexistent/chathttp/client")->empty());
}

// A directory for one test that holds the flag file.
class Settings {
 public:
  Settings() {
    std::string name = testing::TempDir() + "chathttp_settings_XXXXXX";
    EXPECT_NE(mkdtemp(name.data()), nullptr);
    directory_ = name;
    EXPECT_EQ(mkdir((directory_ + "/chathttp").c_str(), 0700), 0);
  }
  ~Settings() {
    unlink(file().c_str());
    rmdir((directory_ + "/chathttp").c_str());
    rmdir(directory_.c_str());
  }

  void Write(const std::string& text) const { std::ofstream(file()) << text; }
  std::string file() const { return directory_ + "/chathttp/client"; }
  ProcessOptions options() const { return {.environment = {"XDG_CONFIG_HOME=" + directory_}}; }

 private:
  std::string directory_;
};

TEST(FlagFile, ThatIsTooLargeIsRefusedByName) {
  const Settings settings;
  settings.Write(std::string(kMaxFlagFileBytes, '#'));
  EXPECT_TRUE(ReadFlagFile(settings.file()).ok());
  settings.Write(std::string(kMaxFlagFileBytes + 1, '#'));
  EXPECT_THAT(std::string(ReadFlagFile(settings.file()).status().message()),
              HasSubstr(settings.file() + ": a flag file has at most 65536 bytes"));
}

TEST(ClientSettings, FlagsOfTheFileCount) {
  const ServerProcess server;
  const Settings settings;
  settings.Write("# the usual\n--user=Alice\n--port=" + std::to_string(server.port()) + "\n");
  Process alice({CHATHTTP_CHAT_CLIENT}, settings.options());
  alice.Write("one\n");
  alice.CloseInput();
  EXPECT_EQ(alice.Wait(), 0) << alice.err();
  EXPECT_EQ(alice.out(), MessageFrom("Alice", "one"));
}

TEST(ClientSettings, CommandLineWinsOverTheFile) {
  const ServerProcess server;
  const Settings settings;
  settings.Write("--port=1\n--json\n--user=Alice\n");
  Process bob(
      {CHATHTTP_CHAT_CLIENT, "--nojson", "--user=Bob", "--port=" + std::to_string(server.port())},
      settings.options());
  bob.Write("one\n");
  bob.CloseInput();
  EXPECT_EQ(bob.Wait(), 0) << bob.err();
  EXPECT_EQ(bob.out(), MessageFrom("Bob", "one"));
}

TEST(ClientSettings, HelpIsToldWhateverTheFileHolds) {
  const Settings settings;
  settings.Write("nonsense\n");
  Process client({CHATHTTP_CHAT_CLIENT, "--help"}, settings.options());
  EXPECT_EQ(client.Wait(), 0) << client.err();
}

TEST(ClientSettings, FlagIsGivenOnceInAFile) {
  const Settings settings;
  settings.Write("--json\n--nojson\n");
  Process client({CHATHTTP_CHAT_CLIENT, "--user=Alice"}, settings.options());
  EXPECT_EQ(client.Wait(), 2);
  EXPECT_TRUE(IsOneLine(client.err())) << client.err();
  EXPECT_THAT(client.err(), HasSubstr(settings.file() + ":2: --json is given more than once"));
}

class BadFlagFile : public testing::TestWithParam<Case> {};

TEST_P(BadFlagFile, IsTwoAndToldByFileAndLine) {
  const Settings settings;
  settings.Write("# first\n" + GetParam().given.front() + "\n");
  Process client({CHATHTTP_CHAT_CLIENT, "--user=Alice"}, settings.options());
  EXPECT_EQ(client.Wait(), 2);
  EXPECT_TRUE(IsOneLine(client.err())) << client.err();
  EXPECT_THAT(client.err(), HasSubstr(settings.file() + ":2: "));
  EXPECT_THAT(client.err(), HasSubstr(GetParam().words));
}

INSTANTIATE_TEST_SUITE_P(
    Lines, BadFlagFile,
    testing::Values(Case{"UnknownFlag", {"--nick=Bob"}, "unknown flag --nick"},
                    Case{"NoDashes", {"user=Bob"}, "two dashes, got user=Bob"},
                    Case{"BadValue", {"--color=pink"}, "must be auto, always or never"},
                    Case{"NoValue", {"--host"}, "--host needs a value"},
                    Case{"Escapes", {"--x\x1b[2J"}, "unknown flag --x\\x1b[2J"},
                    Case{"Help", {"--help"}, "unknown flag --help"}),
    NameOfCase);

class ClientForPrograms : public testing::Test {
 protected:
  std::vector<std::string> Command(const std::vector<std::string>& flags) const {
    std::vector<std::string> command = ClientCommand(server_.port(), "Alice");
    command.insert(command.end(), flags.begin(), flags.end());
    return command;
  }

  ServerProcess server_;
  WirePeer watcher_ = Join(server_.port(), "Watcher");
};

TEST_F(ClientForPrograms, JsonIsAnObjectALine) {
  Process alice(Command({"--json"}));
  ASSERT_TRUE(alice.Expect(R"("event":"login","name":"Alice"})"));
  watcher_.Send(MakeRequest("POST", "Watcher", "caf\u00e9 \\ \u202e\n"));
  ASSERT_TRUE(
      alice.Expect("\"event\":\"message\",\"name\":\"Watcher\",\"text\":\"caf\u00e9 "
                   R"(\\ \u202e","own":false})"))
      << alice.out();
  alice.Write("one\n/users\n");
  EXPECT_TRUE(alice.Expect(R"("event":"message","name":"Alice","text":"one","own":true})"));
  EXPECT_TRUE(alice.Expect(R"("event":"list","names":["Watcher","Alice"]})"));
  alice.CloseInput();
  EXPECT_EQ(alice.Wait(), 0) << alice.err();
  EXPECT_TRUE(alice.Expect(R"("event":"end","code":0})")) << alice.out();
}

TEST_F(ClientForPrograms, JsonTellsWhyItEnds) {
  Process other({CHATHTTP_CHAT_CLIENT, "--port=" + std::to_string(server_.port()), "--user=watcher",
                 "--json"});
  EXPECT_EQ(other.Wait(), 4);
  EXPECT_TRUE(other.Expect(R"("event":"error","message":"User Name Exist: watcher is taken)"));
  EXPECT_TRUE(other.Expect(R"("event":"end","code":4})"));
  EXPECT_TRUE(IsOneLine(other.err())) << other.err();
}

TEST_F(ClientForPrograms, ReadSaysNothingAndStaysUntilASignal) {
  Process alice(Command({"--read"}));
  alice.Write("never said\n");
  alice.CloseInput();
  EXPECT_EQ(watcher_.Receive().entity, Entered("Alice"));
  watcher_.Send(MakeRequest("POST", "Watcher", "one\n"));
  EXPECT_EQ(watcher_.Receive().entity, MessageFrom("Watcher", "one"));
  ASSERT_TRUE(alice.Expect(MessageFrom("Watcher", "one")));
  alice.Kill(SIGTERM);
  EXPECT_EQ(alice.Wait(), 0) << alice.err();
  EXPECT_EQ(watcher_.Receive().entity, Left("Alice"));
  EXPECT_EQ(alice.out(), MessageFrom("Watcher", "one"));
}

TEST_F(ClientForPrograms, HangupLeavesProperly) {
  Process alice(Command({}));
  EXPECT_EQ(watcher_.Receive().entity, Entered("Alice"));
  alice.Kill(SIGHUP);
  EXPECT_EQ(alice.Wait(), 0) << alice.err();
  EXPECT_EQ(watcher_.Receive().entity, Left("Alice"));
}

}  // namespace
}  // namespace chathttp
