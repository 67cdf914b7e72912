#include "chathttp/sim/scenario/grammar.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <limits>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "chathttp/domain/absl_view.h"
#include "chathttp/domain/edit_distance.h"
#include "chathttp/sim/scenario/names.h"

namespace chathttp::sim {
namespace {

using Field = Argument::Field;

constexpr std::int64_t kHour = 3'600'000'000'000;

constexpr Argument kRequestArguments[] = {{Field::kStagger}};
constexpr Bounds kHistoryBounds = {Unit::kCount, 0, 10'000};
constexpr Argument kAddArguments[] = {{Field::kName},
                                      {Field::kSession, "session"},
                                      {Field::kHistory, "history", kHistoryBounds},
                                      {Field::kStagger}};
constexpr Argument kResumeArguments[] = {{Field::kName},
                                         {Field::kOf, "of"},
                                         {Field::kToken, "token"},
                                         {Field::kSince, "since"},
                                         {Field::kHistory, "history", kHistoryBounds},
                                         {Field::kStagger}};
constexpr Argument kTextArguments[] = {{Field::kText}, {Field::kRepeat}, {Field::kStagger}};
constexpr Argument kListArguments[] = {{Field::kRepeat}, {Field::kStagger}};
constexpr Argument kDurationArguments[] = {{Field::kDuration, "", kDurationBounds}};
constexpr Argument kForArguments[] = {{Field::kDuration, "for", kDurationBounds}};
constexpr std::int64_t kYear = std::int64_t{365} * 24 * kHour;
constexpr Argument kOverArguments[] = {{Field::kDuration, "over", kDurationBounds}};
constexpr Argument kBandwidthArguments[] = {{Field::kAmount, "", {Unit::kBytes, 1, 1 << 30}},
                                            {Field::kDuration, "for", kDurationBounds}};
constexpr Argument kDelayArguments[] = {{Field::kAmount, "", {Unit::kOffset, 1, kHour}},
                                        {Field::kDuration, "for", kDurationBounds}};
constexpr Argument kWallArguments[] = {{Field::kAmount, "", {Unit::kOffset, -kYear, kYear}}};
constexpr Argument kDescriptorsArguments[] = {{Field::kAmount, "", {Unit::kCount, 0, 65'536}},
                                              {Field::kDuration, "for", kDurationBounds}};

constexpr Argument kTearArguments[] = {{Field::kAmount, "", {Unit::kBytes, 1, 1 << 20}}};
constexpr Argument kSettingsArguments[] = {{Field::kSettings}};
constexpr Argument kCommandArguments[] = {{Field::kText}};

constexpr bool kReply = true;
constexpr bool kFault = true;
constexpr VerbShape kVerbs[] = {
    {Verb::kConnect, "connect", Subject::kAnyone, kRequestArguments, kReply},
    {Verb::kAdd, "add", Subject::kAnyone, kAddArguments, kReply},
    {Verb::kResume, "resume", Subject::kSomePeers, kResumeArguments, kReply},
    {Verb::kSay, "say", Subject::kAnyone, kTextArguments, kReply},
    {Verb::kList, "list", Subject::kAnyone, kListArguments, kReply},
    {Verb::kLeave, "leave", Subject::kAnyone, kRequestArguments, kReply},
    {Verb::kRaw, "raw", Subject::kPeers, kTextArguments, kReply},
    {Verb::kPauseReading, "pause-reading", Subject::kAnyone, {}, !kReply, kFault},
    {Verb::kResumeReading, "resume-reading", Subject::kAnyone},
    {Verb::kShutdownWrite, "shutdown-write", Subject::kAnyone},
    {Verb::kReset, "reset", Subject::kAnyone, {}, !kReply, kFault},
    {Verb::kClose, "close", Subject::kAnyone},
    {Verb::kDisconnect, "disconnect", Subject::kAnyone},
    {Verb::kDropWaiting, "drop-waiting", Subject::kAnyone},
    {Verb::kClog, "clog", Subject::kLink, kDurationArguments, !kReply, kFault},
    {Verb::kBlackhole, "blackhole", Subject::kLink, kDurationArguments, !kReply, kFault},
    {Verb::kBandwidth, "bandwidth", Subject::kLink, kBandwidthArguments, !kReply, kFault},
    {Verb::kDelay, "latency", Subject::kLink, kDelayArguments, !kReply, kFault},
    {Verb::kCut, "cut", Subject::kLink, {}, !kReply, kFault},
    {Verb::kPartition, "partition", Subject::kSides, kForArguments, !kReply, kFault},
    {Verb::kSwizzle, "swizzle", Subject::kSet, kOverArguments, !kReply, kFault},
    {Verb::kWall, "wall", Subject::kServer, kWallArguments, !kReply, kFault},
    {Verb::kDescriptors, "descriptors", Subject::kServer, kDescriptorsArguments, !kReply, kFault},
    {Verb::kStop, "stop", Subject::kServer},
    {Verb::kCrash, "crash", Subject::kServer, {}, !kReply, kFault},
    {Verb::kRestart, "restart", Subject::kServer, {}, !kReply, kFault},
    {Verb::kReload, "reload", Subject::kServer, kSettingsArguments},
    {Verb::kPause, "pause", Subject::kServer, kDurationArguments, !kReply, kFault},
    {Verb::kLogClog, "log-clog", Subject::kServer, kDurationArguments, !kReply, kFault},
    {Verb::kLogDelay, "log-latency", Subject::kServer, kDelayArguments, !kReply, kFault},
    {Verb::kLogRestart, "log-restart", Subject::kServer, {}, !kReply, kFault},
    {Verb::kPowerCut, "power-cut", Subject::kServer, {}, !kReply, kFault},
    {Verb::kRepair, "repair", Subject::kServer, {}, !kReply, kFault},
    {Verb::kDiskTear, "tear", Subject::kDisk, kTearArguments, !kReply, kFault},
    {Verb::kDiskFlip, "flip", Subject::kDisk, {}, !kReply, kFault},
    {Verb::kDiskFull, "full", Subject::kDisk, kForArguments, !kReply, kFault},
    {Verb::kDiskStall, "stall", Subject::kDisk, kDurationArguments, !kReply, kFault},
    {Verb::kDiskFailSync, "fail-sync", Subject::kDisk, {}, !kReply, kFault},
    {Verb::kAdmin, "admin", Subject::kOperator, kCommandArguments},
};
static_assert(std::is_sorted(std::begin(kVerbs), std::end(kVerbs),
                             [](const VerbShape& a, const VerbShape& b) {
                               return a.verb < b.verb;
                             }) &&
                  kVerbs[static_cast<std::size_t>(Verb::kAdmin)].verb == Verb::kAdmin,
              "a verb is the index of its shape");

constexpr Bounds kBufferBounds = {Unit::kBytes, 1, 64 << 20};
constexpr Bounds kLimitTimeBounds = {Unit::kDuration, 1, 24 * kHour};

constexpr LimitWord kLimits[] = {
    {kBacklogLimit, {Unit::kBytes, 16 << 10, 64 << 20}},
    {"log-start", {Unit::kBytes, 0, std::numeric_limits<std::int64_t>::max()}},
    {"private", kBufferBounds},
    {"lists", kBufferBounds},
    {"partial", kBufferBounds},
    {"members", {Unit::kCount, 1, 100'000}},
    {"connections", {Unit::kCount, 1, 100'000}},
    {kTextLimit, {Unit::kBytes, 1, 64 << 10}},
    {"turn-requests", {Unit::kCount, 1, 100'000}},
    {"turn-read", kBufferBounds},
    {"turn-write", kBufferBounds},
    {"turn-broadcast", kBufferBounds},
    {"login", kLimitTimeBounds},
    {"relogin", kLimitTimeBounds},
    {"request", kLimitTimeBounds},
    {"stall", kLimitTimeBounds},
    {"brake", kLimitTimeBounds},
    {"linger", kLimitTimeBounds},
    {"stop", kLimitTimeBounds},
    {"flood", {Unit::kRate, kOneASecond, 1'000'000 * kOneASecond}},
    {"flood-limit", kLimitTimeBounds},
    {"per-address", {Unit::kCount, 1, 100'000}},
    {"connects", {Unit::kCount, 1, 100'000}},
    {"refusals", {Unit::kCount, 1, 60}},
    {kResumableLimit, {Unit::kDuration, 1'000'000'000, 24 * kHour}},
    {"history", {Unit::kCount, 0, 1'000}},
    {"descriptors", {Unit::kCount, 1, 65'536}},
    {"original", {Unit::kCount, 0, 1}},
    {kServersLimit, {Unit::kCount, 1, kMaxServers}},
    {"log-delay", {Unit::kDuration, 0, kHour}},
    {"log-window", {Unit::kCount, 1, 1'000}},
    {"away", kLimitTimeBounds},
    {"client-in-flight", {Unit::kCount, 1, 100'000}},
    {"client-waiting", {Unit::kCount, 1, 100'000}},
    {"client-connect", kLimitTimeBounds},
    {"client-reply", kLimitTimeBounds},
    {"client-heartbeat", {Unit::kCount, 10, 3'600}},
    {"session-silence", kLimitTimeBounds},
    {"session-leave", kLimitTimeBounds},
    {"session-history", {Unit::kCount, 0, 1'000}},
    {"session-waiting", {Unit::kCount, 1, 100'000}},
};

constexpr LimitWord kReloadedLimits[] = {
    {"connections", {Unit::kCount, 0, 100'000}},
    {"flood", {Unit::kRate, kOneASecond, 1'000'000 * kOneASecond}},
    {"flood-limit", {Unit::kDuration, 0, 24 * kHour}},
    {"per-address", {Unit::kCount, 0, 100'000}},
    {"connects", {Unit::kCount, 1, 100'000}},
    {"refusals", {Unit::kCount, 0, 60}},
};

constexpr NetOption kNetOptions[] = {
    {"sndbuf", kBufferBounds, &NetSetting::send_buffer_bytes},
    {"rcvbuf", kBufferBounds, &NetSetting::receive_buffer_bytes},
    {"bandwidth", {Unit::kBytes, 1, 1 << 30}, &NetSetting::bytes_per_second},
};

constexpr ProxyWord kProxyWords[] = {{"v1", ProxyForm::kV1},
                                     {"v2", ProxyForm::kV2},
                                     {"unknown", ProxyForm::kUnknown},
                                     {"local", ProxyForm::kLocal},
                                     {"none", ProxyForm::kNone}};

constexpr ModeWord kModes[] = {
    {"clean", Mode::kClean}, {"faulty", Mode::kFaulty}, {"hostile", Mode::kHostile}};

constexpr SyncWord kSyncWords[] = {{"always", JournalSetting::Sync::kAlways},
                                   {"1s", JournalSetting::Sync::kInterval},
                                   {"never", JournalSetting::Sync::kNever}};

constexpr ServerCount kServerCounts[] = {
    {"evicted", FinalExpectation::Kind::kEvicted},
    {"expired", FinalExpectation::Kind::kExpired},
    {"turned-away", FinalExpectation::Kind::kTurnedAway},
};

constexpr HearsForm kHearsForms[] = {
    {FinalExpectation::Kind::kHears, "", "", "\"TEXT\"... [xN]"},
    {FinalExpectation::Kind::kHearsInAny, "", "in any order ", "\"TEXT\"..."},
    {FinalExpectation::Kind::kOneHears, "exactly one of ", "", "\"TEXT\""},
    {FinalExpectation::Kind::kNoneHears, "no ", "", "\"TEXT\""},
};

constexpr std::string_view kReplyFields[] = {"Datetime",        "Developer", "Server",   "Session",
                                             "Session_Seconds", "Replay",    "Position", "Gap"};

std::string UsageOf(const Argument& argument) {
  static constexpr std::array<std::string_view, 4> kUnits = {"N", "BYTES", "DURATION", "OFFSET"};
  const absl::string_view lead = AbslView(argument.lead);
  switch (argument.field) {
    case Field::kName:
      return " [\"NAME\"]";
    case Field::kText:
      return " \"TEXT\"";
    case Field::kRepeat:
      return " [xN [every SPAN]]";
    case Field::kStagger:
      return " [stagger SPAN]";
    case Field::kDuration:
    case Field::kAmount:
      return absl::StrCat(lead.empty() ? "" : " ", lead, " ",
                          AbslView(kUnits[static_cast<std::size_t>(argument.bounds.unit)]));
    case Field::kSettings:
      return " KEY VALUE ...";
    case Field::kSession:
      return " [session]";
    case Field::kOf:
      return " [of PEER]";
    case Field::kToken:
    case Field::kSince:
      return absl::StrCat(" [", lead, " \"TEXT\"]");
    case Field::kHistory:
      return " [history N]";
  }
  return "";
}

}  // namespace

std::span<const VerbShape> Verbs() { return kVerbs; }
std::span<const LimitWord> Limits() { return kLimits; }
std::span<const LimitWord> ReloadedLimits() { return kReloadedLimits; }
std::span<const NetOption> NetOptions() { return kNetOptions; }
std::span<const ProxyWord> ProxyWords() { return kProxyWords; }
std::span<const ModeWord> ModeWords() { return kModes; }
std::span<const SyncWord> SyncWords() { return kSyncWords; }
std::span<const ServerCount> ServerCounts() { return kServerCounts; }

std::span<const HearsForm> HearsForms() { return kHearsForms; }
std::span<const std::string_view> ReplyFields() { return kReplyFields; }

std::vector<std::string_view> Effects() {
  std::vector<std::string_view> words;
  for (const VerbShape& shape : kVerbs) {
    if (shape.fault) words.push_back(shape.word);
  }
  return words;
}

const VerbShape& ShapeOf(Verb verb) { return kVerbs[static_cast<std::size_t>(verb)]; }

std::string UsageOf(const VerbShape& shape) {
  const absl::string_view word = AbslView(shape.word);
  std::string usage;
  switch (shape.subject) {
    case Subject::kAnyone:
    case Subject::kSomePeers:
      usage = absl::StrCat("WHO ", word);
      break;
    case Subject::kServer:
      usage = absl::StrCat("server ", word);
      break;
    case Subject::kDisk:
      usage = absl::StrCat("disk ", word);
      break;
    case Subject::kLink:
      usage = absl::StrCat("link FROM->TO ", word);
      break;
    case Subject::kPeers:
    case Subject::kSet:
      usage = absl::StrCat(word, " WHO");
      break;
    case Subject::kSides:
      usage = absl::StrCat(word, " WHO|WHO");
      break;
    case Subject::kOperator:
      usage = std::string(word);
      break;
  }
  for (const Argument& argument : shape.arguments) usage += UsageOf(argument);
  return usage;
}

std::string UsageOf(const HearsForm& form) {
  return absl::StrCat("expect ", AbslView(form.before), "WHO hears ", AbslView(form.after),
                      AbslView(form.rest));
}

std::string Choices(std::string_view got, const std::vector<std::string_view>& words) {
  constexpr std::size_t kLongest = 40;  // bytes of a word to compare
  std::size_t least = std::max<std::size_t>(got.size() / 2, 1);
  std::vector<std::string> nearest;
  for (const std::string_view word : words) {
    const std::size_t distance = got.size() > kLongest ? kLongest : EditDistance(got, word);
    if (distance > least) continue;
    if (distance < least) nearest.clear();
    least = distance;
    nearest.push_back(absl::StrCat("\"", AbslView(word), "\""));
  }
  if (!nearest.empty()) return absl::StrJoin(nearest, " or ");
  std::string all = words.size() == 1 ? "" : "one of ";
  for (const std::string_view word : words) {
    absl::StrAppend(&all, word == words.front() ? "" : " ", "\"", AbslView(word), "\"");
  }
  return all;
}

}  // namespace chathttp::sim
