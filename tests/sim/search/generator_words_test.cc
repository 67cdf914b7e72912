// Each word and each border of the generator occurs within the seeds of a usual search.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/domain/escape.h"
#include "chathttp/sim/scenario/scenario.h"
#include "chathttp/sim/search/generator.h"
#include "chathttp/sim/search/generator_edits.h"
#include "chathttp/sim/search/generator_names.h"
#include "chathttp/sim/search/generator_request.h"
#include "chathttp/sim/search/generator_text.h"
#include "chathttp/sim/world/raw_codec.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace chathttp::sim {
namespace {

using ::testing::IsEmpty;

constexpr std::uint64_t kSeeds = 4'096;

class Census {
 public:
  void Want(std::string_view kind, std::string_view word,
            std::function<bool(const Scenario&)> occurs) {
    unseen_.emplace_back(absl::StrCat(AbslView(kind), " ", Visible(word)), std::move(occurs));
  }

  // A word that some step with this verb satisfies.
  void WantStep(std::string_view kind, std::string_view word, Verb verb,
                std::function<bool(const Step&)> occurs) {
    Want(kind, word, [verb, occurs = std::move(occurs)](const Scenario& scenario) {
      return std::any_of(scenario.steps.begin(), scenario.steps.end(),
                         [&](const Step& step) { return step.verb == verb && occurs(step); });
    });
  }

  // The words that occur in no seed.
  std::vector<std::string> Missing() {
    for (std::uint64_t seed = 1; seed <= kSeeds && !unseen_.empty(); ++seed) {
      const Scenario scenario = Generate(seed);
      std::erase_if(unseen_, [&](const auto& word) { return word.second(scenario); });
    }
    std::vector<std::string> missing;
    for (const auto& [name, occurs] : unseen_) missing.push_back(name);
    return missing;
  }

