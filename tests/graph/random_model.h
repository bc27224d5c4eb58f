#pragma once
// Random repositories and random edits of them, from a seed.
#include <random>
#include <string>

#include "tests/support/snapshot_builder.h"

namespace cairn::test {

class RandomModel {
 public:
  explicit RandomModel(std::uint32_t seed, unsigned files = 8, unsigned symbols = 6)
      : random_(seed), files_(files), symbols_(symbols) {}

  RepoModel make() {
    RepoModel model;
    for (unsigned i = 0; i < files_; ++i) {
      if (below(4) != 0) model[path(i)] = file(path(i));
    }
    return model;
  }

  /// One random change of one file: new, gone, rewritten, a symbol added or dropped.
  void edit(RepoModel& model) {
    const std::string p = path(below(files_));
    const auto it = model.find(p);
    if (it == model.end() || below(4) == 0) {
      model[p] = file(p);
      return;
    }
    FileModel& f = it->second;
    switch (below(4)) {
      case 0:
        model.erase(it);
        return;
      case 1:
        if (!f.symbols.empty()) f.symbols.erase(f.symbols.begin());
        break;
      case 2:
        f.sites = file(p).sites;
        break;
      default:
        f.edges = file(p).edges;
    }
    drop_orphans(f);
  }

 private:
  unsigned below(unsigned n) { return static_cast<unsigned>(random_() % n); }
  static std::string path(unsigned i) { return "dir/f" + std::to_string(i) + ".py"; }
  std::string symbol() { return "s" + std::to_string(below(symbols_)); }
  SymbolRef ref() { return {path(below(files_)), below(8) == 0 ? "" : symbol()}; }

  /// Sites, locals and parents must name symbols that the file has; otherwise the module.
  static void drop_orphans(FileModel& f) {
    const auto has = [&](const std::string& name) {
      for (const SymbolModel& s : f.symbols) {
        if (s.name == name) return true;
      }
      return false;
    };
    for (SymbolModel& s : f.symbols) {
      if (!has(s.parent)) s.parent.clear();
    }
    for (SiteModel& s : f.sites) {
      if (!has(s.owner)) s.owner.clear();
    }
    for (LocalModel& l : f.locals) {
      if (!has(l.owner)) l.owner.clear();
    }
  }

  FileModel file(const std::string& own) {
    FileModel f;
    f.lines = 5 + below(50);
    for (unsigned i = 0; i < symbols_; ++i) {
      if (below(3) == 0) continue;
      SymbolModel s;
      s.name = "s" + std::to_string(i);
      s.kind = below(3) == 0 ? graph::SymbolKind::kClass : graph::SymbolKind::kFunction;
      s.signature = "def " + s.name;
      if (i % 3 == 0) {
        s.scope = "shared." + s.name;
        s.flags = graph::symbol_flag::kMergeable;
      }
      f.symbols.push_back(s);
    }
    f.locals.push_back({"x", "", ref(), {2, 3}, 255});
    const unsigned sites = below(12);
    std::uint32_t line = 1;
    for (unsigned i = 0; i < sites; ++i) f.sites.push_back(site(line += below(2)));
    const unsigned edges = below(4);
    for (unsigned i = 0; i < edges; ++i) {
      EdgeModel e;
      e.src = below(2) == 0 ? ref() : SymbolRef{own, symbol()};
      e.dst = ref();
      e.kind = below(2) == 0 ? graph::EdgeKind::kOverrides : graph::EdgeKind::kCalls;
      e.tier = static_cast<graph::Tier>(below(4));
      e.origin = static_cast<graph::Origin>(below(6));
      f.edges.push_back(e);
    }
    for (unsigned k = 0; k < 20; ++k) {
      if (below(5) == 0) f.lookups.push_back(k * 100000000u);
    }
    drop_orphans(f);
    return f;
  }

  SiteModel site(std::uint32_t line) {
    SiteModel s;
    s.owner = symbol();
    s.begin = {line, 1 + below(200)};
    s.text = "n" + std::to_string(below(5));
    s.role = static_cast<graph::RefRole>(below(10));
    s.tier = static_cast<graph::Tier>(below(4));
    s.origin = static_cast<graph::Origin>(below(20));
    s.flags = below(2) == 0 ? 0 : static_cast<std::uint8_t>(below(256));
    switch (below(6)) {
      case 0:
        s.local = "x";
        s.text = "x";
        s.tier = graph::Tier::kExact;
        s.origin = graph::Origin::kLexical;
        break;
      case 1:
        s.tier = graph::Tier::kExternal;
        s.external = "lib#n" + std::to_string(below(3));
        break;
      case 2:
        s.tier = graph::Tier::kUnresolved;
        s.reason = graph::Reason::kNoSuchName;
        break;
      default:
        for (unsigned i = 0, n = 1 + below(3); i < n; ++i) s.targets.push_back(ref());
        if (below(2) == 0) s.text = s.targets[0].name;
        if (below(9) == 0) s.length = 99;
    }
    return s;
  }

  std::mt19937 random_;
  unsigned files_;
  unsigned symbols_;
};

}  // namespace cairn::test
