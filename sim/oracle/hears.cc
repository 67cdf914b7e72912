#include "chathttp/sim/oracle/hears.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "chathttp/sim/scenario/lexer.h"
#include "chathttp/sim/world/raw_codec.h"

namespace chathttp::sim {
namespace {

using Kind = FinalExpectation::Kind;

constexpr std::size_t kShownBytes = 80;

// The entities that a participant received, in their order.
using Entities = std::vector<std::string_view>;

Entities EntitiesOf(const WorldRecord& record, const std::string& who) {
  Entities entities;
  for (const ConnectionRecord& connection : record.connections) {
    if (connection.who != who) continue;
    for (const RawResponse& response : CutResponses(connection.received.bytes)) {
      if (response.code != 0) entities.push_back(response.entity);
    }
  }
  return entities;
}

std::string Shown(std::string_view text) { return Quote(text, kShownBytes); }

std::int64_t CountOf(const std::string& text, const Entities& entities) {
  return std::count_if(entities.begin(), entities.end(),
                       [&](std::string_view entity) { return MatchesText(text, entity); });
}

std::string DescribeHeard(const Entities& entities) {
  if (entities.empty()) return "no response";
  return absl::StrCat(entities.size(), " other responses, the last ", Shown(entities.back()));
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
    Report(who, absl::StrCat("expected ", Shown(expected_.texts[0]), " ", expected_.count,
                             " times, got it ", count, " times"));
  }

  void CheckOrder(const std::string& who, const Entities& heard) {
    auto next = heard.begin();
    for (const std::string& text : expected_.texts) {
      next = std::find_if(next, heard.end(),
                          [&](std::string_view entity) { return MatchesText(text, entity); });
      if (next != heard.end()) {
        ++next;
        continue;
      }
      const bool first = &text == expected_.texts.data();
      const std::string place = first ? "" : absl::StrCat(" behind ", Shown(*(&text - 1)));
      return Report(who, absl::StrCat("expected ", Shown(text), place, ", got ",
                                      CountOf(text, heard) > 0 ? "it only before that"
                                                               : DescribeHeard(heard)));
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
                               count > 0 ? absl::StrCat("it only ", count, " times")
                                         : DescribeHeard(heard)));
    }
  }

  void CheckNone(const std::string& who, const Entities& heard) {
    const std::string& text = expected_.texts[0];
    const auto found = std::find_if(heard.begin(), heard.end(), [&](std::string_view entity) {
      return MatchesText(text, entity);
    });
    if (found == heard.end()) return;
    Report(who, absl::StrCat("expected nobody to hear ", Shown(text), ", got ", Shown(*found)));
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
