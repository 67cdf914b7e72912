#include "chathttp/sim/oracle/expectations.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/sim/scenario/lexer.h"

namespace chathttp::sim {
namespace {

using End = ConnectionRecord::End;

constexpr std::size_t kShownBytes = 80;

std::string Shown(std::string_view text) { return Quote(text, kShownBytes); }

bool Includes(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// One of the times a step is taken.
struct Doing {
  const Step* step;
  std::string text;
  absl::Duration at;
  bool expected;
};

// Follows the steps of one participant along what its ports took, and judges the replies.
class Follower {
 public:
  Follower(Evidence& evidence, std::string who, const std::vector<Transcript>& transcripts,
           const std::vector<Account>& accounts)
      : evidence_(evidence), who_(std::move(who)) {
    for (std::size_t i = 0; i < transcripts.size(); ++i) {
      if (transcripts[i].connection->who != who_) continue;
      transcripts_.push_back(&transcripts[i]);
      accounts_.push_back(&accounts[i]);
    }
  }

  void Judge() {
    for (const Doing& doing : Doings()) {
      const bool found = doing.step->verb == Verb::kConnect ? FindConnection(doing)
                         : doing.step->verb == Verb::kRaw   ? FindBytes(doing)
                                                            : FindRequest(doing);
      if (!doing.expected) continue;
      if (found) {
        JudgeReply(doing);
      } else {
        Report(doing, absl::StrCat("expected ", doing.step->expected->code,
                                   ", got no request: the step could not be done"));
      }
    }
  }

 private:
  std::vector<Doing> Doings() const {
    const std::vector<std::string> all = ParticipantsOf(evidence_.scenario);
    std::vector<Doing> doings;
    for (const DoneStep& done : evidence_.record.done) {
      const Step& step = evidence_.scenario.steps[done.step];
      if (step.verb > Verb::kRaw || done.who != who_) continue;
      std::string text = step.text;
      if (step.verb == Verb::kSay && step.count > 1) absl::StrAppend(&text, " #", done.round + 1);
      const bool expected = step.expected && (step.expected->who.empty() ||
                                              Includes(ExpandNames(step.expected->who, all), who_));
      doings.push_back({&step, std::move(text), done.at, expected});
    }
    return doings;
  }

  // Each of these sets reply_ and returns whether the step was taken.
  bool FindConnection(const Doing& doing) {
    for (std::size_t c = connection_; c < transcripts_.size(); ++c) {
      if (transcripts_[c]->connection->asked < doing.at) continue;
      connection_ = c;
      offset_ = 0;
      reply_ = transcripts_[c]->heard.empty() ? std::nullopt : std::optional<std::size_t>(0);
      return true;
    }
    return false;
  }

  bool FindRequest(const Doing& doing) {
    for (std::size_t c = connection_; c < transcripts_.size(); ++c) {
      const std::vector<Asked>& asked = transcripts_[c]->asked;
      for (std::size_t i = c == connection_ ? FirstBehind(asked) : 0; i < asked.size(); ++i) {
        if (asked[i].begun < doing.at || !IsRequestOf(doing, asked[i].request)) continue;
        connection_ = c;
        offset_ = asked[i].request.end;
        reply_ = accounts_[c]->replies[i];
        return true;
      }
    }
    return false;
  }

  std::size_t FirstBehind(const std::vector<Asked>& asked) const {
    const auto first = std::lower_bound(
        asked.begin(), asked.end(), offset_,
        [](const Asked& one, std::size_t offset) { return one.request.begin < offset; });
    return static_cast<std::size_t>(first - asked.begin());
  }

  bool IsRequestOf(const Doing& doing, const RawRequestView& request) const {
    switch (doing.step->verb) {
      case Verb::kAdd:
        return request.method == "ADD" && request.user == (doing.text.empty() ? who_ : doing.text);
      case Verb::kSay:
        return request.method == "POST" && WithoutLineEnd(request.entity) == doing.text;
      case Verb::kList:
        return request.method == "GET";
      default:
        return request.method == "DELETE";
    }
  }

  // Bytes that the port did not take to their end count as well.
  bool FindBytes(const Doing& doing) {
    const std::string& text = doing.text;
    for (std::size_t c = connection_; c < transcripts_.size(); ++c) {
      const std::string& sent = transcripts_[c]->connection->sent.bytes;
      const std::size_t from = c == connection_ ? offset_ : 0;
      if (transcripts_[c]->connection->ended < doing.at &&
          transcripts_[c]->connection->end != End::kOpen) {
        continue;
      }
      std::size_t begin = sent.find(text, from);
      if (begin == std::string::npos && from < sent.size() && text.starts_with(sent.substr(from))) {
        begin = from;
      }
      if (begin == std::string::npos) continue;
      connection_ = c;
      offset_ = std::min(begin + text.size(), sent.size());
      reply_ = LastReplyWithin(c, begin, offset_);
      return true;
    }
    return false;
  }

  std::optional<std::size_t> LastReplyWithin(std::size_t c, std::size_t begin,
                                             std::size_t end) const {
    const std::vector<Asked>& asked = transcripts_[c]->asked;
    for (std::size_t i = asked.size(); i-- > 0;) {
      if (asked[i].request.end <= begin) break;
      if (asked[i].request.end <= end) return accounts_[c]->replies[i];
    }
    // An unfinished request: what came of it in the end.
    if (!accounts_[c]->expired) return std::nullopt;
    return transcripts_[c]->heard.size() - 1;
  }

  void JudgeReply(const Doing& doing) {
    const Transcript& transcript = *transcripts_[connection_];
    const Expectation& expected = *doing.step->expected;
    if (!reply_) return Report(doing, absl::StrCat("expected ", expected.code, ", got no reply"));
    const std::optional<RawResponse> got = CutResponse(transcript.heard[*reply_].raw, 0);
    if (got->code != expected.code || (expected.entity && got->entity != *expected.entity)) {
      Report(doing, absl::StrCat("expected ", expected.code,
                                 expected.entity ? " " + Shown(*expected.entity) : "", ", got ",
                                 got->code, " ", Shown(got->entity)));
    }
    JudgeFields(doing, *got);
    JudgeTime(doing, transcript.heard[*reply_].at - doing.at);
    if (expected.then_end) JudgeEnd(doing, transcript);
  }

  void JudgeFields(const Doing& doing, const RawResponse& got) {
    for (const FieldExpectation& field : doing.step->expected->fields) {
      const std::string_view value = field.name == "Datetime"    ? got.datetime
                                     : field.name == "Developer" ? got.developer
                                                                 : got.server;
      if (MatchesText(field.value, value)) continue;
      Report(doing, absl::StrCat("expected ", field.name, " ", Shown(field.value), ", got ",
                                 Shown(value)));
    }
  }

  void JudgeTime(const Doing& doing, absl::Duration took) {
    const Expectation& expected = *doing.step->expected;
    if (expected.at_least <= took && took <= expected.at_most) return;
    const std::string least = absl::FormatDuration(expected.at_least);
    Report(doing, absl::StrCat("expected a reply ",
                               expected.at_least == absl::ZeroDuration()
                                   ? "within "
                                   : absl::StrCat("between ", least, " and "),
                               absl::FormatDuration(expected.at_most), ", got it after ",
                               absl::FormatDuration(took)));
  }

  void JudgeEnd(const Doing& doing, const Transcript& transcript) {
    if (*reply_ + 1 < transcript.heard.size()) {
      const std::optional<RawResponse> next = CutResponse(transcript.heard[*reply_ + 1].raw, 0);
      Report(doing, absl::StrCat("expected only the end of the stream behind the reply, got ",
                                 next->code, " ", Shown(next->entity)));
    } else if (transcript.connection->end != End::kEndOfStream) {
      Report(doing, "expected the end of the stream behind the reply, got none");
    }
  }

  void Report(const Doing& doing, std::string message) {
    evidence_.Report({"expectation", std::move(message), doing.step->line, who_, doing.at});
  }

  Evidence& evidence_;
  std::string who_;
  std::vector<const Transcript*> transcripts_;  // of this participant
  std::vector<const Account*> accounts_;
  std::size_t connection_ = 0;  // where the last step was found, index in transcripts_
  std::size_t offset_ = 0;      // behind it
  std::optional<std::size_t> reply_;
};

// A reaction with an expectation must have happened.
void JudgeReactions(Evidence& evidence) {
  const std::vector<Step>& steps = evidence.scenario.steps;
  std::vector<bool> done(steps.size());
  for (const DoneStep& step : evidence.record.done) done[step.step] = true;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (!steps[i].when || !steps[i].expected || done[i]) continue;
    evidence.Report({"expectation",
                     absl::StrCat("expected ", steps[i].when->who, " to hear ",
                                  Shown(steps[i].when->text), ", got no such response"),
                     steps[i].line});
  }
}

}  // namespace

void JudgeSteps(Evidence& evidence, const std::vector<Transcript>& transcripts,
                const std::vector<Account>& accounts) {
  const std::vector<Step>& steps = evidence.scenario.steps;
  if (std::none_of(steps.begin(), steps.end(), [](const Step& s) { return s.expected; })) return;
  for (const std::string& who : ParticipantsOf(evidence.scenario)) {
    Follower(evidence, who, transcripts, accounts).Judge();
  }
  JudgeReactions(evidence);
}

void JudgeOutcome(Evidence& evidence, const std::vector<Transcript>& transcripts) {
  const ServerStats& stats = evidence.record.stats;
  const std::vector<std::string> all = ParticipantsOf(evidence.scenario);
  for (const FinalExpectation& expected : evidence.scenario.expectations) {
    const auto check = [&](const std::string& what, std::uint64_t seen) {
      if (seen == static_cast<std::uint64_t>(expected.count)) return;
      evidence.Report({"expectation",
                       absl::StrCat("expected ", what, " ", expected.count, ", got ", seen),
                       expected.line});
    };
    switch (expected.kind) {
      case FinalExpectation::Kind::kEvicted:
        check("server evicted", stats.evicted);
        break;
      case FinalExpectation::Kind::kExpired:
        check("server expired", stats.expired);
        break;
      case FinalExpectation::Kind::kTurnedAway:
        check("server turned away", stats.turned_away);
        break;
      case FinalExpectation::Kind::kSees:
        for (const std::string& who : ExpandNames(expected.who, all)) {
          std::uint64_t seen = 0;
          for (const Transcript& transcript : transcripts) {
            if (transcript.connection->who != who) continue;
            for (const Heard& heard : transcript.heard) seen += heard.told == Told::kSaid ? 1 : 0;
          }
          check("messages of " + who, seen);
        }
        break;
      case FinalExpectation::Kind::kEffect:
        for (const std::string& effect : expected.effects) {
          const auto found = evidence.record.effects.find(effect);
          if (found != evidence.record.effects.end() && found->second > 0) continue;
          evidence.Report({"effect", absl::StrCat("expected ", effect, ", got no effect of it"),
                           expected.line});
        }
        break;
      case FinalExpectation::Kind::kHears:
      case FinalExpectation::Kind::kHearsInAny:
      case FinalExpectation::Kind::kOneHears:
      case FinalExpectation::Kind::kNoneHears:
        break;  // see hears.h
    }
  }
}

namespace {

// The line of a story that a broadcast gives.
std::string LineOf(const Heard& heard, bool own) {
  if (heard.told == Told::kSaid) {
    return absl::StrCat(own ? "own " : "message ", AbslView(heard.name), ": ",
                        AbslView(heard.text));
  }
  return absl::StrCat(heard.told == Told::kEntered ? "entered " : "left ", AbslView(heard.name));
}

bool TellsBroadcast(const std::string& line) {
  return line.starts_with("message ") || line.starts_with("own ") || line.starts_with("entered ") ||
         line.starts_with("left ");
}

}  // namespace

void JudgeStories(Evidence& evidence, const std::vector<Transcript>& transcripts,
                  const std::vector<Account>& accounts) {
  for (const Transcript& transcript : transcripts) {
    if (!transcript.connection->real_client) continue;
    const auto is_broken = [](const Asked& asked) { return asked.request.fatal; };
    const auto broken = std::find_if(transcript.asked.begin(), transcript.asked.end(), is_broken);
    if (broken == transcript.asked.end()) continue;
    evidence.Report("sender-order", *transcript.connection,
                    absl::StrCat("a client core sent what is no request, behind ",
                                 broken - transcript.asked.begin(), " requests"));
  }
  for (const ClientStory& story : evidence.record.stories) {
    std::vector<std::string> heard;
    for (std::size_t c = 0; c < transcripts.size(); ++c) {
      if (transcripts[c].connection->who != story.who) continue;
      const auto& replies = accounts[c].replies;
      for (std::size_t i = 0; i < transcripts[c].heard.size(); ++i) {
        const Heard& one = transcripts[c].heard[i];
        if (!IsBroadcast(one.told)) continue;
        heard.push_back(LineOf(one, std::find(replies.begin(), replies.end(), i) != replies.end()));
      }
    }
    std::vector<std::string> told;
    std::copy_if(story.lines.begin(), story.lines.end(), std::back_inserter(told), TellsBroadcast);
    if (told == heard) continue;
    const auto differ = std::mismatch(told.begin(), told.end(), heard.begin(), heard.end());
    evidence.Report(
        "order",
        absl::StrCat(story.who, " told its user ", told.size(), " things, heard ", heard.size(),
                     ", the first that differs is number ", differ.first - told.begin() + 1));
  }
}

}  // namespace chathttp::sim
