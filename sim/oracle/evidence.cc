#include "chathttp/sim/oracle/evidence.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/sim/scenario/names.h"

namespace chathttp::sim {
namespace {

constexpr int kReportsEach = 5;

absl::Duration LongestOf(const Latency& latency) {
  constexpr int kTail = 40;  // e^-40: never
  if (latency.kind == Latency::Kind::kExponential) return latency.second + kTail * latency.first;
  return std::max(latency.first, latency.second);
}

}  // namespace

std::string At(absl::Duration time) { return absl::StrCat(" at ", absl::FormatDuration(time)); }

Evidence::Evidence(const Scenario& the_scenario, const WorldRecord& the_record)
    : scenario(the_scenario),
      record(the_record),
      end_(std::min(the_record.stop.value_or(the_record.drain), the_record.drain)) {
  NoteNets();
  NoteTraffic();
  NotePauses();
  NoteCrowd();
}

void Evidence::NoteNets() {
  const LinkOptions usual;
  receive_bytes_ = usual.receive_buffer_bytes;
  latency_ = LongestOf(usual.latency);
  for (const NetSetting& net : scenario.nets) {
    if (net.latency) latency_ = std::max(latency_, LongestOf(*net.latency));
    const auto receive_bytes = static_cast<std::uint64_t>(net.receive_buffer_bytes.value_or(0));
    if (receive_bytes > 0) receive_bytes_ = std::min(receive_bytes_, receive_bytes);
    if (net.from == kServerName) NoteBuffers(net);
    const auto rate = static_cast<std::uint64_t>(net.bytes_per_second.value_or(0));
    if (rate > 0 && (bytes_per_second_ == 0 || rate < bytes_per_second_)) bytes_per_second_ = rate;
  }
}

// Of lines about one link the later one wins.
void Evidence::NoteBuffers(const NetSetting& net) {
  for (const std::string& who : ExpandNames(net.to, ParticipantsOf(scenario))) {
    LinkOptions& options = buffers_[who];
    if (net.send_buffer_bytes) {
      options.send_buffer_bytes = static_cast<std::size_t>(*net.send_buffer_bytes);
    }
    if (net.receive_buffer_bytes) {
      options.receive_buffer_bytes = static_cast<std::size_t>(*net.receive_buffer_bytes);
    }
  }
}

// A link carries what all its streams have put on the way, read or not.
void Evidence::NoteTraffic() {
  const std::uint64_t broadcast = record.connections[record.witness].received.bytes.size();
  for (const ConnectionRecord& connection : record.connections) {
    carried_bytes_[connection.who] +=
        connection.sent.bytes.size() + connection.received.bytes.size() + broadcast;
  }
}

void Evidence::NotePauses() {
  const std::vector<std::string> all = ParticipantsOf(scenario);
  for (const Step& step : scenario.steps) {
    if (step.verb != Verb::kPauseReading && step.verb != Verb::kResumeReading) continue;
    const bool pause = step.verb == Verb::kPauseReading;
    for (const std::string& who : ExpandNames(step.who, all)) {
      resumed_[who] = pause ? absl::InfiniteDuration() : step.at;
    }
  }
}

void Evidence::NoteCrowd() {
  const auto is_limit = [](const LimitSetting& limit) { return limit.key == "descriptors"; };
  const auto is_fault = [](const Step& step) { return step.verb == Verb::kDescriptors; };
  may_turn_away_ = record.connections.size() > record.options.max_connections ||
                   std::any_of(scenario.limits.begin(), scenario.limits.end(), is_limit) ||
                   std::any_of(scenario.steps.begin(), scenario.steps.end(), is_fault);
}

void Evidence::Report(Violation violation) {
  const auto found = reported_.try_emplace(violation.invariant, 0).first;
  if (++found->second > kReportsEach) return;
  violations_.push_back(std::move(violation));
}

void Evidence::Report(std::string_view invariant, const ConnectionRecord& connection,
                      std::string_view message) {
  Report(invariant, absl::StrCat(connection.who, "#", connection.ordinal, ": ", AbslView(message)));
}

LinkOptions Evidence::BuffersOf(const ConnectionRecord& connection) const {
  const auto found = buffers_.find(connection.who);
  return found == buffers_.end() ? LinkOptions{} : found->second;
}

std::uint64_t Evidence::BufferBytesOf(const ConnectionRecord& connection) const {
  const LinkOptions options = BuffersOf(connection);
  return options.send_buffer_bytes + options.receive_buffer_bytes;
}

absl::Duration Evidence::WayTo(const ConnectionRecord& connection) const {
  if (bytes_per_second_ == 0) return latency_;
  const auto window = static_cast<std::int64_t>(BuffersOf(connection).receive_buffer_bytes);
  return latency_ + absl::Seconds(window) / static_cast<std::int64_t>(bytes_per_second_);
}

absl::Duration Evidence::SlackOf(const ConnectionRecord& connection) const {
  const std::uint64_t bytes = connection.sent.bytes.size() + connection.received.bytes.size();
  const auto rounds = static_cast<std::int64_t>(4 + 2 * bytes / receive_bytes_);
  absl::Duration slack = kBaseSlack + rounds * latency_;
  if (bytes_per_second_ > 0) {
    const std::uint64_t most = 2 * carried_bytes_.at(connection.who);
    slack += absl::Seconds(static_cast<std::int64_t>(most / bytes_per_second_ + 1));
  }
  return slack;
}

std::optional<absl::Duration> Evidence::OwedFrom(const ConnectionRecord& connection) const {
  if (scenario.mode == Mode::kHostile) return std::nullopt;
  absl::Duration from = connection.faulted ? record.healed : absl::ZeroDuration();
  if (connection.stopped_reading) {
    const auto resumed = resumed_.find(connection.who);
    if (resumed == resumed_.end() || resumed->second == absl::InfiniteDuration()) {
      return std::nullopt;
    }
    from = std::max(from, resumed->second);
  }
  return from;
}

absl::Duration Evidence::LifeEnd(const ConnectionRecord& connection) {
  absl::Duration end = connection.reset.value_or(absl::InfiniteDuration());
  if (connection.end != ConnectionRecord::End::kOpen) end = std::min(end, connection.ended);
  return end;
}

std::optional<absl::Duration> Evidence::FinOf(const ConnectionRecord& connection) {
  if (!connection.shut || *connection.shut > LifeEnd(connection)) return std::nullopt;
  return connection.shut;
}

bool Evidence::Owed(const ConnectionRecord& connection, absl::Duration time,
                    absl::Duration life_end) const {
  const std::optional<absl::Duration> from = OwedFrom(connection);
  return from && std::max(time, *from) + SlackOf(connection) < std::min(end_, life_end);
}

}  // namespace chathttp::sim
