#include "chathttp/sim/scenario/net.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/sim/scenario/grammar.h"
#include "chathttp/sim/scenario/names.h"
#include "chathttp/sim/scenario/quantity.h"
#include "chathttp/transport/ports/ip_address.h"

namespace chathttp::sim {
namespace {

constexpr std::string_view kLatencyWord = "latency";
constexpr std::string_view kChunkWord = "chunk";
constexpr std::string_view kAddressWord = "address";
constexpr std::string_view kProxyWord = "proxy";
constexpr std::string_view kViaWord = "via";

std::optional<Latency> ParseBimodal(std::string_view arguments) {
  const std::vector<std::string> parts = SplitList(arguments);
  if (parts.size() != 3 || !parts[2].ends_with('%')) return std::nullopt;
  const auto usual = ParseWithin(kLatencyBounds, parts[0]);
  const auto rare = ParseWithin(kLatencyBounds, parts[1]);
  const auto percent =
      ParseWithin(kPercentBounds, std::string_view(parts[2]).substr(0, parts[2].size() - 1));
  if (!usual || !rare || !percent) return std::nullopt;
  return Latency{Latency::Kind::kBimodal, absl::Nanoseconds(*usual), absl::Nanoseconds(*rare),
                 *percent};
}

std::optional<Latency> ParseLatency(std::string_view text) {
  const std::size_t open = text.find('(');
  if (open == std::string_view::npos) {
    const auto fixed = ParseWithin(kLatencyBounds, text);
    if (!fixed) return std::nullopt;
    return FixedLatency(absl::Nanoseconds(*fixed));
  }
  if (!text.ends_with(')')) return std::nullopt;
  const std::string_view kind = text.substr(0, open);
  const std::string_view arguments = text.substr(open + 1, text.size() - open - 2);
  if (kind == "bimodal") return ParseBimodal(arguments);
  if (kind == "exp") {
    const auto mean = ParseWithin(kLatencyBounds, arguments);
    if (!mean) return std::nullopt;
    return Latency{.kind = Latency::Kind::kExponential, .first = absl::Nanoseconds(*mean)};
  }
  const auto span = ParseSpan(kLatencyBounds, arguments);
  if (kind != "uniform" || !span) return std::nullopt;
  return UniformLatency(absl::Nanoseconds(span->first), absl::Nanoseconds(span->second));
}

std::string PrintLatency(const Latency& latency) {
  std::string first = PrintDuration(latency.first);
  const std::string second = PrintDuration(latency.second);
  switch (latency.kind) {
    case Latency::Kind::kFixed:
      return first;
    case Latency::Kind::kUniform:
      return absl::StrCat("uniform(", first, "..", second, ")");
    case Latency::Kind::kExponential:
      return absl::StrCat("exp(", first, ")",
                          latency.second == absl::ZeroDuration() ? "" : " min " + second);
    case Latency::Kind::kBimodal:
      return absl::StrCat("bimodal(", first, ",", second, ",", latency.percent, "%)");
  }
  return "";
}

void TakeLatency(ScenarioLine& line, NetSetting& net) {
  net.latency = ParseLatency(line.Peek().value);
  if (!net.latency) {
    line.Fail(absl::StrCat("a latency: ", Describe(kLatencyBounds),
                           ", uniform(LEAST..MOST), exp(MEAN) or bimodal(USUAL,RARE,N%)"));
    return;
  }
  line.TakeWord("a latency");
  if (net.latency->kind == Latency::Kind::kExponential && line.TryWord("min")) {
    net.latency->second = line.TakeDuration(kLatencyBounds);
  }
}

void TakeChunk(ScenarioLine& line, NetSetting& net) {
  const auto span = ParseSpan(kChunkBounds, line.Peek().value);
  if (!span) {
    line.Fail(absl::StrCat("LEAST..MOST with LEAST <= MOST, each ", Describe(kChunkBounds)));
    return;
  }
  line.TakeWord("LEAST..MOST");
  net.min_chunk_bytes = span->first;
  net.max_chunk_bytes = span->second;
}

void TakeAddress(ScenarioLine& line, NetSetting& net) {
  const auto address = ParseIpAddress(line.Peek().value);
  if (!address || !address->known()) line.Fail("an address like 192.0.2.7 or 2001:db8::7");
  net.address = line.TakeWord("an address");
}

void TakeOption(ScenarioLine& line, std::string_view word, NetSetting& net) {
  if (word == kLatencyWord) return TakeLatency(line, net);
  if (word == kChunkWord) return TakeChunk(line, net);
  if (word == kAddressWord) return TakeAddress(line, net);
  if (word == kProxyWord) {
    if (const ProxyWord* const form = line.TakeChoice(ProxyWords())) net.proxy = form->form;
    return;
  }
  if (word == kViaWord) {
    if (!ServerIndex(line.Peek().value)) line.Fail("a server: server, server2, server3 or server4");
    net.via = line.TakeWord("a server");
    return;
  }
  const NetOption* const option = FindWord(NetOptions(), word);
  net.*option->field = line.TakeNumber(option->bounds);
}

}  // namespace

std::vector<std::string_view> NetWords() {
  std::vector<std::string_view> words = WordsOf(NetOptions());
  words.insert(words.begin(), {kLatencyWord, kChunkWord});
  words.insert(words.end(), {kAddressWord, kProxyWord, kViaWord});
  return words;
}

void TakeNetOptions(ScenarioLine& line, NetSetting& net) {
  std::vector<std::string_view> left = NetWords();
  do {
    const auto word = std::find(left.begin(), left.end(), line.Peek().value);
    if (word == left.end() || line.Peek().kind != Token::Kind::kWord) {
      line.Fail(left.empty() ? "the end of the line" : Choices(line.Peek().value, left));
      return;
    }
    line.TryWord(*word);
    TakeOption(line, *word, net);
    left.erase(word);
  } while (!line.AtEnd());
}

std::string PrintNetOptions(const NetSetting& net) {
  std::string text;
  if (net.latency) absl::StrAppend(&text, " latency ", PrintLatency(*net.latency));
  if (net.min_chunk_bytes && net.max_chunk_bytes) {
    absl::StrAppend(&text, " chunk ", PrintQuantity(Unit::kBytes, *net.min_chunk_bytes), "..",
                    PrintQuantity(Unit::kBytes, *net.max_chunk_bytes));
  }
  for (const NetOption& option : NetOptions()) {
    const std::optional<std::int64_t>& value = net.*option.field;
    if (!value) continue;
    absl::StrAppend(&text, " ", AbslView(option.word), " ",
                    PrintQuantity(option.bounds.unit, *value));
  }
  if (!net.address.empty()) absl::StrAppend(&text, " ", AbslView(kAddressWord), " ", net.address);
  for (const ProxyWord& word : ProxyWords()) {
    if (net.proxy == word.form) {
      absl::StrAppend(&text, " ", AbslView(kProxyWord), " ", AbslView(word.word));
    }
  }
  if (!net.via.empty()) absl::StrAppend(&text, " ", AbslView(kViaWord), " ", net.via);
  return text;
}

}  // namespace chathttp::sim
