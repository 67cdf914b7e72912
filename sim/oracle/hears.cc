#include "chathttp/sim/oracle/hears.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "chathttp/sim/scenario/lexer.h"
#include "chathttp/sim/world/raw_codec.h"

namespace chathttp::sim {
namespace {

using Kind = FinalExpectation::Kind;

constexpr std::size_t kShownBytes = 80;

// An entity that a participant received.
struct Heard {
  std::string_view entity;
  absl::Duration at;
};
using Entities = std::vector<Heard>;

// In their order.
Entities EntitiesOf(const WorldRecord& record, const std::string& who) {
  Entities entities;
  for (const ConnectionRecord& connection : record.connections) {
    if (connection.who != who) continue;
    for (const RawResponse& response : CutResponses(connection.received.bytes)) {
      if (response.code == 0) continue;
      entities.push_back({response.entity, connection.received.TimeOf(response.end - 1)});
    }
  }
  return entities;
}

std::string Shown(std::string_view text) { return Quote(text, kShownBytes); }

std::int64_t CountOf(const std::string& text, const Entities& entities) {
  return std::count_if(entities.begin(), entities.end(),
                       [&](const Heard& heard) { return MatchesText(text, heard.entity); });
}

std::string Times(std::int64_t count) {
  return count == 1 ? "once" : absl::StrCat(count, " times");
}

// The length of the longest part that both have, of their first bytes.
std::size_t CommonBytes(std::string_view one, std::string_view other) {
  std::array<std::size_t, kShownBytes + 1> before = {};  // parts that end here in `other`
  std::size_t longest = 0;
  for (const char byte : one.substr(0, kShownBytes)) {
    for (std::size_t i = std::min(other.size(), kShownBytes); i > 0; --i) {
      before[i] = byte == other[i - 1] ? before[i - 1] + 1 : 0;
      longest = std::max(longest, before[i]);
    }
  }
  return longest;
}

// Shows the response that has most in common with `text`.
std::string DescribeHeard(const std::string& text, const Entities& entities) {
  if (entities.empty()) return "no response";
  const Heard* nearest = nullptr;
  std::size_t most = 0;
  for (const Heard& heard : entities) {
    const std::size_t common = CommonBytes(text, heard.entity);
    if (nearest == nullptr || common > most) nearest = &heard;
    most = std::max(most, common);
  }
  return absl::StrCat("no such response, the nearest ", Shown(nearest->entity), At(nearest->at));
}

class HearsCheck {
 public:
  HearsCheck(const FinalExpectation& expected, std::vector<Violation>& violations)
      : expected_(expected), violations_(violations) {}

  void CheckOne(const std::string& who, const Entities& heard) {
    switch (expected_.kind) {
      case Kind::kHears:
        return expected_.count > 0 ? CheckCount(who, heard) : CheckOrder(who, heard);
      case Kind::kHearsInAny:
        return CheckAnyOrder(who, heard);
      case Kind::kNoneHears:
        return CheckNone(who, heard);
      default:
        return;
    }
  }

  // `who` holds the participants that heard the text.
  void CheckExactlyOne(const std::vector<std::string>& who) {
    if (who.size() == 1) return;
    const std::string got = who.empty() ? "nobody did" : absl::StrJoin(who, " and ") + " did";
    Report(expected_.who, absl::StrCat("expected exactly one to hear ", Shown(expected_.texts[0]),
                                       ", got: ", got));
  }

 private:
  void CheckCount(const std::string& who, const Entities& heard) {
    const std::int64_t count = CountOf(expected_.texts[0], heard);
    if (count == expected_.count) return;
    const std::string got =
        count > 0 ? absl::StrCat("it ", Times(count)) : DescribeHeard(expected_.texts[0], heard);
    Report(who, absl::StrCat("expected ", Shown(expected_.texts[0]), " ", Times(expected_.count),
                             ", got ", got));
  }

  void CheckOrder(const std::string& who, const Entities& heard) {
    auto next = heard.begin();
    for (const std::string& text : expected_.texts) {
      next = std::find_if(next, heard.end(),
                          [&](const Heard& one) { return MatchesText(text, one.entity); });
      if (next != heard.end()) {
        ++next;
        continue;
      }
      const bool first = &text == expected_.texts.data();
      const std::string place = first ? "" : absl::StrCat(" behind ", Shown(*(&text - 1)));
      return Report(who, absl::StrCat("expected ", Shown(text), place, ", got ",
                                      CountOf(text, heard) > 0 ? "it only before that"
                                                               : DescribeHeard(text, heard)));
    }
  }

  void CheckAnyOrder(const std::string& who, const Entities& heard) {
    const std::vector<std::string>& texts = expected_.texts;
    for (auto text = texts.begin(); text != texts.end(); ++text) {
      if (std::find(texts.begin(), text, *text) != text) continue;
      const std::int64_t least = std::count(text, texts.end(), *text);
      const std::int64_t count = CountOf(*text, heard);
      if (count >= least) continue;
      Report(who, absl::StrCat("expected ", Shown(*text), ", got ",
                               count > 0 ? absl::StrCat("it only ", Times(count))
                                         : DescribeHeard(*text, heard)));
    }
  }

  void CheckNone(const std::string& who, const Entities& heard) {
    const std::string& text = expected_.texts[0];
    const auto found = std::find_if(heard.begin(), heard.end(), [&](const Heard& one) {
      return MatchesText(text, one.entity);
    });
    if (found == heard.end()) return;
    Report(who, absl::StrCat("expected nobody to hear ", Shown(text), ", got ",
                             Shown(found->entity), At(found->at)));
  }

  void Report(const std::string& who, std::string message) {
    violations_.push_back({"expectation", std::move(message), expected_.line, who});
  }

  const FinalExpectation& expected_;
  std::vector<Violation>& violations_;
};

}  // namespace

void CheckHears(Evidence& evidence, const std::vector<Ends>&) {
  std::vector<Violation> violations;
  for (const FinalExpectation& expected : evidence.scenario.expectations) {
    if (expected.texts.empty()) continue;
    HearsCheck check(expected, violations);
    std::vector<std::string> hearers;
    for (const std::string& who : ExpandNames(expected.who, evidence.scenario.Participants())) {
      const Entities heard = EntitiesOf(evidence.record, who);
      check.CheckOne(who, heard);
      if (CountOf(expected.texts[0], heard) > 0) hearers.push_back(who);
    }
    if (expected.kind == Kind::kOneHears) check.CheckExactlyOne(hearers);
  }
  for (Violation& violation : violations) evidence.Report(std::move(violation));
}

}  // namespace chathttp::sim
