#include "tests/support/snapshot_builder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <set>
#include <sstream>

#include "base/hash.h"
#include "tests/support/temp_dir.h"

namespace cairn::test {
namespace {

using namespace graph;

/// Dense ids of a model's symbols, given where each file's begin.
class Numbering {
 public:
  void add(const std::string& path, const FileModel& file, std::uint32_t first) {
    ids_[{path, ""}] = first;
    for (std::uint32_t i = 0; i < file.symbols.size(); ++i)
      ids_.try_emplace({path, file.symbols[i].name}, first + 1 + i);
    for (std::uint32_t i = 0; i < file.symbols.size(); ++i)
      briefs_[first + 1 + i] = {file.symbols[i].name, file.symbols[i].kind};
    briefs_[first] = {"", SymbolKind::kModule};
  }
  SymbolId of(const SymbolRef& ref) const {
    const auto it = ids_.find(ref);
    return it == ids_.end() ? SymbolId::none() : SymbolId(it->second);
  }
  SymbolBrief brief(SymbolId id) const {
    const auto it = briefs_.find(id.value());
    return it == briefs_.end() ? SymbolBrief{} : SymbolBrief{it->second.first, it->second.second};
  }

 private:
  std::map<SymbolRef, std::uint32_t> ids_;
  std::map<std::uint32_t, std::pair<std::string, SymbolKind>> briefs_;
};

StrId put(StringTable& strings, std::string_view text) {
  if (text.empty()) return 0;
  strings.add(text);
  return strings.size() - 1;
}

SymbolIdx row_of(const FileModel& file, const std::string& name) {
  for (std::uint32_t i = 0; i < file.symbols.size(); ++i) {
    if (!name.empty() && file.symbols[i].name == name) return i + 1;
  }
  return 0;
}

Face make_face(const FileModel& file) {
  Face face;
  face.language = file.language;
  face.scopes.emplace_back();
  Symbol module;
  module.range = {{1, 1}, {file.lines + 1, 1}};
  module.name_range = {{1, 1}, {1, 1}};
  face.symbols.push_back(module);
  std::uint32_t line = 1;
  for (const SymbolModel& s : file.symbols) {
    Symbol symbol;
    line = s.line != 0 ? s.line : line + 1;
    symbol.name = put(face.strings, s.name);
    symbol.signature = put(face.strings, s.signature);
    symbol.qualifier = put(face.strings, s.qualifier);
    symbol.parent = row_of(file, s.parent);
    symbol.kind = s.kind;
    symbol.visibility = s.visibility;
    symbol.flags = s.flags;
    symbol.disambiguator = s.disambiguator;
    symbol.body_hash = hash64(s.name);
    symbol.name_range = {{line, 5}, {line, 5 + static_cast<std::uint32_t>(s.name.size())}};
    symbol.range = {{line, 1}, {line + 1, 9}};
    if (is_callable(s.kind)) symbol.metrics.cyclomatic = 3;
    face.symbols.push_back(symbol);
  }
  return face;
}

std::vector<SymbolKeys> make_keys(const std::string& path, const FileModel& file) {
  std::vector<SymbolKeys> keys(1);
  keys[0].stable_id = hash64(path);
  keys[0].opens_key = scope_key(path);
  std::map<std::uint64_t, std::uint32_t> repeats;
  for (const SymbolModel& s : file.symbols) {
    SymbolKeys k;
    const std::string inner = s.parent.empty() ? path : path + "/" + s.parent;
    const std::string scope = s.scope.empty() ? inner : s.scope;
    k.scope_key = scope_key(scope);
    if (!s.opens.empty()) k.opens_key = scope_key(s.opens);
    k.stable_id = hash64(scope + "#" + s.name + "#" + std::to_string(s.disambiguator) + "#" +
                         std::string(name_of(s.kind)));
    k.ordinal = repeats[k.stable_id]++;
    if (k.ordinal != 0) k.stable_id = hash_mix(k.stable_id, k.ordinal);
    keys.push_back(k);
  }
  return keys;
}

FileLinks make_links(const FileModel& file, const Numbering& numbers) {
  FileLinks links;
  for (const LocalModel& l : file.locals) {
    LinkedLocal local;
    local.name = put(links.strings, l.name);
    local.owner = row_of(file, l.owner);
    local.begin = l.begin;
    local.position = l.position;
    if (l.position != 255) local.kind = SymbolKind::kParameter;
    if (!l.type.path.empty()) local.type = numbers.of(l.type);
    links.locals.push_back(local);
  }
  for (const SiteModel& s : file.sites) {
    Site site;
    site.begin = s.begin;
    site.length = s.length != 0 ? s.length : static_cast<std::uint32_t>(s.text.size());
    site.owner = row_of(file, s.owner);
    site.name = put(links.strings, s.text);
    site.external = put(links.strings, s.external);
    site.role = s.role;
    site.tier = s.tier;
    site.origin = s.origin;
    site.reason = s.reason;
    site.flags = s.flags;
    site.first_target = static_cast<std::uint32_t>(links.targets.size());
    for (const SymbolRef& target : s.targets) {
      if (const SymbolId id = numbers.of(target); id.exists()) links.targets.push_back(id);
    }
    site.target_count = static_cast<std::uint32_t>(links.targets.size()) - site.first_target;
    for (std::uint32_t i = 0; i < file.locals.size(); ++i) {
      if (!s.local.empty() && file.locals[i].name == s.local) site.local = i;
    }
    links.sites.push_back(site);
  }
  for (const EdgeModel& e : file.edges) {
    const SymbolId src = numbers.of(e.src);
    const SymbolId dst = numbers.of(e.dst);
    if (src.exists() && dst.exists()) links.edges.push_back({src, dst, e.kind, e.tier, e.origin});
  }
  links.lookups = file.lookups;
  return links;
}

EncodedUnit make_unit(const std::string& path, const FileModel& file, SymbolId first,
                      const Numbering& numbers) {
  const Face face = make_face(file);
  UnitInput unit;
  unit.path = path;
  unit.language = file.language;
  unit.content = content_id_of(path);
  unit.lines = file.lines;
  unit.bytes = file.lines * 30;
  unit.skip_reason = file.skip_reason;
  unit.module_path = file.module_path;
  unit.package_path = file.package_path;
  unit.qualified_prefix = file.qualified_prefix;
  unit.file_scope = scope_key(path);
  unit.face = &face;
  unit.keys = make_keys(path, file);
  auto encoded = encode_unit(unit, make_links(file, numbers), first,
                             [&](SymbolId id) { return numbers.brief(id); });
  if (!encoded) {
    ADD_FAILURE() << encoded.error().to_string();
    return EncodedUnit();
  }
  return std::move(*encoded);
}

LayerMeta meta() { return {"test", "", "c0", kExtractorVersion}; }

std::shared_ptr<const Layer> opened(const std::string& path, const Result<WriteStats>& written) {
  if (!written) {
    ADD_FAILURE() << written.error().to_string();
    return nullptr;
  }
  auto layer = Layer::open(path);
  if (!layer) {
    ADD_FAILURE() << layer.error().to_string();
    return nullptr;
  }
  return *layer;
}

std::set<std::string> symbol_names(const RepoModel& model, const std::string& path) {
  std::set<std::string> names;
  const auto it = model.find(path);
  if (it == model.end()) return names;
  names.insert("");
  for (const SymbolModel& s : it->second.symbols)
    names.insert(s.name + "/" + s.parent + "/" + std::string(name_of(s.kind)));
  return names;
}

std::string text_of(const FileModel& f) {
  std::ostringstream out;
  const auto put_ref = [&](const SymbolRef& r) { out << r.path << ':' << r.name << ','; };
  for (const SymbolModel& s : f.symbols)
    out << s.name << '|' << s.parent << '|' << int(s.kind) << '|' << s.flags << '|' << s.signature
        << '|' << s.scope << '|' << s.qualifier << '\n';
  for (const SiteModel& s : f.sites) {
    out << s.owner << s.begin.line << ' ' << s.begin.column << s.text << int(s.tier) << int(s.role)
        << int(s.origin) << s.local;
    for (const SymbolRef& t : s.targets) put_ref(t);
  }
  for (const EdgeModel& e : f.edges) {
    put_ref(e.src);
    put_ref(e.dst);
    out << int(e.kind) << int(e.tier) << int(e.origin);
  }
  for (const std::uint32_t k : f.lookups) out << k << ' ';
  return out.str();
}

/// Whether the file names a symbol that appeared or went: a linker would have seen its look-up
/// change.
bool names_changed(const FileModel& f,
                   const std::map<std::string, std::set<std::string>>& changed) {
  const auto hit = [&](const SymbolRef& r) {
    const auto it = changed.find(r.path);
    return it != changed.end() && it->second.contains(r.name);
  };
  for (const SiteModel& s : f.sites) {
    if (std::any_of(s.targets.begin(), s.targets.end(), hit)) return true;
  }
  for (const LocalModel& l : f.locals) {
    if (hit(l.type)) return true;
  }
  return std::any_of(f.edges.begin(), f.edges.end(),
                     [&](const EdgeModel& e) { return hit(e.src) || hit(e.dst); });
}

std::map<std::string, std::set<std::string>> changed_names(const RepoModel& before,
                                                           const RepoModel& now) {
  std::map<std::string, std::set<std::string>> changed;
  std::set<std::string> paths;
  for (const auto& entry : before) paths.insert(entry.first);
  for (const auto& entry : now) paths.insert(entry.first);
  for (const std::string& path : paths) {
    const std::set<std::string> a = symbol_names(before, path);
    const std::set<std::string> b = symbol_names(now, path);
    std::vector<std::string> differ;
    std::set_symmetric_difference(a.begin(), a.end(), b.begin(), b.end(),
                                  std::back_inserter(differ));
    for (const std::string& name : differ) changed[path].insert(name.substr(0, name.find('/')));
  }
  return changed;
}

}  // namespace

std::uint64_t scope_key(std::string_view text) { return hash64(text, 7) | 1; }

std::shared_ptr<const Layer> build_base(const std::string& path, const RepoModel& model,
                                        WriteStats* stats) {
  Numbering numbers;
  std::uint32_t next = 0;
  for (const auto& [file_path, file] : model) {
    numbers.add(file_path, file, next);
    next += static_cast<std::uint32_t>(file.symbols.size()) + 1;
  }
  std::vector<EncodedUnit> units;
  next = 0;
  for (const auto& [file_path, file] : model) {
    units.push_back(make_unit(file_path, file, SymbolId(next), numbers));
    next += units.back().symbol_count();
  }
  const auto written = write_layer(path, meta(), std::move(units));
  if (written && stats) *stats = *written;
  return opened(path, written);
}

std::shared_ptr<const Layer> build_overlay(const std::string& path,
                                           std::shared_ptr<const Layer> base,
                                           const RepoModel& before, const RepoModel& now) {
  const auto changed = changed_names(before, now);
  std::set<std::string> fresh;
  for (const auto& [file_path, file] : now) {
    const auto old = before.find(file_path);
    if (old == before.end() || text_of(old->second) != text_of(file) ||
        names_changed(file, changed))
      fresh.insert(file_path);
  }
  std::vector<FileId> removed;
  Numbering numbers;
  for (std::uint32_t i = 0; i < base->file_count(); ++i) {
    const std::string file_path(base->text(base->files[i].path));
    if (fresh.contains(file_path) || !now.contains(file_path)) {
      removed.push_back(FileId(i));
    } else {
      numbers.add(file_path, now.at(file_path), base->files[i].first_symbol);
    }
  }
  std::uint32_t next = base->symbol_count();
  for (const std::string& file_path : fresh) {
    numbers.add(file_path, now.at(file_path), next);
    next += static_cast<std::uint32_t>(now.at(file_path).symbols.size()) + 1;
  }
  std::vector<EncodedUnit> units;
  next = base->symbol_count();
  for (const std::string& file_path : fresh) {
    units.push_back(make_unit(file_path, now.at(file_path), SymbolId(next), numbers));
    next += units.back().symbol_count();
  }
  return opened(path, write_overlay(path, meta(), std::move(units), *base, removed));
}

std::shared_ptr<const Snapshot> snapshot_of(std::shared_ptr<const Layer> base,
                                            std::shared_ptr<const Layer> overlay) {
  auto made = Snapshot::make(std::move(base), std::move(overlay));
  if (made) return *made;
  ADD_FAILURE() << made.error().to_string();
  return nullptr;
}

std::shared_ptr<const Snapshot> build_snapshot(const RepoModel& model) {
  const testing::TempDir dir;
  return snapshot_of(build_base(dir / "base.cairn", model));
}

void reseal(std::string& bytes) {
  LayerHeader header;
  std::memcpy(&header, bytes.data(), sizeof header);
  header.hash = hash64(std::string_view(bytes).substr(0, offsetof(LayerHeader, hash)));
  std::memcpy(bytes.data(), &header, sizeof header);
  LayerFooter footer;
  const std::size_t footer_at = bytes.size() - sizeof footer;
  std::memcpy(&footer, bytes.data() + footer_at, sizeof footer);
  const std::size_t blocks_at = footer.table_offset + footer.sections * sizeof(SectionRow);
  for (std::uint32_t i = 0; i < footer.sections; ++i) {
    SectionRow row;
    std::memcpy(&row, bytes.data() + footer.table_offset + i * sizeof row, sizeof row);
    for (std::size_t b = 0; b * kBlockBytes < row.length; ++b) {
      const std::size_t size = std::min<std::size_t>(kBlockBytes, row.length - b * kBlockBytes);
      const std::uint64_t hash =
          hash64(std::string_view(bytes).substr(row.offset + b * kBlockBytes, size));
      std::memcpy(bytes.data() + blocks_at + (row.first_block + b) * sizeof hash, &hash,
                  sizeof hash);
    }
  }
  footer.root_hash =
      hash64(std::string_view(bytes).substr(footer.table_offset, footer_at - footer.table_offset),
             header.hash);
  std::memcpy(bytes.data() + footer_at, &footer, sizeof footer);
  footer.hash = hash64(std::string_view(bytes).substr(footer_at, offsetof(LayerFooter, hash)));
  std::memcpy(bytes.data() + footer_at, &footer, sizeof footer);
}

SymbolId symbol_at(const Snapshot& snapshot, const SymbolRef& ref) {
  const FileId file = snapshot.file_by_path(ref.path);
  if (file.exists()) {
    const FileInfo info = snapshot.file(file);
    for (std::uint32_t i = 0; i < info.symbol_count; ++i) {
      const SymbolId s(info.first_symbol.value() + i);
      if (snapshot.name(s) == ref.name) return s;
    }
  }
  ADD_FAILURE() << "no symbol " << ref.path << ':' << ref.name;
  return SymbolId::none();
}

namespace {

class Dumper {
 public:
  explicit Dumper(const Snapshot& s) : s_(s) {}

