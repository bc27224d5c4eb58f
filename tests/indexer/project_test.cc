#include "indexer/link/project.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace cairn::indexer {
namespace {

TEST(Project, ManifestsAreKnownByName) {
  for (const char* path : {"go.mod", "a/package.json", "web/tsconfig.json", "x/y/Cargo.toml",
                           "composer.json", "pyproject.toml", "setup.cfg", "jsconfig.json"})
    EXPECT_TRUE(is_manifest(path)) << path;
  for (const char* path : {"go.work", "a/package.jsonc", "mygo.mod", "Cargo.lock", ""})
    EXPECT_FALSE(is_manifest(path)) << path;
}

TEST(Project, GoModulesTakeTheirPathFromTheModuleLine) {
  const ProjectModel model =
      build_project({{"tools/go.mod", "// about\nmodule \"example.org/tools\" // why\n\ngo 1.22\n"},
                     {"go.mod", "module example.org/app\nrequire (\n  a v1\n)\n"},
                     {"bad/go.mod", "go 1.22\n"}});
  ASSERT_EQ(model.go_modules.size(), 2u);
  EXPECT_EQ(model.go_modules[0].folder, "");
  EXPECT_EQ(model.go_modules[0].name, "example.org/app");
  EXPECT_EQ(model.go_modules[1].name, "example.org/tools");
  ASSERT_EQ(model.notes.size(), 1u);
  EXPECT_EQ(model.notes[0], "bad/go.mod: no module line");
}

TEST(Project, PackagesKnowTheirEntry) {
  const ProjectModel model = build_project(
      {{"package.json", R"({"name": "root", "private": true})"},
       {"packages/a/package.json", R"({"name": "@x/a", "main": "./lib/index.js"})"},
       {"packages/b/package.json",
        R"({"name": "b", "main": "old.js", "exports": {".": {"import": "./src/b.mjs"}}})"}});
  ASSERT_EQ(model.npm_packages.size(), 3u);
  EXPECT_EQ(model.npm_packages[1].folder, "packages/a");
  EXPECT_EQ(model.npm_packages[1].name, "@x/a");
  EXPECT_EQ(model.npm_packages[1].entry, "lib/index.js");
  EXPECT_EQ(model.npm_packages[2].entry, "src/b.mjs");
}

TEST(Project, PathAliasesAllowCommentsAndTrailingCommas) {
  const ProjectModel model = build_project({{"web/tsconfig.json", R"({
    // see "docs"
    "extends": "./other.json",
    "compilerOptions": {
      "baseUrl": "./src", /* here, */
      "paths": {
        "@app/*": ["app/*", "../gen/*",],
        "out": ["../../../x"],
        "u//v": ["w"],
      },
    },
  })"}});
  ASSERT_EQ(model.ts_aliases.size(), 3u);
  EXPECT_EQ(model.ts_aliases[0].pattern, "*");
  EXPECT_EQ(model.ts_aliases[0].targets, (std::vector<std::string>{"web/src/*"}));
  EXPECT_EQ(model.ts_aliases[1].pattern, "@app/*");
  EXPECT_EQ(model.ts_aliases[1].targets, (std::vector<std::string>{"web/src/app/*", "web/gen/*"}));
  EXPECT_EQ(model.ts_aliases[2].pattern, "u//v");
  EXPECT_EQ(model.notes.size(), 1u);
}

TEST(Project, CratesHaveNamesAndLibraryPaths) {
  const ProjectModel model =
      build_project({{"Cargo.toml", "[workspace]\nmembers = [\"crates/*\"]\n"},
                     {"crates/core/Cargo.toml",
                      "[package]\nname = \"my-core\"\n[lib]\npath = \"core.rs\"\n[dependencies]\n"
                      "serde-json = \"1\"\n[target.'cfg(unix)'.dependencies]\nlibc = \"0.2\"\n"},
                     {"crates/bad/Cargo.toml", "[package\n"}});
  ASSERT_EQ(model.crates.size(), 1u);
  EXPECT_EQ(model.crates[0].folder, "crates/core");
  EXPECT_EQ(model.crates[0].name, "my_core");
  EXPECT_EQ(model.crates[0].entry, "core.rs");
  EXPECT_EQ(model.crates[0].dependencies, (std::vector<std::string>{"libc", "serde_json"}));
  ASSERT_EQ(model.notes.size(), 1u);
  EXPECT_TRUE(model.notes[0].starts_with("crates/bad/Cargo.toml: line 1")) << model.notes[0];
}

TEST(Project, CargoTargetsWithAPathAreRoots) {
  const ProjectModel model =
      build_project({{"Cargo.toml",
                      "[package]\nname = \"rg\"\n[[bin]]\nname = \"rg\"\n"
                      "path = \"crates/core/main.rs\"\n[[test]]\nname = \"all\"\n"
                      "path = \"tests/tests.rs\"\n[[bin]]\npath = \"src/main.rs\"\n"}});
  ASSERT_EQ(model.crates.size(), 3u);
  EXPECT_EQ(model.crates[1].folder, "crates/core");
  EXPECT_EQ(model.crates[1].entry, "main.rs");
  EXPECT_EQ(model.crates[2].folder, "tests");
  EXPECT_EQ(model.crates[2].entry, "tests.rs");
}

TEST(Project, ComposerPrefixesMapToFolders) {
  const ProjectModel model = build_project({{"composer.json", R"({
    "autoload": {"psr-4": {"App\\": "src/", "Multi\\": ["a/", "./b"]}},
    "autoload-dev": {"psr-4": {"Tests\\": "tests/"}}})"}});
  ASSERT_EQ(model.psr4.size(), 4u);
  EXPECT_EQ(model.psr4[0].prefix, "App\\");
  EXPECT_EQ(model.psr4[0].folder, "src");
  EXPECT_EQ(model.psr4[2].folder, "b");
  EXPECT_EQ(model.psr4[3].prefix, "Tests\\");
}

TEST(Project, PythonSourceRootsComeFromEveryTool) {
  const ProjectModel model = build_project(
      {{"a/pyproject.toml", "[tool.setuptools.packages.find]\nwhere = [\"src\"]\n"},
       {"b/pyproject.toml", "[tool.setuptools.package-dir]\n\"\" = \"lib\"\n"},
       {"c/pyproject.toml", "[tool.poetry]\npackages = [{include = \"c\", from = \"py\"}]\n"},
       {"d/setup.cfg",
        "[options]\npackage_dir =\n    =source\n[options.packages.find]\n"
        "where = source\n"}});
  ASSERT_EQ(model.python_roots.size(), 4u);
  EXPECT_EQ(model.python_roots[0].folder, "a/src");
  EXPECT_EQ(model.python_roots[1].folder, "b/lib");
  EXPECT_EQ(model.python_roots[2].folder, "c/py");
  EXPECT_EQ(model.python_roots[3].folder, "d/source");
}

TEST(Project, InnermostRootWinsAtFolderBorders) {
  const ProjectModel model = build_project(
      {{"package.json", R"({"name": "root"})"}, {"web/package.json", R"({"name": "web"})"}});
  const auto name = [&](std::string_view path) {
    const PackageRoot* root = ProjectModel::innermost(model.npm_packages, path);
    return root == nullptr ? std::string() : root->name;
  };
  EXPECT_EQ(name("web/a.ts"), "web");
  EXPECT_EQ(name("website/a.ts"), "root");
  EXPECT_EQ(name("a.ts"), "root");
  EXPECT_EQ(ProjectModel::innermost(model.crates, "a.rs"), nullptr);
}

TEST(Project, ModelDoesNotDependOnOrderButOnContent) {
  std::vector<ManifestFile> files = {{"go.mod", "module a\n"},
                                     {"x/package.json", R"({"name": "x"})"},
                                     {"y/package.json", "{"},
                                     {"tsconfig.json", R"({"compilerOptions": {"baseUrl": "."}})"}};
  const std::uint64_t hash = build_project(files).hash;
  std::reverse(files.begin(), files.end());
  EXPECT_EQ(build_project(files).hash, hash);
  files.back().bytes = "module b\n";
  EXPECT_NE(build_project(files).hash, hash);
}

TEST(Project, HostileManifestsOnlyLeaveNotes) {
  const std::string deep(100'000, '[');
  const ProjectModel model = build_project({{"package.json", deep},
                                            {"tsconfig.json", "/*"},
                                            {"composer.json", "\"\\"},
                                            {"Cargo.toml", deep},
                                            {"a/tsconfig.json", R"({"compilerOptions":
                                              {"baseUrl": "../.."}})"}});
  EXPECT_EQ(model.notes.size(), 5u);
  EXPECT_TRUE(model.npm_packages.empty());
  EXPECT_TRUE(model.ts_aliases.empty());
}

}  // namespace
}  // namespace cairn::indexer
