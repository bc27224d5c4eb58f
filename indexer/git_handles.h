#pragma once
// Private to indexer/git_*.cc: libgit2's handles owned, its errors mapped, and a pool that gives
// each thread a repository handle of its own. libgit2 is set up once, with no configuration of
// machine or user, before the first handle.
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/result.h"
#include "indexer/git_repo.h"

// Declared here so that git2.h stays inside the .cc files.
struct git_commit;
struct git_object;
struct git_odb;
struct git_odb_object;
struct git_oid;
struct git_reference;
struct git_reference_iterator;
struct git_repository;
struct git_tree;
struct git_tree_entry;

namespace cairn::indexer::git {

struct Free {
  void operator()(git_repository* p) const;
  void operator()(git_odb* p) const;
  void operator()(git_object* p) const;
  void operator()(git_commit* p) const;
  void operator()(git_tree* p) const;
  void operator()(git_tree_entry* p) const;
  void operator()(git_reference* p) const;
  void operator()(git_reference_iterator* p) const;
  void operator()(git_odb_object* p) const;
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

/// Calls a libgit2 function whose first argument is where to put the handle.
template <class T, class Function, class... Args>
int acquire(Owned<T>& out, Function function, Args... args) {
  T* raw = nullptr;
  const int code = function(&raw, args...);
  out.reset(raw);
  return code;
}

/// The Error of a libgit2 return code, with libgit2's own words.
Error error_of(int code, std::string_view what);
ObjectId id_of(const git_oid* oid);
git_oid oid_of(const ObjectId& id);
void set_up();

class Handle {
 public:
  Handle(Owned<git_repository> repo, Owned<git_odb> odb)
      : repo_(std::move(repo)), odb_(std::move(odb)) {}
  git_repository* repo() const { return repo_.get(); }
  git_odb* odb() const { return odb_.get(); }

 private:
  Owned<git_repository> repo_;
  Owned<git_odb> odb_;
};

/// Thread-safe. Handles go back when their lease ends; the pool outlives its leases.
class HandlePool {
 public:
  explicit HandlePool(std::string path) : path_(std::move(path)) {}

  class Lease {
   public:
    Lease(HandlePool* pool, std::unique_ptr<Handle> handle)
        : pool_(pool), handle_(std::move(handle)) {}
    Lease(Lease&&) noexcept = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease() {
      if (handle_) pool_->give_back(std::move(handle_));
    }
    git_repository* repo() const { return handle_->repo(); }
    git_odb* odb() const { return handle_->odb(); }

   private:
    HandlePool* pool_;
    std::unique_ptr<Handle> handle_;
  };

  Result<Lease> lease();

 private:
  void give_back(std::unique_ptr<Handle> handle);

  std::string path_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Handle>> idle_;
};

/// The tree of a commit.
Result<ObjectId> tree_of(const HandlePool::Lease& lease, const ObjectId& commit);
Result<TreeListing> list_tree(const HandlePool::Lease& lease, const ObjectId& root,
                              const ListLimits& limits, const StopToken& stop);
Result<std::vector<TreeChange>> diff_trees(const HandlePool::Lease& lease, const ObjectId& before,
                                           const ObjectId& after, const ListLimits& limits,
                                           const StopToken& stop);

}  // namespace cairn::indexer::git
