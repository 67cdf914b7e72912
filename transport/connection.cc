#include "transport/connection.h"

#include <algorithm>
#include <utility>

namespace chathttp {

Connection::Connection(ConnectionId connection, std::unique_ptr<ByteStream> byte_stream,
                       WakeList& wakes)
    : id(connection), stream(std::move(byte_stream)), wakes_(wakes) {
  stream->Observe(*this);
}

void Connection::OnReadable() {
  if (!noted_readable) wakes_.readable.push_back(id);
  noted_readable = true;
  wakes_.turn.Request();
}

void Connection::OnWritable() {
  if (!noted_writable) wakes_.writable.push_back(id);
  noted_writable = true;
  wakes_.turn.Request();
}

absl::Time Connection::deadline() const {
  return std::min({request_wanted_by, request_ends_by, accepts_by, lingers_until});
}

}  // namespace chathttp
