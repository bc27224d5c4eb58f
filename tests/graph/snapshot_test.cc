#include "graph/snapshot.h"

#include <gtest/gtest.h>

#include "base/fail_point.h"
#include "base/fs.h"
#include "graph/snapshot_holder.h"
#include "tests/graph/random_model.h"
#include "tests/support/snapshot_builder.h"
#include "tests/support/temp_dir.h"

namespace cairn::graph {
namespace {

using test::build_snapshot;
using test::FileModel;
using test::RepoModel;
using test::SiteModel;
using test::symbol_at;

test::SymbolModel symbol(std::string name, SymbolKind kind, std::string parent = {}) {
  test::SymbolModel s;
  s.name = std::move(name);
  s.kind = kind;
  s.parent = std::move(parent);
  return s;
}

SiteModel site(std::string owner, Position begin, std::string text,
               std::vector<test::SymbolRef> targets, RefRole role = RefRole::kCall) {
  SiteModel s;
  s.owner = std::move(owner);
  s.begin = begin;
  s.text = std::move(text);
  s.targets = std::move(targets);
  s.role = role;
  return s;
}

/// shop/cart.py: class Cart with a method; shop/main.py calls it.
RepoModel shop() {
  RepoModel model;
  FileModel& cart = model["shop/cart.py"];
  cart.module_path = "shop/cart";
  cart.qualified_prefix = "shop.cart";
  cart.symbols = {symbol("Cart", SymbolKind::kClass), symbol("add", SymbolKind::kMethod, "Cart"),
                  symbol("__init__", SymbolKind::kConstructor, "Cart"),
                  symbol("total", SymbolKind::kVariable)};
  cart.symbols[1].signature = "def add(self, item)";
  FileModel& main = model["shop/main.py"];
  main.module_path = "shop/main";
  main.qualified_prefix = "shop.main";
  main.symbols = {symbol("run", SymbolKind::kFunction)};
  main.locals.push_back({"cart", "run", {"shop/cart.py", "Cart"}, {3, 3}, 255});
  main.sites = {site("run", {3, 10}, "Cart",
                     {{"shop/cart.py", "Cart"}, {"shop/cart.py", "__init__"}}, RefRole::kNew),
                site("run", {4, 8}, "add", {{"shop/cart.py", "add"}}),
                site("run", {5, 8}, "add", {{"shop/cart.py", "add"}})};
  SiteModel local = site("run", {4, 3}, "cart", {}, RefRole::kRead);
  local.local = "cart";
  local.tier = Tier::kExact;
  local.origin = Origin::kLexical;
  main.sites.push_back(local);
  SiteModel external = site("run", {6, 3}, "print", {});
  external.tier = Tier::kExternal;
  external.origin = Origin::kBuiltin;
  external.external = "python#print";
  main.sites.push_back(external);
  return model;
}

TEST(SnapshotTest, SitesRollUpIntoOneEdgePerKind) {
  const auto s = build_snapshot(shop());
  const SymbolId run = symbol_at(*s, {"shop/main.py", "run"});
  const SymbolId add = symbol_at(*s, {"shop/cart.py", "add"});
  const SymbolId cart = symbol_at(*s, {"shop/cart.py", "Cart"});
  const SymbolId init = symbol_at(*s, {"shop/cart.py", "__init__"});
  EXPECT_EQ(s->out_edges(run).size(), 3u);
  EXPECT_TRUE(s->find_out(run, cart, EdgeKind::kInstantiates));
  EXPECT_TRUE(s->find_out(run, init, EdgeKind::kCalls));
  const auto calls_add = s->find_out(run, add, EdgeKind::kCalls);
  ASSERT_TRUE(calls_add);
  EXPECT_EQ(s->out_weight(run, *calls_add).count, 2u);
  EXPECT_EQ(s->out_weight(run, *calls_add).origin, Origin::kImport);
  ASSERT_EQ(s->in_edges(add).size(), 1u);
  EXPECT_EQ(s->in_edges(add)[0], (Edge{run, EdgeKind::kCalls, Tier::kResolved}));
  EXPECT_FALSE(s->find_out(add, run, EdgeKind::kCalls));
}

TEST(SnapshotTest, SitesComeBackInOrderWithTextTargetsAndLocals) {
  const auto s = build_snapshot(shop());
  const auto sites = s->sites(symbol_at(*s, {"shop/main.py", "run"}));
  ASSERT_TRUE(sites);
  ASSERT_EQ(sites->sites.size(), 5u);
  EXPECT_EQ(sites->sites[0].name, "Cart");
  EXPECT_EQ(sites->targets_of(sites->sites[0]).size(), 2u);
  EXPECT_EQ(sites->sites[1].name, "cart");
  EXPECT_EQ(sites->sites[1].local, 0u);
  EXPECT_EQ(sites->sites[1].length, 4u);
  EXPECT_EQ(sites->sites[2].begin, (Position{4, 8}));
  EXPECT_EQ(sites->sites[4].external, "python#print");
  EXPECT_EQ(sites->sites[4].name, "print");
  const auto locals = s->locals(s->file_by_path("shop/main.py"));
  ASSERT_EQ(locals->size(), 1u);
  EXPECT_EQ((*locals)[0].type, symbol_at(*s, {"shop/cart.py", "Cart"}));
  const auto between = s->sites_between(symbol_at(*s, {"shop/main.py", "run"}),
                                        symbol_at(*s, {"shop/cart.py", "add"}));
  ASSERT_EQ(between->sites.size(), 2u);
  EXPECT_EQ(between->sites[1].begin, (Position{5, 8}));
}

TEST(SnapshotTest, IdsAndQualifiedNamesSpellTheWayDown) {
  const auto s = build_snapshot(shop());
  const SymbolId add = symbol_at(*s, {"shop/cart.py", "add"});
  EXPECT_EQ(s->id_string(add), "cairn local . . shop/cart/Cart#add().");
  EXPECT_EQ(s->qualified(add), "shop.cart.Cart.add");
  EXPECT_EQ(s->signature(add), "def add(self, item)");
  const SymbolId module = s->lexical_parent(s->parent(add));
  EXPECT_EQ(s->id_string(module), "cairn local . . shop/cart/");
  EXPECT_EQ(s->qualified(module), "shop.cart");
  for (const FileId f : s->files()) {
    const FileInfo info = s->file(f);
    for (std::uint32_t i = 0; i < info.symbol_count; ++i) {
      const SymbolId each(info.first_symbol.value() + i);
      EXPECT_EQ(s->by_id(s->id_string(each)), each) << s->id_string(each);
    }
  }
  EXPECT_FALSE(s->by_id("cairn local . . shop/cart/Basket#").exists());
  EXPECT_FALSE(s->by_id("").exists());
}

TEST(SnapshotTest, NamesAreFoundExactlyByPrefixAndByQualifiedSuffix) {
  const auto s = build_snapshot(shop());
  const SymbolId add = symbol_at(*s, {"shop/cart.py", "add"});
  EXPECT_EQ(s->named("add"), std::vector<SymbolId>{add});
  EXPECT_TRUE(s->named("ad").empty());
  EXPECT_EQ(s->with_prefix("ad"), std::vector<SymbolId>{add});
  EXPECT_EQ(s->with_qualified_suffix("Cart.add"), std::vector<SymbolId>{add});
  EXPECT_EQ(s->with_qualified_suffix("shop.cart.Cart.add"), std::vector<SymbolId>{add});
  EXPECT_TRUE(s->with_qualified_suffix("art.add").empty());
  EXPECT_EQ(s->with_prefix("", 2).size(), 2u);
}

/// A class declared in one header, defined in another, with a member defined out of line.
TEST(SnapshotTest, DeclarationsReopeningsAndOutOfLineMembersAreOneSymbol) {
  RepoModel model;
  for (const char* path : {"a.h", "b.h", "c.cc"}) {
    model[path].language = Language::kCpp;
    model[path].module_path = path;
  }
  test::SymbolModel forward = symbol("Box", SymbolKind::kClass);
  forward.scope = "::";
  forward.opens = "::Box";
  test::SymbolModel full = forward;
  forward.flags = symbol_flag::kDeclaration;
  test::SymbolModel open_decl = symbol("open", SymbolKind::kMethod, "Box");
  open_decl.scope = "::Box";
  open_decl.flags = symbol_flag::kDeclaration;
  test::SymbolModel open_def = symbol("open", SymbolKind::kMethod);
  open_def.scope = "::Box";
  open_def.qualifier = "Box";
  test::SymbolModel lost = symbol("shut", SymbolKind::kMethod);
  lost.scope = "::Gone";
  lost.qualifier = "Gone";
  model["a.h"].symbols = {forward};
  model["b.h"].symbols = {full, open_decl};
  model["c.cc"].symbols = {open_def, lost};
  const auto s = build_snapshot(model);
  const SymbolId definition = symbol_at(*s, {"c.cc", "open"});
  const SymbolId box = symbol_at(*s, {"b.h", "Box"});
  EXPECT_EQ(s->canonical(symbol_at(*s, {"a.h", "Box"})), box);
  EXPECT_EQ(s->canonical(symbol_at(*s, {"b.h", "open"})), definition);
  EXPECT_EQ(s->parent(definition), box);
  EXPECT_EQ(s->qualified(definition), "Box::open");
  EXPECT_EQ(s->id_string(definition), "cairn local . . Box#open().");
  EXPECT_EQ(s->id_string(definition), s->id_string(symbol_at(*s, {"b.h", "open"})));
  EXPECT_EQ(s->places(box).size(), 2u);
  EXPECT_EQ(s->qualified(symbol_at(*s, {"c.cc", "shut"})), "Gone::shut");
  EXPECT_EQ(s->defs(test::scope_key("::Box"), "open").size(), 2u);
  EXPECT_EQ(s->openers(test::scope_key("::Box")).size(), 2u);
}

TEST(SnapshotTest, FileLocalSymbolsCarryThePathOthersDoNot) {
  RepoModel model;
  model["src/a b.c"].language = Language::kC;
  model["src/a b.c"].module_path = "src/a b.c";
  test::SymbolModel shared = symbol("go", SymbolKind::kFunction);
  shared.scope = "::";
  model["src/a b.c"].symbols = {shared, symbol("own", SymbolKind::kFunction)};
  const auto s = build_snapshot(model);
  EXPECT_EQ(s->id_string(symbol_at(*s, {"src/a b.c", "go"})), "cairn local . . go().");
  EXPECT_EQ(s->id_string(symbol_at(*s, {"src/a b.c", "own"})),
            "cairn local . . src/`a b.c`/own().");
}

TEST(SnapshotTest, InnermostSymbolHoldsThePosition) {
  RepoModel model = shop();
  const auto s = build_snapshot(model);
  const FileId file = s->file_by_path("shop/cart.py");
  EXPECT_EQ(s->name(s->innermost_at(file, {3, 2})), "add");
  EXPECT_EQ(s->innermost_at(file, {1, 1}), s->file(file).first_symbol);
  EXPECT_EQ(s->children(symbol_at(*s, {"shop/cart.py", "Cart"})).size(), 2u);
}

TEST(SnapshotTest, FilesUnderAFolderAndTotals) {
  RepoModel model = shop();
  model["readme"].skip_reason = "binary";
  model["shop"];
  model["shop.py"];
  const auto s = build_snapshot(model);
  EXPECT_EQ(s->files_under("shop/").size(), 2u);
  EXPECT_EQ(s->files_under("").size(), 5u);
  EXPECT_FALSE(s->file_by_path("shop/none.py").exists());
  EXPECT_EQ(s->file(s->file_by_path("readme")).skip_reason, "binary");
  EXPECT_EQ(s->totals().files, 5u);
  EXPECT_EQ(s->totals().sites[static_cast<std::size_t>(Tier::kResolved)], 3u);
  EXPECT_EQ(s->totals().edges, 3u);
}

TEST(SnapshotTest, CountsAbove254AreKept) {
  RepoModel model = shop();
  FileModel& main = model["shop/main.py"];
  for (std::uint32_t i = 0; i < 700; ++i)
    main.sites.push_back(site("run", {10 + i, 1}, "add", {{"shop/cart.py", "add"}}));
  const auto s = build_snapshot(model);
  const SymbolId run = symbol_at(*s, {"shop/main.py", "run"});
  const auto edge = s->find_out(run, symbol_at(*s, {"shop/cart.py", "add"}), EdgeKind::kCalls);
  EXPECT_EQ(s->out_weight(run, *edge).count, 702u);
}

TEST(SnapshotTest, EqualInputGivesEqualBytes) {
  const testing::TempDir dir;
  const RepoModel model = test::RandomModel(21).make();
  const auto a = test::build_base(dir / "a", model);
  const auto b = test::build_base(dir / "b", model);
  EXPECT_EQ(read_file(dir / "a", 1 << 24).value(), read_file(dir / "b", 1 << 24).value());
  EXPECT_EQ(a->root_hash(), b->root_hash());
  const auto other = test::build_base(dir / "c", test::RandomModel(22).make());
  EXPECT_NE(a->root_hash(), other->root_hash());
}

TEST(SnapshotTest, AFailedWriteLeavesThePreviousFile) {
  const testing::TempDir dir;
  const std::string path = dir / "layer";
  ASSERT_TRUE(test::build_base(path, shop()));
  const std::string before = read_file(path, 1 << 24).value();
  {
    const InjectedFault full(FaultCall::kWrite, 1, ENOSPC, 1000);
    const auto written = write_layer(path, {}, {});
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().code(), ErrorCode::kDiskFull);
  }
  EXPECT_EQ(read_file(path, 1 << 24).value(), before);
  EXPECT_EQ(list_dir(dir.path()).value().size(), 1u);
}

TEST(SnapshotTest, MissingFilesAndForeignFilesAreRefused) {
  const testing::TempDir dir;
  EXPECT_EQ(Snapshot::open(dir / "none").error().code(), ErrorCode::kNotFound);
  ASSERT_TRUE(write_file_atomic(dir / "text", std::string(1000, 'x')));
  EXPECT_EQ(Snapshot::open(dir / "text").error().code(), ErrorCode::kCorrupt);
  ASSERT_TRUE(write_file_atomic(dir / "empty", ""));
  EXPECT_EQ(Snapshot::open(dir / "empty").error().code(), ErrorCode::kCorrupt);
}

TEST(SnapshotTest, HolderKeepsOldSnapshotsAliveForTheirReaders) {
  SnapshotHolder holder;
  EXPECT_EQ(holder.acquire(), nullptr);
  EXPECT_EQ(holder.swap(build_snapshot(shop())), nullptr);
  const auto reader = holder.acquire();
  const auto old = holder.swap(build_snapshot({}));
  EXPECT_EQ(old, reader);
  EXPECT_EQ(reader->file_count(), 2u);
  EXPECT_EQ(holder.acquire()->file_count(), 0u);
}

}  // namespace
}  // namespace cairn::graph