  std::string run() {
    for (const FileId f : s_.files()) file(f);
    const Totals& t = s_.totals();
    out_ << "totals " << t.files << ' ' << t.lines << ' ' << t.symbols << ' ' << t.edges;
    for (const std::uint64_t n : t.sites) out_ << ' ' << n;
    for (const std::uint64_t n : t.edges_by_tier) out_ << ' ' << n;
    out_ << '\n';
    return out_.str();
  }

 private:
  std::string ref(SymbolId s) const {
    if (!s.exists()) return "none";
    if (!s_.is_live(s)) return "DEAD";
    return std::string(s_.path(s_.file_of(s))) + ":" + std::string(s_.name(s)) + "@" +
           std::to_string(s_.details(s).range.begin.line);
  }

  void file(FileId f) {
    const FileInfo info = s_.file(f);
    out_ << "file " << info.path << ' ' << info.lines << ' ' << name_of(info.language) << ' '
         << info.skip_reason << '\n';
    for (const std::uint32_t k : s_.lookups(f)) {
      out_ << "lookup " << k;
      std::vector<std::string> paths;
      for (const FileId other : s_.files_that_looked_up(k)) paths.emplace_back(s_.path(other));
      std::sort(paths.begin(), paths.end());
      for (const std::string& p : paths) out_ << ' ' << p;
      out_ << '\n';
    }
    for (std::uint32_t i = 0; i < info.symbol_count; ++i)
      symbol(SymbolId(info.first_symbol.value() + i));
    const auto locals = s_.locals(f);
    if (!locals) return fail(locals.error());
    for (const LocalView& l : *locals)
      out_ << "local " << l.name << ' ' << ref(l.owner) << ' ' << ref(l.type) << '\n';
    const auto sites = s_.sites_of_file(f);
    if (!sites) return fail(sites.error());
    for (const SiteView& site : sites->sites) {
      out_ << "site " << site.begin.line << ':' << site.begin.column << '+' << site.length << ' '
           << site.name << ' ' << ref(site.owner) << ' ' << int(site.role) << int(site.tier) << ' '
           << int(site.origin) << ' ' << int(site.reason) << ' ' << int(site.flags) << ' '
           << int(site.local) << ' ' << site.external;
      for (const SymbolId t : sites->targets_of(site)) out_ << ' ' << ref(t);
      out_ << '\n';
    }
  }

