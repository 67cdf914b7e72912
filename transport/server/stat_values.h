// All counters and gauges of a server as names and numbers, for logs and people.
//
//   for (const auto& [name, value] : StatValuesOf(FiguresOf(server))) ...   // "members", 12
//
#ifndef CHATHTTP_TRANSPORT_SERVER_STAT_VALUES_H_
#define CHATHTTP_TRANSPORT_SERVER_STAT_VALUES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "chathttp/transport/server/server_figures.h"

namespace chathttp {

struct StatValue {
  std::string name;  // a plain word, such as "requests_add_200"
  std::uint64_t value = 0;
};

// In the same order each time, about 50.
std::vector<StatValue> StatValuesOf(const ServerFigures& figures);

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_SERVER_STAT_VALUES_H_
