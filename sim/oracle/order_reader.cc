#include "chathttp/sim/oracle/order_reader.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/sim/oracle/clock.h"
#include "chathttp/sim/oracle/last_words.h"
#include "chathttp/sim/oracle/login_reply.h"
#include "chathttp/sim/oracle/reply.h"
#include "chathttp/sim/oracle/room_order.h"
#include "chathttp/sim/world/raw_text.h"
#include "chathttp/transport/codec/position.h"
#include "chathttp/transport/codec/session_login.h"
#include "chathttp/transport/codec/session_token.h"
#include "chathttp/transport/ports/ordered_log.h"

namespace chathttp::sim {
namespace {

using Own = LifeOrder::Own;
using EffectResult = CommandEffect::Result;

constexpr std::size_t kMostShown = 60;  // bytes

class OrderReader {
 public:
  OrderReader(Evidence& evidence, const ServerRecord& server, const LifeOrder& life,
              const RoomLog& log, const Pace& pace, const OptionsLog& options,
              const OperatorLog& commands, std::size_t connection)
      : evidence_(evidence),
        server_(server),
        options_(server.options),
        life_(life),
        order_(life.order()),
        log_(log),
        pace_(pace),
        settings_(options),
        dismissals_(commands.DismissalsOf(connection)),
        index_(connection),
        c_(server.connections[connection]),
        events_(log.EventsOf(connection)),
        own_(life.OwnOf(connection)),
        written_(c_.writes) {
    result_.sessions = log.SessionsOf(connection);
    result_.visits = log.VisitsOf(connection);
  }

  Conversation Read() {
    CutAsked(c_, options_, result_);
    if (Greet()) {
      for (std::size_t k = 0; k < result_.asked.size() && good_; ++k) {
        if (Serve(result_.asked[k])) continue;
        if (result_.ending == Ending::kFatalRequest) {
          result_.asked.resize(k + 1);  // nothing behind it is a request
          result_.unfinished = false;
        }
        break;
      }
      if (good_) End();
    }
    result_.cursor = cursor_;
    result_.good = good_;
    return std::move(result_);
  }

 private:
  // The login that lasts.
  struct Login {
    std::uint64_t member;
    std::string name;
    Moment since;
    std::size_t last;     // the command that ends it
    std::size_t begin;    // the position at which it begins on this connection
    std::size_t entered;  // that of its "entered"
    std::size_t visit;    // see RoomLog::visits
    bool session;         // its member may come back
  };

  // ---- Reports --------------------------------------------------------------------------------

  // Nothing is compared behind the first difference.
  bool Fail(std::string_view invariant, std::string_view what) {
    good_ = false;
    return Report(invariant, what);
  }
  bool Report(std::string_view invariant, std::string_view what) {
    std::optional<absl::Duration> at;
    if (!c_.writes.empty() && !c_.out.empty()) {
      at = written_.At(std::min(at_, c_.out.size() - 1)).at;
    }
    evidence_.Report(invariant, c_, at, std::string(what));
    return false;
  }

  std::string Got() const {
    if (at_end()) return "nothing";
    const std::optional<RawResponse> response = CutResponse(c_.out, at_);
    if (!response) return "the beginning of a response";
    return absl::StrCat(response->code, " \"", EscapedStart(response->entity, kMostShown), "\"",
                        response->code == 0 ? "" : WithLines(LinesAtEnd(response->raw)));
  }

  // What was written is not `expected`: finds out which rule that breaks.
  bool Differs(std::string_view invariant, std::string_view expected) {
    const std::string what = absl::StrCat("expected ", AbslView(expected), ", got ", Got());
    const std::optional<RawResponse> response = CutResponse(c_.out, at_);
    if (!response) return Fail(invariant, what);
    const Meaning meaning = MeaningOf(*response);
    if (meaning.told == Told::kNonsense) return Fail("invention", what);
    if (!IsBroadcast(meaning.told)) return Fail(invariant, what);
    const std::vector<OrderedItem>& items = order_.items();
    const bool known = std::any_of(items.begin(), items.end(), [&](const OrderedItem& item) {
      return item.raw == response->raw;
    });
    if (!login_) return Fail(known ? "nothing-after-leave" : "invention", what);
    const bool own = Folded(meaning.name) == Folded(login_->name);
    if (own && meaning.told != Told::kSaid) return Fail("enter-say-leave", what);
    if (own && known) return Fail("sender-order", what);
    return Fail(known ? "order" : "invention", what);
  }

  static std::string Describe(const OrderedItem& item) {
    return absl::StrCat(AbslView(sim::Describe(item.told)), " of ", item.name, " \"",
                        EscapedStart(item.text, kMostShown), "\"");
  }

