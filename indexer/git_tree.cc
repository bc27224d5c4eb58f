// Walks over git trees: listing and comparing, with explicit stacks and limits that hold against
// trees made to explode.
#include <git2.h>

#include <algorithm>
#include <unordered_map>

#include "indexer/git_handles.h"
#include "indexer/path_rules.h"

namespace cairn::indexer::git {
namespace {

constexpr std::uint32_t kModeTree = 0040000;
constexpr std::uint32_t kModeLink = 0120000;
constexpr std::uint32_t kModeCommit = 0160000;
constexpr std::uint32_t kModeTypeMask = 0170000;

struct RawEntry {
  std::string name;
  ObjectId id;
  std::uint32_t mode = 0;

  bool is_tree() const { return (mode & kModeTypeMask) == kModeTree; }
};
using RawTree = std::vector<RawEntry>;

Result<RawTree> load_tree(git_repository* repo, const ObjectId& id) {
  const git_oid oid = oid_of(id);
  Owned<git_tree> tree;
  if (const int code = acquire(tree, git_tree_lookup, repo, &oid); code != 0)
    return error_of(code, "reading tree " + id.hex());
  const std::size_t size = git_tree_entrycount(tree.get());
  RawTree out;
  out.reserve(size);
  for (std::size_t i = 0; i < size; ++i) {
    const git_tree_entry* entry = git_tree_entry_byindex(tree.get(), i);
    out.push_back({git_tree_entry_name(entry), id_of(git_tree_entry_id(entry)),
                   static_cast<std::uint32_t>(git_tree_entry_filemode_raw(entry))});
  }
  // Git orders folders as if their name ended in "/"; both walks here want plain byte order.
  std::stable_sort(out.begin(), out.end(),
                   [](const RawEntry& a, const RawEntry& b) { return a.name < b.name; });
  return out;
}

TreeEntry to_entry(std::string path, const RawEntry& raw) {
  TreeEntry out{std::move(path), raw.id, EntryKind::kFile, false};
  const std::uint32_t type = raw.mode & kModeTypeMask;
  if (type == kModeLink) out.kind = EntryKind::kSymlink;
  if (type == kModeCommit) out.kind = EntryKind::kSubmodule;
  out.executable = out.kind == EntryKind::kFile && (raw.mode & 0111) != 0;
  return out;
}

std::string join(const std::string& folder, std::string_view name) {
  if (folder.empty()) return std::string(name);
  std::string out;
  out.reserve(folder.size() + 1 + name.size());
  out += folder;
  out += '/';
  out += name;
  return out;
}

/// Whether list() and diff() take an entry; both must agree.
SkipReason judge(std::string_view name, std::size_t path_size, std::size_t depth,
                 const ListLimits& limits) {
  if (!is_plain_relative(name) || name.find('/') != std::string_view::npos || name == ".git")
    return SkipReason::kInvalidPath;
  if (path_size > limits.max_path) return SkipReason::kPathTooLong;
  if (depth > limits.max_depth) return SkipReason::kTooDeep;
  return SkipReason::kNone;
}

Error too_many(const ListLimits& limits) {
  return Error(ErrorCode::kLimitExceeded, "the tree holds more than " +
                                              std::to_string(limits.max_entries) +
                                              " files and folders; index a part of it");
}

/// The distinct trees below a root, each read once, with the number of paths each unfolds to.
class TreeTable {
 public:
  struct Node {
    RawTree entries;
    std::uint64_t paths = 0;  // saturates just above the limit
    bool done = false;
  };

  TreeTable(git_repository* repo, const ListLimits& limits, const StopToken& stop)
      : repo_(repo), limits_(limits), stop_(stop) {}

  // Post-order with an explicit stack. A tree met again before it is done contains itself: possible
  // only in a forged repository, whose objects do not have the names they are stored under.
  Result<void> load(const ObjectId& root) {
    struct Frame {
      Node* node;
      std::size_t next;
    };
    std::vector<Frame> stack;
    CAIRN_ASSIGN(Node * first, add(root));
    stack.push_back({first, 0});
    while (!stack.empty()) {
      Frame& frame = stack.back();
      if (frame.next == frame.node->entries.size()) {
        CAIRN_TRY(finish(*frame.node));
        stack.pop_back();
        continue;
      }
      const RawEntry& entry = frame.node->entries[frame.next++];
      if (!entry.is_tree()) continue;
      if (const auto known = nodes_.find(entry.id); known != nodes_.end()) {
        if (!known->second->done)
          return Error(ErrorCode::kCorrupt, "tree " + entry.id.hex() + " contains itself");
        continue;
      }
      CAIRN_ASSIGN(Node * node, add(entry.id));
      stack.push_back({node, 0});
    }
    return {};
  }

  const Node& at(const ObjectId& id) const { return *nodes_.at(id); }

 private:
  Result<Node*> add(const ObjectId& id) {
    CAIRN_TRY(stop_.check("listing a tree"));
    auto node = std::make_unique<Node>();
    CAIRN_ASSIGN(node->entries, load_tree(repo_, id));
    loaded_ += node->entries.size();
    if (loaded_ > limits_.max_entries) return too_many(limits_);
    Node* raw = node.get();
    nodes_.emplace(id, std::move(node));
    return raw;
  }

  Result<void> finish(Node& node) const {
    for (const RawEntry& entry : node.entries) {
      node.paths += 1 + (entry.is_tree() ? nodes_.at(entry.id)->paths : 0);
      if (node.paths > limits_.max_entries) return too_many(limits_);
    }
    node.done = true;
    return {};
  }

