#include "apps/load/options.h"

#include "absl/strings/str_cat.h"
#include "chathttp/domain/user_name.h"

namespace chathttp {
namespace {

constexpr std::size_t kMaxMembers = 99'999;  // five digits
constexpr std::size_t kMaxTextBytes = 65'536;
constexpr std::size_t kMaxWindow = 4096;
constexpr double kMaxRate = 10e6;

absl::Status Range(const char* name, std::size_t min, std::size_t max, std::size_t got) {
  if (min <= got && got <= max) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("--", name, " must be ", min, " to ", max, ", got ", got));
}

}  // namespace

absl::Status CheckLoadOptions(const LoadOptions& options) {
  absl::Status status;
  for (const std::uint16_t port : options.ports) status.Update(Range("port", 1, 65'535, port));
  status.Update(Range("members", 1, kMaxMembers, options.members));
  status.Update(Range("senders", 1, options.members, options.senders));
  status.Update(Range("window", 1, kMaxWindow, options.window));
  status.Update(Range("size", kSequenceDigits, kMaxTextBytes, options.text_bytes));
  status.Update(Range("joining", 1, kMaxMembers, options.joining));
  if (!status.ok()) return status;
  if (options.senders + options.never_read + options.slow_read > options.members) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--senders, --never_read and --slow_read together must be at most --members (",
        options.members, "), got ", options.senders + options.never_read + options.slow_read));
  }
  if (!(options.rate >= 0 && options.rate <= kMaxRate)) {
    return absl::InvalidArgumentError(
        absl::StrCat("--rate must be 0 to ", kMaxRate, ", got ", options.rate));
  }
  if (options.duration <= absl::ZeroDuration() || options.duration > absl::Hours(24)) {
    return absl::InvalidArgumentError(
        absl::StrCat("--seconds must be more than 0, at most 86400, "
                     "got ",
                     absl::ToDoubleSeconds(options.duration)));
  }
  if (options.sessions && options.never_read + options.slow_read > 0) {
    return absl::InvalidArgumentError(
        "--sessions excludes --never_read and --slow_read: such members would come back all the "
        "time");
  }
  if (options.resume_limit <= absl::ZeroDuration()) {
    return absl::InvalidArgumentError(absl::StrCat("--resume_limit must be more than 0, got ",
                                                   absl::FormatDuration(options.resume_limit)));
  }
  if (CheckName(options.prefix + std::string(kMemberDigits, '0')) != NameProblem::kNone) {
    return absl::InvalidArgumentError(
        "--prefix must make a user name with five digits behind it: at most 27 of "
        "A-Z a-z 0-9 _ . -");
  }
  return absl::OkStatus();
}

}  // namespace chathttp
