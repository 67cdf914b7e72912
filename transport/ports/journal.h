// Port: the journal of a room, which a server writes and never reads. What is in it survives the server.
//
//   journal.Append(SaidOrNotice{...});                     // transport/journal/record.h
//   deliver up to the broadcast with the number journal.durable();
//
// The journal counts the broadcasts that are appended, from the count of the PastRoom on that was
// recovered from it. A server without a journal has no object. Call it on the loop's thread of the
// server. It calls `changed` in a turn step of its own, never inside one of its methods.
#ifndef CHATHTTP_TRANSPORT_PORTS_JOURNAL_H_
#define CHATHTTP_TRANSPORT_PORTS_JOURNAL_H_

#include <cstdint>

#include "chathttp/transport/ports/scheduler.h"

namespace chathttp {

struct JournalRecord;  // transport/journal/record.h

class Journal {
 public:
  Journal() = default;
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;
  virtual ~Journal() = default;

  // Appends a record, and never waits. The records of one turn are written together, at its end or from
  // HandOver on, whichever comes first. No effect after a failure. Records of the head of a file are not
  // for the server to append (asserted). Names have at most kMaxJournalNameBytes (asserted).
  virtual void Append(const JournalRecord& record) = 0;

  // The records of the turn are complete: it is time to write them, before anybody hears what is in
  // them. So a server that is killed loses less of what was heard. Never waits.
  virtual void HandOver() = 0;

  // The server may deliver the broadcasts up to this number: they survive a crash of the machine.
  // The highest number if delivery need not wait: the journal does not promise that, or has failed.
  virtual std::uint64_t durable() const = 0;

  // It has failed and writes no more, for good. The server goes on, in the same epoch: the next start is one
  // after an unclean stop, which begins a new one.
  virtual bool failed() const = 0;

  // Calls `changed` when durable() has grown and when failed() has become true. Replaces an earlier
  // one; an empty task observes nothing.
  virtual void Observe(Scheduler::Task changed) = 0;
};

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_PORTS_JOURNAL_H_
