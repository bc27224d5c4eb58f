#pragma once
// What a file is, by its path and then by its bytes: language, generated, vendored, test; or why it
// is not indexed. Built-in rules plus the patterns of .cairn.toml. Pure; a Classifier is immutable
// and may be shared by threads.
#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "graph/types.h"
#include "indexer/glob.h"
#include "indexer/repo_config.h"

namespace cairn::indexer {

/// Why a file is left out. Text names appear in exports: append, never rename.
enum class SkipReason : std::uint8_t {
  kNone,
  kUnknownLanguage,  // "unknown_language": not source code known to cairn
  kBinary,           // "binary": a NUL in the first 8000 bytes, or not text in any encoding we read
  kTooLarge,         // "too_large": over the size limit per file
  kExcluded,         // "excluded": by .cairn.toml
  kDependencyCache,  // "dependency_cache": node_modules, .venv and the like in a plain directory
  kSymlink,          // "symlink": never followed
  kSubmodule,        // "submodule": never entered
  kSpecialFile,      // "special_file": a device, socket or pipe
  kUnreadable,       // "unreadable": the system refused
  kInvalidPath,      // "invalid_path": "..", an empty part, or a path no tool could name
  kPathTooLong,      // "path_too_long"
  kTooDeep,          // "too_deep": too many folders deep
  kLfsPointer,       // "lfs_pointer": the content is elsewhere
};
std::string_view name_of(SkipReason reason);

struct FileClass {
  graph::Language language = graph::Language::kUnknown;
  SkipReason skip = SkipReason::kNone;
  bool generated = false;
  bool vendored = false;
  bool test = false;
  /// The language is a guess that only the bytes can settle: a .h file, or a name without
  /// extension.
  bool needs_content = false;
};

class Classifier {
 public:
  static constexpr std::uint64_t kDefaultMaxFileBytes = 2u << 20;

  /// E_PARSE for a bad pattern.
  static Result<Classifier> create(const RepoConfig& config,
                                   std::uint64_t max_file_bytes = kDefaultMaxFileBytes);

  /// By path (relative, "/"-separated) and size. With `skip` set the bytes need not be read.
  FileClass of_path(std::string_view path, std::uint64_t size) const;
  /// Completes of_path's answer by the bytes. Linear in the first 64 KiB, mostly less.
  FileClass of_content(FileClass by_path, std::string_view bytes) const;

  std::uint64_t max_file_bytes() const { return max_file_bytes_; }

 private:
  std::uint64_t max_file_bytes_ = kDefaultMaxFileBytes;
  GlobSet include_;
  GlobSet exclude_;
  GlobSet generated_;
  GlobSet vendored_;
  GlobSet test_;
};

/// Language by file name or extension; kUnknown where only the content can say (see needs_content).
graph::Language language_of_path(std::string_view path);
/// Language by a "#!" line; kUnknown without one.
graph::Language language_of_shebang(std::string_view bytes);
/// Whether the text of a header is C++: a C++-only construct stands outside comments and strings.
bool header_is_cpp(std::string_view bytes);
/// A NUL in the first 8000 bytes (git's rule), or more than a tenth of control bytes there.
bool is_binary(std::string_view bytes);
bool is_generated_by_content(std::string_view bytes);
bool is_generated_by_path(std::string_view path);
bool is_vendored_by_path(std::string_view path);
bool is_test_by_path(std::string_view path, graph::Language language);
/// A folder name that holds installed packages or caches: never source of this repository.
bool is_dependency_cache_name(std::string_view folder);

}  // namespace cairn::indexer
