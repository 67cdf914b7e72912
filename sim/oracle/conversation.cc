#include "chathttp/sim/oracle/conversation.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/sim/oracle/clock.h"
#include "chathttp/sim/oracle/last_words.h"
#include "chathttp/sim/oracle/login_reply.h"
#include "chathttp/sim/oracle/reply.h"
#include "chathttp/sim/world/raw_text.h"

namespace chathttp::sim {
namespace {

using Kind = ServerEvent::Kind;

constexpr std::size_t kShownBytes = 60;

class Reader {
 public:
  Reader(Evidence& evidence, const ServerRecord& server, const RoomLog& log, const Pace& pace,
         const OptionsLog& options, const OperatorLog& commands, std::size_t connection)
      : evidence_(evidence),
        server_(server),
        options_(server.options),
        log_(log),
        pace_(pace),
        settings_(options),
        commands_(commands),
        index_(connection),
        c_(server.connections[connection]),
        events_(log.EventsOf(connection)),
        written_(c_.writes) {
    result_.sessions = log.SessionsOf(connection);
    result_.visits = log.VisitsOf(connection);
  }

  Conversation Read() {
    CutAsked(c_, options_, result_);
    if (!Greet()) {
      result_.good = good_;
      return std::move(result_);
    }
    for (std::size_t k = 0; k < result_.asked.size() && good_; ++k) {
      if (Serve(result_.asked[k])) continue;
      if (result_.ending == Ending::kFatalRequest) {
        result_.asked.resize(k + 1);  // nothing behind it is a request
        result_.unfinished = false;
      }
      break;
    }
    if (good_) End();
    const bool by_peer = c_.broken || c_.reset || server_.crash;
    const bool ended = c_.shut || (c_.closed && !by_peer);
    if (good_ && unsent_ && ended) Report("last-words", "it ended before all was written");
    if (result_.unsent_log_bytes == 0) NoteSent();
    result_.good = good_ && !result_.cut_off;
    return std::move(result_);
  }

 private:
  // ---- Reports --------------------------------------------------------------------------------

  // Nothing is compared behind the first difference.
  bool Fail(std::string_view invariant, std::string_view what) {
    good_ = false;
    evidence_.Report(invariant, c_, Here(), std::string(what));
    return false;
  }
  bool Report(std::string_view invariant, std::string_view what) {
    evidence_.Report(invariant, c_, Here(), std::string(what));
    return true;
  }

  // When what was written at this place was written.
  std::optional<absl::Duration> Here() {
    if (c_.writes.empty()) return std::nullopt;
    return written_.At(std::min(at_, c_.out.size() - (c_.out.empty() ? 0 : 1))).at;
  }

  // What was written at this place, in one line.
  std::string Got() {
    if (at_ >= c_.out.size()) return "nothing";
    const std::optional<RawResponse> response = CutResponse(c_.out, at_);
    if (!response) return "the beginning of a response";
    if (response->code == 0) {
      return absl::StrCat("\"", EscapedStart(response->raw, kShownBytes), "\" (",
                          AbslView(response->problem), ")");
    }
    return absl::StrCat(response->code, " \"", EscapedStart(response->entity, kShownBytes), "\"",
                        WithLines(LinesAtEnd(response->raw)));
  }

  // What was written is not `expected`: finds out which rule that breaks.
  bool Differs(std::string_view invariant, std::string_view expected) {
    const std::string what = absl::StrCat("expected ", AbslView(expected), ", got ", Got());
    const std::optional<RawResponse> response = CutResponse(c_.out, at_);
    if (!response) return Fail(invariant, what);
    const Meaning meaning = MeaningOf(*response);
    if (invariant == "greeting") return Fail(invariant, what);
    if (meaning.told == Told::kNonsense) return Fail("invention", what);
    if (meaning.told == Told::kGreeting) return Fail("greeting", what);
    if (!IsBroadcast(meaning.told)) return Fail(invariant, what);
    const auto is_it = [&](const Item& item) { return item.raw == response->raw; };
    const bool known = std::any_of(log_.items().begin(), log_.items().end(), is_it);
    if (session_ == nullptr) {
      return Fail(result_.sessions.empty() ? "invention" : "nothing-after-leave", what);
    }
    const bool own = Folded(meaning.name) == Folded(session_->name);
    if (own && meaning.told != Told::kSaid) return Fail("enter-say-leave", what);
    if (own && known) return Fail("sender-order", what);
    return Fail(known ? "order" : "invention", what);
  }

