#include "chathttp/sim/oracle/expectations.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/sim/oracle/rules.h"
#include "chathttp/sim/oracle/step_reason.h"
#include "chathttp/sim/scenario/grammar.h"
#include "chathttp/sim/scenario/lexer.h"
#include "chathttp/sim/world/raw_codec.h"

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

// A connection of the participant, and the responses that it received.
struct View {
  explicit View(const Ends& pair)
      : ends(pair),
        requests(CutRequests(pair.client->sent.bytes)),
        responses(CutResponses(pair.client->received.bytes)) {}

  absl::Duration BegunAt(std::size_t request) const {
    return ends.client->sent.TimeOf(requests[request].begin);
  }

  // The response to a request, as far as it was received.
  std::optional<std::size_t> ReplyTo(std::size_t request) const {
    if (ends.conversation == nullptr || request >= ends.conversation->asked.size()) {
      return std::nullopt;
    }
    const std::size_t begin = ends.conversation->asked[request].reply_begin;
    const auto found =
        std::find_if(responses.begin(), responses.end(),
                     [&](const RawResponse& response) { return response.begin == begin; });
    if (found == responses.end()) return std::nullopt;
    return static_cast<std::size_t>(found - responses.begin());
  }

  const Ends& ends;
  std::vector<RawRequestView> requests;
  std::vector<RawResponse> responses;
};

