// Files that are there whole or not at all, whatever crashes.
//
//   if (absl::Status status = WriteWholeFile(disk, SegmentName(120), head); !status.ok()) return status;
#ifndef CHATHTTP_TRANSPORT_JOURNAL_WHOLE_FILE_H_
#define CHATHTTP_TRANSPORT_JOURNAL_WHOLE_FILE_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "chathttp/transport/ports/disk.h"

namespace chathttp {

// Ends the name of a file that is not whole yet.
inline constexpr std::string_view kUnfinishedSuffix = ".new";

// Makes the file, or replaces the one with this name: at each moment, a crash leaves the old one or a
// file with all these bytes. They are on the disk when it returns. A crash, and an error, may leave the
// file `name` + kUnfinishedSuffix, which must not be there at the call. Errors: those of Disk; after one
// behind the renaming, nobody knows which file survives a crash.
absl::Status WriteWholeFile(Disk& disk, const std::string& name, std::string_view bytes);

}  // namespace chathttp

#endif  // CHATHTTP_TRANSPORT_JOURNAL_WHOLE_FILE_H_
