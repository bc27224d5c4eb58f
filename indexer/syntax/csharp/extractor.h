#pragma once
// C#: definitions, references and what they are typed by. The grammar spells types and values alike
// as identifiers, so parents hint the role of each name. Single-threaded; one object per file.
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "indexer/syntax/walk.h"

namespace cairn::indexer::syntax::csharp {

struct Modifiers {
  graph::Visibility visibility = graph::Visibility::kUnknown;
  std::uint32_t flags = 0;
  bool is_const = false;
  bool is_extern = false;
  bool is_test = false;
};

class Extractor {
 public:
  explicit Extractor(FileWalk& walk) : w_(walk), t_(walk.tree) {}

  void enter(NodeIdx n);
  void leave(NodeIdx n);
  void finish();

 private:
  void enter_block(NodeIdx n);
  bool is_setter(NodeIdx accessor) const;

  // definitions.cc
  Modifiers read_modifiers(NodeIdx definition);
  void read_attributes(NodeIdx list, Modifiers& out);
  void enter_using(NodeIdx n);
  void enter_namespace(NodeIdx n);
  void enter_type(NodeIdx n);
  void enter_bases(NodeIdx n);
  void enter_delegate(NodeIdx n);
  void enter_enum_member(NodeIdx n);
  void enter_function(NodeIdx n);
  void enter_property(NodeIdx n);
  void enter_variables(NodeIdx n);
  void define_field(NodeIdx declaration, NodeIdx declarator, const Modifiers& modifiers);
  void enter_lambda(NodeIdx n);
  void enter_query_name(NodeIdx n);
  void enter_pattern_name(NodeIdx n);
  void enter_foreach(NodeIdx n);
  void define_tuple_names(NodeIdx tuple, std::uint32_t from);
  void define_routes(NodeIdx method);
  void define_route(std::string name, NodeIdx definition, NodeIdx handler);
  void declare_parameters(NodeIdx list, graph::SymbolIdx owner, graph::ScopeIdx scope, bool define);
  void declare_type_parameters(NodeIdx definition, graph::ScopeIdx scope, graph::SymbolIdx owner);
  graph::ScopeIdx outer_scope() const;
  std::string function_name(NodeIdx n) const;
  std::uint32_t parameters_hash(NodeIdx list) const;
  void define_positional(NodeIdx list, graph::SymbolIdx type);
  void local_name(NodeIdx name, std::uint32_t from);
  void leave_definition(NodeIdx n);
  void set_types(NodeIdx name, graph::ExprIdx type, graph::ExprIdx init);
  void leave_variables(NodeIdx n);

  // expressions.cc
  bool enter_expression(NodeIdx n);
  bool enter_creation(NodeIdx n);
  void leave_literal(NodeIdx n);
  void enter_type_position(NodeIdx n);
  void enter_invocation(NodeIdx n);
  void enter_initializer(NodeIdx n);
  void enter_constructor_initializer(NodeIdx n);
  void enter_map_route(NodeIdx n, NodeIdx function, NodeIdx arguments);
  void leave_expression(NodeIdx n);
  void leave_type(NodeIdx n);
  void leave_name(NodeIdx n);
  void leave_generic(NodeIdx n);
  void leave_invocation(NodeIdx n);
  bool is_unnamed(NodeIdx n) const;
  bool find_receiver(NodeIdx name, graph::ExprIdx& receiver, std::uint8_t& flags);
  graph::ExprIdx target_type(NodeIdx creation) const;
  NodeIdx callee_name(NodeIdx function) const;
  std::uint8_t argument_count(NodeIdx arguments) const;

  bool at(NodeIdx n, std::uint16_t type) const { return n != kNoNode && t_[n].type == type; }

  FileWalk& w_;
  const SyntaxTree& t_;
  int muted_ = 0;
  int conditional_ = 0;
  int setters_ = 0;  // accessors that have the implicit parameter `value`
  bool top_level_open_ = false;
  std::vector<graph::ExprIdx> created_;  // per open initialiser: the object it fills
  /// Name node -> local (top bit clear) or symbol (top bit set) it defined.
  std::unordered_map<NodeIdx, std::uint32_t> declared_;
  std::unordered_map<NodeIdx, NodeIdx> lambda_names_;
  std::unordered_map<NodeIdx, graph::SymbolIdx> handlers_;  // handler's name -> its route
  std::string_view route_prefix_;
  std::vector<graph::SymbolIdx> without_body_;
};

inline constexpr std::uint32_t kDeclaredSymbol = 0x80000000u;

}  // namespace cairn::indexer::syntax::csharp