// Follows the steps of one participant along what its ports took, and judges the replies.
class Follower {
 public:
  Follower(Evidence& evidence, std::string who, const std::vector<Ends>& ends)
      : evidence_(evidence), who_(std::move(who)) {
    for (const Ends& pair : ends) {
      if (pair.client->who == who_) views_.emplace_back(pair);
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
        ReportNotSent(doing);
      }
    }
  }

 private:
  std::vector<Doing> Doings() const {
    const std::vector<std::string> all = evidence_.scenario.Participants();
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
    for (std::size_t c = connection_; c < views_.size(); ++c) {
      if (views_[c].ends.client->asked < doing.at) continue;
      connection_ = c;
      offset_ = 0;
      reply_ = views_[c].responses.empty() ? std::nullopt : std::optional<std::size_t>(0);
      return true;
    }
    return false;
  }

  bool FindRequest(const Doing& doing) {
    for (std::size_t c = connection_; c < views_.size(); ++c) {
      const std::vector<RawRequestView>& requests = views_[c].requests;
      for (std::size_t i = c == connection_ ? FirstBehind(requests) : 0; i < requests.size(); ++i) {
        if (views_[c].BegunAt(i) < doing.at || !IsRequestOf(doing, requests[i])) continue;
        connection_ = c;
        offset_ = requests[i].end;
        reply_ = views_[c].ReplyTo(i);
        return true;
      }
    }
    return false;
  }

  std::size_t FirstBehind(const std::vector<RawRequestView>& requests) const {
    const auto first = std::partition_point(
        requests.begin(), requests.end(),
        [&](const RawRequestView& request) { return request.begin < offset_; });
    return static_cast<std::size_t>(first - requests.begin());
  }

  bool IsRequestOf(const Doing& doing, const RawRequestView& request) const {
    switch (doing.step->verb) {
      case Verb::kAdd:
        return request.method == "ADD" && request.user == (doing.text.empty() ? who_ : doing.text);
      case Verb::kResume:
        return request.method == "ADD" && (doing.text.empty() || request.user == doing.text);
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
    for (std::size_t c = connection_; c < views_.size(); ++c) {
      const ConnectionRecord& client = *views_[c].ends.client;
      const std::string& sent = client.sent.bytes;
      const std::size_t from = c == connection_ ? offset_ : 0;
      if (client.ended < doing.at && client.end != End::kOpen) continue;
      std::size_t begin = sent.find(text, from);
      if (begin == std::string::npos && from < sent.size() && text.starts_with(sent.substr(from))) {
        begin = from;
      }
      if (begin == std::string::npos) continue;
      connection_ = c;
      offset_ = std::min(begin + text.size(), sent.size());
      reply_ = LastReplyWithin(views_[c], begin, offset_);
      return true;
    }
    return false;
  }

  static std::optional<std::size_t> LastReplyWithin(const View& view, std::size_t begin,
                                                    std::size_t end) {
    for (std::size_t i = view.requests.size(); i-- > 0;) {
      if (view.requests[i].end <= begin) break;
      if (view.requests[i].end <= end) return view.ReplyTo(i);
    }
    // An unfinished request: what came of it in the end.
    const bool expired = view.ends.conversation != nullptr &&
                         view.ends.conversation->ending == Ending::kUnfinishedRequest;
    if (!expired || view.responses.empty()) return std::nullopt;
    return view.responses.size() - 1;
  }

  void ReportNotSent(const Doing& doing) {
    const bool own_name = doing.step->verb == Verb::kAdd && doing.text.empty();
    const std::string reason =
        ReasonNotSent(evidence_.record, who_, own_name ? who_ : doing.text, doing.at);
    Report(doing,
           absl::StrCat("expected ", doing.step->expected->code, ", got no request", reason));
  }

  void JudgeReply(const Doing& doing) {
    const View& view = views_[connection_];
    const Expectation& expected = *doing.step->expected;
    if (!reply_) {
      return Report(doing, absl::StrCat("expected ", expected.code, ", got no reply",
                                        ReasonOfEnd(*view.ends.client)));
    }
    const RawResponse& got = view.responses[*reply_];
    if (got.code != expected.code ||
        (expected.entity && !MatchesText(*expected.entity, got.entity))) {
      Report(doing, absl::StrCat("expected ", expected.code,
                                 expected.entity ? absl::StrCat(" ", Shown(*expected.entity)) : "",
                                 ", got ", got.code, " ", Shown(got.entity)));
    }
    JudgeFields(doing, got);
    JudgeTime(doing, view.ends.client->received.TimeOf(got.end - 1) - doing.at);
    if (expected.then_end) JudgeEnd(doing, view);
  }

  void JudgeFields(const Doing& doing, const RawResponse& got) {
    for (const FieldExpectation& field : doing.step->expected->fields) {
      const std::string_view value = FieldOf(got, field.name);
      if (MatchesText(field.value, value)) continue;
      Report(doing, absl::StrCat("expected ", field.name, " ", Shown(field.value), ", got ",
                                 Shown(value)));
    }
  }

  // Empty if it is not there.
  static std::string_view FieldOf(const RawResponse& response, std::string_view name) {
    if (name == "Datetime") return response.datetime;
    if (name == "Developer") return response.developer;
    if (name == "Session") return response.session;
    if (name == "Session_Seconds") return response.session_seconds;
    if (name == "Replay") return response.replay;
    if (name == "Position") return response.position;
    return name == "Gap" ? response.gap : response.server;
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

  void JudgeEnd(const Doing& doing, const View& view) {
    if (*reply_ + 1 < view.responses.size()) {
      const RawResponse& next = view.responses[*reply_ + 1];
      Report(doing, absl::StrCat("expected only the end of the stream behind the reply, got ",
                                 next.code, " ", Shown(next.entity)));
    } else if (view.ends.client->end != End::kEndOfStream) {
      Report(doing, "expected the end of the stream behind the reply, got none");
    }
  }

  void Report(const Doing& doing, std::string message) {
    evidence_.Report({"expectation", std::move(message), doing.step->line, who_, doing.at});
  }

  Evidence& evidence_;
  std::string who_;
  std::vector<View> views_;     // of this participant
  std::size_t connection_ = 0;  // where the last step was found
  std::size_t offset_ = 0;      // behind it
  std::optional<std::size_t> reply_;
};

// A reaction must have happened, and a step with an expectation.
void CheckDone(Evidence& evidence) {
  const std::vector<Step>& steps = evidence.scenario.steps;
  const WorldRecord& record = evidence.record;
  std::vector<bool> done(steps.size());
  for (const DoneStep& step : record.done) done[step.step] = true;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const Step& step = steps[i];
    const bool required = step.expected || evidence.scenario.effects_required;
    if (step.when && required && !record.reacted.contains(i)) {
      evidence.Report({"expectation",
                       absl::StrCat("expected ", step.when->who, " to hear ",
                                    Shown(step.when->text), ", got no such response"),
                       step.line});
    } else if (step.expected && !done[i]) {
      evidence.Report({"expectation",
                       absl::StrCat("expected ", step.expected->code, ", got no request"),
                       step.line});
    }
  }
}

