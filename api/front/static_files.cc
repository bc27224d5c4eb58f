#include "api/front/static_files.h"

#include <algorithm>
#include <array>

#include "api/front/http_head.h"
#include "base/check.h"
#include "base/fs.h"
#include "base/hash.h"

namespace cairn::api {
namespace {

constexpr std::size_t kTagDigits = 32;

std::string_view type_of(std::string_view path) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 16> kTypes = {{
      {".html", "text/html; charset=utf-8"},
      {".js", "text/javascript; charset=utf-8"},
      {".mjs", "text/javascript; charset=utf-8"},
      {".css", "text/css; charset=utf-8"},
      {".json", "application/json"},
      {".map", "application/json"},
      {".webmanifest", "application/manifest+json"},
      {".svg", "image/svg+xml"},
      {".png", "image/png"},
      {".jpg", "image/jpeg"},
      {".webp", "image/webp"},
      {".ico", "image/x-icon"},
      {".woff2", "font/woff2"},
      {".wasm", "application/wasm"},
      {".txt", "text/plain; charset=utf-8"},
      {".xml", "application/xml"},
  }};
  for (const auto& [extension, type] : kTypes)
    if (path.ends_with(extension)) return type;
  return "application/octet-stream";
}

/// The build puts a hash of the content in the names below /assets/.
std::string_view caching_of(std::string_view path) {
  return path.starts_with("/assets/") ? "public, max-age=31536000, immutable" : "no-cache";
}

std::string tag_of(std::string_view bytes, std::string_view encoding) {
  std::string tag = "\"" + sha256_hex(bytes).substr(0, kTagDigits);
  if (!encoding.empty()) tag += "-" + std::string(encoding);
  return tag + "\"";
}

bool accepts(std::string_view accept_encoding, std::string_view coding) {
  while (!accept_encoding.empty()) {
    const std::size_t comma = std::min(accept_encoding.find(','), accept_encoding.size());
    const std::string_view item = accept_encoding.substr(0, comma);
    accept_encoding.remove_prefix(std::min(comma + 1, accept_encoding.size()));
    const std::size_t semicolon = std::min(item.find(';'), item.size());
    if (!list_has(item.substr(0, semicolon), coding)) continue;
    const std::size_t q = item.find("q=", semicolon);
    // "q=0", "q=0.0": refused.
    return q == std::string_view::npos ||
           item.find_first_of("123456789", q) != std::string_view::npos;
  }
  return false;
}

struct Walk {
  std::vector<std::string> files;
  std::uint64_t bytes = 0;
};

Result<void> walk(const std::string& folder, const std::string& below, std::uint64_t max_bytes,
                  Walk& out) {
  CAIRN_ASSIGN(const std::vector<DirEntry> entries, list_dir(join_path(folder, below)));
  for (const DirEntry& entry : entries) {
    if (entry.name.starts_with('.')) continue;
    const std::string path = join_path(below, entry.name);
    if (entry.kind == FileKind::kDirectory) {
      CAIRN_TRY(walk(folder, path, max_bytes, out));
    } else if (entry.kind == FileKind::kRegular) {
      CAIRN_ASSIGN(const FileStat stat, stat_path(join_path(folder, path)));
      out.bytes += stat.size;
      if (out.bytes > max_bytes)
        return Error(ErrorCode::kLimitExceeded, "static files in '" + folder + "': more than " +
                                                    std::to_string(max_bytes) + " bytes");
      out.files.push_back(path);
    }
  }
  return {};
}

}  // namespace

Result<StaticFiles> StaticFiles::load(const std::string& folder, std::uint64_t max_bytes) {
  Walk found;
  CAIRN_TRY(walk(folder, "", max_bytes, found));
  StaticFiles out;
  std::vector<std::pair<std::string, std::string>> compressed;
  for (const std::string& path : found.files) {
    CAIRN_ASSIGN(std::string bytes,
                 read_file(join_path(folder, path), max_bytes, Symlinks::kRefuse));
    if (path.ends_with(".br") || path.ends_with(".gz"))
      compressed.emplace_back("/" + path, std::move(bytes));
    else
      out.add("/" + path, std::move(bytes));
  }
  for (auto& [path, bytes] : compressed)
    out.add_variant(path.substr(0, path.size() - 3), path.ends_with(".br") ? "br" : "gzip",
                    std::move(bytes));
  return out;
}

void StaticFiles::add(const std::string& path, std::string bytes) {
  CAIRN_CHECK(path.starts_with('/'));
  File file;
  file.content_type = type_of(path);
  file.cache_control = caching_of(path);
  file.plain.etag = tag_of(bytes, {});
  file.plain.bytes = std::move(bytes);
  files_.insert_or_assign(path, std::move(file));
}

void StaticFiles::add_variant(const std::string& path, std::string_view encoding,
                              std::string bytes) {
  const auto found = files_.find(path);
  // A compressed file on its own is an ordinary file.
  if (found == files_.end()) {
    add(path + (encoding == "br" ? ".br" : ".gz"), std::move(bytes));
    return;
  }
  std::string etag = tag_of(bytes, encoding);
  auto& slot = encoding == "br" ? found->second.brotli : found->second.gzip;
  slot = Variant{std::move(bytes), std::move(etag)};
}

void StaticFiles::set_fallback(const std::string& path, std::vector<std::string> except) {
  CAIRN_CHECK(files_.contains(path));
  fallback_ = path;
  except_ = std::move(except);
}

std::optional<StaticFiles::Choice> StaticFiles::find(std::string_view path,
                                                     std::string_view accept_encoding) const {
  auto found = files_.find(path);
  if (found == files_.end() && path.ends_with('/'))
    found = files_.find(std::string(path) + "index.html");
  if (found == files_.end() && !fallback_.empty() &&
      std::none_of(except_.begin(), except_.end(),
                   [&](const std::string& prefix) { return path.starts_with(prefix); }))
    found = files_.find(fallback_);
  if (found == files_.end()) return std::nullopt;
  const File& file = found->second;
  if (file.brotli && accepts(accept_encoding, "br")) return Choice{&file, &*file.brotli, "br"};
  if (file.gzip && accepts(accept_encoding, "gzip")) return Choice{&file, &*file.gzip, "gzip"};
  return Choice{&file, &file.plain, {}};
}

bool etag_matches(std::string_view if_none_match, std::string_view etag) {
  while (!if_none_match.empty()) {
    const std::size_t comma = std::min(if_none_match.find(','), if_none_match.size());
    std::string_view item = if_none_match.substr(0, comma);
    if_none_match.remove_prefix(std::min(comma + 1, if_none_match.size()));
    while (item.starts_with(' ')) item.remove_prefix(1);
    while (item.ends_with(' ')) item.remove_suffix(1);
    if (item.starts_with("W/")) item.remove_prefix(2);
    if (item == "*" || item == etag) return true;
  }
  return false;
}

}  // namespace cairn::api