  git_repository* repo_;
  const ListLimits& limits_;
  const StopToken& stop_;
  std::uint64_t loaded_ = 0;
  std::unordered_map<ObjectId, std::unique_ptr<Node>> nodes_;
};

void sort_listing(TreeListing& out) {
  // Stable, so that of entries that share a path the first in the tree is the one that stays.
  std::stable_sort(out.entries.begin(), out.entries.end(),
                   [](const TreeEntry& a, const TreeEntry& b) { return a.path < b.path; });
  const auto repeats =
      std::unique(out.entries.begin(), out.entries.end(),
                  [](const TreeEntry& a, const TreeEntry& b) { return a.path == b.path; });
  out.entries.erase(repeats, out.entries.end());
  std::sort(out.skipped.begin(), out.skipped.end());
  out.skipped.erase(std::unique(out.skipped.begin(), out.skipped.end()), out.skipped.end());
}

/// Names of one folder of two trees side by side; equal names share a step.
struct Pair {
  std::string path;
  std::optional<ObjectId> before;
  std::optional<ObjectId> after;
  std::size_t depth;
};

class TreeDiff {
 public:
  TreeDiff(git_repository* repo, const ListLimits& limits, const StopToken& stop)
      : repo_(repo), limits_(limits), stop_(stop) {}

  Result<std::vector<TreeChange>> run(const ObjectId& before, const ObjectId& after) {
    if (before != after) pending_.push_back({"", before, after, 1});
    while (!pending_.empty()) {
      const Pair pair = std::move(pending_.back());
      pending_.pop_back();
      CAIRN_TRY(stop_.check("comparing trees"));
      CAIRN_TRY(compare(pair));
    }
    std::sort(changes_.begin(), changes_.end(),
              [](const TreeChange& a, const TreeChange& b) { return a.path < b.path; });
    return std::move(changes_);
  }

 private:
  Result<RawTree> side(const std::optional<ObjectId>& id) const {
    if (!id) return RawTree();
    CAIRN_ASSIGN(RawTree tree, load_tree(repo_, *id));
    tree.erase(std::unique(tree.begin(), tree.end(),
                           [](const RawEntry& a, const RawEntry& b) { return a.name == b.name; }),
               tree.end());
    return tree;
  }

  Result<void> compare(const Pair& pair) {
    CAIRN_ASSIGN(const RawTree before, side(pair.before));
    CAIRN_ASSIGN(const RawTree after, side(pair.after));
    auto b = before.begin();
    auto a = after.begin();
    while (b != before.end() || a != after.end()) {
      const RawEntry* old_entry = nullptr;
      const RawEntry* new_entry = nullptr;
      if (a == after.end() || (b != before.end() && b->name <= a->name)) old_entry = &*b;
      if (b == before.end() || (a != after.end() && a->name <= b->name)) new_entry = &*a;
      if (old_entry != nullptr) ++b;
      if (new_entry != nullptr) ++a;
      CAIRN_TRY(step(pair, old_entry, new_entry));
    }
    return {};
  }

  Result<void> step(const Pair& pair, const RawEntry* before, const RawEntry* after) {
    if (before != nullptr && after != nullptr && before->id == after->id &&
        before->mode == after->mode)
      return {};
    if (++visited_ > 2 * limits_.max_entries) return too_many(limits_);
    const std::string& name = before != nullptr ? before->name : after->name;
    std::string path = join(pair.path, name);
    if (judge(name, path.size(), pair.depth, limits_) != SkipReason::kNone) return {};
    Pair below{path, std::nullopt, std::nullopt, pair.depth + 1};
    TreeChange change{std::move(path), std::nullopt, std::nullopt};
    sort_side(before, below.before, change.before, below.path);
    sort_side(after, below.after, change.after, below.path);
    if ((change.before || change.after) && change.before != change.after)
      changes_.push_back(std::move(change));
    if (below.before != below.after) pending_.push_back(std::move(below));
    return {};
  }

  static void sort_side(const RawEntry* raw, std::optional<ObjectId>& folder,
                        std::optional<TreeEntry>& file, const std::string& path) {
    if (raw == nullptr) return;
    if (raw->is_tree())
      folder = raw->id;
    else
      file = to_entry(path, *raw);
  }

  git_repository* repo_;
  const ListLimits& limits_;
  const StopToken& stop_;
  std::uint64_t visited_ = 0;
  std::vector<Pair> pending_;
  std::vector<TreeChange> changes_;
};

}  // namespace

Result<TreeListing> list_tree(const HandlePool::Lease& lease, const ObjectId& root,
                              const ListLimits& limits, const StopToken& stop) {
  TreeTable table(lease.repo(), limits, stop);
  CAIRN_TRY(table.load(root));
  struct Folder {
    std::string path;
    const TreeTable::Node* node;
    std::size_t depth;
  };
  TreeListing out;
  std::vector<Folder> pending = {{"", &table.at(root), 1}};
  out.entries.reserve(table.at(root).paths);
  while (!pending.empty()) {
    const Folder folder = std::move(pending.back());
    pending.pop_back();
    CAIRN_TRY(stop.check("listing a tree"));
    for (const RawEntry& raw : folder.node->entries) {
      std::string path = join(folder.path, raw.name);
      if (const SkipReason reason = judge(raw.name, path.size(), folder.depth, limits);
          reason != SkipReason::kNone)
        out.skipped.push_back({std::move(path), reason});
      else if (raw.is_tree())
        pending.push_back({std::move(path), &table.at(raw.id), folder.depth + 1});
      else
        out.entries.push_back(to_entry(std::move(path), raw));
    }
  }
  sort_listing(out);
  return out;
}

Result<std::vector<TreeChange>> diff_trees(const HandlePool::Lease& lease, const ObjectId& before,
                                           const ObjectId& after, const ListLimits& limits,
                                           const StopToken& stop) {
  return TreeDiff(lease.repo(), limits, stop).run(before, after);
}

}  // namespace cairn::indexer::git
