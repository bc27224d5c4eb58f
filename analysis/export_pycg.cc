// The pycg export: callers and callees of Python files in the naming of the PyCG benchmark.
// Conventions taken from it: a class is never a callee, its __init__ is (its own or the nearest
// inherited one in the repository); code of a class body belongs to the enclosing function or
// module; a decorator is called by the scope around the definition; built-ins and functions of
// other packages are keys too.
#include <algorithm>
#include <map>
#include <set>

#include "analysis/export_writer.h"
#include "graph/facts.h"

namespace cairn::analysis {
namespace {

using graph::RefRole;
using graph::SymbolId;
using graph::SymbolKind;
using graph::Tier;

/// "a/b/__init__.py" -> "a.b".
std::string module_name(std::string_view path) {
  const std::size_t dot = path.rfind('.');
  if (dot != std::string_view::npos) path = path.substr(0, dot);
  constexpr std::string_view kPackageFile = "/__init__";
  if (path.ends_with(kPackageFile)) path.remove_suffix(kPackageFile.size());
  std::string name(path);
  std::replace(name.begin(), name.end(), '/', '.');
  return name;
}

/// "builtins#len" -> "<builtin>.len", "builtins#str.join" -> "<**PyStr**>.join", "os#path.join" ->
/// "os.path.join", "ext#Cls().run" -> "ext.Cls.run".
std::string external_name(std::string_view external) {
  const std::size_t hash = external.find('#');
  std::string name(external.substr(0, hash));
  if (hash != std::string_view::npos && hash + 1 < external.size()) {
    const std::string_view member = external.substr(hash + 1);
    if (name == "builtin" || name == "builtins") {
      if (member.starts_with("str.")) return "<**PyStr**>" + std::string(member.substr(3));
      if (member.starts_with("list.")) return "<**PyList**>" + std::string(member.substr(4));
      if (member.starts_with("dict.")) return "<**PyDict**>" + std::string(member.substr(4));
      name = "<builtin>";
    }
    name += '.';
    name += member;
  }
  // What a call gives is called by the name of what was called.
  for (std::size_t at = name.find("()"); at != std::string::npos; at = name.find("()", at))
    name.erase(at, 2);
  return name;
}

class PycgExport {
 public:
  PycgExport(const graph::Snapshot& snapshot, const ExportOptions& options, BufferedSink& out)
      : snapshot_(snapshot), options_(options), out_(out) {}

  Result<void> run() {
    for (const graph::FileId f : snapshot_.files()) {
      if (snapshot_.file(f).language != graph::Language::kPython) continue;
      CAIRN_TRY(options_.stop.check("exporting"));
      CAIRN_TRY(add_file(f));
    }
    JsonWriter json(out_.text());
    json.begin_object();
    for (const auto& [caller, callees] : calls_) {
      json.key(caller).begin_array();
      for (const std::string& callee : callees) json.value(callee);
      json.end_array();
      CAIRN_TRY(out_.spill());
    }
    json.end_object().newline();
    return {};
  }

 private:
  static bool is_code(SymbolKind kind) {
    return kind == SymbolKind::kModule || graph::is_callable(kind);
  }

  /// Module and the names from the outermost definition to `s`.
  std::string dotted(SymbolId s) const {
    std::vector<std::string_view> names;
    for (SymbolId at = s; at.exists(); at = snapshot_.lexical_parent(at))
      if (snapshot_.kind(at) != SymbolKind::kModule) names.push_back(snapshot_.name(at));
    std::string text = module_name(snapshot_.path(snapshot_.file_of(s)));
    for (auto name = names.rbegin(); name != names.rend(); ++name) {
      text += '.';
      text += *name;
    }
    return text;
  }

  /// The function or module whose running executes code owned by `s`.
  SymbolId runner(SymbolId s) const {
    while (!is_code(snapshot_.kind(s))) {
      const SymbolId parent = snapshot_.lexical_parent(s);
      if (!parent.exists()) break;
      s = parent;
    }
    return s;
  }

  Result<void> add_file(graph::FileId f) {
    const graph::FileInfo info = snapshot_.file(f);
    for (std::uint32_t i = 0; i < info.symbol_count; ++i) {
      const SymbolId s(info.first_symbol.value() + i);
      if (is_code(snapshot_.kind(s))) calls_[dotted(s)];
    }
    CAIRN_ASSIGN(const graph::SiteList list, snapshot_.sites_of_file(f));
    for (const graph::SiteView& site : list.sites) CAIRN_TRY(add_site(site, list.targets_of(site)));
    return {};
  }

  Result<void> add_site(const graph::SiteView& site, std::span<const SymbolId> targets) {
    const bool decorates = site.role == RefRole::kDecorate;
    // "raise Error" makes an instance.
    const bool raises = (site.flags & graph::ref_flag::kThrown) != 0;
    if (site.role != RefRole::kCall && site.role != RefRole::kNew && !decorates && !raises)
      return {};
    if (site.tier == Tier::kHeuristic || site.tier == Tier::kUnresolved) return {};
    SymbolId owner = site.owner;
    // A decorator stands before the name of what it decorates, which may own the site.
    if (decorates && site.begin < snapshot_.details(owner).name_range.begin &&
        snapshot_.lexical_parent(owner).exists())
      owner = snapshot_.lexical_parent(owner);
    std::set<std::string>& callees = calls_[dotted(runner(owner))];
    // Built-in decorators say what a function is, and built-in errors raised as classes have no
    // code to run: PyCG counts neither.
    const bool plain = site.role == RefRole::kCall || site.role == RefRole::kNew;
    if (!site.external.empty() && (plain || !site.external.starts_with("builtins#"))) {
      const std::string name = external_name(site.external);
      callees.insert(name);
      calls_[name];
    }
    bool called = false;
    for (const SymbolId target : targets) {
      if (!graph::is_callable(snapshot_.kind(target))) continue;
      called = true;
      callees.insert(dotted(target));
    }
    if (called) return {};
    for (const SymbolId target : targets) {
      if (!graph::is_type(snapshot_.kind(target))) continue;
      CAIRN_ASSIGN(const SymbolId init, initialiser(target));
      if (init.exists()) callees.insert(dotted(init));
    }
    return {};
  }

  /// The __init__ that makes instances of a class: breadth first along the bases as written.
  Result<SymbolId> initialiser(SymbolId type) {
    const auto known = initialisers_.find(type);
    if (known != initialisers_.end()) return known->second;
    std::vector<SymbolId> queue{type};
    std::set<SymbolId> seen{type};
    SymbolId found;
    for (std::size_t at = 0; at < queue.size() && !found.exists(); ++at) {
      for (const SymbolId child : snapshot_.children(queue[at]))
        if (snapshot_.name(child) == "__init__") found = child;
      CAIRN_ASSIGN(const graph::SiteList list, snapshot_.sites(queue[at]));
      for (const graph::SiteView& site : list.sites) {
        if (site.role != RefRole::kInherit) continue;
        for (const SymbolId base : list.targets_of(site))
          if (graph::is_type(snapshot_.kind(base)) && seen.insert(base).second)
            queue.push_back(base);
      }
    }
    initialisers_.emplace(type, found);
    return found;
  }

  const graph::Snapshot& snapshot_;
  const ExportOptions& options_;
  BufferedSink& out_;
  std::map<std::string, std::set<std::string>> calls_;
  std::map<SymbolId, SymbolId> initialisers_;
};

}  // namespace

Result<void> export_pycg(const graph::Snapshot& snapshot, const ExportOptions& options,
                         BufferedSink& out) {
  return PycgExport(snapshot, options, out).run();
}

}  // namespace cairn::analysis
