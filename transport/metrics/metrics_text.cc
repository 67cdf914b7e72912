#include "chathttp/transport/metrics/metrics_text.h"

#include <array>
#include <charconv>

namespace chathttp {
namespace {

// The shortest text without an exponent that reads back as `number`: "0.0002".
std::string Decimal(double number) {
  std::array<char, 400> digits;
  char* const last = digits.data() + digits.size();
  return {digits.data(), std::to_chars(digits.data(), last, number, std::chars_format::fixed).ptr};
}

std::string Seconds(absl::Duration duration) { return Decimal(absl::ToDoubleSeconds(duration)); }

}  // namespace

void MetricsText::Family(std::string_view name, std::string_view type, std::string_view help) {
  name_ = name;
  text_.append("# HELP ").append(name).append(" ").append(help).append("\n");
  text_.append("# TYPE ").append(name).append(" ").append(type).append("\n");
}

void MetricsText::Add(Labels labels, double value) { AddLine("", labels, Decimal(value)); }

void MetricsText::AddHistogram(const DurationHistogram& times) {
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < times.buckets().size(); ++i) {
    count += times.buckets()[i];
    const bool last = i == DurationHistogram::kBounds.size();
    const std::string bound = last ? "+Inf" : Seconds(DurationHistogram::kBounds[i]);
    AddLine("_bucket", {{"le", bound}}, std::to_string(count));
  }
  AddSummary(times.sum(), count);
}

void MetricsText::AddSummary(absl::Duration sum, std::uint64_t count) {
  AddLine("_sum", {}, Seconds(sum));
  AddLine("_count", {}, std::to_string(count));
}

void MetricsText::AddLine(std::string_view suffix, Labels labels, std::string_view value) {
  text_.append(name_).append(suffix);
  char separator = '{';
  for (const auto& [name, label] : labels) {
    text_ += std::exchange(separator, ',');
    text_.append(name).append("=\"").append(label).append("\"");
  }
  if (separator == ',') text_ += '}';
  text_.append(" ").append(value).append("\n");
}

}  // namespace chathttp