std::uint64_t CountIn(const ServerStats& stats, FinalExpectation::Kind kind) {
  return kind == FinalExpectation::Kind::kEvicted   ? stats.evicted
         : kind == FinalExpectation::Kind::kExpired ? stats.expired
                                                    : stats.turned_away;
}

// Counts all lives of the server. A failure shows the other counts as well.
void CheckCount(Evidence& evidence, const FinalExpectation& expected) {
  std::string wanted;
  std::string others;
  for (const ServerCount& count : ServerCounts()) {
    std::int64_t seen = 0;
    for (const ServerRecord& server : evidence.record.servers) {
      seen += static_cast<std::int64_t>(CountIn(server.stats, count.kind));
    }
    if (count.kind != expected.kind) {
      absl::StrAppend(&others, others.empty() ? "" : ", ", AbslView(count.word), " ", seen);
    } else if (seen != expected.count) {
      wanted = absl::StrCat("expected server ", AbslView(count.word), " ", expected.count, ", got ",
                            seen);
    }
  }
  if (wanted.empty()) return;
  evidence.Report({"expectation", absl::StrCat(wanted, " (and ", others, ")"), expected.line});
}

void CheckSees(Evidence& evidence, const std::vector<Ends>& ends,
               const FinalExpectation& expected) {
  for (const std::string& who : ExpandNames(expected.who, evidence.scenario.Participants())) {
    std::int64_t seen = 0;
    for (const Ends& pair : ends) {
      if (pair.client->who != who) continue;
      for (const RawResponse& response : CutResponses(pair.client->received.bytes)) {
        seen += MeaningOf(response).told == Told::kSaid ? 1 : 0;
      }
    }
    if (seen == expected.count) continue;
    const std::string_view messages = expected.count == 1 ? " message" : " messages";
    evidence.Report({"expectation",
                     absl::StrCat("expected ", expected.count, AbslView(messages), ", got ", seen),
                     expected.line, who});
  }
}

void CheckHadEffect(Evidence& evidence, const FinalExpectation& expected) {
  for (const std::string& effect : expected.effects) {
    const auto found = evidence.record.effects.find(effect);
    if (found != evidence.record.effects.end() && found->second > 0) continue;
    evidence.Report(
        {"effect", absl::StrCat("expected ", effect, ", got no effect of it"), expected.line});
  }
}

}  // namespace

void CheckSteps(Evidence& evidence, const std::vector<Ends>& ends) {
  CheckDone(evidence);
  const std::vector<Step>& steps = evidence.scenario.steps;
  if (std::none_of(steps.begin(), steps.end(), [](const Step& s) { return s.expected; })) return;
  for (const std::string& who : evidence.scenario.Participants()) {
    Follower(evidence, who, ends).Judge();
  }
}

void CheckOutcome(Evidence& evidence, const std::vector<Ends>& ends) {
  for (const FinalExpectation& expected : evidence.scenario.expectations) {
    switch (expected.kind) {
      case FinalExpectation::Kind::kEvicted:
      case FinalExpectation::Kind::kExpired:
      case FinalExpectation::Kind::kTurnedAway:
        CheckCount(evidence, expected);
        break;
      case FinalExpectation::Kind::kSees:
        CheckSees(evidence, ends, expected);
        break;
      case FinalExpectation::Kind::kEffect:
        CheckHadEffect(evidence, expected);
        break;
      case FinalExpectation::Kind::kHears:
      case FinalExpectation::Kind::kHearsInAny:
      case FinalExpectation::Kind::kOneHears:
      case FinalExpectation::Kind::kNoneHears:
        break;  // see hears.h
    }
  }
}

}  // namespace chathttp::sim
