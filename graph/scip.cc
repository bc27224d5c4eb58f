#include "graph/scip.h"

#include <charconv>

namespace cairn::graph {
namespace {

bool is_simple(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '+' || c == '-' || c == '$';
}

bool is_simple(std::string_view text) {
  for (const char c : text) {
    if (!is_simple(c)) return false;
  }
  return !text.empty();
}

void append_identifier(std::string& out, std::string_view name) {
  if (is_simple(name)) {
    out += name;
    return;
  }
  out += '`';
  for (const char c : name) {
    if (c == '`') out += '`';
    out += c;
  }
  out += '`';
}

void append_package_part(std::string& out, std::string_view text) {
  if (text.empty()) out += '.';
  for (const char c : text) {
    if (c == ' ') out += ' ';
    out += c;
  }
  out += ' ';
}

std::string hex(std::uint32_t value) {
  char buffer[8];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value, 16).ptr;
  return std::string(buffer, end);
}

/// "", "1f2e", "1f2e+1" or "+1".
std::string distinction(std::uint32_t disambiguator, std::uint32_t ordinal) {
  std::string out;
  if (disambiguator != 0) out += hex(disambiguator);
  if (ordinal != 0) out += "+" + std::to_string(ordinal);
  return out;
}

/// Kinds other than methods have no disambiguator in the grammar: it becomes part of the name.
void append_suffixed(std::string& out, std::string_view name, std::uint32_t disambiguator,
                     std::uint32_t ordinal, char suffix) {
  std::string full(name);
  if (disambiguator != 0) full += "+" + hex(disambiguator);
  if (ordinal != 0) full += "+" + std::to_string(ordinal);
  append_identifier(out, full);
  out += suffix;
}

}  // namespace

std::string scip_prefix(std::string_view manager, std::string_view package) {
  std::string out = "cairn ";
  append_package_part(out, manager.empty() ? std::string_view("local") : manager);
  append_package_part(out, package);
  out += ". ";
  return out;
}

void append_namespaces(std::string& out, std::string_view path) {
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    const std::string_view part = path.substr(0, slash);
    if (!part.empty()) {
      append_identifier(out, part);
      out += '/';
    }
    if (slash == std::string_view::npos) break;
    path.remove_prefix(slash + 1);
  }
}

void append_descriptor(std::string& out, SymbolKind kind, std::string_view name,
                       std::uint32_t disambiguator, std::uint32_t ordinal) {
  switch (kind) {
    case SymbolKind::kModule:
    case SymbolKind::kNamespace:
      return append_suffixed(out, name, disambiguator, ordinal, '/');
    case SymbolKind::kClass:
    case SymbolKind::kStruct:
    case SymbolKind::kUnion:
    case SymbolKind::kInterface:
    case SymbolKind::kTrait:
    case SymbolKind::kEnum:
    case SymbolKind::kTypeAlias:
    case SymbolKind::kConcept:
      return append_suffixed(out, name, disambiguator, ordinal, '#');
    case SymbolKind::kFunction:
    case SymbolKind::kMethod:
    case SymbolKind::kConstructor:
    case SymbolKind::kDestructor:
    case SymbolKind::kTest:
      append_identifier(out, name);
      out += '(' + distinction(disambiguator, ordinal) + ").";
      return;
    case SymbolKind::kMacro:
      return append_suffixed(out, name, disambiguator, ordinal, '!');
    case SymbolKind::kTypeParameter:
      out += '[';
      return append_suffixed(out, name, disambiguator, ordinal, ']');
    case SymbolKind::kParameter:
      out += '(';
      return append_suffixed(out, name, disambiguator, ordinal, ')');
    case SymbolKind::kEnumMember:
    case SymbolKind::kField:
    case SymbolKind::kVariable:
    case SymbolKind::kConstant:
    case SymbolKind::kLocal:
    case SymbolKind::kRoute:
      return append_suffixed(out, name, disambiguator, ordinal, '.');
  }
}

void append_qualifier(std::string& out, std::string_view qualifier) {
  while (!qualifier.empty()) {
    const std::size_t colons = qualifier.find("::");
    append_suffixed(out, qualifier.substr(0, colons), 0, 0, '#');
    if (colons == std::string_view::npos) break;
    qualifier.remove_prefix(colons + 2);
  }
}

std::string last_descriptor_name(std::string_view id) {
  if (id.ends_with(").")) {
    const std::size_t open = id.rfind('(');
    id = open == std::string_view::npos ? std::string_view() : id.substr(0, open);
  } else if (!id.empty()) {
    id.remove_suffix(1);
  }
  if (!id.ends_with('`')) {
    std::size_t begin = id.size();
    while (begin > 0 && is_simple(id[begin - 1])) --begin;
    return std::string(id.substr(begin));
  }
  id.remove_suffix(1);
  std::string reversed;
  while (!id.empty()) {
    const char c = id.back();
    id.remove_suffix(1);
    if (c == '`') {
      if (!id.ends_with('`')) return std::string(reversed.rbegin(), reversed.rend());
      id.remove_suffix(1);
    }
    reversed += c;
  }
  return {};
}

}  // namespace cairn::graph
