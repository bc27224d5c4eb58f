#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "graph/layer.h"
#include "graph/site_decoder.h"
#include "graph/writer.h"
#include "tests/support/temp_dir.h"

namespace cairn::graph {
namespace {

/// One file of a module, three functions and a class; every field of its sites at random.
class RandomLinks {
 public:
  explicit RandomLinks(std::uint32_t seed) : random_(seed) {
    face_.scopes.emplace_back();
    for (std::uint32_t i = 0; i < 5; ++i) {
      Symbol s;
      face_.strings.add("name" + std::to_string(i));
      s.name = i + 1;
      s.parent = i == 0 ? kNone : 0;
      s.kind = i == 0 ? SymbolKind::kModule : i == 4 ? SymbolKind::kClass : SymbolKind::kFunction;
      face_.symbols.push_back(s);
    }
    for (std::uint32_t i = 0; i < 12; ++i) links.strings.add("name" + std::to_string(i));
    for (std::uint32_t i = 0; i < 6; ++i) {
      LinkedLocal local;
      local.name = 1 + below(12);
      local.owner = below(5);
      local.begin = {1 + below(400), 1 + below(300)};
      if (below(2) == 0) local.type = SymbolId(below(5));
      if (below(2) == 0) local.position = static_cast<std::uint8_t>(below(5));
      links.locals.push_back(local);
    }
    for (std::uint32_t i = 0; i < 60; ++i) links.sites.push_back(site());
  }

  UnitInput unit() const {
    UnitInput u;
    u.path = "f";
    u.face = &face_;
    u.keys.resize(face_.symbols.size());
    return u;
  }
  const Face& face() const { return face_; }

  FileLinks links;

 private:
  std::uint32_t below(std::uint32_t n) { return static_cast<std::uint32_t>(random_() % n); }
  Site site() {
    Site s;
    s.begin = {1 + below(100000), 1 + below(100000)};
    s.owner = below(5);
    s.name = below(13);
    s.length =
        below(3) == 0 ? below(500) : static_cast<std::uint32_t>(links.strings[s.name].size());
    s.external = below(3) == 0 ? below(13) : 0;
    s.local = below(3) == 0 ? below(6) : kNone;
    s.role = static_cast<RefRole>(below(10));
    s.tier = static_cast<Tier>(below(6));
    s.origin = static_cast<Origin>(below(25));
    s.reason = static_cast<Reason>(below(11));
    if (below(2) == 0) s.reason = Reason::kNone;
    s.flags = static_cast<std::uint8_t>(below(2) == 0 ? 0 : below(256));
    s.first_target = static_cast<std::uint32_t>(links.targets.size());
    s.target_count = below(3) == 0 ? below(4) : below(2);
    for (std::uint32_t i = 0; i < s.target_count; ++i) links.targets.push_back(SymbolId(below(5)));
    if (below(4) == 0) {  // the common case: bound to a local, nothing else
      s.local = below(6);
      s.name = links.locals[s.local].name;
      s.length = static_cast<std::uint32_t>(links.strings[s.name].size());
      s.tier = Tier::kExact;
      s.origin = Origin::kLexical;
      s.reason = Reason::kNone;
      s.external = 0;
    }
    return s;
  }

  std::mt19937 random_;
  Face face_;
};

bool same_site(const Site& a, const FileLinks& links, const SiteView& b, const SiteList& list) {
  const auto targets = list.targets_of(b);
  const auto first = links.targets.begin() + a.first_target;
  return a.begin == b.begin && a.length == b.length && links.strings[a.name] == b.name &&
         links.strings[a.external] == b.external && a.local == b.local && a.role == b.role &&
         a.tier == b.tier && a.origin == b.origin && a.reason == b.reason && a.flags == b.flags &&
         std::equal(first, first + a.target_count, targets.begin(), targets.end());
}

TEST(SiteCodecTest, EveryFieldOfEverySiteAndLocalComesBack) {
  const testing::TempDir dir;
  for (std::uint32_t seed = 1; seed <= 150; ++seed) {
    const RandomLinks random(seed);
    auto unit = encode_unit(random.unit(), random.links, SymbolId(0), [&](SymbolId id) {
      const Symbol& s = random.face().symbols[id.value()];
      return SymbolBrief{random.face().strings[s.name], s.kind};
    });
    ASSERT_TRUE(unit) << unit.error().to_string();
    std::vector<EncodedUnit> units;
    units.push_back(std::move(*unit));
    ASSERT_TRUE(write_layer(dir / "layer", {}, std::move(units)));
    const auto snapshot = Snapshot::open(dir / "layer");
    ASSERT_TRUE(snapshot) << snapshot.error().to_string();
    std::vector<bool> matched(random.links.sites.size());
    for (std::uint32_t owner = 0; owner < 5; ++owner) {
      const auto list = (*snapshot)->sites(SymbolId(owner));
      ASSERT_TRUE(list) << list.error().to_string();
      EXPECT_TRUE(
          std::is_sorted(list->sites.begin(), list->sites.end(),
                         [](const SiteView& a, const SiteView& b) { return a.begin < b.begin; }));
      for (const SiteView& view : list->sites) {
        bool found = false;
        for (std::size_t i = 0; i < matched.size() && !found; ++i) {
          const Site& s = random.links.sites[i];
          found = !matched[i] && s.owner == owner && same_site(s, random.links, view, *list);
          if (found) matched[i] = true;
        }
        EXPECT_TRUE(found) << "seed " << seed << " line " << view.begin.line;
      }
    }
    EXPECT_EQ(std::count(matched.begin(), matched.end(), false), 0);
    const auto locals = (*snapshot)->locals(FileId(0));
    ASSERT_TRUE(locals);
    ASSERT_EQ(locals->size(), random.links.locals.size());
    for (std::size_t i = 0; i < locals->size(); ++i) {
      const LinkedLocal& l = random.links.locals[i];
      EXPECT_EQ((*locals)[i].name, random.links.strings[l.name]);
      EXPECT_EQ((*locals)[i].owner.value(), l.owner);
      EXPECT_EQ((*locals)[i].begin, l.begin);
      EXPECT_EQ((*locals)[i].type, l.type);
      EXPECT_EQ((*locals)[i].position, l.position);
    }
  }
}

TEST(SiteCodecTest, LinksThatDoNotFitTheFaceAreRefused) {
  const auto refused = [](auto spoil) {
    RandomLinks random(1);
    spoil(random.links);
    return !encode_unit(random.unit(), random.links, SymbolId(0),
                        [](SymbolId) { return SymbolBrief{}; });
  };
  EXPECT_FALSE(refused([](FileLinks&) {}));
  EXPECT_TRUE(refused([](FileLinks& l) { l.sites[0].owner = 99; }));
  EXPECT_TRUE(refused([](FileLinks& l) { l.sites[0].name = 99; }));
  EXPECT_TRUE(refused([](FileLinks& l) { l.sites[0].local = 99; }));
  EXPECT_TRUE(refused([](FileLinks& l) { l.sites[0].first_target = 9999; }));
  EXPECT_TRUE(refused([](FileLinks& l) { l.lookups = {2, 1}; }));
  EXPECT_TRUE(refused([](FileLinks& l) { l.locals[0].owner = 99; }));
}

}  // namespace
}  // namespace cairn::graph
