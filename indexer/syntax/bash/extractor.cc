// Bash as an outline: functions, variables, sourced files, calls of named commands. Functions and
// variables belong to the whole script wherever they are written, except those declared local.
#include <string>
#include <unordered_set>

#include "indexer/syntax/languages.h"
#include "indexer/syntax/outline.h"

#define CAIRN_NODE_TABLE "indexer/syntax/bash/nodes.def"
#include "indexer/syntax/node_table.h"

extern "C" const TSLanguage* tree_sitter_bash(void);

namespace cairn::indexer::syntax {
namespace {

using graph::kNone;
using graph::RefRole;
using graph::SymbolKind;
namespace symbol_flag = graph::symbol_flag;

bool is_command_name(std::string_view text) {
  for (const char c : text) {
    const bool letter = c == '_' || c == '-' || c == ':' || c == '.' || (c >= '0' && c <= '9') ||
                        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (!letter) return false;
  }
  return !text.empty() && text != "." && text != ":" && text.front() != '-';
}

class BashExtractor : Outline {
 public:
  explicit BashExtractor(FileWalk& walk) : Outline(walk) {}

  void enter(NodeIdx n) {
    switch (type_of(t_, n)) {
      case N::function_definition_:
        return enter_function(n);
      case N::command_:
        return enter_command(n);
      case N::declaration_command_:
        return enter_declaration(n);
      case N::variable_assignment_:
        if (const NodeIdx name = assigned_name(n); name != kNoNode && !w_.skipped(name))
          assign(name, n, false);
        return;
      case N::for_statement_:
        if (const NodeIdx name = t_.child(n, Field::variable_); is_present(name))
          assign(name, name, w_.in_function());
        return;
      default:
        return;
    }
  }

  void leave(NodeIdx n) {
    if (type_of(t_, n) != N::variable_name_ || w_.skipped(n)) return;
    const std::string_view name = t_.text(n);
    if (!name.empty() && name.front() >= '0' && name.front() <= '9') return;  // $1
    leave_name(n, RefRole::kRead, false);
  }

 private:
  void enter_function(NodeIdx n) {
    const NodeIdx name = t_.child(n, Field::name_);
    if (!is_present(name)) return;
    NewSymbol s;
    s.kind = SymbolKind::kFunction;
    s.name = name;
    s.definition = n;
    s.body = t_.child(n, Field::body_);
    s.visibility = graph::Visibility::kPublic;
    s.declared_in = 0;
    if (t_.text(name).starts_with("test_")) s.flags |= symbol_flag::kTest;
    const auto symbol = w_.define(s);
    w_.open(symbol, graph::ScopeKind::kFunction, n);
  }

  void enter_command(NodeIdx n) {
    const NodeIdx holder = t_.child(n, Field::name_);
    const NodeIdx word = holder == kNoNode ? kNoNode : t_.first_child(holder);
    if (!is_present(word) || type_of(t_, word) != N::word_) return;
    const std::string_view name = t_.text(word);
    const NodeIdx argument = t_.child(n, Field::argument_);
    if ((name == "source" || name == ".") && argument != kNoNode) return import(argument);
    if (name == "@test" && argument != kNoNode) return define_test(n, argument);
    if (name == "trap" && argument != kNoNode && type_of(t_, argument) == N::word_ &&
        is_command_name(t_.text(argument)))
      w_.add_ref(argument, RefRole::kValue);
    if (t_[word].end - t_[word].begin != t_[holder].end - t_[holder].begin) return;
    if (!is_command_name(name)) return;
    unsigned args = 0;
    for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c))
      args += t_[c].field == Field::argument_ ? 1 : 0;
    w_.add_ref(word, RefRole::kCall, kNone, static_cast<std::uint8_t>(args < 255 ? args : 255));
  }

  void import(NodeIdx argument) {
    const std::string_view text = unquoted(t_.text(argument));
    graph::Import import;
    import.kind = graph::ImportKind::kInclude;
    import.module = w_.intern(text);
    import.scope = w_.function_scope();
    import.dynamic = text.find('$') != std::string_view::npos;
    import.conditional = w_.in_function();
    import.range = t_.range(argument);
    w_.add_import(import);
  }

