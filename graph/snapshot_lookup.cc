// Look-ups of Snapshot: by scope, name, id and memo key.
#include <algorithm>

#include "base/hash.h"
#include "graph/layer.h"
#include "graph/links.h"
#include "graph/scip.h"
#include "graph/snapshot.h"
#include "graph/varint.h"

namespace cairn::graph {

std::uint32_t fold_scope(std::uint64_t scope_key) {
  return static_cast<std::uint32_t>(scope_key ^ scope_key >> 32);
}
std::uint32_t name_hash(std::string_view name) { return static_cast<std::uint32_t>(hash64(name)); }

namespace {

using RowList = std::vector<std::uint32_t>;

/// Values of `rows` at the positions of `keys` in [low, high].
void keyed_range(std::span<const std::uint64_t> keys, std::span<const std::uint32_t> rows,
                 std::uint64_t low, std::uint64_t high, RowList& out) {
  const auto begin = std::lower_bound(keys.begin(), keys.end(), low);
  const auto end = std::upper_bound(begin, keys.end(), high);
  out.insert(out.end(), rows.begin() + (begin - keys.begin()), rows.begin() + (end - keys.begin()));
}

/// Symbols whose name's string row lies in [low, high).
void named_range(const Layer& l, std::uint32_t low, std::uint32_t high, RowList& out) {
  const auto before = [&](std::uint32_t symbol, std::uint32_t string) {
    return l.symbol_name[symbol] < string;
  };
  const auto begin = std::lower_bound(l.name_index.begin(), l.name_index.end(), low, before);
  const auto end = std::lower_bound(begin, l.name_index.end(), high, before);
  out.insert(out.end(), begin, end);
}

std::uint32_t prefix_end(const Layer& l, std::uint32_t begin, std::string_view prefix) {
  std::uint32_t low = begin;
  auto high = static_cast<std::uint32_t>(l.string_ends.size());
  while (low < high) {
    const std::uint32_t middle = low + (high - low) / 2;
    if (l.text(middle).starts_with(prefix)) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

void cut(std::vector<SymbolId>& ids, std::size_t limit) {
  if (ids.size() > limit) ids.resize(limit);
}

}  // namespace

/// Order of path, then of the file's own symbol rows.
void Snapshot::sort_places(std::vector<SymbolId>& ids) const {
  if (!overlay_) {
    std::sort(ids.begin(), ids.end());
    return;
  }
  std::vector<std::pair<std::uint32_t, SymbolId>> keyed;
  keyed.reserve(ids.size());
  for (const SymbolId id : ids) keyed.emplace_back(path_rank_[file_of(id).value()], id);
  std::sort(keyed.begin(), keyed.end());
  for (std::size_t i = 0; i < ids.size(); ++i) ids[i] = keyed[i].second;
}

template <class RowsOf>
std::vector<SymbolId> Snapshot::collect(RowsOf rows_of) const {
  std::vector<SymbolId> ids;
  RowList rows;
  for (const Layer* layer : {base_.get(), overlay_.get()}) {
    if (layer == nullptr) continue;
    rows.clear();
    rows_of(*layer, rows);
    for (const std::uint32_t row : rows) {
      const SymbolId id = dense(*layer, row);
      if (!is_removed(id)) ids.push_back(id);
    }
  }
  sort_places(ids);
  return ids;
}

std::vector<SymbolId> Snapshot::defs(std::uint64_t scope_key, std::string_view wanted) const {
  const std::uint64_t key = def_key(scope_key, wanted);
  std::vector<SymbolId> ids = collect([&](const Layer& l, RowList& rows) {
    keyed_range(l.def_keys, l.def_symbols, key, key, rows);
  });
  std::erase_if(ids, [&](SymbolId s) { return name(s) != wanted; });
  return ids;
}

std::vector<SymbolId> Snapshot::members(std::uint64_t scope_key) const {
  const std::uint64_t low = std::uint64_t{fold_scope(scope_key)} << 32;
  return collect([&](const Layer& l, RowList& rows) {
    keyed_range(l.def_keys, l.def_symbols, low, low | 0xffffffffu, rows);
  });
}

std::vector<SymbolId> Snapshot::openers(std::uint64_t scope_key) const {
  return collect([&](const Layer& l, RowList& rows) {
    keyed_range(l.open_keys, l.open_symbols, scope_key, scope_key, rows);
  });
}

std::vector<SymbolId> Snapshot::with_stable_id(std::uint64_t wanted) const {
  return collect([&](const Layer& l, RowList& rows) {
    const auto& index = l.stable_index;
    const auto begin = std::partition_point(
        index.begin(), index.end(), [&](std::uint32_t s) { return l.symbol_stable[s] < wanted; });
    const auto end = std::partition_point(
        begin, index.end(), [&](std::uint32_t s) { return l.symbol_stable[s] == wanted; });
    rows.insert(rows.end(), begin, end);
  });
}

std::vector<SymbolId> Snapshot::named(std::string_view wanted, std::size_t limit) const {
  std::vector<SymbolId> ids = collect([&](const Layer& l, RowList& rows) {
    const std::uint32_t string = l.lower_string(wanted);
    if (string < l.string_ends.size() && l.text(string) == wanted)
      named_range(l, string, string + 1, rows);
  });
  cut(ids, limit);
  return ids;
}

std::vector<SymbolId> Snapshot::with_prefix(std::string_view prefix, std::size_t limit) const {
  std::vector<SymbolId> ids = collect([&](const Layer& l, RowList& rows) {
    const std::uint32_t begin = l.lower_string(prefix);
    named_range(l, begin, prefix_end(l, begin, prefix), rows);
  });
  cut(ids, limit);
  return ids;
}

std::vector<SymbolId> Snapshot::with_qualified_suffix(std::string_view text) const {
  const std::size_t last = text.find_last_of(".:/#");
  const std::string_view last_name = last == std::string_view::npos ? text : text.substr(last + 1);
  std::vector<SymbolId> found;
  for (const SymbolId s : named(last_name)) {
    const SymbolId place = canonical(s);
    const std::string full = qualified(place);
    if (!full.ends_with(text)) continue;
    const std::size_t before = full.size() - text.size();
    if (before != 0 && std::string_view(".:/#").find(full[before - 1]) == std::string_view::npos)
      continue;
    found.push_back(place);
  }
  sort_places(found);
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

SymbolId Snapshot::by_id(std::string_view id) const {
  const std::string last = last_descriptor_name(id);
  if (last.empty()) return SymbolId::none();
  const auto match = [&](std::string_view wanted) {
    for (const SymbolId s : named(wanted)) {
      if (id_string(s) == id) return canonical(s);
    }
    return SymbolId::none();
  };
  SymbolId found = match(last);
  // Repeats and overloads of kinds other than methods carry "+..." in the name's place.
  for (std::size_t plus = last.rfind('+'); !found.exists() && plus != std::string::npos && plus > 0;
       plus = last.rfind('+', plus - 1))
    found = match(std::string_view(last).substr(0, plus));
  if (found.exists() || !id.ends_with('/')) return found;
  for (const FileId f : files_) {
    const FileInfo info = file(f);
    const std::string_view module = info.module_path.empty() ? info.path : info.module_path;
    if (info.first_symbol.exists() && module.ends_with(last) && id_string(info.first_symbol) == id)
      return info.first_symbol;
  }
  return SymbolId::none();
}

std::uint64_t Snapshot::unbound_sites(std::string_view wanted, Family family) const {
  std::uint64_t count = 0;
  for (const Layer* l : {base_.get(), overlay_.get()}) {
    if (l == nullptr) continue;
    const std::uint32_t string = l->lower_string(wanted);
    if (string >= l->string_ends.size() || l->text(string) != wanted) continue;
    const auto& rows = l->unbound_names;
    auto at = std::partition_point(rows.begin(), rows.end(),
                                   [&](const UnboundNameRow& r) { return r.name < string; });
    for (; at != rows.end() && at->name == string; ++at) {
      const bool live = !overlay_ || path_rank_[l->file_base() + at->file] != kNoRow;
      if (live && family_of(static_cast<Language>(l->files[at->file].language)) == family)
        count += at->count;
    }
  }
  return count;
}

std::vector<std::uint32_t> Snapshot::lookups(FileId id) const {
  const Place place = locate(id);
  std::vector<std::uint32_t> keys;
  ByteReader in(place.layer->file_memo(place.row));
  std::uint32_t row = 0;
  while (!in.done()) {
    row += in.varint32();
    keys.push_back(place.layer->memo_keys[row]);
  }
  return keys;
}

std::vector<FileId> Snapshot::files_that_looked_up(std::uint32_t key) const {
  std::vector<FileId> files;
  for (const Layer* l : {base_.get(), overlay_.get()}) {
    if (l == nullptr) continue;
    const auto it = std::lower_bound(l->memo_keys.begin(), l->memo_keys.end(), key);
    if (it == l->memo_keys.end() || *it != key) continue;
    const auto row = static_cast<std::size_t>(it - l->memo_keys.begin());
    const std::uint32_t begin = l->memo_file_offsets[row];
    ByteReader in(l->memo_file_bytes.substr(begin, l->memo_file_offsets[row + 1] - begin));
    std::uint32_t file = l->file_base();
    while (!in.done()) {
      file += in.varint32();
      if (!overlay_ || path_rank_[file] != kNoRow) files.push_back(FileId(file));
    }
  }
  return files;
}

}  // namespace cairn::graph