  // ---- Events ---------------------------------------------------------------------------------

  const ReportedEvent* NextEvent() const {
    return event_ < events_.size() ? events_[event_] : nullptr;
  }
  // The next event if it is of this kind.
  const ReportedEvent* TakeEvent(Kind kind) {
    const ReportedEvent* const event = NextEvent();
    if (event == nullptr || event->kind != kind) return nullptr;
    ++event_;
    return event;
  }
  bool CheckEvent(const ReportedEvent& event, std::string_view name, std::string_view reason) {
    if (event.name == name && event.reason == reason) return true;
    return Report("events",
                  absl::StrCat("expected ", AbslView(ToString(event.kind)), " of \"", Escaped(name),
                               "\": ", AbslView(reason), ", got \"", Escaped(event.name),
                               "\": ", event.reason, At(event.when.at)));
  }

  // ---- Output ---------------------------------------------------------------------------------

  bool at_end() const { return at_ >= c_.out.size(); }

  // Whether one of the turns has this time of day.
  bool IsTimeOf(std::string_view datetime, std::size_t first, std::size_t last) const {
    // What is told at once has the time of the acceptance, which may be before the turn.
    if (first == c_.accepted.turn && datetime == DatetimeOf(c_.accepted_wall)) return true;
    for (std::size_t t = first; t <= last && t < server_.turns.size(); ++t) {
      if (datetime == DatetimeOf(server_.turns[t].wall)) return true;
    }
    return !evidence_.record.simulated;
  }

  // Takes the items up to `until` as far as they were written, but for what it says itself.
  bool TakeItems(std::size_t until) {
    while (result_.cursor < until) {
      if (IsOwnEntered(result_.cursor)) {
        ++result_.cursor;
        continue;
      }
      if (at_end()) return true;
      const Item& item = log_.items()[result_.cursor];
      if (IsSaidHere(item, result_.cursor)) return true;
      if (!TakeItem(item)) return true;
    }
    return true;
  }

  // What comes back does not hear its own login.
  bool IsOwnEntered(std::size_t index) const {
    return session_ != nullptr && index + 1 == session_->begin;
  }
  bool IsSaidHere(const Item& item, std::size_t index) const {
    return item.session != kNowhere && &log_.sessions()[item.session] == session_ &&
           index >= visit_->begin;
  }

  // The broadcasts that the witness did not hear, behind number `from`.
  bool TakeUnheard(std::uint64_t from) {
    for (std::uint64_t number = from + 1; number <= log_.heard_from() && !at_end(); ++number) {
      if (number == session_->number) continue;
      const Item& item = log_.ItemOf(number);
      const std::string_view rest = std::string_view(c_.out).substr(at_, item.raw.size());
      if (!item.raw.starts_with(rest)) return Differs("resume", Describe(item));
      at_ += rest.size();
      if (rest.size() < item.raw.size()) break;
      ++result_.delivered;
    }
    return true;
  }

  // Whether the item, or the front of it at the end of all bytes, was written here.
  bool TakeItem(const Item& item) {
    const std::string_view rest = std::string_view(c_.out).substr(at_, item.raw.size());
    if (!item.raw.starts_with(rest)) return false;
    CheckWritten(std::max(item.written_turn, visit_->came.turn), "a broadcast");
    at_ += rest.size();
    if (rest.size() < item.raw.size()) {
      partial_bytes_ = rest.size();
      return true;
    }
    ++result_.cursor;
    ++result_.delivered;
    return true;
  }

  // What was due in a turn was written in it, unless something held it up.
  void CheckWritten(std::size_t due, std::string_view what) {
    const Moment& written = written_.At(at_);
    if (!evidence_.record.simulated || written.turn <= due) return;
    if (pace_.MayWaitToWrite(index_, due, written.turn)) return;
    Report("prompt", absl::StrCat(AbslView(what), " was due", At(server_.turns[due].at),
                                  " and written", At(written.at)));
  }

