#pragma once
// ProjectModel: what manifests say about packages and roots. Built once per index from the manifest
// files of the listing; bytes are hostile and malformed manifests are ignored with a note.
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "graph/types.h"

namespace cairn::indexer {

/// A folder ("" = the root, else without a trailing "/") and the name a manifest gives it.
struct PackageRoot {
  std::string folder;
  std::string name;
  std::string entry;  // package.json "main"/"module"/"types", Cargo lib path; "" when not said
  std::vector<std::string> dependencies = {};  // Cargo: as code names them; sorted
};

/// tsconfig/jsconfig "paths" and "baseUrl", relative to the repository's root.
struct PathAlias {
  std::string folder;                // folder of the configuration file
  std::string pattern;               // "@app/*"; "*" for baseUrl
  std::vector<std::string> targets;  // "src/app/*"
};

/// Composer autoload: namespace prefix ("App\\") to a folder.
struct NamespaceRoot {
  std::string prefix;
  std::string folder;
};

struct ProjectModel {
  std::vector<PackageRoot> go_modules;  // sorted by folder
  std::vector<PackageRoot> npm_packages;
  std::vector<PackageRoot> crates;        // and a row per target with a path of its own
  std::vector<PackageRoot> python_roots;  // folders declared as source roots
  std::vector<PathAlias> ts_aliases;
  std::vector<NamespaceRoot> psr4;
  std::vector<std::string> notes;  // malformed manifests, one line each
  std::uint64_t hash = 0;          // of everything above: memo::project's answer

  /// The innermost root whose folder contains the path, or nullptr.
  static const PackageRoot* innermost(const std::vector<PackageRoot>& roots, std::string_view path);
};

/// Is this path a manifest that build_project() reads?
bool is_manifest(std::string_view path);

struct ManifestFile {
  std::string path;
  std::string bytes;
};
ProjectModel build_project(std::vector<ManifestFile> manifests);

}  // namespace cairn::indexer
