#include "apps/load/options.h"

#include "absl/strings/str_cat.h"
#include "domain/user_name.h"

namespace chathttp {
namespace {

constexpr std::size_t kMostMembers = 99'999;  // what five digits hold
constexpr std::size_t kMostTextBytes = 65'536;
constexpr std::size_t kMostWindow = 4096;
constexpr double kMostRate = 10e6;

absl::Status Range(const char* name, std::size_t least, std::size_t most, std::size_t got) {
  if (least <= got && got <= most) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("--", name, " must be ", least, " to ", most, ", got ", got));
}

}  // namespace

absl::Status CheckLoadOptions(const LoadOptions& options) {
  absl::Status status = Range("port", 1, 65'535, options.port);
  status.Update(Range("members", 1, kMostMembers, options.members));
  status.Update(Range("senders", 1, options.members, options.senders));
  status.Update(Range("window", 1, kMostWindow, options.window));
  status.Update(Range("size", kSequenceDigits, kMostTextBytes, options.text_bytes));
  status.Update(Range("joining", 1, kMostMembers, options.joining));
  if (!status.ok()) return status;
  if (options.senders + options.never_read + options.slow_read > options.members) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--senders, --never_read and --slow_read together must be at most --members (",
        options.members, "), got ", options.senders + options.never_read + options.slow_read));
  }
  if (!(options.rate >= 0 && options.rate <= kMostRate)) {
    return absl::InvalidArgumentError(
        absl::StrCat("--rate must be 0 to ", kMostRate, ", got ", options.rate));
  }
  if (options.duration <= absl::ZeroDuration() || options.duration > absl::Hours(24)) {
    return absl::InvalidArgumentError(
        absl::StrCat("--seconds must be more than 0, at most 86400, "
                     "got ",
                     absl::ToDoubleSeconds(options.duration)));
  }
  if (CheckName(options.prefix + std::string(kMemberDigits, '0')) != NameProblem::kNone) {
    return absl::InvalidArgumentError(
        "--prefix must make a user name with five digits behind it: at most 27 of "
        "A-Z a-z 0-9 _ . -");
  }
  return absl::OkStatus();
}

}  // namespace chathttp
