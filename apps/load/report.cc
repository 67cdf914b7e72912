#include "apps/load/report.h"

#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "chathttp/domain/absl_view.h"

namespace chathttp {
namespace {

struct Figure {
  std::string_view key;
  std::string_view words;
  std::string value;
};

double Ratio(double of, double to) { return to > 0 ? of / to : 0; }

std::string Number(double value) { return absl::StrFormat("%.6g", value); }
std::string Number(std::uint64_t value) { return absl::StrCat(value); }

std::string_view ModeName(LoadOptions::Mode mode) {
  switch (mode) {
    case LoadOptions::Mode::kTalk:
      return "talk";
    case LoadOptions::Mode::kJoinStorm:
      return "join_storm";
    case LoadOptions::Mode::kIdle:
      return "idle";
  }
  return "";
}

void AddTalk(const LoadOptions& options, const LoadReport& report, std::vector<Figure>& figures) {
  const auto deliveries = static_cast<double>(report.deliveries);
  const auto micros = [](const LatencyHistogram& latency, double percent) {
    return Number(static_cast<double>(latency.Percentile(percent)) / 1000);
  };
  figures.insert(
      figures.end(),
      {{"seconds", "time measured, in s", Number(report.seconds)},
       {"posts", "texts", Number(report.posts)},
       {"posts_per_second", "texts per second",
        Number(Ratio(static_cast<double>(report.posts), report.seconds))},
       {"deliveries_per_second", "deliveries per second",
        Number(Ratio(deliveries, report.seconds))},
       {"response_bytes", "bytes of a delivery", Number(std::uint64_t{report.response_bytes})},
       {"last_p50_us", "to the last receiver, median, in us", micros(report.to_last, 50)},
       {"last_p99_us", "to the last receiver, p99, in us", micros(report.to_last, 99)},
       {"median_p50_us", "to the median receiver, median, in us", micros(report.to_median, 50)},
       {"median_p99_us", "to the median receiver, p99, in us", micros(report.to_median, 99)},
       {"generator_share", "processor time of chat_load, share of one processor",
        Number(Ratio(report.generator_seconds, report.seconds))}});
  if (options.server == 0) return;
  figures.insert(
      figures.end(),
      {{"server_share", "processor time of the server, share of one processor",
        Number(Ratio(report.server_seconds, report.seconds))},
       {"server_seconds_per_million", "processor time of the server, s/million deliveries",
        Number(Ratio(report.server_seconds, deliveries / 1e6))}});
}

void AddSessions(const LoadReport& report, std::vector<Figure>& figures) {
  const auto millis = [&](double percent) {
    return Number(static_cast<double>(report.back.Percentile(percent)) / 1e6);
  };
  figures.insert(
      figures.end(),
      {{"losses", "connections lost", Number(report.losses)},
       {"resumed", "resumed without a gap", Number(report.resumed)},
       {"resumed_known_gap", "resumed with a known gap", Number(report.resumed_known_gap)},
       {"resumed_unknown_gap", "resumed with an unknown gap", Number(report.resumed_unknown_gap)},
       {"fresh_logins", "fresh logins after an unknown token", Number(report.fresh_logins)},
       {"said_again", "texts said again", Number(report.said_again)},
       {"in_doubt", "texts in doubt behind a gap", Number(report.in_doubt)},
       {"back_p50_ms", "from a loss to the return, median, in ms", millis(50)},
       {"back_p99_ms", "from a loss to the return, p99, in ms", millis(99)},
       {"back_max_ms", "from a loss to the return, longest, in ms", millis(100)},
       {"two_texts", "positions with two different messages", Number(report.two_texts)},
       {"notices", "notices after all had joined", Number(report.notices)}});
}

std::vector<Figure> FiguresOf(const LoadOptions& options, const LoadReport& report) {
  std::vector<Figure> figures = {
      {"members", "members", Number(std::uint64_t{options.members})},
      {"join_seconds", "time until all have joined, with all notices, in s",
       Number(report.join_seconds)},
      {"join_notices", "notices of new members, received by all members",
       Number(report.join_notices)}};
  if (options.server != 0) {
    figures.push_back({"join_server_seconds", "processor time of the server while they join, in s",
                       Number(report.join_server_seconds)});
  }
  if (options.mode == LoadOptions::Mode::kIdle && options.server != 0) {
    figures.insert(figures.end(),
                   {{"resident_bytes_per_member", "resident bytes of the server per idle member",
                     Number(report.resident_per_member)},
                    {"idle_share", "processor time of the idle server, share of one",
                     Number(report.idle_processor_share)}});
  }
  if (options.mode != LoadOptions::Mode::kJoinStorm) AddTalk(options, report, figures);
  if (options.server != 0) {
    figures.push_back({"resident_bytes", "resident bytes of the server at the end",
                       Number(std::uint64_t{report.resident_bytes})});
  }
  figures.insert(
      figures.end(),
      {{"messages", "messages received, notices included", Number(report.messages)},
       {"lost", "lost", Number(report.lost)},
       {"repeated", "repeated", Number(report.repeated)},
       {"misplaced", "misplaced", Number(report.misplaced)},
       {"refused", "refused", Number(report.refused)},
       {"apart", "received in different bytes by different members", Number(report.apart)},
       {"closed_slow", "non-readers that the server closed", Number(report.closed_slow)}});
  if (options.sessions) AddSessions(report, figures);
  return figures;
}

std::string Quoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char byte : text) {
    if (byte == '"' || byte == '\\') quoted += '\\';
    quoted += static_cast<unsigned char>(byte) < ' ' ? ' ' : byte;
  }
  return quoted + '"';
}

}  // namespace

std::string ReportText(const LoadOptions& options, const LoadReport& report) {
  std::string text;
  for (const Figure& figure : FiguresOf(options, report)) {
    absl::StrAppendFormat(&text, "%-52s %14s\n", AbslView(figure.words), figure.value);
  }
  if (!report.failure.empty()) absl::StrAppend(&text, "FAILED: ", report.failure, "\n");
  absl::StrAppend(&text, report.verified(options)
                             ? "verified: each member got each message once, in one order\n"
                             : "NOT verified\n");
  return text;
}

std::string ReportJson(const LoadOptions& options, const LoadReport& report) {
  std::string text =
      absl::StrCat("{\n  \"mode\": ", Quoted(ModeName(options.mode)),
                   ",\n  \"senders\": ", options.senders, ",\n  \"window\": ", options.window,
                   ",\n  \"size\": ", options.text_bytes, ",\n  \"rate\": ", options.rate);
  for (const Figure& figure : FiguresOf(options, report)) {
    absl::StrAppend(&text, ",\n  ", Quoted(figure.key), ": ", figure.value);
  }
  absl::StrAppend(&text, ",\n  \"failure\": ", Quoted(report.failure),
                  ",\n  \"verified\": ", report.verified(options) ? "true" : "false", "\n}\n");
  return text;
}

}  // namespace chathttp
