#include "indexer/git_repo.h"

#include <git2.h>

#include <algorithm>
#include <array>

#include "base/fs.h"
#include "base/text.h"
#include "indexer/git_handles.h"
#include "indexer/path_rules.h"

namespace cairn::indexer {
namespace git {
namespace {

// A small blob may be stored as a difference from a huge one; inflating that is refused.
constexpr std::size_t kMaxObjectBytes = 512u << 20;

void set_up_once() {
  git_libgit2_init();
  for (const int level : {GIT_CONFIG_LEVEL_SYSTEM, GIT_CONFIG_LEVEL_GLOBAL, GIT_CONFIG_LEVEL_XDG,
                          GIT_CONFIG_LEVEL_PROGRAMDATA})
    git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, level, "");
  // Safe because nothing of the repository is ever run; see the header.
  git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
  // Blobs are checked in read_blob() by the faster hash of base/hash.h; other objects name no cache
  // entry, so a forged one can only harm its own repository's listing.
  git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 0);
  git_libgit2_opts(GIT_OPT_SET_PACK_MAX_OBJECT_SIZE, kMaxObjectBytes);
  // Neither changes how the objects that are present are stored.
  const char* extensions[] = {"partialclone", "worktreeconfig"};
  git_libgit2_opts(GIT_OPT_SET_EXTENSIONS, extensions, std::size(extensions));
}

}  // namespace

void Free::operator()(git_repository* p) const { git_repository_free(p); }
void Free::operator()(git_odb* p) const { git_odb_free(p); }
void Free::operator()(git_object* p) const { git_object_free(p); }
void Free::operator()(git_commit* p) const { git_commit_free(p); }
void Free::operator()(git_tree* p) const { git_tree_free(p); }
void Free::operator()(git_tree_entry* p) const { git_tree_entry_free(p); }
void Free::operator()(git_reference* p) const { git_reference_free(p); }
void Free::operator()(git_reference_iterator* p) const { git_reference_iterator_free(p); }
void Free::operator()(git_odb_object* p) const { git_odb_object_free(p); }

void set_up() {
  static const bool kDone = (set_up_once(), true);
  static_cast<void>(kDone);
}

Error error_of(int code, std::string_view what) {
  const git_error* last = git_error_last();
  const std::string text =
      std::string(what) + ": " +
      (last != nullptr && last->message != nullptr ? printable(last->message) : "no reason given");
  if (code == GIT_ENOTFOUND) return Error(ErrorCode::kNotFound, text);
  if (last != nullptr && last->klass == GIT_ERROR_OS) return Error(ErrorCode::kIo, text);
  if (last != nullptr && last->klass == GIT_ERROR_NOMEMORY)
    return Error(ErrorCode::kLimitExceeded, text);
  return Error(ErrorCode::kCorrupt, text);
}

ObjectId id_of(const git_oid* oid) {
  ObjectId out;
  std::copy(std::begin(oid->id), std::end(oid->id), out.bytes.begin());
  return out;
}

git_oid oid_of(const ObjectId& id) {
  git_oid out;
  std::copy(id.bytes.begin(), id.bytes.end(), std::begin(out.id));
  return out;
}

Result<HandlePool::Lease> HandlePool::lease() {
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      auto handle = std::move(idle_.back());
      idle_.pop_back();
      return Lease(this, std::move(handle));
    }
  }
  set_up();
  Owned<git_repository> repo;
  int code = acquire(repo, git_repository_open_ext, path_.c_str(),
                     static_cast<unsigned>(GIT_REPOSITORY_OPEN_NO_SEARCH),
                     static_cast<const char*>(nullptr));
  if (code != 0) {
    Error error = error_of(code, "opening repository " + printable(path_));
    if (error.message().find("extension") != std::string::npos ||
        error.message().find("repository version") != std::string::npos)
      return Error(ErrorCode::kUnsupported,
                   error.message() + "; only SHA-1 repositories with the files ref store are read");
    if (error.code() == ErrorCode::kIo) return error;
    return Error(ErrorCode::kNotARepository,
                 printable(path_) + " is not a git repository (" + error.message() + ")");
  }
  Owned<git_odb> odb;
  code = acquire(odb, git_repository_odb, repo.get());
  if (code != 0) return error_of(code, "opening the objects of " + printable(path_));
  return Lease(this, std::make_unique<Handle>(std::move(repo), std::move(odb)));
}

void HandlePool::give_back(std::unique_ptr<Handle> handle) {
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(handle));
}