  // ---- Output ---------------------------------------------------------------------------------

  bool at_end() const { return at_ >= c_.out.size(); }

  // Takes the broadcasts up to `until` as far as they were written, but for what it says itself.
  void TakeItems(std::size_t until) {
    while (login_ && cursor_ < until) {
      // What comes back does not hear its own login.
      if (cursor_ == login_->entered) {
        ++cursor_;
        continue;
      }
      if (at_end()) return;
      const OrderedItem& item = order_.items()[cursor_];
      const bool own = item.member == login_->member && item.told == Told::kSaid;
      if ((own && cursor_ >= login_->begin) || !TakeItem(item)) return;
    }
  }

  // Whether the item, or the front of it at the end of all bytes, was written here.
  bool TakeItem(const OrderedItem& item) {
    const std::string_view rest = std::string_view(c_.out).substr(at_, item.raw.size());
    if (!std::string_view(item.raw).starts_with(rest)) return false;
    const Moment* const taken = life_.TakenAt(item.command);
    if (taken == nullptr || taken->order > written_.At(at_).order) {
      if (rest.size() < item.raw.size()) return false;  // they may be the front of something else
      return Fail("order", absl::StrCat(Describe(item), " was written before the log told of it"));
    }
    CheckWritten(std::max(life_.TurnOf(cursor_), login_->since.turn), "a broadcast");
    at_ += rest.size();
    if (rest.size() < item.raw.size()) return true;
    ++cursor_;
    ++result_.delivered;
    return true;
  }

  // What was due in a turn was written in it, unless something held it up.
  void CheckWritten(std::size_t due, std::string_view what) {
    const Moment& written = written_.At(at_);
    if (written.turn <= due || pace_.MayWaitToWrite(index_, due, written.turn)) return;
    Report("prompt", absl::StrCat(AbslView(what), " was due", At(server_.turns[due].at),
                                  " and written", At(written.at)));
  }

  // Whether one of the turns has this time of day.
  bool IsTimeOf(std::string_view datetime, std::size_t first, std::size_t last) const {
    if (first == c_.accepted.turn && datetime == DatetimeOf(c_.accepted_wall)) return true;
    for (std::size_t t = first; t <= last && t < server_.turns.size(); ++t) {
      if (datetime == DatetimeOf(server_.turns[t].wall)) return true;
    }
    return false;
  }

  // Takes a private reply that was made in or after a turn: in this turn, if it is `exact`. False if
  // something else was written.
  bool TakeReply(std::string_view invariant, int code, std::string_view entity, std::size_t first,
                 bool exact, Asked* asked, std::string_view header_line = {}) {
    const std::string_view rest = std::string_view(c_.out).substr(at_);
    const std::size_t offset = DatetimeOffset(code);
    const bool dated = rest.size() >= offset + kDatetimeBytes;
    std::string whole = ResponseBytes(options_, code, entity, NoDatetime());
    whole.insert(whole.size() - entity.size() - 1, header_line);
    if (dated) whole.replace(offset, kDatetimeBytes, rest.substr(offset, kDatetimeBytes));
    const std::size_t compared = std::min(rest.size(), dated ? whole.size() : offset);
    if (rest.substr(0, compared) != std::string_view(whole).substr(0, compared)) {
      return Differs(invariant, absl::StrCat(code, " \"", EscapedStart(entity, kMostShown), "\"",
                                             WithLines(header_line)));
    }
    ++result_.private_replies;
    if (asked != nullptr) {
      asked->reply_bytes = whole.size() - (invariant == "list" ? entity.size() : 0);
    }
    if (rest.empty()) return true;
    const std::size_t last = exact ? first : written_.At(at_).turn;
    if (dated && !IsTimeOf(rest.substr(offset, kDatetimeBytes), first, last)) {
      Report("datetime",
             absl::StrCat("expected ", DatetimeOf(server_.turns[first].wall), ", got ",
                          AbslView(rest.substr(offset, kDatetimeBytes)), " in a reply"));
    }
    if (exact) CheckWritten(first, "a reply");
    if (asked != nullptr) {
      asked->reply_begin = at_;
      asked->reply_end = at_ + whole.size();
    }
    at_ += std::min(rest.size(), whole.size());
    return true;
  }

  // ---- Events ---------------------------------------------------------------------------------

  const ReportedEvent* FindEvent(ServerEvent::Kind kind) const {
    for (const ReportedEvent* event : events_) {
      if (event->kind == kind) return event;
    }
    return nullptr;
  }

