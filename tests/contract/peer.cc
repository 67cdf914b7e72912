#include "chathttp/contract/peer.h"

#include <array>
#include <cstdint>
#include <utility>

#include "gtest/gtest.h"

namespace chathttp::contract {

void CountingObserver::OnReadable() {
  ++readable;
  on_readable();
}

void CountingObserver::OnWritable() {
  ++writable;
  on_writable();
}

Peer::Peer(std::unique_ptr<ByteStream> stream) : stream_(std::move(stream)) {
  stream_->Observe(*this);
}

void Peer::OnReadable() {
  std::array<char, 4096> buffer;
  while (true) {
    const IoResult result = stream_->Read(buffer);
    if (result.status != IoStatus::kProgress) {
      state_ = result.status;
      return;
    }
    input_.append(buffer.data(), result.bytes);
  }
}

void Peer::OnWritable() { Flush(); }

void Peer::Send(std::string_view bytes) {
  const bool idle = output_.empty();
  output_.append(bytes);
  if (idle) Flush();
}

void Peer::SendEnd() {
  end_requested_ = true;
  if (output_.empty()) stream_->ShutdownWrite();
}

void Peer::Flush() {
  if (output_.empty()) return;
  const IoResult result = WriteTo(*stream_, output_);
  if (result.status == IoStatus::kProgress) output_.erase(0, result.bytes);
  if (output_.empty() && end_requested_) stream_->ShutdownWrite();
}

void CollectingAcceptor::OnAccept(std::unique_ptr<ByteStream> stream, std::string_view peer) {
  streams.push_back(std::move(stream));
  peers.emplace_back(peer);
  on_accept();
}

void CollectingAcceptor::OnOverflow(ByteStream& /*stream*/, std::string_view peer) {
  ADD_FAILURE() << "descriptors ran out when " << peer << " connected";
}

std::unique_ptr<Attempt> StartConnect(Network& network, const Endpoint& endpoint) {
  auto attempt = std::make_unique<Attempt>();
  attempt->handle = network.Connect(
      endpoint, [attempt = attempt.get()](absl::StatusOr<std::unique_ptr<ByteStream>> stream) {
        ++attempt->answers;
        attempt->status = stream.status();
        if (stream.ok()) attempt->stream = *std::move(stream);
      });
  return attempt;
}

IoResult WriteTo(ByteStream& stream, std::string_view bytes) { return stream.Write({&bytes, 1}); }

std::string Fill(ByteStream& stream) {
  const std::string piece = Pattern(65'521);
  std::string taken;
  while (true) {
    const std::string_view next = std::string_view(piece).substr(taken.size() % piece.size());
    const IoResult result = WriteTo(stream, next);
    if (result.status != IoStatus::kProgress) return taken;
    taken.append(next.substr(0, result.bytes));
  }
}

std::string Pattern(std::size_t size) {
  std::string pattern;
  std::uint32_t state = 1;
  while (pattern.size() < size) {
    state = state * 1'664'525 + 1'013'904'223;
    pattern.push_back(static_cast<char>(state >> 24));
  }
  return pattern;
}

}  // namespace chathttp::contract