  // Takes a private reply that was made in one of these turns. False if something else was written.
  bool TakeReply(std::string_view invariant, int code, std::string_view entity, std::size_t first,
                 std::size_t last, Asked* asked, std::string_view header_line = {}) {
    const std::string_view rest = std::string_view(c_.out).substr(at_);
    const std::size_t offset = DatetimeOffset(code);
    const bool dated = rest.size() >= offset + kDatetimeBytes;
    const std::string_view datetime = dated ? rest.substr(offset, kDatetimeBytes) : "";
    std::string whole = ResponseBytes(options_, code, entity, NoDatetime());
    whole.insert(whole.size() - entity.size() - 1, header_line);
    if (dated) whole.replace(offset, kDatetimeBytes, datetime);
    const std::size_t compared = std::min(rest.size(), dated ? whole.size() : offset);
    if (rest.substr(0, compared) != std::string_view(whole).substr(0, compared)) {
      return Differs(invariant, absl::StrCat(code, " \"", EscapedStart(entity, kShownBytes), "\"",
                                             WithLines(header_line)));
    }
    if (dated && !IsTimeOf(datetime, first, last)) {
      Report("datetime", absl::StrCat("expected ", DatetimeOf(server_.turns[first].wall), ", got ",
                                      AbslView(datetime), " in a reply", At(written_.At(at_).at)));
    }
    if (!rest.empty()) CheckWritten(last, "a reply");
    if (asked != nullptr && !rest.empty()) {
      asked->reply_begin = at_;
      asked->reply_end = at_ + whole.size();
    }
    // A list is shared, and not counted.
    if (asked != nullptr)
      asked->reply_bytes = whole.size() - (invariant == "list" ? entity.size() : 0);
    at_ += std::min(rest.size(), whole.size());
    unsent_ = unsent_ || rest.size() < whole.size();
    ++result_.private_replies;
    return true;
  }

  // ---- Requests -------------------------------------------------------------------------------

  bool Greet() {
    if (const ReportedEvent* event = TakeEvent(Kind::kTurnedAway)) {
      // CheckAdmission says which reason it must be.
      const std::string reason =
          c_.overflow ? "Server is out of descriptors, try again later" : event->reason;
      CheckEvent(*event, "", reason);
      result_.ending = Ending::kTurnedAway;
      result_.concluded = event->when;
      if (TakeTurnedAway(reason) && c_.id != 0) CheckClosed("turned away");
      return false;
    }
    const ReportedEvent* const accepted = TakeEvent(Kind::kAccepted);
    if (accepted == nullptr || accepted->peer != c_.peer) {
      return Fail("events", absl::StrCat("expected accepted from ", c_.peer));
    }
    return TakeReply("greeting", 202, kGreetingEntity, c_.accepted.turn, c_.accepted.turn, nullptr);
  }

  // One write may take only a part of it.
  bool TakeTurnedAway(const std::string& reason) {
    TakeReply("one-reply", 500, reason, c_.accepted.turn, c_.accepted.turn, nullptr);
    if (good_ && !at_end()) Differs("one-reply", "nothing");
    return good_;
  }

  // Returns whether the next request can be served after it.
  bool Serve(Asked& asked) {
    const std::optional<std::string_view> login =
        session_ == nullptr ? std::nullopt : std::optional(session_->name);
    const Reply reply = ReplyTo(asked.request, login, options_.room);
    asked.code = reply.code;
    switch (reply.kind) {
      case Reply::Kind::kLogin:
        return ServeLogin(asked);
      case Reply::Kind::kSaid:
        return ServePost(asked);
      case Reply::Kind::kList:
        TakeItems(visit_->end);
        return ServeGet(asked, "list", log_.ListAt(result_.cursor));
      case Reply::Kind::kPing:
        TakeItems(visit_->end);
        return ServeGet(asked, "one-reply", std::string(kOkEntity));
      case Reply::Kind::kLogout:
        return ServeLogout(asked);
      case Reply::Kind::kPrivate:
        return ServeRefused(asked, reply);
    }
    return false;
  }

  // Notes that the request was served by this moment.
  void Served(Asked& asked, const Moment& when, bool exact = true) {
    asked.fate = Asked::Fate::kServed;
    asked.served = when;
    asked.exact = exact;
    asked.member = session_ != nullptr;
    asked.heartbeat = asked.member ? heartbeat_ : 0;
    for (auto earlier = &asked;
         earlier-- != result_.asked.data() && earlier->fate == Asked::Fate::kPerhaps;) {
      earlier->fate = Asked::Fate::kServed;
      earlier->served = when;
      --result_.perhaps_replies;
      ++result_.private_replies;
    }
  }