  // Returns whether it was taken as a connection.
  bool Greet() {
    if (const ReportedEvent* event = FindEvent(ServerEvent::Kind::kTurnedAway)) {
      result_.ending = Ending::kTurnedAway;
      result_.concluded = event->when;
      TakeReply("one-reply", 500, event->reason, c_.accepted.turn, true, nullptr);
      if (good_ && !at_end()) Differs("one-reply", "nothing");
      return false;
    }
    const ReportedEvent* const accepted = FindEvent(ServerEvent::Kind::kAccepted);
    if (accepted == nullptr || accepted->peer != c_.peer) {
      return Fail("events", absl::StrCat("expected accepted from ", c_.peer));
    }
    return TakeReply("greeting", 202, kGreetingEntity, c_.accepted.turn, true, nullptr);
  }

  // ---- Requests -------------------------------------------------------------------------------

  const Own* NextOwn() const { return next_own_ < own_.size() ? &own_[next_own_] : nullptr; }

  // Whether it is the logout at the end of a connection, which no request asks for.
  bool EndsHere(const Own& own) const {
    if (std::any_of(&own, &own_.back() + 1, [](const Own& other) {
          return other.appended->kind != Command::Kind::kLogout;
        })) {
      return false;
    }
    const std::uint64_t order = own.appended->when.order;
    const auto is_before = [&](const std::optional<Moment>& moment) {
      return moment && moment->order < order;
    };
    return is_before(c_.read_end) || is_before(c_.broken) || is_before(c_.reset) ||
           std::any_of(events_.begin(), events_.end(), [&](const ReportedEvent* event) {
             return event->kind == ServerEvent::Kind::kRefused && event->when.order < order &&
                    LastWordOf(*event);
           });
  }

  // Returns whether the next request can be served after it.
  bool Serve(Asked& asked) {
    const std::optional<std::string_view> name =
        login_ ? std::optional<std::string_view>(login_->name) : std::nullopt;
    const Reply reply = ReplyTo(asked.request, name, options_.room);
    asked.code = reply.code;
    switch (reply.kind) {
      case Reply::Kind::kLogin:
        return ServeLogin(asked);
      case Reply::Kind::kSaid:
        return ServePost(asked);
      case Reply::Kind::kLogout:
        return ServeLogout(asked);
      case Reply::Kind::kList:
        return ServeLocal(asked, "list", reply);
      case Reply::Kind::kPing:
        return ServeLocal(asked, "one-reply", {.entity = std::string(kOkEntity)});
      case Reply::Kind::kPrivate:
        return reply.fatal ? ServeFatal(asked, reply) : ServeLocal(asked, "one-reply", reply);
    }
    return false;
  }

  // Takes the command that the request must have become, or returns null: it was not served.
  const Own* TakeOwn(Asked& asked, Command::Kind kind, std::string_view text) {
    const Own* const own = NextOwn();
    if (own == nullptr) return nullptr;
    const AppendedCommand& appended = *own->appended;
    if (EndsHere(*own)) return nullptr;
    if (appended.kind != kind || appended.text != text) {
      const bool later = std::any_of(own, &own_.back() + 1, [&](const Own& other) {
        return other.appended->kind == kind && other.appended->text == text;
      });
      Fail(later ? "sender-order" : "invention",
           absl::StrCat("expected \"", EscapedStart(text, kMostShown),
                        "\" from it, the server appended \"",
                        EscapedStart(appended.text, kMostShown), "\"", At(appended.when.at)));
      return nullptr;
    }
    if (appended.when.order < asked.read.order) {
      Fail("invention", absl::StrCat("a command", At(appended.when.at), " before its request"));
      return nullptr;
    }
    ++next_own_;
    asked.fate = Asked::Fate::kServed;
    asked.served = appended.when;
    asked.exact = true;
    asked.member = login_.has_value();
    asked.heartbeat = asked.member ? heartbeat_ : 0;
    const bool comes_back =
        own->taken != nullptr && order_.effects()[own->log].result != EffectResult::kNone;
    if (comes_back && !IsCutOff(*own->taken)) {
      asked.answered = *own->taken;
    } else {
      waits_ = true;  // and all that is behind it
    }
    return own;
  }

  // Whether the member of the connection had been lost, or was on another one, before this moment: what
  // it is owed from then on is not given.
  bool IsCutOff(const Moment& moment) const {
    const ReportedEvent* const loss = life_.LossOf(index_);
    if (loss != nullptr && loss->when.order < moment.order) return true;
    const Moment* const taken_over = login_ ? TakenOver() : nullptr;
    return taken_over != nullptr && taken_over->order < moment.order;
  }

