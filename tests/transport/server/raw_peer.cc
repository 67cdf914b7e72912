#include "tests/transport/server/raw_peer.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

namespace chathttp {

std::string RawRequest(std::string_view method, std::string_view user, std::string_view entity) {
  std::string request(method);
  request += " h HTTP/1.1\nUser_Agent: ";
  request += user;
  request += "\nContent_Length: " + std::to_string(entity.size()) + "\n\n";
  request += entity;
  return request;
}

RawPeer::RawPeer(Network& network, const Endpoint& server) {
  attempt_ = network.Connect(server, [this](auto stream) {
    if (!stream.ok()) {
      refused_ = true;
      return;
    }
    stream_ = *std::move(stream);
    stream_->Observe(*this);
    Flush();
  });
}

void RawPeer::Send(std::string_view bytes) {
  unsent_ += bytes;
  Flush();
}

void RawPeer::SetReading(bool reading) {
  reading_ = reading;
  if (reading && stream_ != nullptr) OnReadable();
}

void RawPeer::ShutdownWrite() {
  shut_ = true;
  Flush();
}

void RawPeer::ReadSome(std::size_t max_bytes) {
  std::array<char, 4096> buffer;
  Take(std::span(buffer).first(std::min(max_bytes, buffer.size())));
}

void RawPeer::OnReadable() {
  std::array<char, 4096> buffer;
  while (reading_ && !ended() && Take(buffer)) {
  }
}

// Reads once. Returns whether there may be more to read.
bool RawPeer::Take(std::span<char> buffer) {
  const IoResult result = stream_->Read(buffer);
  if (result.status == IoStatus::kWouldBlock) return false;
  end_of_stream_ = result.status == IoStatus::kEndOfStream;
  broken_ = result.status == IoStatus::kBroken;
  received_.append(buffer.data(), result.bytes);
  return true;
}

void RawPeer::Flush() {
  if (stream_ == nullptr) return;
  while (!unsent_.empty()) {
    const std::string_view pieces[] = {unsent_};
    const IoResult result = stream_->Write(pieces);
    if (result.status != IoStatus::kProgress) return;
    unsent_.erase(0, result.bytes);
  }
  if (shut_) stream_->ShutdownWrite();
}

std::vector<RawResponse> RawPeer::responses() const {
  constexpr std::string_view kLength = "\nContent_Length: ";
  std::vector<RawResponse> responses;
  std::string_view rest = received_;
  for (;;) {
    const std::size_t head_end = rest.find("\n\n");
    if (head_end == std::string_view::npos) return responses;
    const std::string head(rest.substr(0, head_end + 2));
    const std::size_t length_at = head.find(kLength);
    if (length_at == std::string::npos) return responses;
    const std::size_t length = std::strtoul(head.c_str() + length_at + kLength.size(), nullptr, 10);
    if (rest.size() < head.size() + length) return responses;
    const int code = std::atoi(head.c_str() + std::string_view("HTTP/1.1 ").size());
    responses.push_back({code, head, std::string(rest.substr(head.size(), length))});
    rest.remove_prefix(head.size() + length);
  }
}

std::vector<std::string> RawPeer::entities() const {
  std::vector<std::string> entities;
  for (const RawResponse& response : responses()) entities.push_back(response.entity);
  return entities;
}

int RawPeer::last_code() const {
  const std::vector<RawResponse> all = responses();
  return all.empty() ? 0 : all.back().code;
}

}  // namespace chathttp