 private:
  std::vector<std::pair<std::string, std::function<bool(const Scenario&)>>> unseen_;
};

TEST(GeneratorWords, EachNameOccurs) {
  Census census;
  for (const auto& words : {NameWords(), RefusedNameWords()}) {
    for (const std::string_view word : words) {
      census.WantStep("name", word, Verb::kAdd,
                      [=](const Step& step) { return step.text == word; });
    }
  }
  EXPECT_THAT(census.Missing(), IsEmpty());
}

TEST(GeneratorWords, EachTextAndEachLineEndOccurs) {
  Census census;
  for (const auto& words : {TextWords(), BadTextWords()}) {
    for (const std::string_view word : words) {
      census.WantStep("text", word, Verb::kSay,
                      [=](const Step& step) { return step.text.find(word) != std::string::npos; });
    }
  }
  for (const std::string_view end : LineEnds()) {
    census.WantStep("line end", end, Verb::kRaw, [=](const Step& step) {
      const std::size_t rest = step.text.find_last_not_of("\r\n") + 1;
      return std::string_view(step.text).substr(rest) == end;
    });
  }
  for (std::size_t bytes = 1; bytes <= 60; ++bytes) {
    census.WantStep("blank", absl::StrCat(bytes), Verb::kSay, [=](const Step& step) {
      return step.text.size() == bytes && step.text.find_first_not_of(" \t") == std::string::npos;
    });
  }
  EXPECT_THAT(census.Missing(), IsEmpty());
}

// Whether the parts of the edited form between its placeholders occur in this order.
bool Occurs(std::string_view text, const Edit& edit) {
  const std::string_view form = edit.to;
  if (edit.from.empty()) return text.starts_with(form);
  const std::vector<std::string> parts = absl::StrSplit(AbslView(form), absl::ByAnyChar("%#"));
  std::size_t at = 0;
  for (const std::string& part : parts) {
    at = text.find(part, at);
    if (at == std::string_view::npos) return false;
    at += part.size();
  }
  return true;
}

bool IsInShortForm(const Edit& edit) {
  const std::string from = absl::StrReplaceAll(AbslView(edit.from), {{"#", "0"}});
  for (const std::string_view method : {"ADD", "POST", "GET", "DELETE"}) {
    if (RawRequest(method, "%").find(from) != std::string::npos) return true;
  }
  return false;
}

// A step with one request, in the canonical form or not.
bool HasForm(const Step& step, bool canonical) {
  const std::size_t first = step.text.find("HTTP");
  if (first != std::string::npos && step.text.find("HTTP", first + 1) != std::string::npos) {
    return false;
  }
  return absl::StrContains(step.text, "Accept_Encoding: ") == canonical;
}

TEST(GeneratorWords, EachEditOccursInBothForms) {
  Census census;
  for (const auto& edits : {FatalEdits(), MildEdits()}) {
    for (const Edit& edit : edits) {
      for (const bool canonical : {false, true}) {
        if (!canonical && !IsInShortForm(edit)) continue;
        census.WantStep(
            canonical ? "canonical" : "short", edit.to, Verb::kRaw,
            [=](const Step& step) { return HasForm(step, canonical) && Occurs(step.text, edit); });
      }
    }
  }
  EXPECT_THAT(census.Missing(), IsEmpty());
}

TEST(GeneratorWords, EachLineAndEachPieceOfJunkOccurs) {
  Census census;
  for (const auto& lines : {FatalLines(), MildLines()}) {
    for (const std::string_view line : lines) {
      const std::string word = absl::StrCat("\n", AbslView(line), "\n");
      census.WantStep("line", line, Verb::kRaw,
                      [=](const Step& step) { return absl::StrContains(step.text, word); });
    }
  }
  for (const std::string_view word : NoRequests()) {
    census.WantStep("junk", word, Verb::kRaw, [=](const Step& step) { return step.text == word; });
  }
  EXPECT_THAT(census.Missing(), IsEmpty());
}

// The size of the first head in `text`, its empty line included.
std::size_t HeadBytes(std::string_view text) { return text.find("\n\n") + 2; }

TEST(GeneratorWords, EachSizeOccursAtItsLimitAndBesideIt) {
  Census census;
  const auto want = [&](std::string_view kind, std::size_t value, auto occurs) {
    census.WantStep(kind, absl::StrCat(value), Verb::kRaw, occurs);
  };
  for (const std::size_t bytes : {8191U, 8192U, 8193U}) {
    want("head", bytes, [=](const Step& step) { return HeadBytes(step.text) == bytes; });
  }
  for (const std::int64_t lines : {63, 64, 65}) {
    want("header lines", static_cast<std::size_t>(lines), [=](const Step& step) {
      const std::string_view text(step.text);
      const auto head = text.substr(0, std::min(HeadBytes(text), text.size()));
      return std::count(head.begin(), head.end(), '\n') == lines + 2;
    });
  }
  for (const std::size_t bytes : {255U, 256U, 257U}) {
    const std::string word = absl::StrCat(" ", std::string(bytes, 'u'), " ");
    want("URI", bytes, [=](const Step& step) { return absl::StrContains(step.text, word); });
  }
  for (const std::string_view method : {"ADD", "POST", "GET", "DELETE", "BREW"}) {
    for (const std::size_t bytes : {4095U, 4096U, 4097U, 65535U, 65536U, 65537U}) {
      if (bytes < 65535 && method != "POST") continue;  // no limit of this method
      const std::string length = absl::StrCat("\nContent_Length: ", bytes, "\n");
      want(absl::StrCat("entity of ", AbslView(method)), bytes, [=](const Step& step) {
        return step.text.starts_with(method) && absl::StrContains(step.text, length);
      });
    }
  }
  want("requests in one piece", 65,
       [](const Step& step) { return CutRequests(step.text).size() > 64; });
  EXPECT_THAT(census.Missing(), IsEmpty());
}

// Whether two requests in sequence in `bytes` satisfy the predicate.
template <class Predicate>
bool HasPair(const std::string& bytes, Predicate predicate) {
  const std::vector<RawRequestView> requests = CutRequests(bytes);
  return std::adjacent_find(requests.begin(), requests.end(), predicate) != requests.end();
}

TEST(GeneratorWords, RequestsFollowEachOtherInAllWays) {
  Census census;
  for (const std::string_view first : {"ADD", "POST", "GET", "DELETE"}) {
    for (const std::string_view second : {"ADD", "POST", "GET", "DELETE"}) {
      census.WantStep(first, second, Verb::kRaw, [=](const Step& step) {
        return HasPair(step.text, [&](const RawRequestView& one, const RawRequestView& other) {
          return one.method == first && other.method == second;
        });
      });
    }
  }
  census.WantStep("case of a user", "", Verb::kRaw, [](const Step& step) {
    return HasPair(step.text, [](const RawRequestView& one, const RawRequestView& other) {
      return one.user && other.user && *one.user != *other.user &&
             absl::EqualsIgnoreCase(AbslView(*one.user), AbslView(*other.user));
    });
  });
  EXPECT_THAT(census.Missing(), IsEmpty());
}

bool StartsBefore(const Scenario& scenario, std::uint64_t position) {
  const auto start = static_cast<std::uint64_t>(LimitOr(scenario, "log-start", 0));
  return start < position && position - start < 20'001;
}

TEST(GeneratorWords, LogsStartBeforePowersOfTwo) {
  Census census;
  for (const int power : {31, 32, 63}) {
    census.Want("log start", absl::StrCat(power), [=](const Scenario& scenario) {
      return StartsBefore(scenario, std::uint64_t{1} << power);
    });
  }
  EXPECT_THAT(census.Missing(), IsEmpty());
}

// Whether some step comes `wait` after another step of its participant.
bool Waits(const Scenario& scenario, absl::Duration wait) {
  return std::any_of(scenario.steps.begin(), scenario.steps.end(), [&](const Step& later) {
    return std::any_of(scenario.steps.begin(), scenario.steps.end(), [&](const Step& step) {
      return step.who == later.who && later.at - step.at == wait;
    });
  });
}

TEST(GeneratorWords, StepsComeAtEachDefaultTimeLimitAndBesideIt) {
  Census census;
  for (const int seconds : {1, 10, 20, 30, 120}) {
    for (const int off : {-1'000'000, -1, 0, 1, 1'000'000}) {
      const absl::Duration wait = absl::Seconds(seconds) + absl::Nanoseconds(off);
      census.Want("wait", absl::FormatDuration(wait),
                  [=](const Scenario& scenario) { return Waits(scenario, wait); });
    }
  }
  census.Want("wait", "half an hour", [](const Scenario& scenario) {
    return scenario.steps.back().at > absl::Minutes(30);
  });
  EXPECT_THAT(census.Missing(), IsEmpty());
}

}  // namespace
}  // namespace chathttp::sim