  // No event tells that the request was served.
  bool Unserved(const Asked& asked) {
    if (session_ != nullptr) TakeItems(visit_->end);
    const std::optional<RawResponse> got = at_end() ? std::nullopt : CutResponse(c_.out, at_);
    if (!got || (NextEvent() != nullptr && NextEvent()->reason == got->entity)) return false;
    if (IsBroadcast(MeaningOf(*got).told)) return false;
    return Differs("events", absl::StrCat("an event that tells of the reply to ",
                                          AbslView(asked.request.method)));
  }

  // Whether what was written next begins so, as far as it was written.
  bool StartsLike(std::string_view beginning) const {
    return beginning.starts_with(std::string_view(c_.out).substr(at_, beginning.size()));
  }
  bool MayBeLastWords() const { return NextEvent() != nullptr; }

  bool has_sessions() const { return options_.away_limit > absl::ZeroDuration(); }

  // Begins the next visit of this connection.
  void BeginVisit() {
    session_ = &log_.sessions()[result_.sessions[next_session_]];
    visit_ = &log_.visits()[result_.visits[next_session_++]];
    said_here_.clear();
    for (const std::size_t item : session_->said) {
      if (item >= visit_->begin && item < visit_->end) said_here_.push_back(item);
    }
    said_ = 0;
  }

  // Takes the reply to a login, and what follows of the time before it.
  bool TakeLoginReply(Asked& asked, const SessionAsk& ask, const LoginReply& reply,
                      const ReportedEvent& event) {
    heartbeat_ = asked.request.heartbeat;
    const std::string line = heartbeat_ == 0 ? "" : absl::StrCat("Heartbeat: ", heartbeat_, "\n");
    const std::string_view invariant = InvariantOfLogin(ask, c_.out, at_);
    if (!TakeReply(invariant, 200, kOkEntity, event.when.turn, event.when.turn, &asked,
                   line + reply.lines)) {
      return false;
    }
    BeginVisit();
    asked.member = true;
    asked.heartbeat = heartbeat_;
    asked.cost = 3;
    refusals_ = 0;
    if (!TakeUnheard(reply.from)) return false;
    result_.cursor = log_.PositionOf(std::max(reply.from, log_.heard_from()));
    return true;
  }

  // The server ended before anybody heard of it.
  bool WasCutOff() {
    if (!WasHeldBack(server_)) return false;
    if (session_ != nullptr) TakeItems(visit_->end);
    result_.cut_off = at_end();
    return result_.cut_off;
  }

  // A login with a token that holds.
  bool ServeReturn(Asked& asked, const SessionAsk& ask, const Session& session) {
    const ReportedEvent& event = *NextEvent();
    if (event.kind != Kind::kReturned && event.kind != Kind::kEntered &&
        event.kind != Kind::kRefused) {
      return Unserved(asked);
    }
    const std::string problem = ProblemOfReturn(ask.since, session.name, *asked.request.user,
                                                {server_.epoch, event.broadcasts});
    if (!problem.empty()) {
      if (event.kind == Kind::kRefused) return ServeRefused(asked, Refused(400, problem));
      return Fail("resume", absl::StrCat("expected 400 \"", problem, "\", got ", Got()));
    }
    if (event.kind != Kind::kReturned) {
      return Fail("resume",
                  absl::StrCat("expected ", AbslView(session.name), " to come back, got ", Got()));
    }
    ++event_;
    CheckEvent(event, session.name, "");
    Served(asked, event.when);
    if (next_session_ == result_.sessions.size()) {
      return WasCutOff() ? false : Fail("invention", "came back unheard");
    }
    if (&log_.sessions()[result_.sessions[next_session_]] != &session) {
      return Fail("resume", absl::StrCat("came back as another than ", AbslView(session.name)));
    }
    CheckTakeover(asked, event);
    has_session_ = true;
    return TakeLoginReply(
        asked, ask, ReplyToReturn(PastOf(server_, log_), ask, event.broadcasts, session.number),
        event);
  }

  // The connection before is closed first, and nothing more is read from it.
  void CheckTakeover(const Asked& asked, const ReportedEvent& event) {
    const auto is_taken = [&](const Visit& visit) { return visit.gone == &event; };
    const auto& visits = log_.visits();
    const auto before = std::find_if(visits.begin(), visits.end(), is_taken);
    if (before == visits.end()) return;
    const ServerConnection& old = server_.connections[before->connection];
    if (!old.closed || old.closed->order > event.when.order) {
      Report("resume", "came back before its connection was closed");
    }
    if (asked.read.turn != event.when.turn) return;
    std::vector<Moment> reads = old.empty_reads;
    for (const Transfer& read : old.reads) reads.push_back(read.when);
    if (old.read_end) reads.push_back(*old.read_end);
    for (const Moment& read : reads) {
      if (read.order > asked.read.order && read.order < event.when.order) {
        Report("resume", "came back, and then its old connection was read");
      }
    }
  }

