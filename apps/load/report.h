// What chat_load found out, and how it says so.
#ifndef CHATHTTP_APPS_LOAD_REPORT_H_
#define CHATHTTP_APPS_LOAD_REPORT_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "apps/load/latency.h"
#include "apps/load/options.h"

namespace chathttp {

struct LoadReport {
  std::string failure;  // why the run ended early; empty: it did not

  double join_seconds = 0;  // from the first connect until everyone was told of everyone
  std::uint64_t join_notices = 0;
  double join_server_seconds = 0;  // of its processor

  // While measuring.
  double seconds = 0;
  std::uint64_t posts = 0;
  std::uint64_t deliveries = 0;
  double server_seconds = 0;     // of its processor
  double generator_seconds = 0;  // of ours
  LatencyHistogram to_last;      // from sending to the last receiver
  LatencyHistogram to_median;    // from sending to the median receiver

  // In the whole run.
  std::uint64_t messages = 0;  // that the members got, notices included
  std::uint64_t lost = 0;      // each counted for each member that missed it
  std::uint64_t repeated = 0;
  std::uint64_t misplaced = 0;     // got by one member and by nobody else, or out of order
  std::uint64_t refused = 0;       // posts
  std::uint64_t apart = 0;         // times that two members got one message in different bytes
  std::uint64_t closed_slow = 0;   // members that do not read, closed by the server
  std::size_t response_bytes = 0;  // of one post as it comes back, its head included

  double resident_per_member = 0;   // bytes, of a server that has its log in use already
  std::size_t resident_bytes = 0;   // at the end
  double idle_processor_share = 0;  // of one processor, while all members are idle

  bool verified() const {
    return failure.empty() && lost == 0 && repeated == 0 && misplaced == 0 && refused == 0;
  }
};

// For people, a line for each figure; and one JSON object, a line for each member.
std::string ReportText(const LoadOptions& options, const LoadReport& report);
std::string ReportJson(const LoadOptions& options, const LoadReport& report);

}  // namespace chathttp

#endif  // CHATHTTP_APPS_LOAD_REPORT_H_
