// One run of chat_load: members join and talk, and the run checks all that they receive.
//
//   LoadRun run(options);
//   LoadReport report = run.Run();
//
// The bytes that a member receives are compared with those that any member received first
// (order.h): one recv and one memcmp each time. Posts are sent at the end of a turn, in one send
// per sender. Not thread-safe.
#ifndef CHATHTTP_APPS_LOAD_RUN_H_
#define CHATHTTP_APPS_LOAD_RUN_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "apps/load/member.h"
#include "apps/load/options.h"
#include "apps/load/order.h"
#include "apps/load/report.h"
#include "chathttp/adapters/file_descriptor.h"

namespace chathttp {

class LoadRun {
 public:
  // CheckLoadOptions(options) must be OK.
  explicit LoadRun(const LoadOptions& options);

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
  bool AppendToOrder(std::string_view bytes);
  void RetryWaiting();

  // Posts.
  void Post();
  void PostOne(std::size_t sender, std::int64_t due);
  void SendUnsent(std::size_t index);

  bool AllCaughtUp() const;
  void CountLost();
  double ServerSeconds() const;
  void Progress(std::int64_t now);

  const LoadOptions options_;
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