  void symbol(SymbolId s) {
    out_ << "symbol " << s_.id_string(s) << ' ' << s_.qualified(s) << ' ' << name_of(s_.kind(s))
         << ' ' << s_.flags(s) << ' ' << s_.signature(s) << ' ' << ref(s_.parent(s)) << ' '
         << ref(s_.canonical(s)) << '\n';
    std::set<std::string> lines;
    const EdgeRange out = s_.out_edges(s);
    for (std::size_t i = 0; i < out.size(); ++i) {
      const EdgeWeight w = s_.out_weight(s, i);
      lines.insert("out " + std::string(name_of(out[i].kind)) + " " + ref(out[i].other) + " " +
                   std::string(name_of(out[i].tier)) + " " + std::to_string(w.count) + " " +
                   std::string(name_of(w.origin)));
    }
    for (const Edge e : s_.in_edges(s))
      lines.insert("in " + std::string(name_of(e.kind)) + " " + ref(e.other) + " " +
                   std::string(name_of(e.tier)));
    for (const std::string& line : lines) out_ << line << '\n';
    if (lines.size() != out.size() + s_.in_edges(s).size()) out_ << "DUPLICATE EDGE\n";
  }

  void fail(const Error& error) { out_ << error.to_string() << '\n'; }

  const Snapshot& s_;
  std::ostringstream out_;
};

}  // namespace

std::string dump(const Snapshot& snapshot) { return Dumper(snapshot).run(); }

}  // namespace cairn::test
