// The order of messages in the room, as the members of chat_load see it: the bytes that any member
// got first, to compare the bytes of all others with, and a description of each message.
//
//   RoomOrder order("Load", 64 << 20);
//   const std::size_t same = order.CountSame(cursor, bytes);   // one memcmp
//   if (cursor + same == order.end()) order.Append(bytes.substr(same));   // the first to get these
//
// The bytes are in a ring; those before begin() are overwritten. A comparison costs one memcmp;
// each message is decoded once, whatever the number of members. A restart of the server may take
// back the newest messages, which then never happened: see CutTo. Not thread-safe.
#ifndef CHATHTTP_APPS_LOAD_ORDER_H_
#define CHATHTTP_APPS_LOAD_ORDER_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "apps/load/byte_ring.h"
#include "chathttp/transport/codec/response_decoder.h"

namespace chathttp {

struct RoomMessage {
  enum class Kind { kPost, kEntered, kLeft, kOther };
  std::uint64_t end = 0;       // offset behind its last byte
  std::int64_t sent_at = 0;    // set by the caller: when it was sent
  std::uint32_t received = 0;  // set by the caller: number of members that got it
  Kind kind = Kind::kOther;
  std::uint32_t member = 0;    // index of the member that it names, unless kOther
  std::uint64_t sequence = 0;  // of a post
};

class RoomOrder {
 public:
  RoomOrder(std::string prefix, std::size_t members, std::size_t capacity_bytes);

  std::uint64_t begin() const;
  std::uint64_t end() const { return bytes_.end(); }
  // The number of complete messages so far; those in [first(), count()) are still stored.
  std::uint64_t count() const { return count_; }
  std::uint64_t first() const { return count_ > ring_.size() ? count_ - ring_.size() : 0; }
  RoomMessage& at(std::uint64_t message) { return ring_[message % ring_.size()]; }
  const RoomMessage& at(std::uint64_t message) const { return ring_[message % ring_.size()]; }
  std::uint64_t StartOf(std::uint64_t message) const {
    return message == 0 ? 0 : at(message - 1).end;
  }

  // Returns how many leading bytes of `bytes` equal those of the order from offset `from` on;
  // begin() <= from <= end().
  std::size_t CountSame(std::uint64_t from, std::string_view bytes) const;

  // Appends bytes that a member got. A reply to that member alone, such as a refusal, is no message
  // of the room: it ends the result, and CutTo(count()) must follow.
  enum class Appended {
    kAll,
    kPrivate,  // see private_code(), private_entity()
    kInvalid,  // invalid ChatHTTP, or more than the ring holds: see problem()
  };
  Appended Append(std::string_view bytes);
  const std::string& problem() const { return problem_; }
  int private_code() const { return decoder_.response().code; }
  std::string_view private_entity() const { return decoder_.response().entity; }

  // Whether some bytes of the next message are there.
  bool mid_message() const { return end() != StartOf(count_); }

  // Whether the bytes from this message on are stored; message <= count().
  bool Holds(std::uint64_t message) const;

  // Takes back the messages from this one on, and the bytes of the next one. Requires
  // Holds(message). Their texts are in doubt: they may come again, or never.
  void CutTo(std::uint64_t message);

  // Leaves out messages that nobody got, so that `message` is the next one. Requires
  // count() <= message and !mid_message().
  void SkipTo(std::uint64_t message);

  // Texts [from, to) of a member need not come.
  void SetInDoubt(std::uint32_t member, std::uint64_t from, std::uint64_t to);

  std::string Bytes(std::uint64_t from, std::uint64_t to) const;
  std::string EntityOf(std::uint64_t message) const;

  // Errors in the order itself, each counted once, not per member.
  std::uint64_t lost() const { return lost_; }          // sequence numbers left out
  std::uint64_t repeated() const { return repeated_; }  // sequence numbers that came before

  // All that came, with those that were taken back.
  std::uint64_t posts() const { return posts_; }
  std::uint64_t left() const { return left_; }        // notices that one of our members has left
  std::uint64_t entered() const { return entered_; }  // or entered
  std::size_t post_bytes() const { return post_bytes_; }  // of the last post, its head included

 private:
  void AddMessage(std::uint64_t end, const ResponseView& response);
  bool NumberOf(std::string_view name, std::uint32_t& member) const;
  std::uint64_t CountMissing(std::uint32_t member, std::uint64_t from, std::uint64_t to) const;

  using Range = std::pair<std::uint64_t, std::uint64_t>;  // [first, second)

  const std::string prefix_;
  ByteRing bytes_;
  ResponseDecoder decoder_;
  std::vector<RoomMessage> ring_;
  std::uint64_t count_ = 0;
  std::vector<std::uint64_t> next_sequence_;                         // by member
  absl::flat_hash_map<std::uint32_t, std::vector<Range>> in_doubt_;  // by member: sequences
  std::string problem_;
  std::uint64_t lost_ = 0;
  std::uint64_t repeated_ = 0;
  std::uint64_t posts_ = 0;
  std::uint64_t left_ = 0;
  std::uint64_t entered_ = 0;
  std::size_t post_bytes_ = 0;
};

}  // namespace chathttp

#endif  // CHATHTTP_APPS_LOAD_ORDER_H_
