#include "analysis/find_symbol.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "base/text.h"

namespace cairn::analysis {

using graph::SymbolId;
using graph::SymbolKind;

namespace {

/// Takes ":<number>" off the end; 0 when there is none.
std::uint32_t take_number(std::string_view& text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon + 1 == text.size()) return 0;
  std::uint32_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data() + colon + 1, end, value);
  if (error != std::errc() || stop != end) return 0;
  text.remove_suffix(text.size() - colon);
  return value;
}

/// The symbol named at the position, else the innermost one around it.
SymbolId symbol_at(const graph::Snapshot& snapshot, graph::FileId file, graph::Position at) {
  const graph::FileInfo info = snapshot.file(file);
  SymbolId on_line;
  for (std::uint32_t i = 1; i < info.symbol_count; ++i) {
    const SymbolId s(info.first_symbol.value() + i);
    const graph::Range name = snapshot.details(s).name_range;
    if (name.begin.line != at.line) continue;
    if (at.column == 0 && !on_line.exists()) on_line = s;
    if (at.column != 0 && name.begin <= at && at < name.end) return s;
  }
  if (on_line.exists()) return on_line;
  if (at.column == 0) at.column = 1;
  return info.first_symbol.exists() ? snapshot.innermost_at(file, at) : SymbolId::none();
}

std::string with_separator(std::string_view text, std::string_view from, std::string_view to) {
  std::string out;
  for (;;) {
    const std::size_t at = text.find(from);
    out += text.substr(0, at);
    if (at == std::string_view::npos) return out;
    out += to;
    text.remove_prefix(at + from.size());
  }
}

/// A type and its constructors share a name; the type stands for all of them.
void drop_constructors(const graph::Snapshot& snapshot, std::vector<SymbolId>& symbols) {
  const std::set<SymbolId> all(symbols.begin(), symbols.end());
  std::erase_if(symbols, [&](SymbolId s) {
    const SymbolKind kind = snapshot.kind(s);
    if (kind != SymbolKind::kConstructor && kind != SymbolKind::kDestructor) return false;
    return all.contains(snapshot.parent(s));
  });
}

std::vector<SymbolId> named_like(const graph::Snapshot& snapshot, std::string_view text) {
  std::vector<SymbolId> symbols = snapshot.with_qualified_suffix(text);
  std::vector<SymbolId> exact;
  for (const SymbolId s : symbols)
    if (snapshot.qualified(s) == text) exact.push_back(s);
  if (!exact.empty()) symbols = std::move(exact);
  drop_constructors(snapshot, symbols);
  sort_by_place(snapshot, symbols);
  return symbols;
}

std::vector<std::string> suggestions_for(const graph::Snapshot& snapshot, std::string_view text) {
  std::size_t last = text.find_last_of(".:#/");
  // Ids end in a descriptor's suffix.
  while (last != std::string_view::npos && last + 1 == text.size()) {
    text.remove_suffix(1);
    last = text.find_last_of(".:#/");
  }
  std::string_view word = last == std::string_view::npos ? text : text.substr(last + 1);
  if (const std::size_t call = word.find('('); call != std::string_view::npos)
    word = word.substr(0, call);
  std::vector<std::string_view> names;
  for (const graph::FileId f : snapshot.files()) {
    const graph::FileInfo info = snapshot.file(f);
    for (std::uint32_t i = 0; i < info.symbol_count; ++i)
      names.push_back(snapshot.name(SymbolId(info.first_symbol.value() + i)));
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  std::vector<std::string> out;
  constexpr std::size_t kMost = 5;
  for (const std::string_view name : suggest(word, names, kMost)) {
    for (const SymbolId s : snapshot.named(name, 2)) {
      std::string qualified = snapshot.qualified(s);
      if (out.size() < kMost && std::find(out.begin(), out.end(), qualified) == out.end())
        out.push_back(std::move(qualified));
    }
  }
  return out;
}

}  // namespace

