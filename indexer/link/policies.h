#pragma once
// One accessor per language family with linking rules, defined in
// indexer/syntax/<language>/linkage.cc and listed in policies.cc.
namespace cairn::indexer {

class LinkPolicy;

const LinkPolicy& ecma_policy();
const LinkPolicy& go_policy();
const LinkPolicy& java_policy();
const LinkPolicy& kotlin_policy();
const LinkPolicy& php_policy();
const LinkPolicy& c_policy();
const LinkPolicy& csharp_policy();
const LinkPolicy& python_policy();
const LinkPolicy& ruby_policy();
const LinkPolicy& rust_policy();

}  // namespace cairn::indexer
