#pragma once
// The bytes of a report, in pieces: a file, memory, and either of them unpacked from gzip. Used by
// one thread. Errors: kNotFound, kForbidden, kIo, kInvalidArgument (no regular file), kParse
// (damaged gzip), kLimitExceeded (unpacks to more than allowed).
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace cairn::analysis {

class ReportInput {
 public:
  virtual ~ReportInput() = default;
  /// The next piece, empty at the end; valid until the next call.
  virtual Result<std::string_view> next() = 0;
};

/// `bytes` must outlive it. Gzip (also several members one after another) is unpacked.
Result<std::unique_ptr<ReportInput>> report_from_memory(std::string_view bytes,
                                                        std::uint64_t max_bytes);
/// A regular file, or "-" for standard input.
Result<std::unique_ptr<ReportInput>> report_from_file(const std::string& path,
                                                      std::uint64_t max_bytes);

}  // namespace cairn::analysis
