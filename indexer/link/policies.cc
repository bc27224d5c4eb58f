#include "indexer/link/policies.h"

#include "indexer/link/policy.h"

namespace cairn::indexer {

const LinkPolicy* policy_for(graph::Language language) {
  switch (graph::family_of(language)) {
    case graph::Family::kGo:
      return &go_policy();
    case graph::Family::kJava:
      return &java_policy();
    case graph::Family::kC:
      return &c_policy();
    case graph::Family::kKotlin:
      return &kotlin_policy();
    case graph::Family::kCSharp:
      return &csharp_policy();
    case graph::Family::kPython:
      return &python_policy();
    case graph::Family::kJs:
      return &ecma_policy();
    case graph::Family::kRuby:
      return &ruby_policy();
    case graph::Family::kRust:
      return &rust_policy();
    case graph::Family::kPhp:
      return &php_policy();
    default:
      return nullptr;
  }
}

}  // namespace cairn::indexer
