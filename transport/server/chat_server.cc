#include "chathttp/transport/server/chat_server.h"

#include <optional>
#include <utility>

#include "chathttp/transport/server/chat_server_impl.h"

namespace chathttp {

ChatServer::ChatServer(Network& network, Scheduler& scheduler, const ServerOptions& options)
    : impl_(std::make_unique<Impl>(network, scheduler, options, nullptr)) {}

ChatServer::ChatServer(Network& network, Scheduler& scheduler, const ServerOptions& options,
                       OrderedLog& log)
    : impl_(std::make_unique<Impl>(network, scheduler, options, &log)) {}

ChatServer::~ChatServer() = default;

void ChatServer::Subscribe(ServerEvents& events) { impl_->Subscribe(events); }

void ChatServer::Unsubscribe(ServerEvents& events) { impl_->Unsubscribe(events); }

void ChatServer::SetPolicy(RoomPolicy& policy) { impl_->SetPolicy(policy); }

void ChatServer::ShareCustomers(Customers& customers) { impl_->ShareCustomers(customers); }

void ChatServer::UseSessions(Entropy& entropy) { impl_->UseSessions(entropy); }

void ChatServer::SetJournal(Journal& journal) { impl_->SetJournal(journal); }

void ChatServer::Restore(const PastRoom& past) { impl_->Restore(past); }

absl::Status ChatServer::Listen(const Endpoint& endpoint) {
  return impl_->Listen(impl_->network(), endpoint);
}

absl::Status ChatServer::Listen(Network& network, const Endpoint& endpoint) {
  return impl_->Listen(network, endpoint);
}

void ChatServer::StopListening() { impl_->StopListening(); }

absl::StatusOr<ConnectionId> ChatServer::Accept(std::unique_ptr<ByteStream> stream,
                                                std::string_view peer) {
  return impl_->Accept(std::move(stream), peer);
}

std::vector<Endpoint> ChatServer::endpoints() const { return impl_->endpoints(); }

bool ChatServer::Disconnect(ConnectionId id, std::string_view reason) {
  return impl_->Disconnect(id, reason);
}

bool ChatServer::EndAway(MemberId id, std::string_view reason) {
  return impl_->EndAway(id, reason);
}

std::optional<ConnectionId> ChatServer::OwnConnection(MemberId id) const {
  return impl_->OwnConnection(id);
}

std::optional<ConnectionTraffic> ChatServer::TrafficOf(ConnectionId id) const {
  return impl_->TrafficOf(id);
}

absl::Status ChatServer::AddBan(const Ban& ban) { return impl_->AddBan(ban); }

bool ChatServer::LiftBan(const IpNetwork& network) { return impl_->LiftBan(network); }

std::vector<Ban> ChatServer::bans() { return impl_->bans(); }

absl::StatusOr<std::vector<std::string_view>> ChatServer::Reconfigure(
    const ServerOptions& options) {
  return impl_->Reconfigure(options);
}

const ServerOptions& ChatServer::options() const { return impl_->options(); }

void ChatServer::Stop(Scheduler::Task stopped) { impl_->Stop(std::move(stopped)); }

const ChatRoom& ChatServer::room() const { return impl_->room(); }

std::size_t ChatServer::connections() const { return impl_->connections(); }

ServerStats ChatServer::stats() const { return impl_->stats(); }

bool ChatServer::IsAway(MemberId id) const { return impl_->IsAway(id); }

std::size_t ChatServer::away() const { return impl_->away(); }

PastRoom ChatServer::past() const { return impl_->past(); }

Position ChatServer::position() const { return impl_->position(); }

std::size_t ChatServer::blocked() const { return impl_->blocked(); }

std::size_t ChatServer::paused() const { return impl_->paused(); }

std::size_t ChatServer::log_bytes() const { return impl_->log_bytes(); }

std::size_t ChatServer::partial_bytes() const { return impl_->partial_bytes(); }

std::size_t ChatServer::held_bytes() const { return impl_->held_bytes(); }

}  // namespace chathttp
