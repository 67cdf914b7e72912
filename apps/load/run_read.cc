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
  member.unread += bytes;
  if (member.unread.size() > kMaxUnreadBytes) {
    return FailMember(index, "received 16 MiB before any member received its notice of entering");
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
    if (decoder.response().code != static_cast<int>(wanted)) {
      return FailMember(index, absl::StrCat("could not log in: ", decoder.response().code, " ",
                                            Visible(decoder.response().entity, kShownEntityBytes)));
    }
    member.unread.erase(0, result.consumed);
    if (greeting) {
      const std::string request = LoadRequest(options_, "ADD", index, "");
      const ssize_t sent = send(member.socket.get(), request.data(), request.size(), MSG_NOSIGNAL);
      if (sent != static_cast<ssize_t>(request.size())) {
        return FailMember(index, absl::StrCat("could not send: ", std::strerror(errno)));
      }
      member.state = LoadMember::State::kLogin;
    } else {
      ++logged_in_;
      member.state = LoadMember::State::kUnplaced;
    }
  }
  Place(index);
}

// The first message of a member is the one behind its own notice, which it does not get.
void LoadRun::Place(std::size_t index) {
  LoadMember& member = members_[index];
  if (index > 0 && entered_[index] == 0) return waiting_.push_back(index);
  member.next = entered_[index];
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
    if (!AppendToOrder(bytes)) return;
    member.cursor = order_.end();
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
      const bool others_began = order_.end() > order_.StartOf(order_.count());
      if (others_began) {
        waiting_.push_back(index);
        break;
      }
      if (!AppendToOrder(rest)) return;
      member.cursor = order_.end();
      rest = {};
      Advance(index);
      return;
    }
    ResponseDecoder decoder;
    const DecodeResult result = decoder.Decode(rest);
    if (result.status == DecodeStatus::kError) {
      return FailMember(index,
                        absl::StrCat("received invalid ChatHTTP: ", decoder.error().reason()));
    }
    if (result.status == DecodeStatus::kNeedMore) break;
    if (decoder.response().entity == order_.EntityOf(member.next)) {
      ++report_.apart;
      member.cursor = order_.at(member.next).end;
      Advance(index);
    } else {
      Misplace(index, decoder.response().entity);
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
  if (message.kind != RoomMessage::Kind::kPost) return;
  ++delivered_;
  const std::uint32_t received = ++message.received;
  if (message.sent_at >= measure_from_ && message.sent_at <= measure_until_) {
    if (received == (readers_ + 1) / 2) report_.to_median.Add(now_ - message.sent_at);
    if (received == readers_) report_.to_last.Add(now_ - message.sent_at);
  }
  if (message.member == index) --members_[index].outstanding;
}

bool LoadRun::AppendToOrder(std::string_view bytes) {
  const std::uint64_t known = order_.count();
  if (!order_.Append(bytes)) {
    Fail(order_.problem());
    return false;
  }
  for (std::uint64_t i = known; i < order_.count(); ++i) {
    RoomMessage& message = order_.at(i);
    if (message.kind == RoomMessage::Kind::kEntered && entered_[message.member] == 0) {
      entered_[message.member] = i + 1;
      ++entered_seen_;
    }
    if (message.kind != RoomMessage::Kind::kPost) continue;
    const LoadMember& sender = members_[message.member];
    if (message.sequence >= sender.posted) {
      Fail(absl::StrCat("the server sent a text in the name of ",
                        LoadName(options_, message.member), ", who did not send it"));
      return false;
    }
    message.sent_at = sender.sent_at[message.sequence % sender.sent_at.size()];
  }
  return true;
}

void LoadRun::RetryWaiting() {
  for (const std::size_t index : std::exchange(waiting_, {})) {
    if (members_[index].state == LoadMember::State::kUnplaced) {
      Place(index);
    } else {
      FollowApart(index);
    }
  }
}

}  // namespace chathttp
