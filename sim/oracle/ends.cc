#include "chathttp/sim/oracle/ends.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/sim/network/latency.h"

namespace chathttp::sim {
namespace {

using End = ConnectionRecord::End;

// What everything may take, on links without latency.
constexpr absl::Duration kBaseSlack = absl::Seconds(1);

// An address of the simulation is used once; on real ports, where it is not known, the input tells
// whose it is.
bool Pairs(const ConnectionRecord& client, const ServerConnection& server) {
  if (!client.local.empty()) return client.local == server.socket;
  return client.sent.bytes.starts_with(server.in);
}

class CarriageCheck {
 public:
  CarriageCheck(Evidence& evidence, const Ends& ends)
      : evidence_(evidence), client_(*ends.client), server_(*ends.server), ends_(ends) {}

  void Check() {
    CheckBytes("received", client_.received.bytes, server_.out);
    CheckBytes("sent", server_.in, client_.sent.bytes);
    CheckStreamEnd();
    if (evidence_.scenario.mode == Mode::kHostile || !evidence_.record.simulated) return;
    CheckComplete();
    CheckRoom();
  }

  // Generous, for the way of everything that is or was under way.
  absl::Duration Slack() const {
    absl::Duration latency;
    std::uint64_t bandwidth = 0;
    for (const NetSetting& net : evidence_.scenario.nets) {
      if (net.latency) latency = std::max(latency, Longest(*net.latency));
      if (net.bytes_per_second) {
        const auto value = static_cast<std::uint64_t>(*net.bytes_per_second);
        bandwidth = bandwidth == 0 ? value : std::min(bandwidth, value);
      }
    }
    absl::Duration slack = kBaseSlack + 20 * latency;
    if (bandwidth > 0) {
      const double bytes = static_cast<double>(server_.out.size() + client_.sent.bytes.size());
      slack += absl::Seconds(2 * bytes / static_cast<double>(bandwidth));
    }
    return slack;
  }

 private:
  void Report(std::string_view invariant, std::string what) {
    evidence_.Report(invariant, client_, std::nullopt, std::move(what));
  }

  void CheckBytes(std::string_view what, std::string_view arrived, std::string_view sent) {
    if (sent.starts_with(arrived)) return;
    const auto differ = std::mismatch(arrived.begin(), arrived.end(), sent.begin(), sent.end());
    Report("carriage", absl::StrCat("of the bytes ", AbslView(what), ", byte ",
                                    differ.first - arrived.begin(), " is not what was sent"));
  }

  void CheckStreamEnd() {
    if (client_.end == End::kEndOfStream) {
      const bool closed = server_.shut || server_.closed;
      if (!closed || (!server_.reset && client_.received.bytes.size() < server_.out.size())) {
        Report("carriage",
               absl::StrCat("the stream ended", At(client_.ended), " behind ",
                            client_.received.bytes.size(), " of ", server_.out.size(), " bytes"));
      }
    }
    if (server_.read_end && server_.in.size() < client_.sent.bytes.size()) {
      Report("carriage", "the server read the end of the stream too early");
    }
  }

  // At the end of the settle phase everything has arrived.
  void CheckComplete() {
    const absl::Duration by = evidence_.record.drain - Slack();
    if (evidence_.record.healed <= by) CheckEndsArrive(by);
    if (evidence_.record.healed > by || client_.reset || client_.end == End::kBroken ||
        client_.end == End::kClosed || client_.end == End::kRefused || server_.reset ||
        server_.broken || evidence_.scenario.heal > by) {
      return;
    }
    if (!client_.paused_at_end) {
      const std::size_t written = SentBy(server_.writes, by);
      if (client_.received.bytes.size() < written) {
        Report("complete", absl::StrCat("received ", client_.received.bytes.size(), " of the ",
                                        written, " bytes that were written by", At(by)));
      }
    }
    if (!server_.shut && !server_.closed && server_.writes.size() > 0 &&
        !client_.sent.pieces.empty() && client_.sent.pieces.back().at <= by &&
        !ends_.conversation->HoldsInput()) {
      if (server_.in.size() < client_.sent.bytes.size()) {
        Report("complete", absl::StrCat("the server read ", server_.in.size(), " of ",
                                        client_.sent.bytes.size(), " bytes"));
      }
    }
  }

