// Sends one command to an AdminServer, and gives its answer.
//
//   AdminClient client(network, scheduler, {"unix:/run/chat.sock", 0}, "kick bob",
//                      [&](absl::StatusOr<std::string> answer) { ... });
//
// Not thread-safe. Network and scheduler must outlive the object.
#ifndef CHATHTTP_TRANSPORT_ADMIN_ADMIN_CLIENT_H_
#define CHATHTTP_TRANSPORT_ADMIN_ADMIN_CLIENT_H_

#include <memory>
#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "chathttp/transport/admin/admin_text.h"
#include "chathttp/transport/ports/network.h"
#include "chathttp/transport/ports/scheduler.h"

namespace chathttp {

class AdminClient final : private StreamObserver {
 public:
  static constexpr absl::Duration kAnswerLimit = absl::Seconds(20);  // of all together

  // Called once, in a later turn step; it may destroy the client. Errors: those of Network::Connect,
  // DeadlineExceeded, and DataLoss if the connection ends before the answer.
  using Done = absl::AnyInvocable<void(absl::StatusOr<std::string> answer)>;

  // `command` has no line end; `done` must not be empty (asserted).
  AdminClient(Network& network, Scheduler& scheduler, const Endpoint& endpoint, std::string command,
              Done done);
  AdminClient(const AdminClient&) = delete;
  AdminClient& operator=(const AdminClient&) = delete;
  ~AdminClient();

 private:
  void OnConnected(absl::StatusOr<std::unique_ptr<ByteStream>> stream);
  void OnReadable() override;
  void OnWritable() override;
  void Finish(absl::StatusOr<std::string> answer);

  Scheduler& scheduler_;
  std::string unsent_;
  Done done_;
  AnswerDecoder decoder_;
  std::unique_ptr<ByteStream> stream_;
  std::unique_ptr<ConnectAttempt> attempt_;
  TimerId timer_ = kNoTimer;
};

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_ADMIN_ADMIN_CLIENT_H_
