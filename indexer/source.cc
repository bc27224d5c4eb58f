#include "indexer/source.h"

#include <algorithm>
#include <chrono>
#include <climits>
#include <cstdlib>

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

Result<std::string> absolute_path(const std::string& path) {
  const std::unique_ptr<char, void (*)(void*)> real(::realpath(path.c_str(), nullptr), std::free);
  if (!real) return errno_error(errno, "source " + printable(path));
  return std::string(real.get());
}

bool looks_like_repository(const std::string& path) {
  if (path_exists(join_path(path, ".git"))) return true;
  return path_exists(join_path(path, "HEAD")) && path_exists(join_path(path, "objects")) &&
         path_exists(join_path(path, "refs"));
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
  SourceKind kind = SourceKind::kDirectory;
  std::string name;
  std::string slug;
  std::optional<ObjectId> commit;
  std::optional<GitRepo> repo;
  std::optional<Folder> folder;  // of a directory or working tree
  std::vector<SourceEntry> entries;
  std::vector<SkippedPath> skipped;
  std::int64_t listed_at_ns = 0;

  Result<void> open_local(const std::string& path);
  Result<void> open_remote(const std::string& address);
  Result<void> list_commit();
  Result<void> list_directory();
  Result<void> list_work_tree();
  void take(FolderListing listing);

  std::string stat_cache_path() const {
    return join_path(options.data_dir, "repos/" + slug + "/stat");
  }
};

Source::Source(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Source::Source(Source&&) noexcept = default;
Source& Source::operator=(Source&&) noexcept = default;
Source::~Source() = default;

SourceKind Source::kind() const { return impl_->kind; }
const std::string& Source::name() const { return impl_->name; }
const std::string& Source::slug() const { return impl_->slug; }
const std::optional<ObjectId>& Source::commit() const { return impl_->commit; }
const GitRepo* Source::repo() const { return impl_->repo ? &*impl_->repo : nullptr; }
const std::vector<SourceEntry>& Source::entries() const { return impl_->entries; }
const std::vector<SkippedPath>& Source::skipped() const { return impl_->skipped; }

Result<Source> Source::open(const std::string& source, const SourceOptions& options) {
  if (source.empty()) return Error(ErrorCode::kInvalidArgument, "the source is empty");
  if (source.find('\0') != source.npos)
    return Error(ErrorCode::kInvalidArgument, "the source holds a NUL byte");
  auto impl = std::make_unique<Impl>();
  impl->options = options;
  // A path may begin with '-' only when written "./-x": an address never gets there unseen.
  if (source.front() == '-' || looks_remote(source))
    CAIRN_TRY(impl->open_remote(source));
  else
    CAIRN_TRY(impl->open_local(source));
  return Source(std::move(impl));
}

Result<void> Source::Impl::open_remote(const std::string& address) {
  CAIRN_ASSIGN(const RemoteUrl url, parse_remote_url(address));
  if (options.data_dir.empty())
    return Error(ErrorCode::kInvalidArgument,
                 "a remote repository is kept as a mirror: a data folder is needed (--data)");
  name = url.text;
  slug = slug_of(name);
  const std::string mirror = join_path(options.data_dir, "mirrors/" + slug + ".git");
  if (options.update_mirror || !path_exists(mirror)) {
    FetchOptions fetch = options.fetch;
    fetch.stop = options.stop;
    CAIRN_TRY(GitProgram().update_mirror(url, mirror, fetch));
  }
  CAIRN_ASSIGN(repo, GitRepo::open(mirror));
  return list_commit();
}

Result<void> Source::Impl::open_local(const std::string& path) {
  CAIRN_ASSIGN(name, absolute_path(path));
  slug = slug_of(name);
  CAIRN_ASSIGN(Folder opened, Folder::open(name));
  if (!looks_like_repository(name)) {
    if (options.revision)
      return Error(ErrorCode::kNotARepository,
                   printable(name) +
                       " is not the top folder of a git repository, so it has no "
                       "revision '" +
                       printable(*options.revision) + "'");
    folder = std::move(opened);
    return list_directory();
  }
  auto local = GitRepo::open(name);
  if (!local) {
    // A folder that only looks like a repository (a stray ".git") is still a folder of files.
    if (options.revision || local.error().code() != ErrorCode::kNotARepository)
      return std::move(local).error();
    folder = std::move(opened);
    return list_directory();
  }
  repo = std::move(*local);
  if (options.revision || repo->is_bare()) return list_commit();
  folder = std::move(opened);
  return list_work_tree();
}

Result<void> Source::Impl::list_commit() {
  kind = SourceKind::kCommit;
  CAIRN_ASSIGN(commit, repo->resolve(options.revision.value_or("HEAD")));
  CAIRN_ASSIGN(TreeListing listing, repo->list(*commit, options.limits, options.stop));
  skipped = std::move(listing.skipped);
  entries.reserve(listing.entries.size());
  for (TreeEntry& entry : listing.entries) {
    SourceEntry out{std::move(entry.path), entry.kind, std::nullopt, FileStamp()};
    if (entry.kind == EntryKind::kFile) {
      out.content = entry.id;
      if (entries.size() % 1024 == 0) CAIRN_TRY(options.stop.check("listing a commit"));
      auto size = repo->blob_size(entry.id);
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

Result<void> Source::Impl::list_directory() {
  kind = SourceKind::kDirectory;
  listed_at_ns = now_ns();
  CAIRN_ASSIGN(FolderListing listing, folder->walk(options.limits, options.stop));
  take(std::move(listing));
  return {};
}

Result<void> Source::Impl::list_work_tree() {
  kind = SourceKind::kWorkTree;
  CAIRN_ASSIGN(commit, repo->head());
  listed_at_ns = now_ns();
  CAIRN_ASSIGN(std::vector<WorkTreePath> paths,
               GitProgram().list_work_tree(name, repo->git_dir(), options.stop));
  CAIRN_ASSIGN(FolderListing listing,
               folder->stat_all(std::move(paths), options.limits, options.stop));
  take(std::move(listing));
  return {};
}

void Source::Impl::take(FolderListing listing) {
  entries = std::move(listing.entries);
  skipped = std::move(listing.skipped);
  if (options.data_dir.empty()) return;
  const StatCache cache = StatCache::load(stat_cache_path());
  for (SourceEntry& entry : entries)
    if (entry.kind == EntryKind::kFile) entry.content = cache.find(entry.path, entry.stamp);
}

Result<std::string> Source::read(const SourceEntry& entry, std::uint64_t max_bytes) const {
  if (entry.kind != EntryKind::kFile)
    return Error(ErrorCode::kInvalidArgument, printable(entry.path) + " is not a regular file");
  if (impl_->folder) return impl_->folder->read(entry.path, max_bytes);
  if (!entry.content)
    return Error(ErrorCode::kInvalidArgument, printable(entry.path) + " is not of this source");
  auto bytes = impl_->repo->read_blob(*entry.content, max_bytes);
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

Result<void> Source::save_stat_cache(const std::vector<SourceEntry>& hashed) const {
  if (impl_->options.data_dir.empty() || kind() == SourceKind::kCommit) return {};
  return StatCache::save(impl_->stat_cache_path(), hashed, impl_->listed_at_ns);
}

}  // namespace cairn::indexer
