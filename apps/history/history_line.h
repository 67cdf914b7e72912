// A record of a journal as a line, for people or as JSON (RFC 8259). Hashes of tokens are never shown,
// and characters that could control a terminal are escaped.
//
//   2026-11-30 14:35:00  alice: hello
//   2026-11-30 14:35:01  * bob has entered
//                        * the server has started at position 1796049300000.12
//
// Pure functions, safe from any thread.
#ifndef CHATHTTP_APPS_HISTORY_HISTORY_LINE_H_
#define CHATHTTP_APPS_HISTORY_HISTORY_LINE_H_

#include <string>

#include "absl/time/time.h"
#include "chathttp/transport/codec/position.h"
#include "chathttp/transport/journal/record.h"

namespace chathttp {

// `position` is that behind the record. Without a line end; empty for a record of the head of a file.
[[nodiscard]] std::string HistoryLine(const JournalRecord& record, const Position& position,
                                      absl::TimeZone zone);

// The same as an object with the members "event" (message, entered, left, session, epoch, closed),
// "position", and where they apply "time" (UTC), "name" and "text".
[[nodiscard]] std::string HistoryJson(const JournalRecord& record, const Position& position);

}  // namespace chathttp

#endif  // CHATHTTP_APPS_HISTORY_HISTORY_LINE_H_