  bool ServeLogin(Asked& asked) {
    const std::string_view name = *asked.request.user;
    const SessionAsk ask = ReadSessionAsk(asked.request);
    const ReportedEvent* const next = NextEvent();
    if (next != nullptr && has_sessions() && !LastWordOf(*next)) {
      if (const Session* session = log_.HolderOf(ask.token, next->when.order)) {
        return ServeReturn(asked, ask, *session);
      }
      if (next->kind == Kind::kReturned) {
        return Fail("resume", "came back without a token that holds");
      }
    }
    if (const ReportedEvent* event = TakeEvent(Kind::kEntered)) {
      CheckEvent(*event, name, "");
      Served(asked, event->when);
      if (log_.HasName(name, event->when.order)) {
        return Fail("unique-names", absl::StrCat(AbslView(name), " entered twice"));
      }
      if (log_.Members(event->when.order) >= options_.room.members) {
        Report("one-reply", absl::StrCat("a login", At(event->when.at), " though the room has ",
                                         options_.room.members, " members"));
      }
      if (next_session_ == result_.sessions.size()) {
        return WasCutOff() ? false : Fail("invention", "entered unheard");
      }
      has_session_ = ask.wanted && has_sessions() && log_.MayBeAway(c_, event->when.order);
      const std::string token = has_session_ ? WrittenToken(c_.out, at_) : "";
      return TakeLoginReply(asked, ask,
                            ReplyToNewcomer(PastOf(server_, log_), ask, event->broadcasts, token),
                            *event);
    }
    const ReportedEvent* const event = NextEvent();
    if (event == nullptr || event->kind != Kind::kRefused || LastWordOf(*event)) {
      return Unserved(asked);
    }
    const std::uint64_t order = event->when.order;
    if (log_.HasName(name, order)) return ServeRefused(asked, NameIsTaken());
    if (log_.Members(order) >= options_.room.members) {
      return ServeRefused(asked, RoomIsFull(options_.room.members));
    }
    return Fail(log_.HadName(name, order) ? "handover" : "unique-names",
                absl::StrCat("expected 200 for ADD ", Escaped(name), ", got ", Got(),
                             " though nobody had the name"));
  }

  // The last word that an event tells of, if any.
  std::optional<LastWord> LastWordOf(const ReportedEvent& event) const {
    // CheckPartial says which numbers it must have.
    if (event.reason.starts_with("Too many unfinished requests: ")) {
      return LastWord{Ending::kTooManyUnfinished, 500, event.reason,
                      "too many unfinished requests"};
    }
    for (LastWord& word : LastWordsAt(event.when)) {
      if (event.reason == word.entity) return std::move(word);
    }
    return std::nullopt;
  }

  // Those that may come at this moment.
  std::vector<LastWord> LastWordsAt(const Moment& when) const {
    std::vector<LastWord> words = LastWords(settings_.AtTurn(when.turn), heartbeat_);
    for (const Dismissal& dismissal : commands_.DismissalsOf(index_)) {
      if (dismissal.when.order > when.order) break;
      words.push_back({Ending::kDisconnected, 500, dismissal.reason, "disconnected"});
    }
    return words;
  }

  bool ServeRefused(Asked& asked, const Reply& reply) {
    const std::string_view name = session_ == nullptr ? std::string_view() : session_->name;
    const ReportedEvent* const event = NextEvent();
    if (event == nullptr || event->kind != Kind::kRefused || LastWordOf(*event)) {
      return Unserved(asked);
    }
    ++event_;
    Served(asked, event->when);
    asked.code = reply.code;
    const std::string& told = reply.event.empty() ? reply.entity : reply.event;
    if (reply.fatal) {
      const bool malformed = asked.request.fatal;
      Conclude(Ending::kFatalRequest, malformed ? "bad request" : "request before login",
               reply.code, reply.entity, event->when, &asked);
      if (good_) CheckEvent(*event, name, told);
      return false;
    }
    if (session_ != nullptr) TakeItems(visit_->end);
    asked.cost = 2;
    return TakeReply("one-reply", reply.code, reply.entity, event->when.turn, event->when.turn,
                     &asked) &&
           CheckEvent(*event, name, told) && !WasLastRefusal(event->when);
  }