  void define_test(NodeIdx n, NodeIdx title) {
    NewSymbol s;
    s.kind = SymbolKind::kTest;
    s.name_text = unquoted(t_.text(title));
    s.definition = n;
    s.flags = symbol_flag::kTest;
    s.visibility = graph::Visibility::kPublic;
    if (!s.name_text.empty()) w_.define(s);
    w_.facts.face.is_test = true;
  }

  NodeIdx assigned_name(NodeIdx assignment) const {
    NodeIdx name = t_.child(assignment, Field::name_);
    if (name != kNoNode && type_of(t_, name) == N::subscript_) name = t_.child(name, Field::name_);
    return is_present(name) ? name : kNoNode;
  }

  void enter_declaration(NodeIdx n) {
    const std::string_view text = t_.text(n);
    const std::string_view word = text.substr(0, text.find_first_of(" \t\n"));
    bool constant = word == "readonly";
    bool global = word == "export" || word == "readonly" || !w_.in_function();
    for (NodeIdx c = t_.first_child(n); c != kNoNode; c = t_.next_sibling(c)) {
      if (type_of(t_, c) == N::word_ && t_.text(c).starts_with('-')) {
        constant = constant || t_.text(c).find('r') != std::string_view::npos;
        global = global || t_.text(c).find('g') != std::string_view::npos;
      }
      const bool bare = type_of(t_, c) == N::variable_name_;
      const NodeIdx name = bare                                        ? c
                           : type_of(t_, c) == N::variable_assignment_ ? assigned_name(c)
                                                                       : kNoNode;
      if (name == kNoNode || (bare && (word == "export" || word == "readonly"))) continue;
      assign(name, c, !global, constant);
    }
  }

  /// The first write of a name defines it.
  void assign(NodeIdx name, NodeIdx definition, bool local, bool constant = false) {
    const std::string_view text = t_.text(name);
    const auto scope = w_.function_scope();
    const bool is_local = scope != 0 && w_.find_local(scope, text) != kNone;
    if (local && !is_local) {
      w_.define_local(SymbolKind::kLocal, name, scope);
      return w_.skip(name);
    }
    if (is_local || !globals_.insert(text).second) return w_.role(name, RefRole::kWrite);
    NewSymbol s;
    s.kind = constant ? SymbolKind::kConstant : SymbolKind::kVariable;
    s.name = name;
    s.definition = definition;
    s.visibility = graph::Visibility::kPublic;
    s.flags = constant ? symbol_flag::kConst : 0;
    s.parent = 0;
    s.declared_in = 0;
    w_.define(s);
    w_.skip(name);
  }

  std::unordered_set<std::string_view> globals_;
};

MetricClass metric_class(const SyntaxTree& tree, NodeIdx n) {
  switch (type_of(tree, n)) {
    case N::if_statement_:
      return MetricClass::kIf;
    case N::elif_clause_:
      return MetricClass::kElseIf;
    case N::else_clause_:
      return MetricClass::kElse;
    case N::for_statement_:
    case N::c_style_for_statement_:
    case N::while_statement_:
      return MetricClass::kLoop;
    case N::case_statement_:
      return MetricClass::kSwitch;
    case N::case_item_: {
      const NodeIdx pattern = tree.child(n, Field::value_);
      return pattern != kNoNode && tree.text(pattern) == "*" ? MetricClass::kNone
                                                             : MetricClass::kCase;
    }
    case N::ternary_expression_:
      return MetricClass::kTernary;
    case N::list_:
    case N::binary_expression_:
      return MetricClass::kBoolean;
    case N::test_command_:
    case N::parenthesized_expression_:
      return MetricClass::kParenthesis;
    default:
      return MetricClass::kNone;
  }
}

BooleanOp boolean_op(const SyntaxTree& tree, NodeIdx n) {
  for (NodeIdx c = tree.first_child(n); c != kNoNode; c = tree.next_sibling(c)) {
    if (type_of(tree, c) == N::and_and) return BooleanOp::kAnd;
    if (type_of(tree, c) == N::or_or) return BooleanOp::kOr;
  }
  return BooleanOp::kNone;
}

void extract_bash(FileWalk& walk) {
  BashExtractor extractor(walk);
  walk_tree(walk, extractor);
}

}  // namespace

const LanguageDef& bash_def() {
  static const LanguageDef def{graph::Language::kBash,
                               tree_sitter_bash,
                               kNodeNames,
                               {metric_class, boolean_op},
                               extract_bash};
  return def;
}

}  // namespace cairn::indexer::syntax
