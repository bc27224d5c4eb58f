#pragma once
// Files served as they are: read once into memory, found by their exact path, so that no request
// can name another. Immutable after the building; then thread-safe.
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace cairn::api {

class StaticFiles {
 public:
  struct Variant {
    std::string bytes;
    /// Quoted, from the hash of the content and the encoding.
    std::string etag;
  };
  struct File {
    std::string content_type;
    std::string cache_control;
    Variant plain;
    std::optional<Variant> brotli;
    std::optional<Variant> gzip;
  };
  struct Choice {
    const File* file = nullptr;
    const Variant* variant = nullptr;
    /// "br", "gzip" or empty.
    std::string_view encoding;
  };

  /// Every regular file below the folder, by its path with a leading '/'; "x.br" and "x.gz" next to
  /// "x" are its compressed variants. "/dir/index.html" is "/dir/" too. Links and names with a
  /// leading dot are left out. kLimitExceeded above max_bytes in all.
  static Result<StaticFiles> load(const std::string& folder, std::uint64_t max_bytes = 64u << 20);

  /// `path` starts with '/'. The type comes from the extension.
  void add(const std::string& path, std::string bytes);
  /// Served for GETs of any path that is no file and has none of these beginnings, so that a
  /// browser may load a page of the dashboard by its own path. Requires that `path` was added.
  void set_fallback(const std::string& path, std::vector<std::string> except);

  /// The variant that an Accept-Encoding allows, the smallest first; nothing for unknown paths.
  std::optional<Choice> find(std::string_view path, std::string_view accept_encoding) const;
  std::size_t size() const { return files_.size(); }

 private:
  void add_variant(const std::string& path, std::string_view encoding, std::string bytes);

  std::map<std::string, File, std::less<>> files_;
  std::string fallback_;
  std::vector<std::string> except_;
};

/// Whether an If-None-Match list names this tag, or is '*'. Weak tags count as their strong form.
bool etag_matches(std::string_view if_none_match, std::string_view etag);

}  // namespace cairn::api
