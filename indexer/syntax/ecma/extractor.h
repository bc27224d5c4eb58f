#pragma once
// EcmaExtractor: JavaScript, TypeScript and TSX. One class in four sources: extractor.cc (dispatch,
// tables, metrics), declarations.cc (functions, types, members), bindings.cc (variables, patterns,
// assignments that define), modules.cc (imports, exports, tests, routes), expressions.cc (what is
// left behind: references and expressions). Single-threaded; lives for one file.
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "indexer/syntax/ecma/nodes.h"
#include "indexer/syntax/walk.h"

namespace cairn::indexer::syntax::ecma {

using graph::ExprIdx;
using graph::ExprKind;
using graph::kNone;
using graph::RefRole;
using graph::ScopeIdx;
using graph::ScopeKind;
using graph::SymbolIdx;
using graph::SymbolKind;
using graph::Visibility;
namespace ref_flag = graph::ref_flag;
namespace symbol_flag = graph::symbol_flag;

/// True when `word` stands in `text` between characters that are not of identifiers.
bool has_word(std::string_view text, std::string_view word);
/// A function, generator or arrow that is an expression.
bool is_function_expression(N type);

class EcmaExtractor {
 public:
  explicit EcmaExtractor(FileWalk& walk) : w_(walk), t_(walk.tree) {}

  void enter(NodeIdx n);
  void leave(NodeIdx n);
  /// After the walk: exports by name, visibility of what is not exported.
  void finish();

 private:
  /// What a parent decided that a function, class or object literal below it is.
  struct Pending {
    NodeIdx name = kNoNode;
    std::string name_text;
    SymbolKind kind = SymbolKind::kFunction;
    NodeIdx definition = kNoNode;
    std::uint32_t flags = 0;
    Visibility visibility = Visibility::kUnknown;
    std::string_view qualifier;
    ScopeIdx declared_in = kNone;
    SymbolIdx parent = kNone;
    std::string_view export_name;   // also an Export row of this name
    bool export_equals = false;     // also the module's whole value
    std::string_view this_name;     // `this` inside is an instance of this name
    SymbolIdx this_symbol = kNone;  // `this` inside is this object
  };
  /// What `this` stands for inside a function that has its own.
  struct This {
    NodeIdx node = kNoNode;
    ExprKind kind = ExprKind::kUnknown;  // kSelf, kSymbol, kNew (of name) or kUnknown
    SymbolIdx symbol = kNone;
    std::string_view name;
    bool is_type = false;
  };
  struct Declared {
    bool is_symbol = false;
    std::uint32_t index = kNone;
  };
  /// How the names of a pattern are declared.
  struct Declaration {
    SymbolKind local_kind = SymbolKind::kLocal;
    SymbolKind symbol_kind = SymbolKind::kVariable;
    ScopeIdx scope = 0;
    bool is_var = false;
    std::uint8_t position = 255;
    NodeIdx definition = kNoNode;
    NodeIdx body = kNoNode;
    std::uint32_t flags = 0;
    Visibility visibility = Visibility::kUnknown;
  };
  struct Outer {
    NodeIdx definition = kNoNode;  // with export and declare
    std::uint32_t flags = 0;
    Visibility visibility = Visibility::kUnknown;
  };

  // extractor.cc
  void enter_scope(NodeIdx n);
  void enter_expression(NodeIdx n);
  void enter_type(NodeIdx n);
  void pass_to_children(NodeIdx n);
  void leave_definition(NodeIdx n);

  // declarations.cc
  Outer outer_of(NodeIdx n) const;
  SymbolIdx define(const NewSymbol& symbol, std::string_view export_name = {});
  void enter_function(NodeIdx n);
  void enter_function_expression(NodeIdx n);
  bool is_type_member(NodeIdx n) const;
  void enter_method(NodeIdx n);
  void enter_class(NodeIdx n);
  void enter_class_body(NodeIdx n, SymbolIdx symbol);
  void enter_interface(NodeIdx n);
  void enter_alias(NodeIdx n);
  void enter_enum(NodeIdx n);
  void enter_enum_member(NodeIdx n, NodeIdx name);
  void enter_namespace(NodeIdx n);
  void enter_global(NodeIdx block);
  void enter_field(NodeIdx n);
  void enter_object(NodeIdx n);
  void enter_property(NodeIdx n, SymbolIdx object);
  void enter_parameters(NodeIdx n);
  void declare_parameter_field(NodeIdx parameter, NodeIdx name);
  void enter_type_parameter(NodeIdx n);
  void open_type_parameters(NodeIdx n, SymbolIdx symbol);
  void open_function(NodeIdx n, SymbolIdx symbol, bool is_lambda);
  void take_decorators(SymbolIdx symbol);
  SymbolIdx define_pending(const Pending& p, NodeIdx n, NodeIdx body, NodeIdx own_name);
  std::uint32_t modifier_flags(NodeIdx n, NodeIdx name, Visibility& visibility) const;
  std::string_view member_name(NodeIdx name) const;
  std::string_view head(NodeIdx n, NodeIdx name) const;
  NodeIdx after_decorators(NodeIdx n, std::uint32_t& begin) const;

