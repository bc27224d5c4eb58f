#include "indexer/source.h"

#include <algorithm>
#include <chrono>

#include "base/fs.h"
#include "base/text.h"
#include "indexer/folder.h"
#include "indexer/remote_url.h"
#include "indexer/stat_cache.h"

namespace cairn::indexer {
namespace {

constexpr std::uint64_t kMaxConfigBytes = 1u << 20;

std::int64_t now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

bool looks_like_repository(const std::string& path) {
  if (path_exists(join_path(path, ".git"))) return true;
  return path_exists(join_path(path, "HEAD")) && path_exists(join_path(path, "objects")) &&
         path_exists(join_path(path, "refs"));
}

Result<PreparedSource> prepare_remote(const std::string& address, const SourceOptions& options) {
  CAIRN_ASSIGN(const RemoteUrl url, parse_remote_url(address));
  if (options.data_dir.empty())
    return Error(ErrorCode::kInvalidArgument,
                 "a remote repository is kept as a mirror: a data folder is needed (--data)");
  PreparedSource out;
  out.kind = SourceKind::kCommit;
  out.name = url.text;
  out.slug = slug_of(out.name);
  out.repository = join_path(options.data_dir, "mirrors/" + out.slug + ".git");
  if (options.update_mirror || !path_exists(out.repository)) {
    FetchOptions fetch = options.fetch;
    fetch.stop = options.stop;
    CAIRN_TRY(GitProgram().update_mirror(url, out.repository, fetch));
  }
  CAIRN_ASSIGN(out.repo, GitRepo::open(out.repository));
  CAIRN_ASSIGN(out.commit, out.repo->resolve(options.revision.value_or("HEAD")));
  return out;
}

Result<PreparedSource> prepare_local(const std::string& path, const SourceOptions& options) {
  PreparedSource out;
  auto real = real_path(path);
  if (!real) return std::move(real).error().in("source");
  out.name = std::move(*real);
  out.slug = slug_of(out.name);
  CAIRN_ASSIGN(const Folder opened, Folder::open(out.name));
  if (!looks_like_repository(out.name)) {
    if (options.revision)
      return Error(ErrorCode::kNotARepository,
                   printable(out.name) +
                       " is not the top folder of a git repository, so it has no "
                       "revision '" +
                       printable(*options.revision) + "'");
    return out;
  }
  auto local = GitRepo::open(out.name);
  if (!local) {
    // A folder that only looks like a repository (a stray ".git") is still a folder of files.
    if (options.revision || local.error().code() != ErrorCode::kNotARepository)
      return std::move(local).error();
    return out;
  }
  out.repository = out.name;
  out.repo = std::move(*local);
  if (options.revision || out.repo->is_bare()) {
    out.kind = SourceKind::kCommit;
    CAIRN_ASSIGN(out.commit, out.repo->resolve(options.revision.value_or("HEAD")));
    return out;
  }
  out.kind = SourceKind::kWorkTree;
  CAIRN_ASSIGN(out.commit, out.repo->head());
  CAIRN_ASSIGN(out.paths, GitProgram().list_work_tree(out.name, out.repo->git_dir(), options.stop));
  return out;
}

}  // namespace

std::string slug_of(std::string_view name) {
  std::string_view base = name;
  while (base.ends_with('/')) base.remove_suffix(1);
  base = base.substr(base.find_last_of("/:") + 1);
  if (base.ends_with(".git")) base.remove_suffix(4);
  std::string out;
  for (const char c : base.substr(0, 40)) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '_' || (c == '.' && !out.empty());
    out += plain ? c : '-';
  }
  return out + '-' + sha256_hex(name).substr(0, 12);
}

struct Source::Impl {
  SourceOptions options;
  PreparedSource from;
  std::optional<Folder> folder;  // of a directory or working tree
  std::vector<SourceEntry> entries;
  std::vector<SkippedPath> skipped;
  std::int64_t listed_at_ns = 0;

  Result<void> list_commit();
  Result<void> list_folder();
};

