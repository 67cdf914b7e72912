// Plays a correct conversation, whose record the tests corrupt, and asks the oracle about it.
#ifndef CHATHTTP_TESTS_SIM_ORACLE_FIXTURE_H_
#define CHATHTTP_TESTS_SIM_ORACLE_FIXTURE_H_

#include <set>
#include <string>
#include <string_view>

#include "chathttp/sim/oracle/oracle.h"
#include "chathttp/sim/scenario/parser.h"
#include "chathttp/sim/world/record.h"
#include "chathttp/sim/world/sim_environment.h"
#include "chathttp/sim/world/world.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chathttp::sim {

// Alice and bob talk; bob leaves and comes back under another name; carol is refused.
inline constexpr std::string_view kConversation = R"(
seed 3
net * latency 5ms
peers alice bob carol
@0      * connect
@100ms  alice add
@200ms  bob add
@300ms  alice say "one"
@400ms  alice say "two"
@500ms  bob say "three"
@600ms  alice list
@700ms  bob leave
@800ms  bob add "Robert"
@900ms  carol add "alice"
@1s     alice say "four"
@1.1s   raw alice "GET h HTTP/1.1\nUser_Agent: nobody\n\n"
@1.2s   alice say "" 
@1.3s   bob close
@2s     carol add
@2.1s   carol say "five"
@3s     raw carol "POST h HTTP/1.1\nUser_Agent : carol\n"
settle 5s
)";

class OracleTest : public ::testing::Test {
 protected:
  void Play(std::string_view text) {
    const absl::StatusOr<Scenario> parsed = ParseScenario(text, "test");
    ASSERT_TRUE(parsed.ok()) << parsed.status();
    scenario = *parsed;
    SimEnvironment environment(scenario);
    World world(scenario, environment);
    world.Play();
    record = world.TakeRecord();
    record.max_wake_delay = environment.max_wake_delay();
    ASSERT_THAT(Violated(), ::testing::IsEmpty()) << messages;
  }

  std::set<std::string> Violated() {
    messages.clear();
    std::set<std::string> names;
    for (const Violation& violation : Judge(scenario, record)) {
      names.insert(violation.invariant);
      messages += violation.invariant + ": " + violation.message + "\n";
    }
    return names;
  }

  ServerRecord& server() { return record.servers.back(); }

  // The connection on which somebody of this name entered.
  ServerConnection& ConnectionOf(std::string_view name) {
    for (const ReportedEvent& event : server().events) {
      if (event.kind != ServerEvent::Kind::kEntered || event.name != name) continue;
      for (ServerConnection& c : server().connections) {
        if (c.id == event.connection) return c;
      }
    }
    ADD_FAILURE() << name << " did not enter";
    return server().connections.front();
  }

  // The first event of this kind about somebody of this name.
  ReportedEvent& Event(ServerEvent::Kind kind, std::string_view name) {
    for (ReportedEvent& event : server().events) {
      if (event.kind == kind && event.name == name) return event;
    }
    ADD_FAILURE() << "no event of " << name;
    return server().events.front();
  }

  // Replaces bytes by as many others.
  static void Replace(std::string& bytes, std::string_view old, std::string_view now) {
    const std::size_t at = bytes.find(old);
    ASSERT_NE(at, std::string::npos) << old;
    ASSERT_EQ(old.size(), now.size());
    bytes.replace(at, old.size(), now);
  }

  // Takes `count` bytes out of what was written, from the first `mark` on.
  static void CutOut(ServerConnection& c, std::string_view mark, std::size_t count) {
    const std::size_t at = c.out.find(mark);
    ASSERT_NE(at, std::string::npos) << mark;
    c.out.erase(at, count);
    for (Transfer& write : c.writes) {
      if (write.end > at) write.end -= count;
    }
  }

  // Moves all that happened at the server from this time on.
  void Delay(absl::Duration from, absl::Duration by) {
    for (ServerTurn& turn : server().turns) {
      if (turn.at >= from) turn.at += by;
    }
    const auto move = [&](Moment& moment) {
      if (moment.at >= from) moment.at += by;
    };
    for (ServerConnection& c : server().connections) {
      for (Transfer& read : c.reads) move(read.when);
      for (Transfer& write : c.writes) move(write.when);
      for (std::optional<Moment>* moment : {&c.read_end, &c.broken, &c.shut, &c.reset, &c.closed}) {
        if (*moment) move(**moment);
      }
    }
    for (ReportedEvent& event : server().events) move(event.when);
  }

  Scenario scenario;
  WorldRecord record;
  std::string messages;
};

}  // namespace chathttp::sim

#endif  // CHATHTTP_TESTS_SIM_ORACLE_FIXTURE_H_
