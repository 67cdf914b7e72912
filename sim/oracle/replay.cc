#include "chathttp/sim/oracle/replay.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/sim/oracle/due.h"

namespace chathttp::sim {
namespace {

using End = ConnectionRecord::End;

class Replayer {
 public:
  Replayer(Evidence& evidence, const RoomLog& log, const Transcript& transcript,
           std::size_t connection, std::vector<Episode>& episodes)
      : evidence_(evidence),
        options_(evidence.record.options),
        log_(log),
        transcript_(transcript),
        c_(*transcript.connection),
        fin_(Evidence::FinOf(c_)),
        connection_(connection),
        episodes_(episodes),
        first_episode_(episodes.size()) {
    account_.replies.resize(transcript.asked.size());
  }

  Account Run() {
    for (const Heard& heard : transcript_.heard) {
      if (account_.over) {
        Report("one-reply",
               absl::StrCat(Describe(heard.told), At(heard.at), " behind the last word"));
        break;
      }
      Hear(heard);
    }
    for (const Asked& asked : transcript_.asked) account_.complete += asked.request.fatal ? 0 : 1;
    NoteWaiting();
    JudgeEnd();
    JudgeUnanswered();
    JudgeMissingLimits();
    NotePossibleEpisodes();
    NoteWhatMayEndThem();
    return std::move(account_);
  }

 private:
  void Report(std::string_view invariant, std::string_view message) {
    evidence_.Report(invariant, c_, message);
  }
  const Asked* Next() const {
    return next_ < transcript_.asked.size() ? &transcript_.asked[next_] : nullptr;
  }
  Episode* in() { return in_ ? &episodes_[*in_] : nullptr; }
  // The earliest time at which a request may be answered.
  static absl::Duration KnownAt(const Asked& asked) {
    return asked.request.fatal ? asked.begun : asked.at;
  }
  bool IsLast(const Heard& heard) const { return &heard == &transcript_.heard.back(); }

  Due DueNow(const RawRequestView& request) {
    if (const Episode* episode = in()) return DueTo(request, episode->name, options_.room);
    return DueTo(request, std::nullopt, options_.room);
  }

  // ---- What was heard -------------------------------------------------------------------------

  void Hear(const Heard& heard) {
    if (heard.told == Told::kNonsense) {
      Report("one-reply", absl::StrCat("not a response", At(heard.at), ": ",
                                       AbslView(heard.text.substr(0, 60))));
    } else if (!greeted_) {
      Greet(heard);
    } else if (heard.told == Told::kGreeting) {
      Report("greeting", absl::StrCat("again", At(heard.at)));
    } else if (IsBroadcast(heard.told)) {
      HearBroadcast(heard);
    } else {
      ++account_.private_replies;
      HearReply(heard);
    }
  }

  void Greet(const Heard& heard) {
    greeted_ = true;
    greeted_at_ = replied_at_ = heard.at;
    if (heard.told == Told::kGreeting) {
      ++account_.private_replies;
    } else if (heard.told == Told::kServer &&
               (evidence_.MayTurnAway() || heard.at >= evidence_.end())) {
      account_.turned_away = account_.over = true;
      account_.ended_with_service = heard.at >= evidence_.end();
    } else {
      Report("greeting", absl::StrCat("the first response is ", Describe(heard.told)));
      Hear(heard);
    }
  }

  void HearBroadcast(const Heard& heard) {
    Episode* const episode = in();
    if (episode == nullptr) {
      return Report(was_in_ ? "nothing-after-leave" : "enter-say-leave",
                    absl::StrCat(Describe(heard.told), " while not logged in", At(heard.at)));
    }
    const bool own = Folded(heard.name) == Folded(episode->name);
    if (own && heard.told != Told::kSaid) {
      return Report("enter-say-leave",
                    absl::StrCat(Describe(heard.told), " of its own", At(heard.at)));
    }
    if (own) HearOwn(heard, *episode);
    episode->slice.push_back(&heard);
  }

  // The reply to a POST is the broadcast itself.
  void HearOwn(const Heard& heard, Episode& episode) {
    const auto said = [&](std::size_t i) {
      const RawRequestView& request = transcript_.asked[i].request;
      return DueNow(request).what == Due::What::kSaid &&
             WithoutLineEnd(request.entity) == heard.text;
    };
    std::size_t match = next_;
    while (match < transcript_.asked.size() && !said(match)) ++match;
    if (match == transcript_.asked.size()) {
      return Report("one-reply",
                    absl::StrCat("heard itself say what it did not ask to", At(heard.at)));
    }
    for (; next_ < match; ++next_) {
      const Asked& skipped = transcript_.asked[next_];
      const bool post = DueNow(skipped.request).what == Due::What::kSaid;
      Report(post ? "sender-order" : "one-reply",
             absl::StrCat("request ", next_ + 1, " had no reply when ", match + 1, " had its own"));
      if (post) episode.posts.push_back({WithoutLineEnd(skipped.request.entity), skipped.at});
    }
    const Asked& asked = transcript_.asked[match];
    episode.posts.push_back({WithoutLineEnd(asked.request.entity), asked.at});
    NoteReply(asked, heard);
  }

