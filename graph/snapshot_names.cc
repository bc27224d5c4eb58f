// What Snapshot computes from several files and never stores: canonical places, parents of
// out-of-line members, id strings and qualified names.
#include <algorithm>

#include "graph/layer.h"
#include "graph/scip.h"
#include "graph/snapshot.h"

namespace cairn::graph {
namespace {

/// More hops through qualifiers than any real nesting: the walk up ends even if names form a ring.
constexpr unsigned kMaxQualifierHops = 64;

constexpr std::uint32_t kSpreads = symbol_flag::kDeclaration | symbol_flag::kMergeable;

}  // namespace

SymbolId Snapshot::lexical_parent(SymbolId s) const {
  const Place place = locate(s);
  const std::uint32_t parent = place.layer->symbol_parent[place.row];
  return parent == kNoRow ? SymbolId::none() : dense(*place.layer, parent);
}

SymbolId Snapshot::canonical(SymbolId s) const {
  if (!has_flag(s, kSpreads)) return s;
  const std::vector<SymbolId> all = places(s);
  for (const SymbolId place : all) {
    if (!has_flag(place, symbol_flag::kDeclaration)) return place;
  }
  return all.empty() ? s : all.front();
}

std::vector<SymbolId> Snapshot::places(SymbolId s) const { return with_stable_id(stable_id(s)); }

/// The type an out-of-line member belongs to; none for other symbols and when no type is found.
SymbolId Snapshot::owner_type(SymbolId s) const {
  const Place place = locate(s);
  if (!(place.layer->symbol_scope[place.row] & scope_bit::kOutOfLine)) return SymbolId::none();
  const std::vector<SymbolId> types = openers(details(s).scope_key);
  SymbolId first;
  for (const SymbolId type : types) {
    if (type == s) continue;
    if (!has_flag(type, symbol_flag::kDeclaration)) return canonical(type);
    if (!first.exists()) first = canonical(type);
  }
  return first;
}

SymbolId Snapshot::parent(SymbolId s) const {
  const SymbolId type = owner_type(s);
  if (type.exists()) return type;
  const SymbolId lexical = lexical_parent(s);
  return lexical.exists() ? canonical(lexical) : lexical;
}

std::vector<SymbolId> Snapshot::children(SymbolId s) const {
  const Place place = locate(s);
  const Layer& l = *place.layer;
  const std::uint32_t end = l.files[l.file_of(place.row) + 1].first_symbol;
  std::vector<SymbolId> out;
  for (std::uint32_t row = place.row + 1; row < end; ++row) {
    if (l.symbol_parent[row] == place.row) out.push_back(dense(l, row));
  }
  return out;
}

/// From the outermost symbol below the module to `s` itself; just the module for a module.
std::vector<SymbolId> Snapshot::chain(SymbolId s) const {
  std::vector<SymbolId> up{s};
  unsigned hops = 0;
  for (SymbolId at = s;;) {
    SymbolId next = hops < kMaxQualifierHops ? owner_type(at) : SymbolId::none();
    if (next.exists()) {
      ++hops;
    } else {
      next = lexical_parent(at);
    }
    // A file's module has no parent and is not part of the name of what it holds.
    if (!next.exists() || kind(next) == SymbolKind::kModule) break;
    up.push_back(next);
    at = next;
  }
  std::reverse(up.begin(), up.end());
  return up;
}

std::string Snapshot::id_string(SymbolId s) const {
  const std::vector<SymbolId> names = chain(s);
  const SymbolId root = names.front();
  const bool is_module = kind(root) == SymbolKind::kModule;
  // Inside a shared namespace too, what only its file sees is named by that file.
  const auto local = std::find_if(names.begin(), names.end(), [this](SymbolId part) {
    const Place at = locate(part);
    return (at.layer->symbol_scope[at.row] & scope_bit::kFileScoped) != 0;
  });
  const bool own = is_module || local != names.end();
  const FileInfo info = file(file_of(local != names.end() ? *local : root));
  std::string out = scip_prefix(info.manager, info.package);
  if (is_module && info.module_path.empty()) {
    append_namespaces(out, info.path);
  } else {
    append_namespaces(out, own ? info.module_path : info.package_path);
  }
  if (is_module) return out;
  // An out-of-line member of an unknown type keeps the qualifier it was written with.
  if (!owner_type(root).exists()) append_qualifier(out, qualifier(root));
  for (const SymbolId part : names) {
    const SymbolDetails d = details(part);
    append_descriptor(out, kind(part), name(part), d.disambiguator, d.ordinal);
  }
  return out;
}

std::string Snapshot::qualified(SymbolId s) const {
  const std::vector<SymbolId> names = chain(s);
  const SymbolId root = names.front();
  const FileInfo info = file(file_of(root));
  const std::string_view separator = separator_of(info.language);
  std::string out(info.qualified_prefix);
  if (kind(root) == SymbolKind::kModule) return out.empty() ? std::string(name(root)) : out;
  const auto append = [&](std::string_view part) {
    if (part.empty()) return;
    if (!out.empty()) out += separator;
    out += part;
  };
  std::string_view written = owner_type(root).exists() ? std::string_view() : qualifier(root);
  while (!written.empty()) {
    const std::size_t colons = written.find("::");
    append(written.substr(0, colons));
    written = colons == std::string_view::npos ? std::string_view() : written.substr(colons + 2);
  }
  for (const SymbolId part : names) append(name(part));
  return out;
}

SymbolId Snapshot::innermost_at(FileId id, Position at) const {
  const FileInfo info = file(id);
  SymbolId best = info.first_symbol;
  Position begin;
  for (std::uint32_t i = 1; i < info.symbol_count; ++i) {
    const SymbolId s(info.first_symbol.value() + i);
    const Range range = details(s).range;
    if (range.begin <= at && at < range.end && begin <= range.begin) {
      best = s;
      begin = range.begin;
    }
  }
  return best;
}

}  // namespace cairn::graph