Result<ObjectId> tree_of(const HandlePool::Lease& lease, const ObjectId& commit) {
  const git_oid oid = oid_of(commit);
  Owned<git_commit> handle;
  if (const int code = acquire(handle, git_commit_lookup, lease.repo(), &oid); code != 0)
    return error_of(code, "reading commit " + commit.hex());
  return id_of(git_commit_tree_id(handle.get()));
}

}  // namespace git

using git::acquire;
using git::error_of;
using git::id_of;
using git::oid_of;
using git::Owned;

struct GitRepo::Impl {
  explicit Impl(std::string path) : pool(std::move(path)) {}
  mutable git::HandlePool pool;
  std::string git_dir;
  std::string common_dir;
  bool bare = false;
  bool shallow = false;
};

GitRepo::GitRepo(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
GitRepo::GitRepo(GitRepo&&) noexcept = default;
GitRepo& GitRepo::operator=(GitRepo&&) noexcept = default;
GitRepo::~GitRepo() = default;

bool GitRepo::is_bare() const { return impl_->bare; }
bool GitRepo::is_shallow() const { return impl_->shallow; }
const std::string& GitRepo::git_dir() const { return impl_->git_dir; }

Result<GitRepo> GitRepo::open(const std::string& path) {
  if (path.find('\0') != std::string::npos)
    return Error(ErrorCode::kInvalidArgument, "a path holds a NUL byte");
  auto impl = std::make_unique<Impl>(path);
  {
    CAIRN_ASSIGN(const auto lease, impl->pool.lease());
    impl->git_dir = git_repository_path(lease.repo());
    impl->common_dir = git_repository_commondir(lease.repo());
    impl->bare = git_repository_is_bare(lease.repo()) == 1;
    impl->shallow = git_repository_is_shallow(lease.repo()) == 1;
  }
  return GitRepo(std::move(impl));
}

namespace {

/// Adds the object folders that `objects` names as its alternates, and theirs, as git follows them.
void add_alternates(const std::string& objects, int depth, std::vector<std::string>& out) {
  constexpr int kMaxDepth = 5;  // git's own
  constexpr std::uint64_t kMaxFile = 1u << 20;
  if (depth == kMaxDepth) return;
  const auto listed = read_file(join_path(objects, "info/alternates"), kMaxFile);
  if (!listed) return;
  std::string_view rest = *listed;
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    // The file is the repository's word: what does not look like objects is not opened up for it.
    if (line.empty() || line.front() == '#' || !line.ends_with("/objects")) continue;
    const std::string path = join_path(objects, line);
    if (std::find(out.begin(), out.end(), path) != out.end()) continue;
    out.push_back(path);
    add_alternates(path, depth + 1, out);
  }
}

bool is_full_id(std::string_view text) {
  return text.size() == 40 && text.find_first_not_of("0123456789abcdefABCDEF") == text.npos;
}

/// Names that begin like the missing one or are close to it, for the error message.
std::string hint(const std::vector<RefInfo>& refs, std::string_view missing) {
  std::vector<std::string_view> names;
  for (const RefInfo& ref : refs) names.push_back(ref.name);
  std::string out;
  for (const std::string_view name : suggest(missing, names))
    out += (out.empty() ? "; did you mean " : ", ") + printable(name);
  return out;
}

}  // namespace

std::vector<std::string> GitRepo::folders() const {
  std::vector<std::string> out = {impl_->git_dir};
  if (impl_->common_dir != impl_->git_dir) out.push_back(impl_->common_dir);
  add_alternates(join_path(impl_->common_dir, "objects"), 0, out);
  return out;
}

Result<ObjectId> GitRepo::resolve(std::string_view revision) const {
  CAIRN_ASSIGN(const auto lease, impl_->pool.lease());
  const auto missing = [&](std::string_view why) {
    return Error(ErrorCode::kRevisionNotFound,
                 "revision '" + printable(revision) + "': " + std::string(why));
  };
  if (revision.empty()) return missing("it is empty; name a branch, tag or commit");
  if (revision.front() == '-') return missing("no revision begins with '-'");
  if (revision.size() > 1024 || revision.find('\0') != revision.npos)
    return missing("no revision is written like this");
  // Searching messages costs time without bound, and reflogs differ from clone to clone.
  if (revision.find(':') != revision.npos || revision.find("^{/") != revision.npos ||
      revision.find("@{") != revision.npos)
    return missing(
        "paths, message searches and reflogs are not offered; give a branch, tag or "
        "commit");

  Owned<git_object> object;
  int code = 0;
  if (is_full_id(revision)) {
    CAIRN_ASSIGN(const ObjectId id, ObjectId::from_hex(revision));
    const git_oid oid = oid_of(id);
    code = acquire(object, git_object_lookup, lease.repo(), &oid, GIT_OBJECT_ANY);
    if (code != 0)
      return missing(is_shallow() ? "no such object in this shallow clone"
                                  : "no such object; a branch of this name is refs/heads/" +
                                        std::string(revision));
  } else {
    // "@" is HEAD, which libgit2 does not know.
    const bool at = revision.front() == '@' &&
                    (revision.size() == 1 || revision[1] == '~' || revision[1] == '^');
    const std::string text = (at ? "HEAD" : "") + std::string(revision.substr(at ? 1 : 0));
    code = acquire(object, git_revparse_single, lease.repo(), text.c_str());
    if (code == GIT_EAMBIGUOUS) return missing("several objects begin so; give more digits");
    if (code != 0) {
      CAIRN_ASSIGN(const std::vector<RefInfo> known, refs());
      if (known.empty()) return missing("the repository has no commit yet");
      return missing((is_shallow() ? "not found in this shallow clone" : "not found") +
                     hint(known, revision));
    }
  }
  Owned<git_object> commit;
  if (acquire(commit, git_object_peel, object.get(), GIT_OBJECT_COMMIT) != 0)
    return missing("it is not a commit");
  return id_of(git_object_id(commit.get()));
}