  void HearReply(const Heard& heard) {
    const Asked* asked = Next();
    if (asked != nullptr && asked->begun > heard.at) asked = nullptr;  // not sent yet
    const bool ending = heard.told == Told::kServer && IsLast(heard) && heard.at >= evidence_.end();
    if (ending) {
      account_.over = account_.ended_with_service = true;
      return;
    }
    const Due due = asked != nullptr ? DueNow(asked->request) : Due{};
    account_.may_be_expired = heard.told == Told::kBad && LimitMayHavePassed(heard.at);
    const bool sent = asked != nullptr && heard.at >= KnownAt(*asked);
    if (sent && Fits(due, heard)) return Answer(*asked, due, heard);
    if (account_.may_be_expired) return NoteExpiry();
    if (asked != nullptr) {
      Report("one-reply", absl::StrCat("request ", next_ + 1, ", ", AbslView(asked->request.method),
                                       ", was answered with ", Describe(heard.told), At(heard.at)));
      NoteReply(*asked, heard);
    } else {
      Report(heard.told == Told::kBad ? "time-limits" : "one-reply",
             absl::StrCat(Describe(heard.told), " that nothing asked for", At(heard.at)));
    }
    account_.over = IsLast(heard) && c_.end == End::kEndOfStream;
  }

  void NoteReply(const Asked& asked, const Heard& heard) {
    if (heard.at < KnownAt(asked)) {
      Report("one-reply", absl::StrCat("request ", next_ + 1, " was answered", At(heard.at),
                                       ", before it was sent"));
    }
    if (heard.told != Told::kBad) JudgeLateness(asked);
    account_.replies[next_] = static_cast<std::size_t>(&heard - transcript_.heard.data());
    ++next_;
    if (!asked.request.fatal) ++account_.answered;
    answered_at_ = asked.at;
    replied_at_ = heard.at;
  }

  void Answer(const Asked& asked, const Due& due, const Heard& heard) {
    const RawRequestView& request = asked.request;
    NoteReply(asked, heard);
    if (due.fatal) {
      account_.over = true;
      if (Episode* episode = in()) episode->may_leave = std::min(episode->may_leave, asked.begun);
      return;
    }
    switch (due.what) {
      case Due::What::kLogin:
        if (heard.told != Told::kOk) return JudgeRefusal(asked, heard);
        in_ = episodes_.size();
        was_in_ = true;
        episodes_.push_back({.connection = connection_,
                             .name = *request.user,
                             .asked = asked.at,
                             .told = heard.at});
        return;
      case Due::What::kOk:
        in()->left_told = true;
        in()->may_leave = asked.at;
        in_.reset();
        return;
      case Due::What::kList:
        in()->lists.push_back({in()->slice.size(), heard.text});
        return;
      case Due::What::kBad:
      case Due::What::kTaken:
      case Due::What::kSaid:
        return;
    }
  }

  void JudgeRefusal(const Asked& asked, const Heard& heard) {
    const std::string_view name = *asked.request.user;
    if (heard.told == Told::kServer) {
      if (!log_.WasFull(options_.room.members, asked.at, heard.at)) {
        Report("one-reply", absl::StrCat("500", At(heard.at), " though the room was not full"));
      }
      return;
    }
    switch (log_.NameHeld(name, asked.at, heard.at)) {
      case RoomLog::Held::kThen:
        return;
      case RoomLog::Held::kBefore:
        return Report("handover", absl::StrCat("401 for ", AbslView(name), At(heard.at),
                                               " though it had left before the ADD was sent"));
      case RoomLog::Held::kNever:
        return Report("unique-names", absl::StrCat("401 for ", AbslView(name), At(heard.at),
                                                   " though nobody had the name"));
    }
  }

  void NoteWaiting() {
    for (std::size_t i = next_; i < transcript_.asked.size(); ++i) {
      account_.waiting_since = std::min(account_.waiting_since, transcript_.asked[i].at);
      if (transcript_.asked[i].request.method == "GET") account_.waits_for_list = true;
      const RawRequestView& request = transcript_.asked[i].request;
      if (request.fatal || request.method == "DELETE") account_.waits_for_end = true;
    }
    const absl::Duration last = std::min(evidence_.end(), Evidence::LifeEnd(c_));
    if (BegunAt() + options_.request_limit <= last) account_.waits_for_end = true;
  }

