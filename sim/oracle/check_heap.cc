// The memory of a server, judged by what it holds on the heap: at the end of each turn there is a
// reason for every byte at its ports.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "chathttp/sim/oracle/checks.h"
#include "chathttp/sim/oracle/clock.h"

namespace chathttp::sim {
namespace {

// What a server may hold for one of each. The sizes are measured: bytes to spare would hide others
// that are not freed.
constexpr std::int64_t kConnectionBytes = 104;
constexpr std::int64_t kMemberBytes = 56;      // its name included, up to
constexpr std::int64_t kShortNameBytes = 15;   // these
constexpr std::int64_t kTransientBytes = 144;  // more, of a connection that is not idle
constexpr std::int64_t kDecoderBytes = 464;
constexpr std::int64_t kPointerBytes = 8;
constexpr std::int64_t kTimeEntryBytes = 24;      // a connection with a time or a position
constexpr std::int64_t kAddressEntryBytes = 24;   // a stranger's connection and its address
constexpr std::int64_t kCustomerEntryBytes = 48;  // an address that is remembered
constexpr std::int64_t kOperatorEntryBytes = 56;  // what its commands know of a connection, and
constexpr std::int64_t kPeerBytes = 64;           // its address as text
constexpr std::int64_t kSessionEntryBytes = 88;   // of a member that may come back
constexpr std::int64_t kTokenEntryBytes = 16;
constexpr std::int64_t kReturnEntryBytes = 16;  // of a connection that a member came back on
constexpr std::int64_t kAwayEntryBytes = 48;    // of a member that is away, and its address
constexpr std::int64_t kCommandBytes = 256;     // of a ban, or of those that are told to go
constexpr std::int64_t kSpareBytes = 512;

// What a server needs memory for at the end of a turn, except for the log and for what
// ChatServer::held_bytes counts besides partial requests: unsent replies, lists and unserved input.
struct Need {
  std::int64_t connections = 0;
  std::int64_t members = 0;
  std::int64_t name_bytes = 0;  // of long names
  std::int64_t transient = 0;   // connections that are blocked, that end, or whose input waits
  std::int64_t unfinished = 0;  // requests of which a part was read
  std::int64_t unfinished_bytes = 0;
  std::int64_t customers = 0;  // connections of strangers, whose addresses are remembered
  std::int64_t active = 0;     // connections that the turn had anything to do with
  std::int64_t sessions = 0;   // members, if they may come back
  std::int64_t away = 0;       // of these, without a connection
  std::int64_t returns = 0;    // of these, not on their first connection
};
constexpr std::int64_t Need::*kNeeds[] = {
    &Need::connections, &Need::members,    &Need::name_bytes,
    &Need::transient,   &Need::unfinished, &Need::unfinished_bytes,
    &Need::customers,   &Need::active,     &Need::sessions,
    &Need::away,        &Need::returns};

// The needs of each turn of a life.
class Needs {
 public:
  explicit Needs(const Life& life)
      : life_(life), turns_(life.server.turns.size() + 1), input_(turns_.size()) {
    for (std::size_t i = 0; i < life.conversations.size(); ++i) {
      if (life.server.connections[i].id != 0) AddConnection(i);
    }
    for (const Session& session : life.log.sessions()) AddMember(session);
    for (std::size_t t = 1; t < turns_.size(); ++t) {
      for (const auto need : kNeeds) turns_[t].*need += turns_[t - 1].*need;
      if (!input_[t].read) input_[t].request = std::max(input_[t].request, input_[t - 1].request);
    }
  }

  const Need& At(std::size_t turn) const { return turns_[turn]; }
  // The longest request that ended in the last turn with input: the decoder that is shared by all
  // connections keeps its copy of a request until the next one.
  std::int64_t LastRequestBytes(std::size_t turn) const { return input_[turn].request; }

 private:
  using Span = std::pair<std::size_t, std::size_t>;  // turns [first, second)
  struct Input {
    bool read = false;         // requests were read
    std::int64_t request = 0;  // bytes of the longest one that ended
  };

  // `turns_` holds differences until all are added.
  void Add(const Span& span, std::int64_t Need::*need, std::size_t amount = 1) {
    if (span.first >= span.second || span.first >= turns_.size()) return;
    turns_[span.first].*need += static_cast<std::int64_t>(amount);
    if (span.second < turns_.size()) turns_[span.second].*need -= static_cast<std::int64_t>(amount);
  }
  // One in each turn that is in any of the spans.
  void AddUnion(std::vector<Span> spans, std::int64_t Need::*need) {
    std::sort(spans.begin(), spans.end());
    std::size_t end = 0;
    for (const Span& span : spans) {
      Add({std::max(span.first, end), span.second}, need);
      end = std::max(end, span.second);
    }
  }