Result<std::optional<ObjectId>> GitRepo::head() const {
  CAIRN_ASSIGN(const auto lease, impl_->pool.lease());
  git_oid oid;
  const int code = git_reference_name_to_id(&oid, lease.repo(), "HEAD");
  if (code == GIT_ENOTFOUND) return std::optional<ObjectId>();
  if (code != 0) return error_of(code, "reading HEAD");
  return std::optional<ObjectId>(id_of(&oid));
}

std::string GitRepo::head_branch() const {
  const auto lease = impl_->pool.lease();
  Owned<git_reference> head;
  if (!lease || acquire(head, git_reference_lookup, lease->repo(), "HEAD") != 0) return {};
  const char* target = git_reference_symbolic_target(head.get());
  constexpr std::string_view kHeads = "refs/heads/";
  if (target == nullptr || !std::string_view(target).starts_with(kHeads)) return {};
  return target + kHeads.size();
}

Result<CommitInfo> GitRepo::commit(const ObjectId& id) const {
  CAIRN_ASSIGN(const auto lease, impl_->pool.lease());
  const git_oid oid = oid_of(id);
  Owned<git_commit> handle;
  if (const int code = acquire(handle, git_commit_lookup, lease.repo(), &oid); code != 0)
    return error_of(code, "reading commit " + id.hex());
  CommitInfo out;
  out.id = id;
  out.tree = id_of(git_commit_tree_id(handle.get()));
  for (unsigned i = 0; i < git_commit_parentcount(handle.get()); ++i)
    out.parents.push_back(id_of(git_commit_parent_id(handle.get(), i)));
  if (const git_signature* author = git_commit_author(handle.get()); author != nullptr) {
    out.author_name = author->name;
    out.author_email = author->email;
    out.author_time = author->when.time;
  }
  out.commit_time = git_commit_time(handle.get());
  out.message = git_commit_message_raw(handle.get());
  return out;
}

Result<std::vector<RefInfo>> GitRepo::refs() const {
  CAIRN_ASSIGN(const auto lease, impl_->pool.lease());
  Owned<git_reference_iterator> iterator;
  if (const int code = acquire(iterator, git_reference_iterator_new, lease.repo()); code != 0)
    return error_of(code, "listing refs");
  static constexpr std::array<std::pair<std::string_view, RefKind>, 3> kKinds = {{
      {"refs/heads/", RefKind::kBranch},
      {"refs/tags/", RefKind::kTag},
      {"refs/remotes/", RefKind::kRemoteBranch},
  }};
  std::vector<RefInfo> out;
  Owned<git_reference> ref;
  while (acquire(ref, git_reference_next, iterator.get()) == 0) {
    const std::string_view name = git_reference_name(ref.get());
    for (const auto& [prefix, kind] : kKinds) {
      if (!name.starts_with(prefix)) continue;
      Owned<git_object> commit;
      if (acquire(commit, git_reference_peel, ref.get(), GIT_OBJECT_COMMIT) == 0)
        out.push_back(
            {std::string(name.substr(prefix.size())), kind, id_of(git_object_id(commit.get()))});
    }
  }
  std::sort(out.begin(), out.end(), [](const RefInfo& a, const RefInfo& b) {
    return std::tie(a.kind, a.name) < std::tie(b.kind, b.name);
  });
  return out;
}