  // When all that was written has arrived there is room again, and the server is told so.
  void CheckRoom() {
    auto notice = server_.writable.begin();
    for (std::size_t w = 0; w < server_.writes.size(); ++w) {
      const Transfer& write = server_.writes[w];
      const std::size_t begin = w == 0 ? 0 : server_.writes[w - 1].end;
      const bool partial = write.end - begin < write.offered;
      if (!partial || write.end == 0 || client_.received.bytes.size() < write.end) continue;
      absl::Duration told = absl::InfiniteDuration();
      while (notice != server_.writable.end() && notice->order < write.when.order) ++notice;
      if (notice != server_.writable.end()) told = notice->at;
      if (w + 1 < server_.writes.size()) told = std::min(told, server_.writes[w + 1].when.at);
      for (const auto& moment : {server_.broken, server_.reset, server_.closed}) {
        if (moment) told = std::min(told, moment->at);
      }
      const absl::Duration arrived =
          std::max(client_.received.TimeOf(write.end - 1), write.when.at);
      if (told <= arrived + kBaseSlack) continue;
      return evidence_.Report("carriage", client_, arrived,
                              "the server was not told that there is room");
    }
  }

  // What one end ended, the other end knows by now.
  void CheckEndsArrive(absl::Duration by) {
    const bool ended = client_.end == End::kClosed && client_.ended <= by;
    const absl::Duration drain = evidence_.record.drain;
    const auto happened = [&](const std::optional<Moment>& moment) {
      return moment && moment->at < drain;
    };
    const bool told = happened(server_.read_end) || happened(server_.broken) ||
                      happened(server_.reset) || happened(server_.closed);
    if ((ended || (client_.shut && *client_.shut <= by)) && !told &&
        !ends_.conversation->HoldsInput()) {
      Report("carriage", "the server never learned that the stream ended");
    }
    const bool over =
        (server_.shut && server_.shut->at <= by) || (server_.closed && server_.closed->at <= by);
    const bool open = client_.end == End::kOpen || client_.ended >= drain;
    if (over && open && !client_.paused_at_end) {
      Report("carriage", "the end of the stream never arrived");
    }
  }

  static std::size_t SentBy(const std::vector<Transfer>& writes, absl::Duration by) {
    const auto behind = std::partition_point(
        writes.begin(), writes.end(), [&](const Transfer& write) { return write.when.at <= by; });
    return behind == writes.begin() ? 0 : std::prev(behind)->end;
  }

  static absl::Duration Longest(const Latency& latency) {
    const absl::Duration longest = std::max(latency.first, latency.second);
    return latency.kind == Latency::Kind::kExponential ? 20 * longest : longest;
  }

  Evidence& evidence_;
  const ConnectionRecord& client_;
  const ServerConnection& server_;
  const Ends& ends_;
};

}  // namespace

std::vector<Ends> PairEnds(const WorldRecord& record,
                           const std::vector<std::vector<Conversation>>& conversations) {
  std::vector<Ends> ends;
  std::vector<std::vector<bool>> taken;
  std::map<std::string_view, Ends> by_socket;
  for (std::size_t life = 0; life < record.servers.size(); ++life) {
    const auto& connections = record.servers[life].connections;
    taken.emplace_back(connections.size());
    for (std::size_t c = 1; c < connections.size(); ++c) {
      by_socket[connections[c].socket] = {nullptr, &connections[c], &conversations[life][c]};
    }
  }
  for (const ConnectionRecord& client : record.connections) {
    Ends& pair = ends.emplace_back(Ends{&client, nullptr, nullptr});
    // In the simulation, a client without an address was never connected.
    if (!client.local.empty() || record.simulated) {
      const auto found = by_socket.find(client.local);
      if (found != by_socket.end())
        pair = {&client, found->second.server, found->second.conversation};
      continue;
    }
    for (std::size_t life = 0; life < taken.size() && pair.server == nullptr; ++life) {
      const auto& connections = record.servers[life].connections;
      for (std::size_t c = 1; c < connections.size() && pair.server == nullptr; ++c) {
        if (taken[life][c] || !Pairs(client, connections[c])) continue;
        taken[life][c] = true;
        pair = {&client, &connections[c], &conversations[life][c]};
      }
    }
  }
  return ends;
}

void CheckCarriage(Evidence& evidence, const std::vector<Ends>& ends) {
  for (const Ends& pair : ends) {
    if (pair.server != nullptr) CarriageCheck(evidence, pair).Check();
  }
}

void CheckPatience(Evidence& evidence, const std::vector<Ends>& ends) {
  if (evidence.scenario.mode == Mode::kHostile || !evidence.record.simulated) return;
  for (const Ends& pair : ends) {
    if (pair.server == nullptr || !pair.server->reset || !Evidence::Healthy(*pair.client)) continue;
    // A peer that reads all the time takes bytes.
    const bool slow_link = CarriageCheck(evidence, pair).Slack() > 5 * kBaseSlack;
    if (slow_link || pair.conversation->ending != Ending::kStalled) continue;
    evidence.Report("isolation", *pair.client, pair.server->reset->at,
                    "reads all the time and was ended as stalled");
  }
}

}  // namespace chathttp::sim
