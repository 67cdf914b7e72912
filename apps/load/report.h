// The results of chat_load, and their output as text and JSON.
#ifndef CHATHTTP_APPS_LOAD_REPORT_H_
#define CHATHTTP_APPS_LOAD_REPORT_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "apps/load/latency.h"
#include "apps/load/options.h"

namespace chathttp {

struct LoadReport {
  std::string failure;  // why the run ended early; empty if it did not

  double join_seconds = 0;  // from the first connect until all members got all notices
  std::uint64_t join_notices = 0;
  double join_server_seconds = 0;  // processor time of the server

  // While measuring.
  double seconds = 0;
  std::uint64_t posts = 0;
  std::uint64_t deliveries = 0;
  double server_seconds = 0;     // processor time of the server
  double generator_seconds = 0;  // processor time of chat_load
  LatencyHistogram to_last;      // from sending to the last receiver
  LatencyHistogram to_median;    // from sending to the median receiver

  // In the whole run.
  std::uint64_t messages = 0;  // received by members, including notices
  std::uint64_t lost = 0;      // counted once for each member that missed the message
  std::uint64_t repeated = 0;
  std::uint64_t misplaced = 0;     // received by one member only, or out of order
  std::uint64_t refused = 0;       // posts
  std::uint64_t apart = 0;         // messages received in different bytes than other members got
  std::uint64_t closed_slow = 0;   // non-reading members that the server closed
  std::size_t response_bytes = 0;  // of one delivered post, including its head

  double resident_per_member = 0;   // bytes, after the server has filled its log
  std::size_t resident_bytes = 0;   // at the end
  double idle_processor_share = 0;  // of one processor, while all members are idle

  // With sessions.
  std::uint64_t losses = 0;             // of connections of members
  std::uint64_t resumed = 0;            // returns without a gap
  std::uint64_t resumed_known_gap = 0;  // returns that were told how much is lost
  std::uint64_t resumed_unknown_gap = 0;
  std::uint64_t fresh_logins = 0;  // since the server did not know the token
  std::uint64_t said_again = 0;    // texts, since the replay did not have them
  std::uint64_t in_doubt = 0;      // texts that were perhaps said in a gap
  std::uint64_t two_texts = 0;  // positions at which a member got another message than the others
  std::uint64_t notices = 0;    // that a member has left or entered, after all had joined
  LatencyHistogram back;        // from a loss to the reply that ends it

  // `notices` is a fault too if there are sessions.
  bool verified(const LoadOptions& options) const {
    return failure.empty() && lost == 0 && repeated == 0 && misplaced == 0 && refused == 0 &&
           (!options.sessions || (two_texts == 0 && notices == 0));
  }
};

// Text for people, with a line for each figure; and one JSON object, with a line for each key.
std::string ReportText(const LoadOptions& options, const LoadReport& report);
std::string ReportJson(const LoadOptions& options, const LoadReport& report);

}  // namespace chathttp

#endif  // CHATHTTP_APPS_LOAD_REPORT_H_
