#include "chathttp/adapters/handover_network.h"

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "chathttp/adapters/socket_stream.h"

namespace chathttp::posix {

class HandoverNetwork::HandoverListener final : public Listener {
 public:
  HandoverListener(std::shared_ptr<Acceptors> acceptors, Endpoint endpoint)
      : acceptors_(std::move(acceptors)), endpoint_(std::move(endpoint)) {}
  ~HandoverListener() override {
    std::erase_if(*acceptors_, [&](const auto& entry) { return entry.first == endpoint_; });
  }

  Endpoint local() const override { return endpoint_; }

 private:
  const std::shared_ptr<Acceptors> acceptors_;
  const Endpoint endpoint_;
};

HandoverNetwork::HandoverNetwork(EventLoop& loop)
    : loop_(loop),
      outgoing_(loop),
      mailbox_(loop.mailbox()),
      acceptors_(std::make_shared<Acceptors>()) {}

HandoverNetwork::~HandoverNetwork() { acceptors_->clear(); }

absl::StatusOr<std::unique_ptr<Listener>> HandoverNetwork::Listen(const Endpoint& endpoint,
                                                                  Acceptor& acceptor) {
  const auto same = [&](const auto& entry) { return entry.first == endpoint; };
  if (std::any_of(acceptors_->begin(), acceptors_->end(), same)) {
    return absl::AlreadyExistsError(
        absl::StrCat("there is a listener at ", ToString(endpoint), ", choose another endpoint"));
  }
  acceptors_->emplace_back(endpoint, &acceptor);
  return std::make_unique<HandoverListener>(acceptors_, endpoint);
}

std::unique_ptr<ConnectAttempt> HandoverNetwork::Connect(const Endpoint& endpoint,
                                                         ConnectCallback done) {
  return outgoing_.Connect(endpoint, std::move(done));
}

void HandoverNetwork::HandOver(AcceptedSocket accepted, const Endpoint& endpoint,
                               std::function<void()> done) {
  mailbox_->Post([loop = &loop_, acceptors = acceptors_, endpoint, accepted = std::move(accepted),
                  done = std::move(done)]() mutable {
    const auto found = std::find_if(acceptors->begin(), acceptors->end(),
                                    [&](const auto& entry) { return entry.first == endpoint; });
    if (found != acceptors->end()) {
      auto stream = std::make_unique<SocketStream>(*loop, std::move(accepted.socket));
      if (accepted.is_unix) stream->AlwaysAsk();
      found->second->OnAccept(std::move(stream), accepted.peer);
    }
    done();
  });
}

}  // namespace chathttp::posix