Source::Source(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Source::Source(Source&&) noexcept = default;
Source& Source::operator=(Source&&) noexcept = default;
Source::~Source() = default;

SourceKind Source::kind() const { return impl_->from.kind; }
const std::string& Source::name() const { return impl_->from.name; }
const std::string& Source::slug() const { return impl_->from.slug; }
const std::optional<ObjectId>& Source::commit() const { return impl_->from.commit; }
const GitRepo* Source::repo() const { return impl_->from.repo ? &*impl_->from.repo : nullptr; }
const std::vector<SourceEntry>& Source::entries() const { return impl_->entries; }
const std::vector<SkippedPath>& Source::skipped() const { return impl_->skipped; }

Result<PreparedSource> Source::prepare(const std::string& source, const SourceOptions& options) {
  if (source.empty()) return Error(ErrorCode::kInvalidArgument, "the source is empty");
  if (source.find('\0') != source.npos)
    return Error(ErrorCode::kInvalidArgument, "the source holds a NUL byte");
  // A path may begin with '-' only when written "./-x": an address never gets there unseen.
  const bool remote = source.front() == '-' || looks_remote(source);
  CAIRN_ASSIGN(PreparedSource out,
               remote ? prepare_remote(source, options) : prepare_local(source, options));
  if (!options.data_dir.empty() && out.kind != SourceKind::kCommit)
    out.stat_cache = join_path(options.data_dir, "repos/" + out.slug + "/stat");
  return out;
}

Result<Source> Source::open(PreparedSource prepared, const SourceOptions& options) {
  auto impl = std::make_unique<Impl>();
  impl->options = options;
  impl->from = std::move(prepared);
  if (!impl->from.repository.empty() && !impl->from.repo) {
    CAIRN_ASSIGN(impl->from.repo, GitRepo::open(impl->from.repository));
  }
  if (impl->from.kind == SourceKind::kCommit)
    CAIRN_TRY(impl->list_commit());
  else
    CAIRN_TRY(impl->list_folder());
  return Source(std::move(impl));
}

Result<Source> Source::open(const std::string& source, const SourceOptions& options) {
  CAIRN_ASSIGN(PreparedSource prepared, prepare(source, options));
  return open(std::move(prepared), options);
}

Result<void> Source::Impl::list_commit() {
  if (!from.commit) return Error(ErrorCode::kInvalidArgument, "a commit's source names no commit");
  const GitRepo& repo = *from.repo;
  CAIRN_ASSIGN(TreeListing listing, repo.list(*from.commit, options.limits, options.stop));
  skipped = std::move(listing.skipped);
  entries.reserve(listing.entries.size());
  for (TreeEntry& entry : listing.entries) {
    SourceEntry out{std::move(entry.path), entry.kind, std::nullopt, FileStamp()};
    if (entry.kind == EntryKind::kFile) {
      out.content = entry.id;
      if (entries.size() % 1024 == 0) CAIRN_TRY(options.stop.check("listing a commit"));
      auto size = repo.blob_size(entry.id);
      if (!size && size.error().code() == ErrorCode::kNotFound) {
        // A partial clone lacks blobs; the rest of the commit is still worth having.
        skipped.push_back({std::move(out.path), SkipReason::kUnreadable});
        continue;
      }
      if (!size) return std::move(size).error();
      out.stamp.size = *size;
    }
    entries.push_back(std::move(out));
  }
  std::sort(skipped.begin(), skipped.end());
  return {};
}

Result<void> Source::Impl::list_folder() {
  CAIRN_ASSIGN(folder, Folder::open(from.name));
  listed_at_ns = now_ns();
  Result<FolderListing> listing =
      from.kind == SourceKind::kDirectory
          ? folder->walk(options.limits, options.stop)
          : folder->stat_all(std::move(from.paths), options.limits, options.stop);
  if (!listing) return std::move(listing).error();
  entries = std::move(listing->entries);
  skipped = std::move(listing->skipped);
  if (from.stat_cache.empty()) return {};
  const StatCache cache = StatCache::load(from.stat_cache);
  for (SourceEntry& entry : entries)
    if (entry.kind == EntryKind::kFile) entry.content = cache.find(entry.path, entry.stamp);
  return {};
}

Result<std::string> Source::read(const SourceEntry& entry, std::uint64_t max_bytes) const {
  if (entry.kind != EntryKind::kFile)
    return Error(ErrorCode::kInvalidArgument, printable(entry.path) + " is not a regular file");
  if (impl_->folder) return impl_->folder->read(entry.path, max_bytes);
  if (!entry.content)
    return Error(ErrorCode::kInvalidArgument, printable(entry.path) + " is not of this source");
  auto bytes = impl_->from.repo->read_blob(*entry.content, max_bytes);
  if (!bytes) return std::move(bytes).error().in("reading " + printable(entry.path));
  return bytes;
}

Result<RepoConfig> Source::config() const {
  RepoConfig config;
  const auto found = std::lower_bound(
      entries().begin(), entries().end(), kRepoConfigPath,
      [](const SourceEntry& entry, std::string_view path) { return entry.path < path; });
  if (found != entries().end() && found->path == kRepoConfigPath &&
      found->kind == EntryKind::kFile) {
    CAIRN_ASSIGN(const std::string text, read(*found, kMaxConfigBytes));
    CAIRN_ASSIGN(config, parse_repo_config(text));
  }
  config.exclude.insert(config.exclude.end(), impl_->options.excludes.begin(),
                        impl_->options.excludes.end());
  return config;
}

Result<void> Source::save_stat_cache(const std::vector<SourceEntry>& hashed,
                                     const std::string& path) const {
  if (impl_->from.stat_cache.empty()) return {};
  return StatCache::save(path.empty() ? impl_->from.stat_cache : path, hashed, impl_->listed_at_ns);
}

}  // namespace cairn::indexer