  // When its member came back on another connection; null: it did not. Requires a login.
  const Moment* TakenOver() const {
    if (VisitHere().how != Visit::End::kTakenOver) return nullptr;
    return &VisitHere().gone->when;
  }
  const Visit& VisitHere() const { return log_.visits()[login_->visit]; }

  bool ServeLogin(Asked& asked) {
    const std::string_view name = *asked.request.user;
    const Own* const own = TakeOwn(asked, Command::Kind::kLogin, name);
    if (own == nullptr) return false;
    const SessionAsk ask = ReadSessionAsk(asked.request);
    CheckAsked(*own->appended, ask);
    if (!good_ || waits_) return false;
    const CommandEffect& effect = order_.effects()[own->log];
    if (effect.result == EffectResult::kReturned && !life_.ConnectionOf(effect.visit)) {
      waits_ = true;  // it came back too late to be told so
      return false;
    }
    asked.cost = 2;
    switch (effect.result) {
      case EffectResult::kTaken:
        return RefuseLogin(asked, "unique-names", NameIsTaken(), *own->taken);
      case EffectResult::kFull:
        return RefuseLogin(asked, "one-reply", RoomIsFull(options_.room.members), *own->taken);
      case EffectResult::kRefused: {
        const std::string& holder = order_.StayOf(effect.visit).name;
        const RawPosition now = order_.PlaceAfter(own->log);
        return RefuseLogin(asked, "resume",
                           Refused(400, ProblemOfReturn(ask.since, holder, name, now)),
                           *own->taken);
      }
      case EffectResult::kReturned:
      case EffectResult::kDone:
      case EffectResult::kNone:
        return Welcome(asked, ask, *own);
    }
    return false;
  }

  bool RefuseLogin(Asked& asked, std::string_view invariant, const Reply& reply,
                   const Moment& when) {
    asked.code = reply.code;
    return TakeReply(invariant, reply.code, reply.entity, when.turn, true, &asked) &&
           !WasLastRefusal(when);
  }

  // The log is told what the peer asks of sessions, and that one begins if its member may be away.
  void CheckAsked(const AppendedCommand& appended, const SessionAsk& ask) {
    std::optional<SessionLogin> expected;
    if (ask.wanted && options_.away_limit > absl::ZeroDuration()) expected.emplace();
    if (expected && !ask.token.empty()) {
      expected->returns = HashOfToken(ask.token);
      if (ask.since) expected->since = Position{ask.since->epoch, ask.since->count};
    }
    const bool may_begin = expected && log_.MayBeAway(c_, appended.when.order);
    // The token is not known before it is told.
    if (may_begin && appended.session) expected->begins = appended.session->begins;
    const bool begins = appended.session && appended.session->begins;
    if (appended.session == expected && begins == may_begin) return;
    Fail("resume", absl::StrCat("the server appended a login", At(appended.when.at),
                                may_begin ? " that does not ask for" : " that does ask for",
                                " what it must of sessions"));
  }

  bool Welcome(Asked& asked, const SessionAsk& ask, const Own& own) {
    const CommandEffect& effect = order_.effects()[own.log];
    const OrderedStay& stay = order_.StayOf(effect.visit);
    const KnownPast past = order_.PastAfter(own.log + 1);
    const std::uint64_t number = order_.PlaceAfter(own.log + 1).count;
    const bool returned = effect.result == EffectResult::kReturned;
    const std::string token = stay.token && !returned ? WrittenToken(c_.out, at_) : "";
    const LoginReply reply = returned ? ReplyToReturn(past, ask, number, stay.entered)
                                      : ReplyToNewcomer(past, ask, number, token);
    heartbeat_ = asked.request.heartbeat;
    const std::string line = heartbeat_ == 0 ? "" : absl::StrCat("Heartbeat: ", heartbeat_, "\n");
    const std::size_t begin = at_;
    if (!TakeReply(InvariantOfLogin(ask, c_.out, at_), 200, kOkEntity, own.taken->turn, true,
                   &asked, line + reply.lines)) {
      return false;
    }
    if (next_visit_ == result_.visits.size()) return Fail("invention", "entered unheard");
    if (!token.empty() && asked.reply_end <= c_.out.size() && HashOfToken(token) != *stay.token) {
      at_ = begin;
      return Fail("resume", "got another token than the log was told of");
    }
    const std::size_t first = effect.end - static_cast<std::size_t>(number);
    login_ = Login{stay.member,
                   stay.name,
                   *own.taken,
                   order_.visits()[effect.visit].end,
                   effect.end,
                   first + static_cast<std::size_t>(stay.entered) - 1,
                   result_.visits[next_visit_++],
                   stay.token.has_value()};
    leaves_ = false;
    cursor_ = first + static_cast<std::size_t>(reply.from);
    refusals_ = 0;
    asked.cost = 3;
    asked.member = true;
    asked.heartbeat = heartbeat_;
    return true;
  }

