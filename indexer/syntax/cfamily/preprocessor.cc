// Includes, macros and conditions.
#include <algorithm>
#include <array>

#include "indexer/syntax/cfamily/names.h"

namespace cairn::indexer::syntax::cfamily {
namespace {

bool is_word_start(char c) {
  return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         static_cast<unsigned char>(c) >= 0x80;
}

bool is_word(char c) { return is_word_start(c) || (c >= '0' && c <= '9'); }

bool is_keyword(std::string_view word) {
  static const std::unordered_set<std::string_view> kKeywords = {
      "NULL",          "_Alignof",
      "_Bool",         "_Generic",
      "_Pragma",       "__VA_ARGS__",
      "__VA_OPT__",    "__asm__",
      "__attribute__", "__builtin_offsetof",
      "__extension__", "__func__",
      "__typeof__",    "alignas",
      "alignof",       "asm",
      "auto",          "bool",
      "break",         "case",
      "catch",         "char",
      "class",         "const",
      "const_cast",    "constexpr",
      "continue",      "decltype",
      "default",       "defined",
      "delete",        "do",
      "double",        "dynamic_cast",
      "else",          "enum",
      "explicit",      "extern",
      "false",         "float",
      "for",           "friend",
      "goto",          "if",
      "inline",        "int",
      "long",          "mutable",
      "namespace",     "new",
      "noexcept",      "nullptr",
      "operator",      "private",
      "protected",     "public",
      "register",      "reinterpret_cast",
      "return",        "short",
      "signed",        "sizeof",
      "static",        "static_assert",
      "static_cast",   "struct",
      "switch",        "template",
      "this",          "throw",
      "true",          "try",
      "typedef",       "typename",
      "union",         "unsigned",
      "using",         "virtual",
      "void",          "volatile",
      "while"};
  return kKeywords.contains(word);
}

constexpr std::array<std::string_view, 6> kTestHeaders = {"gtest/",  "gmock/",      "catch2/",
                                                          "doctest", "boost/test/", "cmocka"};

/// Byte after a quoted literal or comment that begins at `i`, or `i`.
std::size_t skip_literal(std::string_view text, std::size_t i) {
  const char quote = text[i];
  if (quote == '"' || quote == '\'') {
    for (std::size_t k = i + 1; k < text.size(); ++k) {
      if (text[k] == '\\')
        ++k;
      else if (text[k] == quote)
        return k + 1;
    }
    return text.size();
  }
  if (text.substr(i).starts_with("/*")) {
    const std::size_t end = text.find("*/", i + 2);
    return end == std::string_view::npos ? text.size() : end + 2;
  }
  if (text.substr(i).starts_with("//")) {
    const std::size_t end = text.find('\n', i);
    return end == std::string_view::npos ? text.size() : end;
  }
  return i;
}

}  // namespace

void Extractor::enter_include(NodeIdx n) {
  const NodeIdx path = t_.child(n, Field::path_);
  if (path == kNoNode) return;
  const N kind = type_of(t_, path);
  if (kind != N::system_lib_string_ && kind != N::string_literal_) return;  // a macro: read
  std::string_view module = t_.text(path);
  if (module.size() < 2) return;
  module = module.substr(1, module.size() - 2);
  graph::Import import;
  import.kind = graph::ImportKind::kInclude;
  import.module = w_.intern(module);
  import.system = kind == N::system_lib_string_;
  import.conditional = conditional_ > 0;
  import.range = t_.range(path);
  w_.add_import(import);
  for (const std::string_view header : kTestHeaders)
    if (module.starts_with(header)) w_.facts.face.is_test = true;
}

void Extractor::add_ref_at(NodeIdx near, std::uint32_t begin, std::string_view name, RefRole role,
                           SymbolIdx owner, std::uint8_t flags) {
  graph::Ref& ref = w_.add_ref(near, role, kNone, 255, flags);
  ref.begin = t_.position_of(begin);
  ref.length = static_cast<std::uint32_t>(name.size());
  ref.name = w_.intern(name);
  ref.owner = owner;
}

void Extractor::enter_macro(NodeIdx n) {
  const NodeIdx name = t_.child(n, Field::name_);
  if (name == kNoNode) return;
  const NodeIdx body = t_.child(n, Field::value_);
  const NodeIdx parameters = t_.child(n, Field::parameters_);
  NewSymbol s;
  s.kind = SymbolKind::kMacro;
  s.name = name;
  s.definition = n;
  s.visibility = Visibility::kPublic;
  s.flags = conditional_ > 0 ? symbol_flag::kConditional : 0;
  s.parent = 0;
  s.declared_in = 0;
  const std::string signature =
      w_.normalised(t_[n].begin, parameters != kNoNode ? t_[parameters].end
                                 : body != kNoNode     ? t_[body].end
                                                       : t_[name].end);
  s.signature = signature;
  const SymbolIdx macro = w_.define(s);
  w_.skip(name);
  std::unordered_set<std::string_view> names;
  unsigned count = 0;
  if (parameters != kNoNode) {
    for (NodeIdx c = t_.first_child(parameters); c != kNoNode; c = t_.next_sibling(c)) {
      if (type_of(t_, c) != N::identifier_) continue;
      w_.skip(c);
      names.insert(t_.text(c));
      ++count;
    }
  }
  const bool variadic =
      parameters != kNoNode && t_.text(parameters).find("...") != std::string_view::npos;
  graph::Symbol& m = w_.symbol(macro);
  m.min_args = static_cast<std::uint8_t>(std::min(count, 254u));
  m.max_args = variadic ? 255 : m.min_args;
  m.metrics.parameters = static_cast<std::uint16_t>(count);
  if (body != kNoNode) lex_names(t_[body].begin, t_[body].end, body, macro, names);
}

void Extractor::read_annotations(std::uint32_t end, NodeIdx near) {
  static const std::unordered_set<std::string_view> no_parameters;
  while (next_annotation_ < annotations_.size() && annotations_[next_annotation_].begin < end) {
    const Annotation& a = annotations_[next_annotation_++];
    lex_names(a.begin, a.end, near, w_.current_symbol(), no_parameters);
  }
}

void Extractor::lex_names(std::uint32_t first, std::uint32_t last, NodeIdx near, SymbolIdx owner,
                          const std::unordered_set<std::string_view>& parameters) {
  // The grammar keeps a macro's replacement as text. Its names are looked up where the macro is
  // expanded; as references of the macro itself they still say what it depends on.
  const std::string_view text = t_.source.substr(first, last - first);
  bool after_hash = false;
  bool member = false;
  for (std::size_t i = 0; i < text.size();) {
    const char c = text[i];
    if (const std::size_t end = skip_literal(text, i); end != i) {
      i = end;
      member = false;
      continue;
    }
    if (c >= '0' && c <= '9') {
      while (i < text.size() && (is_word(text[i]) || text[i] == '.')) ++i;
      continue;
    }
    if (!is_word_start(c)) {
      after_hash = c == '#' || (after_hash && c == ' ');
      if (c == '.')
        member = true;
      else if (c == '>' && i > 0 && text[i - 1] == '-')
        member = true;
      else if (c != ' ')
        member = false;
      ++i;
      continue;
    }
    std::size_t end = i + 1;
    while (end < text.size() && is_word(text[end])) ++end;
    const std::string_view word = text.substr(i, end - i);
    std::size_t next = end;
    while (next < text.size() && (text[next] == ' ' || text[next] == '\t')) ++next;
    const bool pasted = text.substr(next).starts_with("##") || after_hash;
    const bool literal_prefix = next == end && next < text.size() && text[next] == '"';
    if (!pasted && !literal_prefix && !parameters.contains(word) && !is_keyword(word)) {
      const bool call = next < text.size() && text[next] == '(';
      add_ref_at(near, first + static_cast<std::uint32_t>(i), word,
                 call ? RefRole::kCall : RefRole::kRead, owner,
                 member ? ref_flag::kHasReceiver : std::uint8_t{0});
    }
    after_hash = false;
    member = false;
    i = end;
  }
}

bool Extractor::is_include_guard(NodeIdx n) const {
  const NodeIdx name = t_.child(n, Field::name_);
  if (name == kNoNode || !t_.text(n).starts_with("#ifndef")) return false;
  NodeIdx next = t_.next_sibling(name);
  while (next != kNoNode && t_.is_comment(next)) next = t_.next_sibling(next);
  if (!at(next, id(N::preproc_def_))) return false;
  const NodeIdx defined = t_.child(next, Field::name_);
  return defined != kNoNode && t_.text(defined) == t_.text(name) &&
         t_.child(next, Field::value_) == kNoNode;
}

void Extractor::enter_condition(NodeIdx n, bool entering) {
  if (type_of(t_, n) == N::preproc_ifdef_ && is_include_guard(n)) {
    if (entering) w_.skip(t_.child(n, Field::name_));
    return;
  }
  conditional_ += entering ? 1 : -1;
}

}  // namespace cairn::indexer::syntax::cfamily