  // ---- Limits of time -------------------------------------------------------------------------

  // When the first request without a reply began.
  absl::Duration BegunAt() const {
    if (const Asked* next = Next()) return next->begun;
    return transcript_.unfinished_request ? transcript_.unfinished_begun : absl::InfiniteDuration();
  }

  // A 400 at `time` that answers nothing: may one of the limits be its reason?
  bool LimitMayHavePassed(absl::Duration time) {
    if (time >= BegunAt() + options_.request_limit) return true;
    if (in() != nullptr) return false;
    const bool asked = answered_at_.has_value();
    return time >=
           (asked ? *answered_at_ + options_.relogin_limit : c_.asked + options_.login_limit);
  }

  void NoteExpiry() {
    account_.over = account_.expired = true;
    if (Episode* episode = in()) episode->may_leave = BegunAt() + options_.request_limit;
  }

  // The last response was no reply, if it was taken for one.
  void TakeBackReply() {
    if (next_ == 0 || account_.replies[next_ - 1] != transcript_.heard.size() - 1) return;
    account_.replies[--next_].reset();
    if (!transcript_.asked[next_].request.fatal) --account_.answered;
  }

  // Until when the peer was there to be told, if it is to be judged at all.
  std::optional<absl::Duration> PromptUntil() const {
    if (evidence_.scenario.mode == Mode::kHostile || !Evidence::Healthy(c_)) return std::nullopt;
    return std::min({evidence_.end(), Evidence::LifeEnd(c_), fin_.value_or(evidence_.end())}) -
           evidence_.SlackOf(c_);
  }

  absl::Duration LoginDeadline() {
    if (in() != nullptr || !greeted_) return absl::InfiniteDuration();
    return replied_at_ + (answered_at_ ? options_.relogin_limit : options_.login_limit);
  }

  // A request that was answered in earnest although it came too late.
  void JudgeLateness(const Asked& asked) {
    if (!PromptUntil()) return;
    const absl::Duration deadline =
        std::min(LoginDeadline(), asked.begun + options_.request_limit) + evidence_.SlackOf(c_);
    if (asked.at > deadline) {
      Report("time-limits", absl::StrCat("request ", next_ + 1, " was served though complete only",
                                         At(asked.at), ", its limit", At(deadline)));
    }
  }

  // Whether it was told of an end of its own.
  bool EndedBefore() const { return account_.over && !account_.ended_with_service; }

  void JudgeMissingLimits() {
    const std::optional<absl::Duration> until = PromptUntil();
    if (!until || EndedBefore() || Next() != nullptr) return;
    absl::Duration deadline = LoginDeadline();
    if (transcript_.unfinished_request) {
      deadline = std::min(deadline, transcript_.unfinished_begun + options_.request_limit);
    }
    if (deadline < *until) {
      Report("time-limits", absl::StrCat("still there after its limit", At(deadline)));
    }
  }

  // ---- The end --------------------------------------------------------------------------------

  void JudgeEnd() {
    const bool ended_early = c_.end == End::kEndOfStream && c_.ended < evidence_.end();
    // Whoever is turned away for want of a descriptor gets what one write takes.
    const bool cut_short = c_.end == End::kEndOfStream && transcript_.cut_bytes > 0;
    if (cut_short && !greeted_ && evidence_.MayTurnAway()) {
      account_.turned_away = account_.over = true;
      return;
    }
    if (cut_short) {
      Report("last-words", "the stream ends inside a response");
    } else if (ended_early && !account_.over && !fin_) {
      JudgeSilentEnd();
    } else if (c_.end == End::kBroken) {
      JudgeBreak();
    } else if (c_.end == End::kOpen && greeted_ && (account_.over || fin_) &&
               evidence_.OwedByEnd(c_, account_.over ? replied_at_ : *fin_)) {
      Report("last-words", "no end of stream behind the last word");
    }
    if (!greeted_ && c_.end != End::kRefused && !evidence_.MayTurnAway() &&
        evidence_.Owed(c_, c_.connected)) {
      Report("greeting", "none came");
    }
  }

  // A last 400 may have been taken for the answer to a request that was still under way.
  void JudgeSilentEnd() {
    if (account_.may_be_expired) {
      TakeBackReply();
      NoteExpiry();
    } else {
      Report("last-words",
             absl::StrCat("the stream ended", At(c_.ended), " without a reason given"));
    }
  }