  bool ServePost(Asked& asked) {
    const Own* const own =
        TakeOwn(asked, Command::Kind::kSay, WithoutLineEnd(asked.request.entity));
    if (own == nullptr) return false;
    asked.cost = 1 + static_cast<std::int64_t>(asked.request.entity.size() >> 10);
    if (waits_) return true;
    const std::size_t index = order_.effects()[own->log].begin;
    TakeItems(index);
    if (at_end()) return true;
    if (cursor_ < index) return Differs("order", Describe(order_.items()[cursor_]));
    asked.reply_begin = at_;
    if (!TakeItem(order_.items()[index])) {
      return good_ && Differs("one-reply", Describe(order_.items()[index]));
    }
    asked.reply_end = at_;
    return good_;
  }

  bool ServeLogout(Asked& asked) {
    const Own* const own = TakeOwn(asked, Command::Kind::kLogout, "");
    if (own == nullptr) return false;
    asked.cost = 3;
    leaves_ = true;
    if (waits_) return false;
    asked.member = false;
    asked.heartbeat = heartbeat_ = 0;
    if (!EndWindow()) return false;
    return TakeReply("one-reply", 200, kOkEntity, own->taken->turn, true, &asked);
  }

  // A reply that needs no order waits behind the commands of the connection that have not come back.
  bool ServeLocal(Asked& asked, std::string_view invariant, const Reply& reply) {
    if (waits_) return WaitInVain(asked);
    TakeItems(WindowEnd());
    if (!good_) return false;
    const std::string entity =
        reply.kind == Reply::Kind::kList ? order_.ListAt(cursor_) : reply.entity;
    const bool refused = reply.kind == Reply::Kind::kPrivate && reply.code != 200;
    asked.cost = refused ? 2 : reply.kind == Reply::Kind::kList ? CostOfList(entity) : 1;
    if (at_end()) {
      asked.fate = Asked::Fate::kPerhaps;
      asked.heartbeat = heartbeat_;
      asked.reply_bytes = ResponseBytes(options_, reply.code, entity, NoDatetime()).size();
      ++result_.perhaps_replies;
      return true;
    }
    if (FindLastWord() && !IsWrittenNext(reply.code, entity)) return false;
    const Moment written = written_.At(at_);
    if (!TakeReply(invariant, reply.code, entity, asked.read.turn, false, &asked)) return false;
    asked.fate = Asked::Fate::kServed;
    asked.served = written;
    asked.member = login_.has_value();
    asked.heartbeat = asked.member ? heartbeat_ : 0;
    return !(refused && WasLastRefusal(written));
  }

  // Its reply waited behind a command when the connection was lost: whether it was served is not known.
  bool WaitInVain(Asked& asked) {
    const ReportedEvent* const loss = life_.LossOf(index_);
    if (loss == nullptr || loss->when.order < asked.read.order) return true;
    asked.fate = Asked::Fate::kPerhaps;
    asked.heartbeat = heartbeat_;
    asked.cost = 2;
    return true;
  }

  static std::int64_t CostOfList(std::string_view list) {
    return std::min<std::int64_t>(1 + static_cast<std::int64_t>(list.size() >> 13), 11);
  }

  // Whether it ends the connection of a stranger who is not logged in.
  bool WasLastRefusal(const Moment& when) {
    if (login_ || !IsStranger(options_, c_)) return false;
    if (++refusals_ < settings_.AtTurn(when.turn).max_refusals) return false;
    result_.ending = Ending::kRefusedTooOften;
    result_.concluded = when;
    return true;
  }

  bool ServeFatal(Asked& asked, const Reply& reply) {
    const std::string& told = reply.event.empty() ? reply.entity : reply.event;
    const auto event = std::find_if(events_.begin(), events_.end(), [&](const ReportedEvent* e) {
      return e->kind == ServerEvent::Kind::kRefused && e->reason == told &&
             e->when.order > asked.read.order;
    });
    if (event == events_.end()) return false;
    asked.fate = Asked::Fate::kServed;
    asked.served = (*event)->when;
    asked.exact = true;
    asked.cost = 2;
    result_.ending = Ending::kFatalRequest;
    result_.concluded = (*event)->when;
    TakeLastWord(reply.code, reply.entity, &asked);
    return false;
  }

  // ---- The end --------------------------------------------------------------------------------

