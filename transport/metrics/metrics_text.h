// Metrics in the text format 0.0.4 of Prometheus.
//
//   MetricsText text;
//   text.Family("chathttp_requests_total", "counter", "Complete requests.");
//   text.Add({{"method", "ADD"}, {"code", "200"}}, 7);
//
// writes
//
//   # HELP chathttp_requests_total Complete requests.
//   # TYPE chathttp_requests_total counter
//   chathttp_requests_total{method="ADD",code="200"} 7
//
// Names, labels and help are literals of the program: they are not escaped. Not thread-safe. Source:
// https://prometheus.io/docs/instrumenting/exposition_formats/
#ifndef CHATHTTP_TRANSPORT_METRICS_METRICS_TEXT_H_
#define CHATHTTP_TRANSPORT_METRICS_METRICS_TEXT_H_

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "absl/time/time.h"
#include "chathttp/transport/server/duration_histogram.h"

namespace chathttp {

inline constexpr std::string_view kMetricsContentType = "text/plain; version=0.0.4; charset=utf-8";

class MetricsText {
 public:
  using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

  // Starts a metric; `type` is counter, gauge, histogram or summary. Valid until the next Family.
  void Family(std::string_view name, std::string_view type, std::string_view help);

  // Adds a value of the metric.
  void Add(Labels labels, std::uint64_t value) { AddLine("", labels, std::to_string(value)); }
  void Add(Labels labels, double value);

  // Adds the values of a metric of type histogram, in seconds.
  void AddHistogram(const DurationHistogram& times);
  // Adds those of a metric of type summary.
  void AddSummary(absl::Duration sum, std::uint64_t count);

  const std::string& text() const { return text_; }

 private:
  void AddLine(std::string_view suffix, Labels labels, std::string_view value);

  std::string_view name_;
  std::string text_;
};

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_METRICS_METRICS_TEXT_H_
