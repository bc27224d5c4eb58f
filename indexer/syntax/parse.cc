#include "indexer/syntax/parse.h"

#include <tree_sitter/api.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <new>
#include <string>
#include <unordered_map>

#include "base/check.h"
#include "indexer/syntax/flatten.h"
#include "indexer/syntax/walk.h"

namespace cairn::indexer::syntax {
namespace {

constexpr std::string_view kFieldNames[] = {
    "",
#define CAIRN_FIELD(name) #name,
#include "indexer/syntax/fields.def"
#undef CAIRN_FIELD
};

struct ParserDelete {
  void operator()(TSParser* p) const { ts_parser_delete(p); }
};
struct TreeDelete {
  void operator()(TSTree* t) const { ts_tree_delete(t); }
};
using ParserPtr = std::unique_ptr<TSParser, ParserDelete>;
using TreePtr = std::unique_ptr<TSTree, TreeDelete>;

/// Per grammar: symbol and field numbers to ours, and the flags a node type implies.
struct Tables {
  std::vector<std::uint16_t> type_of;
  std::vector<std::uint8_t> flags_of;
  std::vector<Field> field_of;
};

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

std::uint8_t flags_of_type(std::string_view name, bool named) {
  std::uint8_t flags = named ? node_flag::kNamed : 0;
  if (!named) return flags;
  if (contains(name, "comment")) flags |= node_flag::kComment;
  if (name == "string" || name == "template_string" || contains(name, "string_literal") ||
      contains(name, "char_literal") || contains(name, "heredoc") || name == "encapsed_string" ||
      name == "regex" || name == "rune_literal" || contains(name, "string_expression"))
    flags |= node_flag::kString;
  return flags;
}

Tables make_tables(const LanguageDef& def) {
  const TSLanguage* grammar = def.grammar();
  Tables t;
  const std::uint32_t symbols = ts_language_symbol_count(grammar);
  std::unordered_map<std::string, std::uint16_t> named;
  std::unordered_map<std::string, std::uint16_t> tokens;
  for (std::size_t i = 0; i < def.node_names.size(); ++i)
    (def.node_names[i].named ? named : tokens)
        .emplace(std::string(def.node_names[i].name), static_cast<std::uint16_t>(i + 1));
  t.type_of.resize(symbols, 0);
  t.flags_of.resize(symbols, 0);
  for (std::uint32_t s = 0; s < symbols; ++s) {
    const auto id = static_cast<TSSymbol>(s);
    const std::string name = ts_language_symbol_name(grammar, id);
    const bool is_named = ts_language_symbol_type(grammar, id) == TSSymbolTypeRegular;
    const auto& table = is_named ? named : tokens;
    if (const auto found = table.find(name); found != table.end()) t.type_of[s] = found->second;
    t.flags_of[s] = flags_of_type(name, is_named);
  }
  const std::uint32_t fields = ts_language_field_count(grammar);
  t.field_of.resize(fields + 1, Field::none);
  for (std::uint32_t f = 1; f <= fields; ++f) {
    const std::string_view name = ts_language_field_name_for_id(grammar, static_cast<TSFieldId>(f));
    const auto* at = std::find(std::begin(kFieldNames), std::end(kFieldNames), name);
    if (at != std::end(kFieldNames)) t.field_of[f] = static_cast<Field>(at - kFieldNames);
  }
  return t;
}

constexpr std::size_t kLanguages = 32;

const Tables& tables_for(const LanguageDef& def) {
  static std::array<std::once_flag, kLanguages> once;
  static std::array<Tables, kLanguages> tables;
  const auto i = static_cast<std::size_t>(def.language);
  CAIRN_CHECK(i < kLanguages);
  std::call_once(once[i], [&] { tables[i] = make_tables(def); });
  return tables[i];
}

TSParser* parser_for(const LanguageDef& def) {
  thread_local std::array<ParserPtr, kLanguages> parsers;
  ParserPtr& p = parsers[static_cast<std::size_t>(def.language)];
  if (!p) {
    p.reset(ts_parser_new());
    // False here means the grammar's ABI does not suit the core: a build defect.
    CAIRN_CHECK(ts_parser_set_language(p.get(), def.grammar()));
  }
  return p.get();
}

struct Deadline {
  std::chrono::steady_clock::time_point at;
};

bool past_deadline(TSParseState* state) {
  return std::chrono::steady_clock::now() > static_cast<Deadline*>(state->payload)->at;
}

struct Bytes {
  std::string_view text;
};

const char* read_bytes(void* payload, std::uint32_t at, TSPoint, std::uint32_t* size) {
  const auto* bytes = static_cast<const Bytes*>(payload);
  if (at >= bytes->text.size()) {
    *size = 0;
    return "";
  }
  *size = static_cast<std::uint32_t>(bytes->text.size()) - at;
  return bytes->text.data() + at;
}

TreePtr run_parser(std::string_view source, const LanguageDef& def, const ParseLimits& limits) {
  TSParser* parser = parser_for(def);
  Deadline deadline{std::chrono::steady_clock::now() +
                    std::chrono::microseconds(limits.timeout_micros)};
  Bytes bytes{source};
  TSInput input{};
  input.payload = &bytes;
  input.read = read_bytes;
  input.encoding = TSInputEncodingUTF8;
  TSParseOptions options{};
  options.payload = &deadline;
  options.progress_callback = past_deadline;
  TreePtr tree(ts_parser_parse_with_options(parser, nullptr, input, options));
  if (!tree) ts_parser_reset(parser);
  return tree;
}

void find_lines(SyntaxTree& tree) {
  tree.line_starts.push_back(0);
  const std::string_view s = tree.source;
  for (std::size_t at = s.find('\n'); at != std::string_view::npos; at = s.find('\n', at + 1))
    tree.line_starts.push_back(static_cast<std::uint32_t>(at + 1));
}

static_assert(sizeof(CairnFlatNode) == sizeof(Node) && offsetof(CairnFlatNode, type) == 0 &&
              offsetof(CairnFlatNode, field) == offsetof(Node, field) &&
              offsetof(CairnFlatNode, flags) == offsetof(Node, flags) &&
              offsetof(CairnFlatNode, begin) == offsetof(Node, begin) &&
              offsetof(CairnFlatNode, end) == offsetof(Node, end) &&
              offsetof(CairnFlatNode, row) == offsetof(Node, row) &&
              offsetof(CairnFlatNode, parent) == offsetof(Node, parent) &&
              offsetof(CairnFlatNode, next) == offsetof(Node, next));

/// Copies the tree into the flat array.
void copy_nodes(const TSTree* from, const Tables& t, const ParseLimits& limits, SyntaxTree& out) {
  CairnFlattenRules rules{};
  rules.type_of = t.type_of.data();
  rules.flags_of = t.flags_of.data();
  rules.symbol_count = static_cast<std::uint32_t>(t.type_of.size());
  rules.field_of = reinterpret_cast<const std::uint8_t*>(t.field_of.data());
  rules.error_flags = node_flag::kNamed | node_flag::kError;
  rules.missing_flag = node_flag::kMissing;
  rules.max_depth = limits.max_depth;
  rules.max_nodes = std::min(cairn_flatten_bound(from), limits.max_nodes);
  out.nodes.resize(rules.max_nodes);
  int truncated = 0;
  int exhausted = 0;
  const std::uint32_t count = cairn_flatten(
      from, &rules, reinterpret_cast<CairnFlatNode*>(out.nodes.data()), &truncated, &exhausted);
  out.truncated = truncated != 0;
  if (exhausted != 0) throw std::bad_alloc();
  out.nodes.resize(count);
}

void set_module_only(graph::FileFacts& facts, std::string_view source, graph::Language language) {
  facts.face.language = language;
  facts.face.parse = graph::ParseStatus::kSkipped;
  facts.face.bytes = static_cast<std::uint32_t>(source.size());
  facts.face.lines = static_cast<std::uint32_t>(std::count(source.begin(), source.end(), '\n')) +
                     (source.empty() || source.back() == '\n' ? 0 : 1);
  graph::Symbol module;
  module.scope = 0;
  const std::size_t newline = source.rfind('\n');
  const std::size_t line = newline == std::string_view::npos ? 0 : newline + 1;
  module.range.begin = {1, 1};
  module.range.end.line =
      static_cast<std::uint32_t>(std::count(source.begin(), source.end(), '\n')) + 1;
  module.range.end.column = static_cast<std::uint32_t>(source.size() - line) + 1;
  module.name_range = {{1, 1}, {1, 1}};
  facts.face.symbols.push_back(module);
  facts.face.scopes.push_back(graph::Scope{});
}

}  // namespace

graph::Position SyntaxTree::position_of(std::uint32_t byte) const {
  const auto after = std::upper_bound(line_starts.begin(), line_starts.end(), byte);
  const auto line = static_cast<std::uint32_t>(after - line_starts.begin());
  return {line, byte - line_starts[line - 1] + 1};
}

std::optional<SyntaxTree> parse(std::string_view source, const LanguageDef& def,
                                const ParseLimits& limits) {
  const std::string shown = def.hide != nullptr ? def.hide(source) : std::string();
  const TreePtr parsed = run_parser(shown.empty() ? source : shown, def, limits);
  if (!parsed) return std::nullopt;
  SyntaxTree tree;
  tree.source = source;
  find_lines(tree);
  tree.has_error = ts_node_has_error(ts_tree_root_node(parsed.get()));
  copy_nodes(parsed.get(), tables_for(def), limits, tree);
  return tree;
}

bool parse_only(std::string_view source, const LanguageDef& def, const ParseLimits& limits) {
  return run_parser(source, def, limits) != nullptr;
}

Extracted extract(std::string_view source, graph::Language language, const ParseLimits& limits) {
  Extracted out;
  const LanguageDef* def = language_def(language);
  if (def == nullptr) {
    out.outcome = ExtractOutcome::kUnsupported;
    set_module_only(out.facts, source, language);
    return out;
  }
  const std::optional<SyntaxTree> tree = parse(source, *def, limits);
  if (!tree) {
    out.outcome = ExtractOutcome::kTimeout;
    set_module_only(out.facts, source, language);
    return out;
  }
  FileWalk walk(*tree, language, def->metrics);
  def->extract(walk);
  walk.finish();
  out.facts = std::move(walk.facts);
  return out;
}

std::vector<std::string> table_mismatches() {
  std::vector<std::string> out;
  for (const LanguageDef* def : all_languages()) {
    const TSLanguage* grammar = def->grammar();
    const std::string language(graph::name_of(def->language));
    for (const NodeName& row : def->node_names) {
      if (row.name.empty()) continue;  // a type of another grammar of the same extractor
      const TSSymbol s = ts_language_symbol_for_name(
          grammar, row.name.data(), static_cast<std::uint32_t>(row.name.size()), row.named);
      if (s == 0) out.push_back(language + ": no node '" + std::string(row.name) + "'");
    }
    for (std::uint32_t f = 1; f <= ts_language_field_count(grammar); ++f) {
      const std::string_view name =
          ts_language_field_name_for_id(grammar, static_cast<TSFieldId>(f));
      if (std::find(std::begin(kFieldNames), std::end(kFieldNames), name) == std::end(kFieldNames))
        out.push_back(language + ": field '" + std::string(name) + "' is not in fields.def");
    }
  }
  return out;
}

}  // namespace cairn::indexer::syntax