Result<std::optional<ObjectId>> GitRepo::merge_base(const ObjectId& a, const ObjectId& b) const {
  CAIRN_ASSIGN(const auto lease, impl_->pool.lease());
  const git_oid one = oid_of(a);
  const git_oid two = oid_of(b);
  git_oid base;
  const int code = git_merge_base(&base, lease.repo(), &one, &two);
  if (code == GIT_ENOTFOUND) {
    // libgit2 says the same for a commit that is not there.
    CAIRN_TRY(git::tree_of(lease, a));
    CAIRN_TRY(git::tree_of(lease, b));
    return std::optional<ObjectId>();
  }
  if (code != 0) return error_of(code, "finding the merge base");
  return std::optional<ObjectId>(id_of(&base));
}

Result<TreeListing> GitRepo::list(const ObjectId& commit, const ListLimits& limits,
                                  const StopToken& stop) const {
  CAIRN_ASSIGN(const auto lease, impl_->pool.lease());
  CAIRN_ASSIGN(const ObjectId tree, git::tree_of(lease, commit));
  return git::list_tree(lease, tree, limits, stop);
}

Result<std::vector<TreeChange>> GitRepo::diff(const ObjectId& before, const ObjectId& after,
                                              const ListLimits& limits,
                                              const StopToken& stop) const {
  CAIRN_ASSIGN(const auto lease, impl_->pool.lease());
  CAIRN_ASSIGN(const ObjectId old_tree, git::tree_of(lease, before));
  CAIRN_ASSIGN(const ObjectId new_tree, git::tree_of(lease, after));
  return git::diff_trees(lease, old_tree, new_tree, limits, stop);
}

Result<std::optional<TreeEntry>> GitRepo::find(const ObjectId& commit,
                                               std::string_view path) const {
  if (!is_plain_relative(path)) return std::optional<TreeEntry>();
  CAIRN_ASSIGN(const auto lease, impl_->pool.lease());
  CAIRN_ASSIGN(const ObjectId root, git::tree_of(lease, commit));
  const git_oid oid = oid_of(root);
  Owned<git_tree> tree;
  if (const int code = acquire(tree, git_tree_lookup, lease.repo(), &oid); code != 0)
    return error_of(code, "reading tree " + root.hex());
  Owned<git_tree_entry> entry;
  const std::string text(path);
  const int code = acquire(entry, git_tree_entry_bypath, tree.get(), text.c_str());
  if (code == GIT_ENOTFOUND || (code == 0 && git_tree_entry_type(entry.get()) == GIT_OBJECT_TREE))
    return std::optional<TreeEntry>();
  if (code != 0) return error_of(code, "finding " + printable(path));
  TreeEntry out{text, id_of(git_tree_entry_id(entry.get())), EntryKind::kFile, false};
  const git_filemode_t mode = git_tree_entry_filemode(entry.get());
  if (mode == GIT_FILEMODE_LINK) out.kind = EntryKind::kSymlink;
  if (mode == GIT_FILEMODE_COMMIT) out.kind = EntryKind::kSubmodule;
  out.executable = mode == GIT_FILEMODE_BLOB_EXECUTABLE;
  return std::optional<TreeEntry>(std::move(out));
}

Result<std::uint64_t> GitRepo::blob_size(const ObjectId& id) const {
  CAIRN_ASSIGN(const auto lease, impl_->pool.lease());
  const git_oid oid = oid_of(id);
  std::size_t size = 0;
  git_object_t type = GIT_OBJECT_INVALID;
  if (const int code = git_odb_read_header(&size, &type, lease.odb(), &oid); code != 0)
    return error_of(code, "reading blob " + id.hex());
  if (type != GIT_OBJECT_BLOB)
    return Error(ErrorCode::kCorrupt, "object " + id.hex() + " is not a blob");
  return size;
}

Result<std::string> GitRepo::read_blob(const ObjectId& id, std::uint64_t max_bytes) const {
  CAIRN_ASSIGN(const std::uint64_t size, blob_size(id));
  if (size > max_bytes)
    return Error(ErrorCode::kLimitExceeded, "blob " + id.hex() + " has " + std::to_string(size) +
                                                " bytes, more than the limit of " +
                                                std::to_string(max_bytes));
  CAIRN_ASSIGN(const auto lease, impl_->pool.lease());
  const git_oid oid = oid_of(id);
  Owned<git_odb_object> object;
  if (const int code = acquire(object, git_odb_read, lease.odb(), &oid); code != 0)
    return error_of(code, "reading blob " + id.hex());
  std::string out(static_cast<const char*>(git_odb_object_data(object.get())),
                  git_odb_object_size(object.get()));
  if (content_id_of(out) != id)
    return Error(ErrorCode::kCorrupt,
                 "blob " + id.hex() + " does not have the content of its name");
  return out;
}

}  // namespace cairn::indexer
