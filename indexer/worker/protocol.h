#pragma once
// What a worker process is asked (one line of JSON and the paths of a working tree, on descriptor
// 0) and what it answers (one line of JSON on descriptor 1). The worker trusts the request. The
// answer is hostile: decode_outcome() checks every field, count and length, and takes nothing that
// it does not know. Paths are bytes; in JSON each byte beyond plain ASCII stands as %XX. Pure.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "indexer/pipeline.h"
#include "indexer/worker/sandbox.h"

namespace cairn::indexer {

struct WorkerLimits {
  std::uint64_t memory_bytes = 0;  // 0: none
  std::uint64_t cpu_seconds = 0;
  std::uint64_t file_bytes = 0;
};

struct WorkerRequest {
  IndexOptions options;   // threads, max_file_bytes, poison and suspects of it
  PreparedSource source;  // without an open repository
  std::string base;       // layer files to build on; "" = none
  std::string overlay;
  std::string facts_folder;
  BuildTarget target;
  WorkerLimits limits;
  SandboxLevel sandbox = SandboxLevel::kLimits;
  std::vector<std::string> readable;  // files and folders
  std::vector<std::string> writable;
  std::int64_t parent = 0;  // process that must outlive it; 0 where process ids mean nothing
};

std::string encode(const WorkerRequest& request);
/// kVersion for a request of another program version, kParse for anything else that is wrong.
Result<WorkerRequest> decode_request(std::string_view text);

/// Largest answer; a worker leaves out what would make it longer and says so in a warning.
inline constexpr std::size_t kMaxOutcomeBytes = std::size_t{32} << 20;

std::string encode(const Built& built);
std::string encode(const Error& error);
/// What was built, or the error the worker ended with. kCorrupt, naming the field, for an answer
/// that no worker of this version gives.
Result<Built> decode_outcome(std::string_view text);

}  // namespace cairn::indexer
