#pragma once
// One accessor per language, defined in indexer/syntax/<language>/extractor.cc and listed in
// languages.cc. Adding a language = its folder, its line here and its row in graph/schema.def.
namespace cairn::indexer::syntax {

struct LanguageDef;

const LanguageDef& go_def();
const LanguageDef& java_def();
const LanguageDef& kotlin_def();
const LanguageDef& python_def();
const LanguageDef& ruby_def();
const LanguageDef& rust_def();
const LanguageDef& c_def();
const LanguageDef& csharp_def();
const LanguageDef& cpp_def();
const LanguageDef& javascript_def();
const LanguageDef& typescript_def();
const LanguageDef& tsx_def();
const LanguageDef& php_def();
const LanguageDef& bash_def();
const LanguageDef& lua_def();
const LanguageDef& scala_def();
const LanguageDef& swift_def();

}  // namespace cairn::indexer::syntax
