#include "chathttp/transport/journal/whole_file.h"

namespace chathttp {

absl::Status WriteWholeFile(Disk& disk, const std::string& name, std::string_view bytes) {
  const std::string unfinished = name + std::string(kUnfinishedSuffix);
  if (absl::Status status = disk.Create(unfinished); !status.ok()) return status;
  if (absl::Status status = disk.Append(unfinished, bytes); !status.ok()) return status;
  if (absl::Status status = disk.Sync(unfinished); !status.ok()) return status;
  if (absl::Status status = disk.Rename(unfinished, name); !status.ok()) return status;
  return disk.SyncDirectory();
}

}  // namespace chathttp
