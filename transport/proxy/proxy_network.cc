#include "chathttp/transport/proxy/proxy_network.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <list>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/transport/proxy/proxy_header.h"
#include "chathttp/transport/proxy/resumed_stream.h"

namespace chathttp {

// Accepts the connections of proxies, and passes each of them on behind its header.
class ProxyNetwork::ProxyListener final : public Listener, private Acceptor {
 public:
  ProxyListener(ProxyNetwork& network, Acceptor& acceptor)
      : network_(network), acceptor_(acceptor) {}
  ~ProxyListener() override {
    for (const Arrival& arrival : arrivals_) network_.scheduler_.Cancel(arrival.limit);
    network_.waiting_ -= arrivals_.size();
  }

  absl::Status Listen(const Endpoint& endpoint) {
    auto listener = network_.network_.Listen(endpoint, *this);
    if (!listener.ok()) return listener.status();
    listener_ = *std::move(listener);
    return absl::OkStatus();
  }

  Endpoint local() const override { return listener_->local(); }

 private:
  // A connection that waits for its header.
  struct Arrival final : StreamObserver {
    void OnReadable() override { listener->ReadHeader(self); }
    void OnWritable() override {}

    ProxyListener* listener = nullptr;
    std::list<Arrival>::iterator self;
    std::string peer;
    std::string bytes;  // those that were read
    TimerId limit = kNoTimer;
    std::unique_ptr<ResumedStream> stream;
  };
  using Place = std::list<Arrival>::iterator;

  void OnAccept(std::unique_ptr<ByteStream> stream, std::string_view peer) override;
  void OnOverflow(ByteStream& stream, std::string_view peer) override;
  bool IsProxy(std::string_view peer) const;
  void ReadHeader(Place arrival);
  void HandOn(Place arrival, const ProxyHeader& header);
  void Refuse(Place arrival, std::string_view reason);
  void RefuseIncomplete(Place arrival, const std::string& why);
  void Remove(Place arrival);

  ProxyNetwork& network_;
  Acceptor& acceptor_;
  std::list<Arrival> arrivals_;  // in order of arrival
  std::unique_ptr<Listener> listener_;
};

bool ProxyNetwork::ProxyListener::IsProxy(std::string_view peer) const {
  const IpAddress address = AddressOf(peer);
  return std::any_of(network_.options_.from.begin(), network_.options_.from.end(),
                     [&](const IpNetwork& net) { return net.Contains(address); });
}

void ProxyNetwork::ProxyListener::OnAccept(std::unique_ptr<ByteStream> stream,
                                           std::string_view peer) {
  if (!IsProxy(peer)) return network_.refused_(peer, "no known proxy has this address");
  const ProxyOptions& options = network_.options_;
  if (arrivals_.size() >= options.max_waiting) {
    const std::string reason =
        absl::StrCat("at most ", options.max_waiting,
                     " connections may wait for their PROXY header, got ", arrivals_.size() + 1);
    return network_.refused_(peer, reason);
  }
  const Place arrival = arrivals_.emplace(arrivals_.end());
  ++network_.waiting_;
  arrival->listener = this;
  arrival->self = arrival;
  arrival->peer = peer;
  arrival->limit =
      network_.scheduler_.RunAt(network_.scheduler_.Now() + options.header_limit, [this, arrival] {
        RefuseIncomplete(arrival,
                         absl::StrCat("no complete PROXY header in ",
                                      absl::FormatDuration(network_.options_.header_limit)));
      });
  arrival->stream = std::make_unique<ResumedStream>(network_.scheduler_, std::move(stream));
  arrival->stream->Observe(*arrival);
}

// There is no descriptor to wait for a header with.
void ProxyNetwork::ProxyListener::OnOverflow(ByteStream& stream, std::string_view peer) {
  if (!IsProxy(peer)) return network_.refused_(peer, "no known proxy has this address");
  acceptor_.OnOverflow(stream, peer);
}

// Reads until there is nothing more, so that the next observer gets no notice without cause, or
// until there are bytes behind the header.
void ProxyNetwork::ProxyListener::ReadHeader(Place arrival) {
  using Status = ProxyHeader::Status;
  std::array<char, 512> buffer;
  ProxyHeader header;
  IoResult result{IoStatus::kProgress};
  const auto wants_more = [&] {
    return header.status == Status::kNeedMore ||
           (header.status == Status::kComplete && header.bytes == arrival->bytes.size());
  };
  while (result.status == IoStatus::kProgress && wants_more()) {
    result = arrival->stream->Read(buffer);
    arrival->bytes.append(buffer.data(), result.bytes);
    header = ParseProxyHeader(arrival->bytes);
  }
  if (header.status == Status::kComplete) return HandOn(arrival, header);
  if (header.status == Status::kBad) {
    arrival->stream->Reset();
    return Refuse(arrival, header.reason);
  }
  if (result.status == IoStatus::kWouldBlock) return;
  const std::string_view end = result.status == IoStatus::kBroken
                                   ? arrival->stream->broken_reason()
                                   : std::string_view("end of stream");
  RefuseIncomplete(arrival, absl::StrCat(AbslView(end), " before a complete PROXY header"));
}

void ProxyNetwork::ProxyListener::HandOn(Place arrival, const ProxyHeader& header) {
  const std::string peer = header.source.known()
                               ? ToString(Endpoint{ToString(header.source), header.source_port})
                               : arrival->peer;
  std::unique_ptr<ResumedStream> stream = std::move(arrival->stream);
  stream->HandOn(arrival->bytes.substr(header.bytes));
  Remove(arrival);
  acceptor_.OnAccept(std::move(stream), peer);  // may destroy this
}

void ProxyNetwork::ProxyListener::RefuseIncomplete(Place arrival, const std::string& why) {
  Refuse(arrival, absl::StrCat(why, ", got ", arrival->bytes.size(), " bytes"));
}

void ProxyNetwork::ProxyListener::Refuse(Place arrival, std::string_view reason) {
  const std::string peer = std::move(arrival->peer);
  Remove(arrival);
  network_.refused_(peer, reason);
}

void ProxyNetwork::ProxyListener::Remove(Place arrival) {
  network_.scheduler_.Cancel(arrival->limit);
  arrivals_.erase(arrival);
  --network_.waiting_;
}

ProxyNetwork::ProxyNetwork(Network& network, Scheduler& scheduler, ProxyOptions options,
                           ProxyRefusal refused)
    : network_(network),
      scheduler_(scheduler),
      options_(std::move(options)),
      refused_(std::move(refused)) {
  assert(refused_);
}

absl::StatusOr<std::unique_ptr<Listener>> ProxyNetwork::Listen(const Endpoint& endpoint,
                                                               Acceptor& acceptor) {
  auto listener = std::make_unique<ProxyListener>(*this, acceptor);
  if (absl::Status status = listener->Listen(endpoint); !status.ok()) return status;
  return listener;
}

std::unique_ptr<ConnectAttempt> ProxyNetwork::Connect(const Endpoint& endpoint,
                                                      ConnectCallback done) {
  return network_.Connect(endpoint, std::move(done));
}

}  // namespace chathttp
