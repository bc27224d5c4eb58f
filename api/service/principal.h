#pragma once
// Principal: who asks. Every method of the service takes one first, so that no handler can forget
// to check scope and repository. Value type.
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/tokens.h"

namespace cairn::api {

using store::Scope;

struct Principal {
  /// Token id, "dev" for loopback under --dev, "" for nobody.
  std::string id;
  std::string name;
  store::ScopeSet scopes = 0;
  /// Ids of the repos it may see; empty: all.
  std::vector<std::string> repos;

  bool is_known() const { return !id.empty(); }
  /// Admin holds all scopes.
  bool has(Scope scope) const {
    return (scopes & (store::scope_bit(scope) | store::scope_bit(Scope::kAdmin))) != 0;
  }
  bool may_see(std::string_view repo_id) const {
    return repos.empty() || std::find(repos.begin(), repos.end(), repo_id) != repos.end();
  }
};

/// kUnauthenticated for nobody, kForbidden without the scope.
Result<void> require(const Principal& who, Scope scope);

/// The answer for a repo that is unknown and for one that may not be seen: nobody learns which.
Error no_such_repo(std::string_view slug);

}  // namespace cairn::api