  // Whether it ends the connection of a stranger who is not logged in.
  bool WasLastRefusal(const Moment& when) {
    if (session_ != nullptr || !IsStranger(options_, c_)) return false;
    if (++refusals_ < settings_.AtTurn(when.turn).max_refusals) return false;
    result_.ending = Ending::kRefusedTooOften;
    result_.concluded = when;
    reason_ = "too many refused requests";
    return true;
  }

  bool ServePost(Asked& asked) {
    if (said_ == said_here_.size()) return WasCutOff() ? false : Unserved(asked);
    const std::size_t index = said_here_[said_];
    const Item& item = log_.items()[index];
    const std::string_view text = WithoutLineEnd(asked.request.entity);
    if (item.text != text) {
      const auto later = said_here_.begin() + static_cast<std::ptrdiff_t>(said_);
      const bool ever = std::any_of(later, said_here_.end(),
                                    [&](std::size_t i) { return log_.items()[i].text == text; });
      return Fail(ever ? "sender-order" : "invention",
                  absl::StrCat("expected \"", EscapedStart(text, kShownBytes), "\" from it, got \"",
                               EscapedStart(item.text, kShownBytes), "\""));
    }
    ++said_;
    asked.cost = 1 + static_cast<std::int64_t>(asked.request.entity.size() >> 10);
    const std::size_t turn = item.written_turn;
    if (!IsTimeOf(item.datetime, asked.read.turn, turn)) {
      Report("datetime", absl::StrCat("expected ", DatetimeOf(server_.turns[asked.read.turn].wall),
                                      ", got ", AbslView(item.datetime), " in ", Describe(item)));
    }
    Moment served;
    served.turn = turn;
    served.order = asked.read.order;
    served.at = turn < server_.turns.size() ? server_.turns[turn].at : asked.read.at;
    // The witness may be behind.
    Served(asked, served, turn == 0 || !pace_.MayWaitToWrite(0, turn - 1, turn));
    TakeItems(index);
    if (at_end()) return true;
    if (result_.cursor < index) return Differs("order", Describe(log_.items()[result_.cursor]));
    asked.reply_begin = at_;
    if (!TakeItem(item)) return Differs("one-reply", Describe(item));
    asked.reply_end = at_;
    return true;
  }

  static std::string Describe(const Item& item) {
    return absl::StrCat(AbslView(sim::Describe(item.told)), " of ", AbslView(item.name), " \"",
                        EscapedStart(item.text, kShownBytes), "\"");
  }

  // No event tells of these.
  bool ServeGet(Asked& asked, std::string_view invariant, const std::string& entity) {
    const bool list = invariant == "list";
    asked.cost = list ? CostOfList(entity) : 1;
    if (at_end()) {
      asked.fate = Asked::Fate::kPerhaps;
      asked.heartbeat = heartbeat_;
      asked.reply_bytes =
          ResponseBytes(options_, 200, entity, NoDatetime()).size() - (list ? entity.size() : 0);
      ++result_.perhaps_replies;
      return true;
    }
    // Only a later request or the end of the login can explain that there is no reply.
    const Moment written = written_.At(at_);
    if (MayBeLastWords() && !StartsLike("HTTP/1.1 200 ")) return false;
    if (!TakeReply(invariant, 200, entity, asked.read.turn, written.turn, &asked)) return false;
    Served(asked, written, false);
    return true;
  }

  static std::int64_t CostOfList(std::string_view list) {
    return std::min<std::int64_t>(1 + static_cast<std::int64_t>(list.size() >> 13), 11);
  }

  bool ServeLogout(Asked& asked) {
    const ReportedEvent* const event = NextEvent();
    if (event == nullptr || event->kind != Kind::kLeft || event->reason != "logout") {
      return Unserved(asked);
    }
    ++event_;
    CheckEvent(*event, session_->name, "logout");
    Served(asked, event->when);
    asked.member = false;
    asked.heartbeat = heartbeat_ = 0;
    asked.cost = 3;
    if (!EndWindow()) return false;
    return TakeReply("one-reply", 200, kOkEntity, event->when.turn, event->when.turn, &asked);
  }

  // Bytes of G up to what was written.
  std::uint64_t SentBytes() const { return log_.BytesBefore(result_.cursor) + partial_bytes_; }
  void NoteSent() {
    result_.sent_log_bytes = SentBytes();
    result_.perhaps_sent_bytes = partial_bytes_;
  }