  void AddMember(const Session& session) {
    const Span in = {session.entered.turn,
                     session.left == nullptr ? kNowhere : session.left->when.turn};
    Add(in, &Need::members);
    if (session.name.size() > kShortNameBytes) Add(in, &Need::name_bytes, session.name.size() + 1);
    if (life_.server.options.away_limit > absl::ZeroDuration()) Add(in, &Need::sessions);
    for (const std::size_t v : session.visits) {
      const Visit& visit = life_.log.visits()[v];
      const std::size_t gone = visit.gone == nullptr ? kNowhere : visit.gone->when.turn;
      if (v != session.visits.front()) Add({visit.came.turn, gone}, &Need::returns);
      if (visit.how == Visit::End::kAway) Add({gone, in.second}, &Need::away);
    }
  }

  void AddConnection(std::size_t index) {
    const ServerConnection& c = life_.server.connections[index];
    const Conversation& conversation = life_.conversations[index];
    const std::size_t gone = c.closed ? c.closed->turn : kNowhere;
    const std::size_t ending = EndingOf(c, conversation, gone);
    Add({c.accepted.turn, gone}, &Need::connections);
    if (IsStranger(life_.server.options, c)) Add({c.accepted.turn, kNowhere}, &Need::customers);
    std::vector<Span> spans = {{ending, gone}};
    AddBlocks(c, gone, spans);
    AddRequests(conversation, gone, spans);
    if (conversation.unfinished) {
      const Moment begun = Clock(c.reads).At(conversation.unfinished_at);
      const std::size_t bytes = c.in.size() - conversation.unfinished_at;
      AddPart({begun.turn, gone}, bytes);
      NoteRequest(ending, bytes);
      spans.emplace_back(begun.turn, gone);
    }
    AddUnion(std::move(spans), &Need::transient);
    AddActive(c);
    NoteReads(c, ending);
  }

  // The turn in which it serves its last request.
  static std::size_t EndingOf(const ServerConnection& c, const Conversation& conversation,
                              std::size_t gone) {
    std::size_t turn = conversation.ending == Ending::kNone ? gone : conversation.concluded.turn;
    for (const auto& moment : {c.read_end, c.broken, c.shut, c.reset}) {
      if (moment) turn = std::min(turn, moment->turn);
    }
    return turn;
  }

  static void AddBlocks(const ServerConnection& c, std::size_t gone, std::vector<Span>& spans) {
    std::size_t begin = 0;
    for (std::size_t k = 0; k < c.writes.size(); ++k) {
      const std::size_t taken = c.writes[k].end - std::exchange(begin, c.writes[k].end);
      if (taken == c.writes[k].offered) continue;
      const bool last = k + 1 == c.writes.size();
      spans.emplace_back(c.writes[k].when.turn, last ? gone : c.writes[k + 1].when.turn);
    }
  }

  void AddRequests(const Conversation& conversation, std::size_t gone, std::vector<Span>& spans) {
    for (const Asked& asked : conversation.asked) {
      const bool served = asked.fate == Asked::Fate::kServed;
      const std::size_t bytes = asked.request.end - asked.request.begin;
      AddPart({asked.begun.turn, served ? std::min(asked.read.turn, gone) : gone}, bytes);
      NoteRequest(asked.read.turn, bytes);
      if (served) NoteRequest(asked.served.turn, bytes);
      spans.emplace_back(asked.begun.turn, served ? asked.served.turn : gone);
    }
  }
  void AddPart(const Span& span, std::size_t bytes) {
    Add(span, &Need::unfinished);
    Add(span, &Need::unfinished_bytes, bytes);
  }

  void NoteRequest(std::size_t turn, std::size_t bytes) {
    if (turn >= input_.size()) return;
    input_[turn].request = std::max(input_[turn].request, static_cast<std::int64_t>(bytes));
  }
  // What is read after the end of a connection is not decoded.
  void NoteReads(const ServerConnection& c, std::size_t ending) {
    const auto note = [&](const Moment& when) {
      if (when.turn < std::min(ending, input_.size())) input_[when.turn].read = true;
    };
    for (const Transfer& read : c.reads) note(read.when);
    for (const Moment& read : c.empty_reads) note(read);
  }

  void AddActive(const ServerConnection& c) {
    std::vector<Span> turns;
    const auto add = [&](const Moment& when) { turns.emplace_back(when.turn, when.turn + 1); };
    add(c.accepted);
    for (const auto* moments : {&c.readable, &c.writable, &c.empty_reads}) {
      for (const Moment& moment : *moments) add(moment);
    }
    for (const Transfer& read : c.reads) add(read.when);
    for (const auto& moment : {c.read_end, c.broken, c.shut, c.reset, c.closed}) {
      if (moment) add(*moment);
    }
    AddUnion(std::move(turns), &Need::active);
  }

