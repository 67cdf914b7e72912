// One run of chat_load: members join and talk, and the run checks all that they receive.
//
//   LoadRun run(options, interrupted);
//   LoadReport report = run.Run();
//
// The bytes that a member receives are compared with those that any member received first
// (order.h): one recv and one memcmp each time. Posts are sent at the end of a turn, in one send
// per sender.
//
// With sessions, a member that loses its connection comes back (run_return.cc), and goes on in the
// order behind the last message that it got. Not thread-safe.
#ifndef CHATHTTP_APPS_LOAD_RUN_H_
#define CHATHTTP_APPS_LOAD_RUN_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "apps/load/member.h"
#include "apps/load/options.h"
#include "apps/load/order.h"
#include "apps/load/report.h"
#include "chathttp/adapters/file_descriptor.h"
#include "chathttp/transport/codec/message.h"
#include "chathttp/transport/codec/position.h"

namespace chathttp {

class LoadRun {
 public:
  // CheckLoadOptions(options) must be OK. Once `interrupted` is true, senders stop, and the run ends
  // as it does after `options.duration`.
  LoadRun(const LoadOptions& options, const std::atomic<bool>& interrupted);

  // Runs to the end. Call it once.
  LoadReport Run();

 private:
  using Done = std::function<bool()>;

  // Steps of a run. Each returns true on success; otherwise report_.failure has the reason.
  bool Join(std::size_t members);
  bool FillLog();
  bool StayIdle();
  bool Talk(std::size_t senders, std::size_t window, double rate);
  bool Drain();

  // Runs turns until `done` returns true.
  bool Pump(const Done& done, bool may_be_silent = false);
  void Turn();
  void StartJoining();
  bool Connect(std::size_t index);
  void ReadMember(std::size_t index);
  void ReadSlowly();
  void StopReading();
  void Fail(std::string failure);
  void FailMember(std::size_t index, const std::string& what);

  // Checks of received bytes.
  void Take(std::size_t index, std::string_view bytes);
  void TakeLogin(std::size_t index);
  void Place(std::size_t index);
  void Follow(std::size_t index, std::string_view bytes);
  void FollowApart(std::size_t index);
  void Misplace(std::size_t index, std::string_view entity);
  void Advance(std::size_t index);
  void Receive(std::size_t index, RoomMessage& message);
  bool AppendToOrder(std::size_t index, std::string_view bytes);
  bool TakeAppended(std::uint64_t known);
  void TakePrivate(std::size_t index, int code, std::string_view entity);
  void RetryWaiting();

  // Losses and returns.
  void Lose(std::size_t index, const std::string& what);
  void ComeBack();
  void CheckResumeLimit();
  std::int64_t WaitForReturns() const;
  void TakeSession(std::size_t index, const ResponseView& reply);
  bool TakeReturn(std::size_t index, const ResponseView& reply);
  void SettleInDoubt(std::size_t index);
  void BeginEpoch(const Position& position, bool forgotten);
  void CutOrder(std::uint64_t message);
  bool IsTailHeld() const;
  void Confirm(std::uint64_t message);
  void SkipUnheard();
  std::uint64_t IndexOf(std::uint64_t count) const { return count - counted_before_; }

  // Posts.
  void Post();
  void PostOne(std::size_t sender, std::int64_t due);
  bool MayPost(const LoadMember& member) const;
  void Say(std::size_t sender);
  void SendUnsent(std::size_t index);

  bool AllCaughtUp() const;
  void CountLost();
  double ServerSeconds() const;
  void Progress(std::int64_t now);

  const LoadOptions options_;
  const std::atomic<bool>& interrupted_;
  LoadReport report_;
  posix::FileDescriptor epoll_;
  std::vector<char> buffer_;
  std::vector<LoadMember> members_;
  std::vector<std::size_t> senders_;  // among members_
  std::vector<LoadPost> posts_;       // of senders_, in the same order
  RoomOrder order_;
  std::vector<std::uint64_t> entered_;  // by member: index behind its notice; 0: none yet
  std::vector<std::size_t> waiting_;    // members with bytes that have no place in the order yet
  std::size_t wanted_ = 0;              // target number of joined members
  std::size_t logged_in_ = 0;
  std::size_t entered_seen_ = 0;
  std::uint64_t notices_before_ = 0;  // in the order when all had joined

  // With sessions: message m of the order is broadcast counted_before_ + m + 1 of the room, modulo
  // 2^64. The messages before confirmed_ are those of the latest epoch: its members have got them, or
  // have said so. The order has lost those from cut_at_ on that older epochs had.
  std::uint64_t counted_before_ = 0;
  std::uint64_t epoch_ = 0;
  std::int64_t epoch_began_ = 0;
  bool forgotten_ = false;  // in this epoch, the server did not know the token of a member
  std::uint64_t confirmed_ = 0;
  std::uint64_t cut_at_ = 0;
  std::set<std::pair<std::int64_t, std::size_t>> lost_;  // members, by the time of the next attempt
  std::size_t returning_ = 0;                            // lost members that are connecting
  std::int64_t next_return_ = 0;                         // not before then
  std::int64_t limit_checked_ = 0;
  std::string last_loss_;
  std::minstd_rand jitter_;
  std::size_t readers_ = 0;      // members that must get every message
  std::uint64_t received_ = 0;   // messages received, by all members
  std::uint64_t delivered_ = 0;  // posts among those

  std::size_t talking_ = 0;  // number of active senders
  std::size_t window_ = 0;
  double rate_ = 0;                 // texts a second; 0: limited by window_
  std::int64_t measure_from_ = 0;   // latencies count for posts sent from here
  std::int64_t measure_until_ = 0;  // to here
  std::int64_t rate_start_ = 0;     // when the first post at a rate was due
  std::uint64_t rate_posted_ = 0;
  bool unsent_ = false;  // a sender has bytes that its socket did not take
  std::int64_t now_ = 0;
  std::int64_t received_at_ = 0;  // when any member last received bytes
  std::int64_t slow_at_ = 0;      // time of the next read of slow members
  std::int64_t progress_at_ = 0;
};

}  // namespace chathttp

#endif  // CHATHTTP_APPS_LOAD_RUN_H_