  // bindings.cc
  void enter_declarator(NodeIdx n);
  void leave_declarator(NodeIdx n);
  void enter_for_in(NodeIdx n);
  void leave_for_in(NodeIdx n);
  void enter_catch(NodeIdx n);
  void declare_pattern(NodeIdx pattern, const Declaration& d);
  void declare_name(NodeIdx name, const Declaration& d);
  void assign_pattern(NodeIdx pattern, ExprIdx type, ExprIdx value);
  void assign_object_pattern(NodeIdx pattern, ExprIdx base, std::vector<std::uint32_t>& work);
  void set_value(NodeIdx name, ExprIdx type, ExprIdx value);
  void write_targets(NodeIdx target);
  void skip_names(NodeIdx pattern);
  void enter_assignment(NodeIdx n);
  void define_by_assignment(NodeIdx n, NodeIdx member, NodeIdx value);
  void define_this_field(NodeIdx n, NodeIdx member, NodeIdx value);
  void define_member_of(NodeIdx n, NodeIdx name, NodeIdx value, const Pending& as);
  NodeIdx unwrap(NodeIdx value) const;
  NodeIdx assigned_value(NodeIdx value) const;
  SymbolIdx file_symbol(std::string_view name) const;

  // modules.cc
  void enter_import(NodeIdx n);
  void enter_import_clause(NodeIdx n, const graph::Import& base);
  void enter_export(NodeIdx n);
  void enter_export_clause(NodeIdx clause, NodeIdx source, const graph::Import& base);
  void leave_export(NodeIdx n);
  void enter_import_alias(NodeIdx n);
  void add_export(std::string_view name, std::string_view local, SymbolIdx symbol,
                  ExprIdx value = kNone);
  void export_assignment(NodeIdx n, std::string_view name, NodeIdx value);
  /// The string of a `require("...")` or `import("...")`, awaited or not; kNoNode otherwise.
  NodeIdx required_module(NodeIdx value, bool& dynamic) const;
  bool declare_required(NodeIdx declarator, NodeIdx name, NodeIdx value, ScopeIdx scope);
  void import_call(NodeIdx n, NodeIdx arguments);
  void note_test_import(std::string_view module);
  bool is_export_target(NodeIdx member, std::string_view& name) const;
  void enter_test(NodeIdx call, NodeIdx function, NodeIdx arguments);
  void leave_route(NodeIdx call, NodeIdx function, NodeIdx arguments);
  std::string_view string_text(NodeIdx string) const;

  // expressions.cc
  void enter_call(NodeIdx n);
  void leave_expression(NodeIdx n);
  void leave_literal(NodeIdx n);
  void leave_assignment(NodeIdx n);
  void leave_throw(NodeIdx n);
  void leave_identifier(NodeIdx n);
  void leave_member(NodeIdx n);
  void leave_call(NodeIdx n);
  void leave_new(NodeIdx n);
  void leave_this(NodeIdx n);
  void leave_binary(NodeIdx n);
  void leave_type(NodeIdx n);
  void leave_type_identifier(NodeIdx n);
  void leave_nested_type(NodeIdx n);
  void leave_type_list(NodeIdx n);
  void leave_heritage(NodeIdx n);
  void add_call_arguments(NodeIdx callee, NodeIdx arguments);
  std::uint8_t count_arguments(NodeIdx arguments) const;
  NodeIdx callee_name(NodeIdx callee) const;
  ExprIdx with_type_arguments(ExprIdx base, NodeIdx type_arguments);
  ExprIdx union_of(const std::vector<ExprIdx>& items);
  ExprIdx builtin(std::string_view name) { return w_.add_expr(ExprKind::kBuiltin, name); }
  bool is_null(ExprIdx e) const;

  FileWalk& w_;
  const SyntaxTree& t_;
  std::unordered_map<NodeIdx, Pending> pending_;
  std::unordered_map<NodeIdx, Declared> defined_;  // name node -> what it defines
  std::unordered_map<NodeIdx, SymbolIdx> parameter_fields_;
  std::unordered_map<NodeIdx, SymbolIdx> objects_;            // object literal -> its symbol
  std::unordered_map<NodeIdx, std::string_view> prototypes_;  // object literal -> its function
  std::unordered_set<NodeIdx> declared_imports_;              // declarators that are imports
  std::unordered_map<std::string_view, SymbolIdx> file_symbols_;
  std::unordered_map<std::string_view, std::size_t> export_rows_;
  std::unordered_map<std::uint64_t, SymbolIdx> members_;  // (type or object, name) -> symbol
  std::unordered_set<std::string_view> written_members_;  // "Foo.bar" defined by assignment
  std::unordered_set<SymbolIdx> exported_objects_;
  std::unordered_map<NodeIdx, ScopeIdx> reopen_;  // looked up in an outer scope
  std::vector<This> this_;
  NodeIdx first_decorator_ = kNoNode;  // of the member that comes next
  std::size_t first_decorator_ref_ = 0;
  std::size_t field_decorator_ref_ = 0;
  int ambient_ = 0;
  std::vector<ScopeIdx> conditional_scopes_;  // of the conditional types around
  bool is_module_ = false;
};

}  // namespace cairn::indexer::syntax::ecma
