// Two connected byte streams in memory: what one end writes, the other end reads.
//
//   StreamPair pair = MakeStreamPair(scheduler);
//   server.Accept(std::move(pair.first), "bot");         // and the bot keeps pair.second
//
// The ends behave as byte_stream.h says, without faults or delays: written bytes can be read at
// once, and notices come as timers of `scheduler`, in its next turn. No bytes are lost when an end
// is destroyed with unread input: the peer still reads all that was written, then the end of the
// stream. Not thread-safe: both ends belong to the thread of `scheduler`, which must outlive them.
#ifndef CHATHTTP_TRANSPORT_PORTS_MEMORY_STREAM_H_
#define CHATHTTP_TRANSPORT_PORTS_MEMORY_STREAM_H_

#include <cstddef>
#include <memory>
#include <utility>

#include "chathttp/transport/ports/byte_stream.h"
#include "chathttp/transport/ports/scheduler.h"

namespace chathttp {

inline constexpr std::size_t kMemoryBufferBytes = 64 << 10;

using StreamPair = std::pair<std::unique_ptr<ByteStream>, std::unique_ptr<ByteStream>>;

// `buffer_bytes` (> 0, asserted) is the largest number of bytes that one direction holds: Write
// takes no more until the peer reads. Memory is used for unread bytes only, at most twice as much.
StreamPair MakeStreamPair(Scheduler& scheduler, std::size_t buffer_bytes = kMemoryBufferBytes);

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_PORTS_MEMORY_STREAM_H_