  // Takes the rest of its window.
  bool EndWindow() {
    if (said_ < said_here_.size()) {
      const Item& item = log_.items()[said_here_[said_]];
      return Fail("invention", absl::StrCat(Describe(item), " was never asked for"));
    }
    TakeItems(visit_->end);
    if (result_.cursor < visit_->end) {
      unsent_ = true;
      if (result_.unsent_log_bytes == 0) NoteSent();
      result_.unsent_log_bytes += log_.BytesBefore(visit_->end) - SentBytes();
    }
    if (!at_end() && result_.cursor < visit_->end) {
      return Differs("complete", Describe(log_.items()[result_.cursor]));
    }
    session_ = nullptr;
    return true;
  }

  // ---- The end --------------------------------------------------------------------------------

  // The server ends the connection with a last reply. Returns false: no request follows.
  bool Conclude(Ending ending, std::string_view reason, int code, std::string_view entity,
                const Moment& when, Asked* asked) {
    result_.ending = ending;
    result_.concluded = when;
    reason_ = reason;
    LeaveBecause(reason);
    if (session_ != nullptr && !EndWindow()) return false;
    TakeReply("last-words", code, entity, when.turn, when.turn, asked);
    return false;
  }

  // The operator is told that the member left or is away, unless all leave.
  void LeaveBecause(std::string_view reason) {
    if (session_ == nullptr || result_.ending == Ending::kShutDown) return;
    const ReportedEvent* const event = NextEvent();
    const bool lost = has_session_ && event != nullptr && IsLoss(result_.ending) &&
                      log_.MayBeAway(c_, event->when.order);
    const Kind expected = lost ? Kind::kAway : Kind::kLeft;
    if (event == nullptr || event->kind != expected) {
      const bool gone =
          event != nullptr && (event->kind == Kind::kAway || event->kind == Kind::kLeft);
      Fail(gone ? "quiet" : "events",
           absl::StrCat("expected ", AbslView(ToString(expected)), " of ", AbslView(session_->name),
                        ": ", AbslView(reason), ", got ",
                        event == nullptr ? "nothing" : AbslView(ToString(event->kind))));
      return;
    }
    ++event_;
    CheckEvent(*event, session_->name, reason);
  }

  void End() {
    if (result_.cut_off) return;
    if (result_.ending == Ending::kNone) FindEnding();
    if (!good_) return;
    if (session_ != nullptr) {
      const Visit* const visit = visit_;
      const Session* const session = session_;
      if (!EndWindow()) return;
      if (visit->how == Visit::End::kOpen && visit->end == log_.items().size()) session_ = session;
    }
    if (!at_end()) {
      Differs(result_.ending == Ending::kNone ? "one-reply" : "last-words", "nothing");
      return;
    }
    CheckClosed(reason_);
  }

  // Finds out why no further request was served.
  void FindEnding() {
    const ReportedEvent* const event = NextEvent();
    if (event == nullptr) return FindUnreported();
    if (event->kind == Kind::kRefused) {
      if (const std::optional<LastWord> word = LastWordOf(*event)) {
        ++event_;
        // In a stop all have left already.
        const bool named = session_ != nullptr && word->ending != Ending::kShutDown;
        CheckEvent(*event, named ? session_->name : std::string_view(), word->entity);
        Conclude(word->ending, word->reason, word->code, word->entity, event->when, nullptr);
        return;
      }
      Fail("events", absl::StrCat("refused", At(event->when.at), ": ", event->reason,
                                  ", but no request was due that"));
      return;
    }
    result_.concluded = event->when;
    if (event->kind == Kind::kClosed && visit_ != nullptr &&
        visit_->how == Visit::End::kTakenOver) {
      result_.ending = Ending::kTakenOver;
      reason_ = "taken over";
      return;
    }
    const Moment* const first = FirstOf({&c_.broken, &c_.read_end, &c_.reset});
    if (first == nullptr) return;
    result_.concluded = *first;
    const bool broken_off = !c_.read_end || first != &*c_.read_end;
    if (c_.broken && first == &*c_.broken) {
      result_.ending = Ending::kBroken;
      reason_ = c_.broken_reason;
    } else if (broken_off) {
      BrokenOff(event->reason);
    } else {
      result_.ending = Ending::kEndOfStream;
      reason_ = "end of stream";
    }
    LeaveBecause(reason_);
  }

