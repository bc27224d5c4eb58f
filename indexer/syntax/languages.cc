#include "indexer/syntax/languages.h"

#include <array>

#include "indexer/syntax/parse.h"

namespace cairn::indexer::syntax {
namespace {

const std::array kDefs = {
    &go_def(),  &java_def(),   &kotlin_def(), &python_def(),     &ruby_def(),       &rust_def(),
    &c_def(),   &csharp_def(), &cpp_def(),    &javascript_def(), &typescript_def(), &tsx_def(),
    &php_def(), &bash_def(),   &lua_def(),    &scala_def(),      &swift_def(),
};

}  // namespace

std::span<const LanguageDef* const> all_languages() { return kDefs; }

const LanguageDef* language_def(graph::Language language) {
  for (const LanguageDef* def : kDefs)
    if (def->language == language) return def;
  return nullptr;
}

}  // namespace cairn::indexer::syntax