  // The position behind the last broadcast that the member may hear, as far as the server knows.
  std::size_t WindowEnd() const {
    if (!login_) return cursor_;
    if (VisitHere().how == Visit::End::kAway) return VisitHere().end;
    const bool ended = life_.TakenAt(login_->last) != nullptr;
    return ended ? order_.effects()[login_->last].begin : life_.position();
  }

  // Takes the rest of its window.
  bool EndWindow() {
    const std::size_t end = WindowEnd();
    TakeItems(end);
    if (good_ && !at_end() && cursor_ < end) {
      return Differs("complete", Describe(order_.items()[cursor_]));
    }
    login_.reset();
    return good_;
  }

  // The reply that ends the connection comes behind the answers to all commands, if they come back,
  // and behind the own logout.
  bool TakeLastWord(int code, std::string_view entity, Asked* asked) {
    TakeLogout();
    const bool was_in = login_.has_value();
    const bool ended =
        was_in && (life_.TakenAt(login_->last) != nullptr || VisitHere().how == Visit::End::kAway);
    if (was_in && !ended) {
      TakeItems(WindowEnd());
      if (!good_ || at_end()) return false;
      if (life_.Alone() == nullptr || written_.At(at_).order < life_.Alone()->order) {
        return Differs("last-words", "nothing before its logout");
      }
      login_.reset();
      return TakeReply("last-words", code, entity, result_.concluded.turn, false, asked);
    }
    if (was_in && !EndWindow()) return false;
    if (at_end()) return true;
    return TakeReply("last-words", code, entity, result_.concluded.turn, false, asked);
  }

  // The logout that the server appends when a connection ends. It appends two if that was so while its
  // member came back on it.
  void TakeLogout() {
    for (const Own* own = NextOwn(); own != nullptr; own = NextOwn()) {
      if (own->appended->kind != Command::Kind::kLogout) return;
      if (logout_ != nullptr && logout_->appended->member == own->appended->member) return;
      logout_ = own;
      ++next_own_;
    }
  }

  // The last word that was written next, or the front of it. The operator is told of each.
  std::optional<LastWord> FindLastWord() const {
    for (const ReportedEvent* event : events_) {
      if (event->kind != ServerEvent::Kind::kRefused) continue;
      std::optional<LastWord> word = LastWordOf(*event);
      if (word && IsWrittenNext(word->code, word->entity)) return word;
    }
    return std::nullopt;
  }

  std::optional<LastWord> LastWordOf(const ReportedEvent& event) const {
    for (LastWord& word : LastWords(settings_.AtTurn(event.when.turn), heartbeat_)) {
      if (event.reason == word.entity) return std::move(word);
    }
    const std::pair<std::string_view, Ending> others[] = {
        {"The server was away too long: connect again", Ending::kAway},
        {"The room was restarted", Ending::kRestarted}};
    for (const auto& [words, ending] : others) {
      if (event.reason == words) return LastWord{ending, 500, std::string(words), ""};
    }
    if (event.reason.starts_with("Too many unfinished requests: ")) {
      return LastWord{Ending::kTooManyUnfinished, 500, event.reason, ""};
    }
    const bool dismissed =
        std::any_of(dismissals_.begin(), dismissals_.end(), [&](const Dismissal& dismissal) {
          return dismissal.reason == event.reason && dismissal.when.order < event.when.order;
        });
    if (!dismissed) return std::nullopt;
    return LastWord{Ending::kDisconnected, 500, event.reason, ""};
  }

  // Whether a private reply was written next, or the front of it at the end of all bytes.
  bool IsWrittenNext(int code, std::string_view entity) const {
    const std::string_view rest = std::string_view(c_.out).substr(at_);
    const std::size_t offset = DatetimeOffset(code);
    std::string whole = ResponseBytes(options_, code, entity, NoDatetime());
    for (std::size_t i = offset; i < std::min(rest.size(), offset + kDatetimeBytes); ++i) {
      whole[i] = rest[i];
    }
    return std::string_view(whole).starts_with(rest.substr(0, whole.size()));
  }

  void End() {
    const std::optional<Login> last = login_;
    if (result_.ending == Ending::kNone) FindEnding();
    if (!good_) return;
    TakeLogout();
    if (last) CheckEndOf(*last);
    if (!good_) return;
    if (next_own_ < own_.size()) {
      Fail("invention", absl::StrCat("the server appended \"",
                                     EscapedStart(own_[next_own_].appended->text, kMostShown), "\"",
                                     At(own_[next_own_].appended->when.at),
                                     " for it, which it did not ask for"));
      return;
    }
    if (login_) TakeItems(WindowEnd());
    if (good_ && !at_end()) {
      const bool behind = login_ && cursor_ < WindowEnd();
      Differs(result_.ending == Ending::kNone ? "one-reply" : "last-words",
              behind ? Describe(order_.items()[cursor_]) : "nothing");
    }
    if (good_) CheckEvents();
  }

