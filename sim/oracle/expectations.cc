#include "chathttp/sim/oracle/expectations.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "chathttp/domain/absl_view.h"

namespace chathttp::sim {
namespace {

using End = ConnectionRecord::End;

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
        Report(doing, "was never done");
      }
    }
  }

 private:
  std::vector<Doing> Doings() const {
    const std::vector<std::string> all = ParticipantsOf(evidence_.scenario);
    std::vector<Doing> doings;
    bool any = false;
    for (const Step& step : evidence_.scenario.steps) {
      if (step.verb > Verb::kRaw || !Includes(ExpandNames(step.who, all), who_)) continue;
      const bool expected = step.expected && (step.expected->who.empty() ||
                                              Includes(ExpandNames(step.expected->who, all), who_));
      any = any || expected;
      for (std::int64_t i = 0; i < step.count; ++i) {
        std::string text = step.text;
        if (step.verb == Verb::kSay && step.count > 1) absl::StrAppend(&text, " #", i + 1);
        doings.push_back({&step, std::move(text), step.at + i * step.every, expected});
      }
    }
    if (!any) return {};
    std::stable_sort(doings.begin(), doings.end(),
                     [](const Doing& a, const Doing& b) { return a.at < b.at; });
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
    if (!reply_) return Report(doing, "had no reply");
    const std::optional<RawResponse> got = CutResponse(transcript.heard[*reply_].raw, 0);
    const std::string entity(got->entity);
    if (got->code != expected.code || (expected.entity && entity != *expected.entity)) {
      Report(doing,
             absl::StrCat("got ", got->code, " \"", absl::CHexEscape(entity.substr(0, 80)), "\""));
    }
    if (!expected.then_end) return;
    if (*reply_ + 1 < transcript.heard.size()) {
      Report(doing, "more followed");
    } else if (transcript.connection->end != End::kEndOfStream) {
      Report(doing, "no end of stream followed");
    }
  }

  void Report(const Doing& doing, std::string_view what) {
    evidence_.Report("expectation",
                     absl::StrCat("line ", doing.step->line, ": ", who_, " at ",
                                  absl::FormatDuration(doing.at), ": ", AbslView(what)));
  }

  Evidence& evidence_;
  std::string who_;
  std::vector<const Transcript*> transcripts_;  // of this participant
  std::vector<const Account*> accounts_;
  std::size_t connection_ = 0;  // where the last step was found, index in transcripts_
  std::size_t offset_ = 0;      // behind it
  std::optional<std::size_t> reply_;
};

}  // namespace

void JudgeSteps(Evidence& evidence, const std::vector<Transcript>& transcripts,
                const std::vector<Account>& accounts) {
  const std::vector<Step>& steps = evidence.scenario.steps;
  if (std::none_of(steps.begin(), steps.end(), [](const Step& s) { return s.expected; })) return;
  for (const std::string& who : ParticipantsOf(evidence.scenario)) {
    Follower(evidence, who, transcripts, accounts).Judge();
  }
}

void JudgeOutcome(Evidence& evidence, const std::vector<Transcript>& transcripts) {
  const ServerStats& stats = evidence.record.stats;
  const std::vector<std::string> all = ParticipantsOf(evidence.scenario);
  for (const FinalExpectation& expected : evidence.scenario.expectations) {
    const auto check = [&](const std::string& what, std::uint64_t seen) {
      if (seen == static_cast<std::uint64_t>(expected.count)) return;
      evidence.Report("expectation", absl::StrCat("line ", expected.line, ": ", what, " ", seen,
                                                  ", expected ", expected.count));
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
          check(who + " sees", seen);
        }
        break;
      case FinalExpectation::Kind::kEffect:
        for (const std::string& effect : expected.effects) {
          const auto found = evidence.record.effects.find(effect);
          if (found != evidence.record.effects.end() && found->second > 0) continue;
          evidence.Report("effect",
                          absl::StrCat("line ", expected.line, ": ", effect, " never took effect"));
        }
        break;
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