  const Life& life_;
  std::vector<Need> turns_;
  std::vector<Input> input_;
};

// Most bytes of a hash table that has had so many entries. It doubles when 7/8 of it are in use, or
// 25/32 if entries were erased, and does not shrink.
std::int64_t TableBytes(std::int64_t most_entries, std::int64_t entry_bytes) {
  if (most_entries == 0) return 0;
  std::int64_t capacity = 1;
  while (capacity - capacity / 8 < most_entries ||
         (capacity > 16 && capacity * 25 / 32 < most_entries)) {
    capacity = 2 * capacity + 1;
  }
  return capacity * (entry_bytes + 1) + 16;
}

// Most bytes of a balanced tree. Its nodes are half full at least, but for the last one, which does
// not shrink.
std::int64_t TreeBytes(std::int64_t entries, std::int64_t most_entries) {
  constexpr std::int64_t kNodeEntries = 10;
  return std::max(2 * entries, std::min(2 * most_entries, kNodeEntries)) * kTimeEntryBytes + 16;
}

std::int64_t MostBytes(const Need& now, const Need& most, std::int64_t last_request_bytes) {
  const std::int64_t objects = now.connections * kConnectionBytes + now.members * kMemberBytes +
                               now.name_bytes + now.transient * kTransientBytes +
                               now.unfinished * kDecoderBytes;
  // A string doubles while a line is appended to it, and a value in the line is copied once more.
  const std::int64_t requests = 3 * (now.unfinished_bytes + last_request_bytes);
  const std::int64_t tables =
      TableBytes(most.connections, kPointerBytes) + TableBytes(most.connections, kTimeEntryBytes) +
      2 * TableBytes(most.members, kPointerBytes) + TreeBytes(now.connections, most.connections) +
      TreeBytes(now.transient, most.transient);
  const std::int64_t strangers = most.customers == 0
                                     ? 0
                                     : TableBytes(most.connections, kAddressEntryBytes) +
                                           TableBytes(most.customers, kCustomerEntryBytes);
  const std::int64_t sessions =
      TableBytes(most.sessions, kSessionEntryBytes) + TableBytes(most.sessions, kTokenEntryBytes) +
      TableBytes(most.returns, kReturnEntryBytes) + TableBytes(most.away, kAwayEntryBytes) +
      TreeBytes(now.away, most.away);
  // One of the members and five of what a turn has to do. They double and do not shrink.
  const std::int64_t lists =
      2 * kPointerBytes * (most.members + 5 * (most.active + most.transient));
  const std::int64_t bytes =
      objects + requests + tables + strangers + sessions + lists + kSpareBytes;
  return bytes + bytes / 8;  // what a container has room for depends on how it grew
}

// Of the commands of an operator, if there is one.
std::int64_t OperatorBytes(const Life& life, const Need& now, const Need& most) {
  if (!life.server.has_operator) return 0;
  const auto commands = static_cast<std::int64_t>(life.server.commands.size());
  return TableBytes(most.connections, kOperatorEntryBytes) + now.connections * kPeerBytes +
         commands * (kCommandBytes + most.connections * kPeerBytes);
}

void CheckEachTurn(Evidence& evidence, const Life& life) {
  const std::vector<std::uint64_t> logged = LoggedBytes(life);
  const Needs needs(life);
  Need most;
  for (std::size_t t = 0; t < life.server.turns.size(); ++t) {
    const ServerTurn& turn = life.server.turns[t];
    const Need& now = needs.At(t);
    for (const auto need : kNeeds) most.*need = std::max(most.*need, now.*need);
    const std::uint64_t log = std::min<std::uint64_t>(logged[t], life.server.options.backlog_bytes);
    const std::uint64_t owed = turn.held_bytes - turn.partial_bytes;
    const std::uint64_t held = owed - std::min<std::uint64_t>(owed, log);
    const std::int64_t bytes = MostBytes(now, most, needs.LastRequestBytes(t)) +
                               static_cast<std::int64_t>(held) + OperatorBytes(life, now, most);
    if (turn.heap_bytes <= bytes) continue;
    return evidence.Report(
        "memory", absl::StrCat("expected at most ", bytes, " bytes on the heap, the server has ",
                               turn.heap_bytes, At(turn.at)));
  }
}

}  // namespace

void CheckHeap(Evidence& evidence, const Life& life) {
  if (!life.server.heap_is_counted) return;
  if (const std::int64_t left = life.server.heap_bytes_left; left != 0) {
    evidence.Report("memory",
                    absl::StrCat("the server left ", left, " bytes on the heap when it was gone"));
  }
  const auto good = [](const Conversation& conversation) { return conversation.good; };
  if (std::all_of(life.conversations.begin(), life.conversations.end(), good)) {
    CheckEachTurn(evidence, life);
  }
}

}  // namespace chathttp::sim