  // The member of the connection has left with it, is away, or has another one.
  void CheckEndOf(const Login& login) {
    const Visit& visit = log_.visits()[login.visit];
    if (visit.how == Visit::End::kTakenOver) CheckTakeover(visit.gone->when);
    const ReportedEvent* const loss = life_.LossOf(index_);
    // A server that is killed does not close it.
    const bool killed = result_.ending == Ending::kNone && (c_.read_end || c_.broken || c_.reset);
    const bool lost = login.session && !leaves_ && (IsLoss(result_.ending) || killed);
    if (loss != nullptr) {
      if (lost && log_.MayBeAway(c_, loss->when.order)) return;
      Fail("quiet",
           absl::StrCat(login.name, " was away", At(loss->when.at), ", expected it to leave"));
    } else if (lost && logout_ != nullptr && logout_->appended->member == login.member &&
               logout_->appended->when.order > visit.came.order &&
               log_.MayBeAway(c_, logout_->appended->when.order)) {
      Fail("quiet", absl::StrCat(login.name, " left", At(logout_->appended->when.at),
                                 ", expected it to be away"));
    } else if (login.session && EndedUnheard(login)) {
      Fail("quiet", absl::StrCat("its connection was closed", At(c_.closed->at), ", expected ",
                                 login.name, " to leave or to be away"));
    }
  }

  // Whether the connection was closed while it had its member, and that had no consequence.
  bool EndedUnheard(const Login& login) const {
    const Visit& visit = log_.visits()[login.visit];
    const bool closed = c_.closed && FindEvent(ServerEvent::Kind::kClosed) != nullptr;
    if (!closed || leaves_) return false;
    if (server_.stop && server_.stop->order < c_.closed->order) return false;
    if (visit.gone != nullptr && visit.gone->when.order < c_.closed->order) return false;
    return std::none_of(own_.begin(), own_.end(), [&](const Own& own) {
      return own.appended->kind == Command::Kind::kLogout && own.appended->member == login.member &&
             (own.taken == nullptr || own.taken->order > login.since.order);
    });
  }

  // The connection before is closed first, and nothing more is read from it.
  void CheckTakeover(const Moment& taken_over) {
    // Its logout was on its way, and is void.
    const bool left = leaves_ || logout_ != nullptr;
    if (left && c_.closed && c_.closed->order < taken_over.order) return;
    if (!c_.closed || c_.closed->order < taken_over.order || c_.closed->turn != taken_over.turn) {
      Report("resume", absl::StrCat("expected to be closed", At(taken_over.at),
                                    " when its member came back elsewhere"));
    }
    for (const Transfer& read : c_.reads) {
      if (read.when.order > taken_over.order) {
        Report("resume", "came back, and then its old connection was read");
        return;
      }
    }
  }

  // Finds out why no further request was served.
  void FindEnding() {
    TakeItems(WindowEnd());
    if (!good_) return;
    if (const Moment* const taken_over = login_ ? TakenOver() : nullptr) {
      const bool told =
          std::any_of(events_.begin(), events_.end(), [&](const ReportedEvent* event) {
            return event->kind == ServerEvent::Kind::kRefused &&
                   event->when.order < taken_over->order && LastWordOf(*event);
          });
      if (!told) {
        result_.ending = Ending::kTakenOver;
        result_.concluded = *taken_over;
        return;
      }
    }
    if (!at_end()) {
      const std::optional<LastWord> word = FindLastWord();
      if (!word) return;
      result_.ending = word->ending;
      result_.concluded = written_.At(at_);
      for (const ReportedEvent* event : events_) {
        const bool it = event->kind == ServerEvent::Kind::kRefused && event->reason == word->entity;
        if (it) result_.concluded = event->when;
      }
      if (IsDue(*word)) TakeLastWord(word->code, word->entity, nullptr);
      return;
    }
    // Last words that could not be written.
    for (const ReportedEvent* event : events_) {
      const std::optional<LastWord> word =
          event->kind == ServerEvent::Kind::kRefused ? LastWordOf(*event) : std::nullopt;
      if (!word) continue;
      result_.ending = word->ending;
      result_.concluded = event->when;
      return;
    }
    const ReportedEvent* const closed = FindEvent(ServerEvent::Kind::kClosed);
    if (closed == nullptr) return;
    static constexpr std::pair<std::string_view, Ending> kEndings[] = {
        {"end of stream", Ending::kEndOfStream},
        {"slow consumer", Ending::kSlow},
        {"no byte accepted within the limit", Ending::kStalled},
        {"too many refused requests", Ending::kRefusedTooOften},
        {"shutting down", Ending::kShutDown}};
    for (const auto& [reason, ending] : kEndings) {
      if (closed->reason == reason) result_.ending = ending;
    }
    if (result_.ending == Ending::kNone && c_.broken) result_.ending = Ending::kBroken;
    result_.concluded = closed->when;
    for (const std::optional<Moment>* moment : {&c_.broken, &c_.read_end, &c_.reset}) {
      if (*moment && (*moment)->order < result_.concluded.order) result_.concluded = **moment;
    }
  }