Result<PlaceText> parse_place(std::string_view text) {
  const std::string_view whole = text;
  PlaceText place;
  const std::uint32_t last = take_number(text);
  const std::uint32_t before = last == 0 ? 0 : take_number(text);
  place.at = before == 0 ? graph::Position{last, 0} : graph::Position{before, last};
  if (place.at.line == 0 || text.empty())
    return Error(ErrorCode::kInvalidArgument,
                 "'" + printable(whole) + "' is no position, write PATH:LINE or PATH:LINE:COLUMN");
  if (text.starts_with("./")) text.remove_prefix(2);
  place.path = text;
  return place;
}

Result<graph::FileId> find_file(const graph::Snapshot& snapshot, std::string_view path) {
  const graph::FileId file = snapshot.file_by_path(path);
  if (file.exists()) return file;
  std::vector<std::string_view> paths;
  for (const graph::FileId f : snapshot.files()) paths.push_back(snapshot.path(f));
  std::string near;
  for (const std::string_view p : suggest(path, paths))
    near += (near.empty() ? "did you mean " : ", ") + printable(p);
  if (near.empty()) near = "paths are relative to the source's root";
  return Error(ErrorCode::kNotFound, "the index has no file '" + printable(path) + "', " + near);
}

SymbolMatches find_symbols(const graph::Snapshot& snapshot, std::string_view text) {
  SymbolMatches matches;
  if (const SymbolId s = snapshot.by_id(text); s.exists()) {
    matches.symbols.push_back(snapshot.canonical(s));
    return matches;
  }
  if (const auto place = parse_place(text)) {
    const graph::FileId file = snapshot.file_by_path(place->path);
    const SymbolId s = file.exists() ? symbol_at(snapshot, file, place->at) : SymbolId::none();
    if (s.exists()) {
      matches.symbols.push_back(snapshot.canonical(s));
      return matches;
    }
  }
  matches.symbols = named_like(snapshot, text);
  // People write "A.b" in every language.
  if (matches.symbols.empty() && text.find("::") != std::string_view::npos)
    matches.symbols = named_like(snapshot, with_separator(text, "::", "."));
  if (matches.symbols.empty() && text.find('.') != std::string_view::npos)
    matches.symbols = named_like(snapshot, with_separator(text, ".", "::"));
  // And "A#b" for a method of A's instances.
  if (matches.symbols.empty() && text.find('#') != std::string_view::npos)
    matches = find_symbols(snapshot, with_separator(text, "#", "."));
  if (matches.symbols.empty()) matches.suggestions = suggestions_for(snapshot, text);
  return matches;
}

std::string shown_qualified(const graph::Snapshot& snapshot, SymbolId s) {
  std::string text = snapshot.qualified(s);
  return text.empty() ? std::string(snapshot.path(snapshot.file_of(s))) : text;
}

std::string shown_name(const graph::Snapshot& snapshot, SymbolId s) {
  const std::string_view name = snapshot.name(s);
  if (!name.empty() || snapshot.kind(s) != SymbolKind::kModule) return std::string(name);
  const graph::FileInfo file = snapshot.file(snapshot.file_of(s));
  const std::string qualified = shown_qualified(snapshot, s);
  // A qualified name that is a path names the file.
  if (qualified == file.path || qualified.find('/') != std::string::npos)
    return std::string(file.path.substr(file.path.rfind('/') + 1));
  const std::string_view separator = graph::separator_of(file.language);
  const std::size_t last = qualified.rfind(separator);
  return last == std::string::npos ? qualified : qualified.substr(last + separator.size());
}

void sort_by_place(const graph::Snapshot& snapshot, std::vector<SymbolId>& symbols) {
  using Key = std::tuple<std::string_view, graph::Position, SymbolId>;
  std::vector<Key> keys;
  for (const SymbolId s : symbols)
    keys.emplace_back(snapshot.path(snapshot.file_of(s)), snapshot.details(s).name_range.begin, s);
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  symbols.clear();
  for (const Key& key : keys) symbols.push_back(std::get<2>(key));
}

}  // namespace cairn::analysis
