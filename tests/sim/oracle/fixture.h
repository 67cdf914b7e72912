// A correct conversation that tests corrupt, and the verdict of the oracle.
#ifndef CHATHTTP_TESTS_SIM_ORACLE_FIXTURE_H_
#define CHATHTTP_TESTS_SIM_ORACLE_FIXTURE_H_

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "chathttp/sim/oracle/oracle.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/sim/oracle/record_builder.h"

namespace chathttp::sim {

inline constexpr std::size_t kWitness = 0;  // its connection
inline constexpr std::string_view kBadRequest = "POST h HTTP/1.1\nUser_Agent : bob\n";

inline std::string Entered(std::string_view name) {
  return absl::StrCat(std::string(name), " has just entered the chat room...\n");
}
inline std::string Left(std::string_view name) {
  return absl::StrCat(std::string(name), " has just left the chat room...\n");
}

class OracleTest : public ::testing::Test {
 protected:
  // Alice and bob talk; bob leaves, and comes back under another name.
  OracleTest() {
    alice = room.Join("alice");
    bob = room.Join("bob");
    room.Say(alice, "one");
    room.Say(alice, "two");
    room.Say(bob, "three");
    room.List(alice);
    room.Leave(bob);
    room.Add(bob, "Robert");
    room.Say(alice, "four");
  }

  std::set<std::string> Violated() {
    std::set<std::string> names;
    for (const Violation& violation : Judge(room.scenario(), room.Record())) {
      names.insert(violation.invariant);
      messages += absl::StrCat(violation.invariant, ": ", violation.message, "\n");
    }
    return names;
  }

  void FinishAndExpectGood() {
    room.Finish();
    ASSERT_THAT(Violated(), ::testing::IsEmpty()) << messages;
  }

  std::vector<RecordBuilder::Message>::iterator At(std::size_t connection,
                                                   std::string_view entity) {
    return room.heard(connection).begin() +
           static_cast<std::ptrdiff_t>(room.Find(connection, entity));
  }
  void Erase(std::size_t connection, std::string_view entity) {
    room.heard(connection).erase(At(connection, entity));
  }
  void Insert(std::size_t connection, std::string_view before, int code, std::string_view entity) {
    const auto place = At(connection, before);
    room.heard(connection)
        .insert(place, {RecordBuilder::Response(code, entity, place->at), place->at});
  }

  RecordBuilder room;
  std::size_t alice;
  std::size_t bob;
  std::string messages;
};

}  // namespace chathttp::sim

#endif  // CHATHTTP_TESTS_SIM_ORACLE_FIXTURE_H_