  // What has ended is reported when all is sent; the server was killed before.
  void FindUnreported() {
    if (!server_.crash || !c_.read_end || session_ != nullptr) return;
    result_.ending = Ending::kEndOfStream;
    result_.concluded = *c_.read_end;
  }

  static const Moment* FirstOf(std::initializer_list<const std::optional<Moment>*> moments) {
    const Moment* first = nullptr;
    for (const std::optional<Moment>* moment : moments) {
      if (*moment && (first == nullptr || (*moment)->order < first->order)) first = &**moment;
    }
    return first;
  }

  void BrokenOff(std::string_view told) {
    const bool slow = told == "slow consumer";
    result_.ending = slow ? Ending::kSlow : Ending::kStalled;
    reason_ = slow ? "slow consumer" : "no byte accepted within the limit";
  }

  void CheckClosed(std::string_view reason) {
    const ReportedEvent* const event = TakeEvent(Kind::kClosed);
    if (event == nullptr) {
      if (c_.closed && !server_.crash && server_.stopped) {
        Report("events", "was closed, and no event tells of it");
      }
      return;
    }
    // What was concluded may still be broken off.
    const bool stalled = c_.reset && event->reason == "no byte accepted within the limit";
    const bool slow = c_.reset && event->reason == "slow consumer";
    const bool broken = c_.broken && event->reason == c_.broken_reason;
    if (!stalled && !slow && !broken) CheckEvent(*event, "", reason);
    if (event->bytes_in != c_.in.size() || event->bytes_out != c_.out.size()) {
      Report("events",
             absl::StrCat("expected closed with ", c_.in.size(), " bytes in and ", c_.out.size(),
                          " out, got ", event->bytes_in, " and ", event->bytes_out));
    }
    if (const ReportedEvent* more = NextEvent()) {
      Report("events", absl::StrCat("closed, and then ", AbslView(ToString(more->kind))));
    }
  }

  Evidence& evidence_;
  const ServerRecord& server_;
  const ServerOptions& options_;
  const RoomLog& log_;
  const Pace& pace_;
  const OptionsLog& settings_;  // those of the options that change
  const OperatorLog& commands_;
  std::size_t index_;
  const ServerConnection& c_;
  const std::vector<const ReportedEvent*>& events_;
  Clock written_;
  Conversation result_;
  bool good_ = true;
  std::size_t at_ = 0;     // in what was written: as far as it is explained
  std::size_t event_ = 0;  // the next of events_
  const Session* session_ = nullptr;
  const Visit* visit_ = nullptr;        // of session_
  std::vector<std::size_t> said_here_;  // items of session_ that were said in this visit
  bool has_session_ = false;            // its member may come back
  std::size_t next_session_ = 0;        // of result_.sessions
  bool unsent_ = false;                 // a part of what is due was not written
  std::size_t said_ = 0;                // of said_here_: as far as their requests are known
  std::size_t partial_bytes_ = 0;       // of the item at the cursor that were written
  std::uint32_t heartbeat_ = 0;         // that the member has promised, in seconds
  std::size_t refusals_ = 0;            // since it was not logged in
  std::string reason_;                  // why it ended, as the operator is told
};

}  // namespace

bool IsLoss(Ending ending) {
  return ending == Ending::kUnfinishedRequest || ending == Ending::kSilent ||
         ending == Ending::kStalled || ending == Ending::kSlow || ending == Ending::kEndOfStream ||
         ending == Ending::kBroken;
}

void CutAsked(const ServerConnection& connection, const ServerOptions& options,
              Conversation& conversation) {
  Clock read(connection.reads);
  const std::size_t skip = std::max<std::size_t>(64 << 10, options.room.text_bytes);
  std::size_t end = 0;
  for (RawRequestView& request : CutRequests(connection.in, skip)) {
    const Moment& begun = read.At(request.begin);
    const Moment& last = read.At(request.end - 1);
    end = request.fatal ? connection.in.size() : request.end;
    Asked& asked = conversation.asked.emplace_back();
    asked.request = std::move(request);
    asked.begun = begun;
    asked.read = last;
  }
  conversation.unfinished = end < connection.in.size();
  conversation.unfinished_at = end;
}

Conversation ReadConversation(Evidence& evidence, const ServerRecord& server, const RoomLog& log,
                              const Pace& pace, const OptionsLog& options,
                              const OperatorLog& commands, std::size_t connection) {
  return Reader(evidence, server, log, pace, options, commands, connection).Read();
}

}  // namespace chathttp::sim