  // Whether the server had a reason to end all connections so.
  bool IsDue(const LastWord& word) {
    const std::vector<LoggedCommand>& log = evidence_.record.log;
    const auto was_taken = [&](auto is_it) {
      for (std::size_t i = server_.first_taken; i < life_.taken(); ++i) {
        const Moment* const taken = life_.TakenAt(i);
        const bool before = taken != nullptr && taken->order < written_.At(at_).order;
        if (before && is_it(log[i])) return true;
      }
      return false;
    };
    const auto is_own = [&](const LoggedCommand& command) {
      return command.kind == Command::Kind::kServerGone && life_.IsOwn(command.server);
    };
    const auto is_restart = [](const LoggedCommand& command) {
      return command.kind == Command::Kind::kRestart;
    };
    const bool due = word.ending == Ending::kShutDown
                         ? server_.stop && (was_taken(is_own) || was_taken(is_restart) ||
                                            life_.Alone() != nullptr)
                     : word.ending == Ending::kAway      ? was_taken(is_own)
                     : word.ending == Ending::kRestarted ? was_taken(is_restart)
                                                         : true;
    return due || Fail("last-words", absl::StrCat("got ", Got(), " without a reason in the log"));
  }

  // Each login ends once.
  void CheckEvents() {
    std::size_t entered = 0;
    std::size_t left = 0;
    for (const ReportedEvent* event : events_) {
      entered += event->kind == ServerEvent::Kind::kEntered ? 1 : 0;
      entered += event->kind == ServerEvent::Kind::kReturned ? 1 : 0;
      left += event->kind == ServerEvent::Kind::kLeft ? 1 : 0;
      if (left > entered) {
        Report("events", absl::StrCat("left more often than it entered", At(event->when.at)));
        return;
      }
    }
    if (entered != result_.sessions.size()) {
      Report("events", absl::StrCat("entered ", result_.sessions.size(),
                                    " times, the operator was told of ", entered));
    }
    const ReportedEvent* const closed = FindEvent(ServerEvent::Kind::kClosed);
    if (closed == nullptr) {
      if (c_.closed && !server_.crash && server_.stopped) {
        Report("events", "was closed, and no event tells of it");
      }
    } else if (closed->bytes_in != c_.in.size() || closed->bytes_out != c_.out.size()) {
      Report("events",
             absl::StrCat("expected closed with ", c_.in.size(), " bytes in and ", c_.out.size(),
                          " out, got ", closed->bytes_in, " and ", closed->bytes_out));
    }
  }

  Evidence& evidence_;
  const ServerRecord& server_;
  const ServerOptions& options_;
  const LifeOrder& life_;
  const RoomOrder& order_;
  const RoomLog& log_;
  const Pace& pace_;
  const OptionsLog& settings_;  // those of the options that change
  const std::vector<Dismissal>& dismissals_;
  std::size_t index_;
  const ServerConnection& c_;
  const std::vector<const ReportedEvent*>& events_;
  const std::vector<Own>& own_;
  Clock written_;
  Conversation result_;
  bool good_ = true;
  bool waits_ = false;           // a command has not come back
  std::size_t at_ = 0;           // in what was written: as far as it is explained
  std::size_t next_own_ = 0;     // of own_
  std::size_t next_visit_ = 0;   // of result_.visits
  bool leaves_ = false;          // it has asked for that
  const Own* logout_ = nullptr;  // that no request asked for, if any
  std::size_t cursor_ = 0;       // the broadcast that comes next
  std::optional<Login> login_;
  std::uint32_t heartbeat_ = 0;  // that the member has promised, in seconds
  std::size_t refusals_ = 0;     // since it was not logged in
};

}  // namespace

Conversation ReadInOrder(Evidence& evidence, const ServerRecord& server, const LifeOrder& life,
                         const RoomLog& log, const Pace& pace, const OptionsLog& options,
                         const OperatorLog& commands, std::size_t connection) {
  return OrderReader(evidence, server, life, log, pace, options, commands, connection).Read();
}

}  // namespace chathttp::sim