  void JudgeBreak() {
    const bool by_server = !c_.reset && !c_.faulted && c_.ended < evidence_.end();
    if (!by_server || account_.over || in() != nullptr || !Evidence::Healthy(c_)) return;
    if (evidence_.MayTurnAway() && !greeted_) return;
    const bool slow = evidence_.SlackOf(c_) > kBaseSlack + options_.linger_limit / 2;
    if (slow) return;
    std::size_t fatal = next_;  // if each ADD before it is refused
    while (fatal < transcript_.asked.size() &&
           !DueTo(transcript_.asked[fatal].request, std::nullopt, options_.room).fatal) {
      ++fatal;
    }
    if (fatal == transcript_.asked.size()) return Report("last-words", "reset without a word");
    const std::size_t behind = c_.sent.bytes.size() - transcript_.asked[fatal].request.end;
    if (behind <= options_.linger_bytes)
      Report("last-words", "reset before the 400 for its bad request was read");
  }

  void JudgeUnanswered() {
    const Asked* const next = Next();
    if (next == nullptr || EndedBefore() || (next->request.fatal && !next->request.certain)) return;
    const bool served_all = c_.end == End::kEndOfStream && fin_ && c_.ended < evidence_.end();
    if (!served_all && !evidence_.Owed(c_, next->at)) return;
    if (served_all && account_.may_be_expired) {
      TakeBackReply();
      return NoteExpiry();
    }
    Report(next->request.fatal ? "last-words" : "one-reply",
           absl::StrCat("request ", next_ + 1, ", ", AbslView(next->request.method), At(next->at),
                        ", had no reply"));
  }

  // ---- Logins ---------------------------------------------------------------------------------

  // What the rest of the requests may have done before the connection ended.
  void NotePossibleEpisodes() {
    if (account_.over) return;
    std::vector<std::size_t> active;  // one of them at most took place
    if (in_) active.push_back(*in_);
    for (std::size_t i = next_; i < transcript_.asked.size(); ++i) {
      const Asked& asked = transcript_.asked[i];
      const RawRequestView& request = asked.request;
      const Due outside = DueTo(request, std::nullopt, options_.room);
      if (outside.what == Due::What::kLogin && !in_) {
        active.push_back(episodes_.size());
        episodes_.push_back({.connection = connection_, .name = *request.user, .asked = asked.at});
        continue;
      }
      if (active.empty()) {
        if (outside.fatal) return;
        continue;  // an ADD that is refused
      }
      std::erase_if(active, [&](std::size_t index) { return Ends(episodes_[index], asked); });
      if (request.fatal) return;
      if (active.empty()) in_.reset();
    }
  }

  // Whether the request, should it be served in the episode, is its end.
  bool Ends(Episode& episode, const Asked& asked) const {
    const Due due = DueTo(asked.request, episode.name, options_.room);
    if (due.what == Due::What::kSaid) {
      episode.posts.push_back({WithoutLineEnd(asked.request.entity), asked.at});
    }
    const bool ends = due.fatal || due.what == Due::What::kOk;
    if (ends) episode.may_leave = std::min(episode.may_leave, asked.begun);
    return ends;
  }

  void NoteWhatMayEndThem() {
    absl::Duration may = fin_.value_or(absl::InfiniteDuration());
    if (c_.reset) may = std::min(may, *c_.reset);
    if (c_.end == End::kClosed) may = std::min(may, c_.ended);
    const bool broken_by_server = c_.end == End::kBroken && !c_.reset;
    if (!Evidence::Healthy(c_) || broken_by_server) may = absl::ZeroDuration();
    for (std::size_t i = first_episode_; i < episodes_.size(); ++i) {
      episodes_[i].may_leave = std::min(episodes_[i].may_leave, may);
    }
  }

  Evidence& evidence_;
  const ServerOptions& options_;
  const RoomLog& log_;
  const Transcript& transcript_;
  const ConnectionRecord& c_;
  std::optional<absl::Duration> fin_;  // see Evidence::FinOf
  std::size_t connection_;
  std::vector<Episode>& episodes_;
  std::size_t first_episode_;
  Account account_;
  std::size_t next_ = 0;           // the first request that was not answered
  std::optional<std::size_t> in_;  // the episode it is in
  bool was_in_ = false;
  bool greeted_ = false;
  absl::Duration greeted_at_;
  std::optional<absl::Duration> answered_at_;  // the last request that was answered, when sent
  absl::Duration replied_at_;                  // the last reply
};

}  // namespace

Account Replay(Evidence& evidence, const RoomLog& log, const Transcript& transcript,
               std::size_t connection, std::vector<Episode>& episodes) {
  return Replayer(evidence, log, transcript, connection, episodes).Run();
}

}  // namespace chathttp::sim
