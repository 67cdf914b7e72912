// Checks what the members of a LoadRun receive.
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "apps/load/run.h"
#include "chathttp/domain/escape.h"
#include "chathttp/transport/codec/message.h"
#include "chathttp/transport/codec/response_decoder.h"

namespace chathttp {
namespace {

constexpr std::size_t kShownEntityBytes = 80;
constexpr std::size_t kMaxUnreadBytes = 16 << 20;
// How many messages to search, in each direction, for one that is out of place.
constexpr std::uint64_t kSearched = 4096;
constexpr std::uint64_t kMaxProblems = 1000;

}  // namespace

void LoadRun::Take(std::size_t index, std::string_view bytes) {
  LoadMember& member = members_[index];
  if (member.state == LoadMember::State::kFollowing) return Follow(index, bytes);
  if (member.state == LoadMember::State::kEnding) return;
  member.unread += bytes;
  if (member.unread.size() > kMaxUnreadBytes) {
    return FailMember(index, "received 16 MiB before any member received the message before");
  }
  if (member.state != LoadMember::State::kUnplaced) TakeLogin(index);
}

void LoadRun::TakeLogin(std::size_t index) {
  LoadMember& member = members_[index];
  while (member.state != LoadMember::State::kUnplaced) {
    ResponseDecoder decoder;
    const DecodeResult result = decoder.Decode(member.unread);
    if (result.status == DecodeStatus::kNeedMore) return;
    if (result.status == DecodeStatus::kError) {
      return FailMember(index,
                        absl::StrCat("received invalid ChatHTTP: ", decoder.error().reason()));
    }
    const bool greeting = member.state == LoadMember::State::kGreeting;
    const StatusCode wanted = greeting ? StatusCode::kAccept : StatusCode::kOk;
    const ResponseView& reply = decoder.response();
    if (reply.code != static_cast<int>(wanted)) {
      const std::string problem = absl::StrCat("could not log in: ", reply.code, " ",
                                               Visible(reply.entity, kShownEntityBytes));
      // A server that stops or is full, or a name that an unknown loss still holds.
      const bool passes = reply.code == static_cast<int>(StatusCode::kInternalServerError) ||
                          reply.code == static_cast<int>(StatusCode::kUserNameExist);
      return passes && member.lost_at != 0 ? Lose(index, problem) : FailMember(index, problem);
    }
    if (greeting) {
      const std::string request = LoadLogin(options_, index, member);
      const ssize_t sent = send(member.socket.get(), request.data(), request.size(), MSG_NOSIGNAL);
      if (sent != static_cast<ssize_t>(request.size())) {
        return Lose(index, absl::StrCat("could not send: ", std::strerror(errno)));
      }
      member.state = LoadMember::State::kLogin;
    } else {
      member.state = LoadMember::State::kUnplaced;
      if (options_.sessions) TakeSession(index, reply);
      if (!std::exchange(member.joined, true)) ++logged_in_;
      if (member.state == LoadMember::State::kLost) return;
    }
    member.unread.erase(0, result.consumed);
  }
  Place(index);
}

// Without sessions, the first message of a member is the one behind its own notice, which it does not
// get.
void LoadRun::Place(std::size_t index) {
  LoadMember& member = members_[index];
  if (options_.sessions) {
    // Behind a gap, it waits for the messages before: a member of an older epoch may have got others.
    if (member.next > std::min(confirmed_, order_.count())) return waiting_.push_back(index);
    if (report_.losses == 0 && index > 0 && member.next != entered_[index]) {
      return FailMember(index, "was told a Position that is not the one of its notice of entering");
    }
  } else {
    if (index > 0 && entered_[index] == 0) return waiting_.push_back(index);
    member.next = entered_[index];
  }
  member.cursor = order_.StartOf(member.next);
  member.state = LoadMember::State::kFollowing;
  const std::string unread = std::exchange(member.unread, {});
  if (!unread.empty()) Follow(index, unread);
}

void LoadRun::Follow(std::size_t index, std::string_view bytes) {
  LoadMember& member = members_[index];
  if (!member.unread.empty()) {
    member.unread += bytes;
    return FollowApart(index);
  }
  if (member.cursor < order_.begin()) {
    return FailMember(index, "is so far behind the others that it cannot be checked");
  }
  const std::size_t same = order_.CountSame(member.cursor, bytes);
  member.cursor += same;
  bytes.remove_prefix(same);
  if (!bytes.empty() && member.cursor == order_.end()) {
    if (!AppendToOrder(index, bytes)) return;
    bytes = {};
  }
  Advance(index);
  if (bytes.empty()) return;
  // The bytes differ from those of other members: from here on, compare message by message.
  const std::uint64_t start = order_.StartOf(member.next);
  member.unread = order_.Bytes(start, member.cursor).append(bytes);
  member.cursor = start;
  FollowApart(index);
}

void LoadRun::FollowApart(std::size_t index) {
  LoadMember& member = members_[index];
  const std::string unread = std::exchange(member.unread, {});
  std::string_view rest = unread;
  while (!rest.empty() && report_.failure.empty()) {
    if (member.next == order_.count()) {
      if (order_.mid_message()) {
        waiting_.push_back(index);
        break;
      }
      if (AppendToOrder(index, rest)) Advance(index);
      return;
    }
    ResponseDecoder decoder;
    const DecodeResult result = decoder.Decode(rest);
    if (result.status == DecodeStatus::kError) {
      return FailMember(index,
                        absl::StrCat("received invalid ChatHTTP: ", decoder.error().reason()));
    }
    if (result.status == DecodeStatus::kNeedMore) break;
    const ResponseView& response = decoder.response();
    if (response.code != static_cast<int>(StatusCode::kOk)) {
      return TakePrivate(index, response.code, response.entity);
    }
    if (response.entity == order_.EntityOf(member.next)) {
      ++report_.apart;
      member.cursor = order_.at(member.next).end;
      Advance(index);
    } else if (member.position.epoch < epoch_) {
      return Lose(index, "got a message that the server has lost in a restart");
    } else if (member.next >= confirmed_) {
      CutOrder(member.next);  // the message was one of an older epoch
      continue;
    } else {
      ++report_.two_texts;
      Misplace(index, response.entity);
    }
    rest.remove_prefix(result.consumed);
  }
  member.unread = rest;
}

// Handles a message that is not the next one of the order.
void LoadRun::Misplace(std::size_t index, std::string_view entity) {
  LoadMember& member = members_[index];
  const std::uint64_t ahead = std::min(order_.count(), member.next + kSearched);
  for (std::uint64_t i = member.next + 1; i < ahead; ++i) {
    if (order_.EntityOf(i) != entity) continue;
    report_.lost += i - member.next;
    for (; member.next < i; ++member.next) {
      const RoomMessage& skipped = order_.at(member.next);
      if (skipped.kind == RoomMessage::Kind::kPost && skipped.member == index) {
        --member.outstanding;
      }
    }
    member.cursor = order_.at(i).end;
    return Advance(index);
  }
  bool came_before = false;
  const std::uint64_t behind =
      std::max(order_.first() + 1, member.next - std::min(member.next, kSearched));
  for (std::uint64_t i = member.next; i > behind && !came_before; --i) {
    came_before = order_.EntityOf(i - 1) == entity;
  }
  ++(came_before ? report_.repeated : report_.misplaced);
  if (report_.lost + report_.repeated + report_.misplaced > kMaxProblems) {
    FailMember(index, "received too many wrong messages");
  }
}

void LoadRun::Advance(std::size_t index) {
  LoadMember& member = members_[index];
  while (member.next < order_.count() && order_.at(member.next).end <= member.cursor) {
    Receive(index, order_.at(member.next));
    ++member.next;
  }
}

void LoadRun::Receive(std::size_t index, RoomMessage& message) {
  ++received_;
  if (members_[index].position.epoch == epoch_) {
    confirmed_ = std::max(confirmed_, members_[index].next + 1);
  }
  if (message.kind != RoomMessage::Kind::kPost) return;
  ++delivered_;
  const std::uint32_t received = ++message.received;
  if (message.sent_at >= measure_from_ && message.sent_at <= measure_until_) {
    if (received == (readers_ + 1) / 2) report_.to_median.Add(now_ - message.sent_at);
    if (received == readers_) report_.to_last.Add(now_ - message.sent_at);
  }
  if (message.member == index && members_[index].outstanding > 0) --members_[index].outstanding;
}

// Appends what the member is the first to get. Returns false if it gets no more.
bool LoadRun::AppendToOrder(std::size_t index, std::string_view bytes) {
  LoadMember& member = members_[index];
  const std::uint64_t known = order_.count();
  const bool tail = order_.mid_message();
  const RoomOrder::Appended appended = order_.Append(bytes);
  if (appended == RoomOrder::Appended::kInvalid) {
    Fail(order_.problem());
    return false;
  }
  if (!TakeAppended(known)) return false;
  if (appended == RoomOrder::Appended::kAll) {
    member.cursor = order_.end();
    return true;
  }
  const int code = order_.private_code();
  const std::string entity(order_.private_entity());
  member.cursor = order_.StartOf(order_.count());
  Advance(index);
  // Others may have got the beginning of a message that looked the same.
  tail ? CutOrder(order_.count()) : order_.CutTo(order_.count());
  TakePrivate(index, code, entity);
  return false;
}

// A reply to this member alone: it refuses a text, or says why the connection ends.
void LoadRun::TakePrivate(std::size_t index, int code, std::string_view entity) {
  const std::string shown = Visible(entity, kShownEntityBytes);
  if (options_.sessions && code == static_cast<int>(StatusCode::kInternalServerError)) {
    members_[index].state = LoadMember::State::kEnding;
    last_loss_ = shown;
    return;
  }
  ++report_.refused;
  Fail(absl::StrCat("the server refused a text: ", shown));
}

// Takes the messages of the order from `known` on.
bool LoadRun::TakeAppended(std::uint64_t known) {
  for (std::uint64_t i = known; i < order_.count(); ++i) {
    RoomMessage& message = order_.at(i);
    if (message.kind == RoomMessage::Kind::kEntered && entered_[message.member] == 0) {
      entered_[message.member] = i + 1;
      ++entered_seen_;
    }
    if (message.kind != RoomMessage::Kind::kPost) continue;
    const LoadMember& sender = members_[message.member];
    if (message.sequence >= sender.said) {
      Fail(absl::StrCat("the server sent a text in the name of ",
                        LoadName(options_, message.member), ", who did not send it"));
      return false;
    }
    message.sent_at = sender.sent_at[message.sequence % sender.sent_at.size()];
  }
  return true;
}

void LoadRun::RetryWaiting() {
  if (waiting_.empty()) return;
  if (order_.mid_message() && !IsTailHeld()) CutOrder(order_.count());
  SkipUnheard();
  for (const std::size_t index : std::exchange(waiting_, {})) {
    if (members_[index].state == LoadMember::State::kUnplaced) {
      Place(index);
    } else if (members_[index].state == LoadMember::State::kFollowing) {
      FollowApart(index);
    }
  }
}

}  // namespace chathttp
