// Manifests to the project model. Each manifest is read on its own and all lists are sorted at the
// end, so the order in which files come does not matter.
#include "indexer/link/project.h"

#include "indexer/toml_assert.h"
#pragma push_macro("NDEBUG")
#undef NDEBUG
#include <toml++/toml.h>
#pragma pop_macro("NDEBUG")

#include <algorithm>
#include <array>
#include <exception>
#include <optional>
#include <tuple>

#include "base/hash.h"
#include "base/json.h"
#include "base/result.h"

namespace cairn::indexer {
namespace {

constexpr std::size_t kMaxManifest = 4u << 20;

std::string_view base_name(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

std::string_view folder_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

/// `rest` below `folder` with "." and ".." taken out; nullopt when it leaves the repository.
std::optional<std::string> inside(std::string_view folder, std::string_view rest) {
  if (rest.starts_with('/')) return std::nullopt;
  std::vector<std::string_view> parts;
  for (std::string_view text : {folder, rest}) {
    while (!text.empty()) {
      const std::size_t slash = std::min(text.find('/'), text.size());
      const std::string_view part = text.substr(0, slash);
      text.remove_prefix(std::min(slash + 1, text.size()));
      if (part.empty() || part == ".") continue;
      if (part != "..") {
        parts.push_back(part);
        continue;
      }
      if (parts.empty()) return std::nullopt;
      parts.pop_back();
    }
  }
  std::string out;
  for (const std::string_view part : parts) {
    if (!out.empty()) out += '/';
    out += part;
  }
  return out;
}

/// JSON as editors take it: comments and commas before a closing bracket become blanks.
std::string plain_json(std::string_view text) {
  std::string out(text);
  if (out.starts_with("\xef\xbb\xbf")) out.erase(0, 3);
  std::size_t comma = std::string::npos;  // a comma with only blanks after it so far
  for (std::size_t i = 0; i < out.size(); ++i) {
    const char c = out[i];
    if (c == '"') {
      for (++i; i < out.size() && out[i] != '"'; ++i)
        if (out[i] == '\\') ++i;
      comma = std::string::npos;
    } else if (c == '/' && i + 1 < out.size() && (out[i + 1] == '/' || out[i + 1] == '*')) {
      const bool line = out[i + 1] == '/';
      std::size_t end = line ? out.find('\n', i) : out.find("*/", i + 2);
      if (end == std::string::npos)
        end = out.size();
      else if (!line)
        end += 2;
      for (std::size_t k = i; k < end; ++k)
        if (out[k] != '\n') out[k] = ' ';
      i = end - 1;
    } else if (c == ',') {
      comma = i;
    } else if (c == '}' || c == ']') {
      if (comma != std::string::npos) out[comma] = ' ';
      comma = std::string::npos;
    } else if (c != ' ' && c != '\t' && c != '\r' && c != '\n') {
      comma = std::string::npos;
    }
  }
  return out;
}

std::string text_of(const JsonValue& v) { return std::string(v.as_string().value_or("")); }

void read_go_mod(const ManifestFile& file, ProjectModel& model) {
  std::string_view rest = file.bytes;
  bool block = false;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    line = trim(line.substr(0, line.find("//")));
    if (!block) {
      if (!line.starts_with("module")) continue;
      line.remove_prefix(6);
      if (line.empty() || (line[0] != ' ' && line[0] != '\t' && line[0] != '(')) continue;
      line = trim(line);
      block = line == "(";
      if (block) continue;
    }
    if (line.empty()) continue;
    if (line.size() > 1 && (line[0] == '"' || line[0] == '`'))
      line = line.substr(1, line.size() - 2);
    if (line == ")") break;
    model.go_modules.push_back({std::string(folder_of(file.path)), std::string(line), ""});
    return;
  }
  model.notes.push_back(file.path + ": no module line");
}

/// What `exports` or `exports["."]` names: a path, or the first path of its conditions.
std::string exported_entry(JsonValue exports) {
  if (const JsonValue dot = exports.find("."); dot.exists()) exports = dot;
  constexpr std::array<std::string_view, 7> kConditions = {"source",  "import", "module", "default",
                                                           "require", "node",   "types"};
  for (int depth = 0; depth < 4 && exports.is_object(); ++depth) {
    JsonValue next;
    for (const std::string_view condition : kConditions) {
      next = exports.find(condition);
      if (next.exists()) break;
    }
    exports = next;
  }
  return text_of(exports);
}

Result<void> read_package_json(const ManifestFile& file, ProjectModel& model) {
  CAIRN_ASSIGN(const JsonDocument document, JsonDocument::parse(plain_json(file.bytes)));
  const JsonValue root = document.root();
  if (!root.is_object()) return Error(ErrorCode::kParse, "not an object");
  PackageRoot package{std::string(folder_of(file.path)), text_of(root.find("name")), ""};
  package.entry = exported_entry(root.find("exports"));
  for (const std::string_view key : {"module", "main", "types", "typings"})
    if (package.entry.empty()) package.entry = text_of(root.find(key));
  if (package.entry.starts_with("./")) package.entry.erase(0, 2);
  model.npm_packages.push_back(std::move(package));
  return {};
}

Result<void> read_tsconfig(const ManifestFile& file, ProjectModel& model) {
  CAIRN_ASSIGN(const JsonDocument document, JsonDocument::parse(plain_json(file.bytes)));
  const std::string folder(folder_of(file.path));
  const JsonValue options = document.root().find("compilerOptions");
  const JsonValue base_url = options.find("baseUrl");
  std::string base = folder;
  if (const auto url = base_url.as_string()) {
    const auto resolved = inside(folder, *url);
    if (!resolved) return Error(ErrorCode::kParse, "baseUrl leaves the repository");
    base = *resolved;
    model.ts_aliases.push_back({folder, "*", {base.empty() ? "*" : base + "/*"}});
  }
  options.find("paths").for_each_member([&](std::string_view pattern, const JsonValue& targets) {
    PathAlias alias{folder, std::string(pattern), {}};
    for (const JsonValue& target : targets.items())
      if (auto path = inside(base, target.as_string().value_or("/")))
        alias.targets.push_back(*path);
    if (alias.targets.empty())
      model.notes.push_back(file.path + ": no usable target for path " + alias.pattern);
    else
      model.ts_aliases.push_back(std::move(alias));
  });
  return {};
}

Result<void> read_composer(const ManifestFile& file, ProjectModel& model) {
  CAIRN_ASSIGN(const JsonDocument document, JsonDocument::parse(plain_json(file.bytes)));
  const std::string folder(folder_of(file.path));
  for (const std::string_view section : {"autoload", "autoload-dev"}) {
    const JsonValue psr4 = document.root().find(section).find("psr-4");
    psr4.for_each_member([&](std::string_view prefix, const JsonValue& where) {
      std::vector<JsonValue> folders = where.items();
      if (where.is_string()) folders.push_back(where);
      for (const JsonValue& one : folders) {
        if (auto path = inside(folder, one.as_string().value_or("/")))
          model.psr4.push_back({std::string(prefix), *path});
        else
          model.notes.push_back(file.path + ": folder of " + std::string(prefix) + " is unusable");
      }
    });
  }
  return {};
}

std::string crate_name(std::string_view name) {
  std::string out(name);
  std::replace(out.begin(), out.end(), '-', '_');
  return out;
}

void add_dependencies(const toml::table& table, std::vector<std::string>& out) {
  for (const char* section : {"dependencies", "dev-dependencies", "build-dependencies"})
    if (const toml::table* rows = table[section].as_table())
      for (const auto& [name, value] : *rows) out.push_back(crate_name(name.str()));
}

void read_cargo(const toml::table& root, const ManifestFile& file, ProjectModel& model) {
  const auto name = root["package"]["name"].value<std::string>();
  if (!name) return;  // a workspace without a package of its own
  PackageRoot crate{std::string(folder_of(file.path)), crate_name(*name), ""};
  if (const auto lib = root["lib"]["name"].value<std::string>()) crate.name = crate_name(*lib);
  crate.entry = root["lib"]["path"].value_or(std::string());
  if (crate.entry.starts_with("./")) crate.entry.erase(0, 2);
  add_dependencies(root, crate.dependencies);
  if (const toml::table* targets = root["target"].as_table())
    for (const auto& [target, rows] : *targets)
      if (const toml::table* table = rows.as_table()) add_dependencies(*table, crate.dependencies);
  std::sort(crate.dependencies.begin(), crate.dependencies.end());
  // A target in a folder of its own is a module tree of its own.
  for (const char* section : {"bin", "test", "example", "bench"}) {
    const toml::array* targets = root[section].as_array();
    if (targets == nullptr) continue;
    for (const toml::node& item : *targets) {
      const toml::table* row = item.as_table();
      if (row == nullptr) continue;
      const auto path = inside(crate.folder, (*row)["path"].value_or(std::string()));
      if (!path || !path->ends_with(".rs")) continue;
      const std::string folder(folder_of(*path));
      if (folder == crate.folder || folder == *inside(crate.folder, "src")) continue;
      PackageRoot target = crate;
      target.folder = folder;
      target.entry = base_name(*path);
      target.name = crate_name((*row)["name"].value_or(std::string(base_name(*path))));
      model.crates.push_back(std::move(target));
    }
  }
  model.crates.push_back(std::move(crate));
}

void add_python_root(const ManifestFile& file, std::string_view where, ProjectModel& model) {
  if (auto path = inside(folder_of(file.path), where))
    model.python_roots.push_back({*path, "", ""});
  else
    model.notes.push_back(file.path + ": source folder " + std::string(where) +
                          " leaves the repository");
}

void read_pyproject(const toml::table& root, const ManifestFile& file, ProjectModel& model) {
  const auto strings = [&](const auto& node) {
    if (const toml::array* list = node.as_array()) {
      for (const toml::node& item : *list)
        if (const auto text = item.value<std::string>()) add_python_root(file, *text, model);
    } else if (const auto text = node.template value<std::string>()) {
      add_python_root(file, *text, model);
    }
  };
  const toml::node_view setuptools = root["tool"]["setuptools"];
  strings(setuptools["packages"]["find"]["where"]);
  if (const toml::table* folders = setuptools["package-dir"].as_table())
    if (const auto text = (*folders)[""].value<std::string>()) add_python_root(file, *text, model);
  if (const toml::array* packages = root["tool"]["poetry"]["packages"].as_array())
    for (const toml::node& item : *packages)
      if (const toml::table* row = item.as_table())
        if (const auto text = (*row)["from"].value<std::string>())
          add_python_root(file, *text, model);
}

/// setup.cfg is an INI file: `key = value`, continued on indented lines.
void read_setup_cfg(const ManifestFile& file, ProjectModel& model) {
  std::string section;
  std::string key;
  std::string_view rest = file.bytes;
  const auto value = [&](std::string_view text) {
    if (text.empty()) return;
    if (section == "options.packages.find" && key == "where") add_python_root(file, text, model);
    // `package_dir = =src`: the empty package name is the root.
    if (section == "options" && (key == "package_dir" || key == "package-dir") &&
        text.starts_with('='))
      add_python_root(file, trim(text.substr(1)), model);
  };
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view raw = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const std::string_view line = trim(raw);
    if (line.empty() || line[0] == '#' || line[0] == ';') continue;
    if (raw[0] == ' ' || raw[0] == '\t') {
      value(line);
    } else if (line.front() == '[' && line.back() == ']') {
      section = trim(line.substr(1, line.size() - 2));
      key.clear();
    } else if (const std::size_t equals = line.find_first_of("=:"); equals != line.npos) {
      key = trim(line.substr(0, equals));
      value(trim(line.substr(equals + 1)));
    }
  }
}

Result<void> read_toml(const ManifestFile& file, bool cargo, ProjectModel& model) {
  try {
    const toml::table root = toml::parse(file.bytes);
    if (cargo)
      read_cargo(root, file, model);
    else
      read_pyproject(root, file, model);
    return {};
  } catch (const toml::parse_error& error) {
    return Error(ErrorCode::kParse, "line " + std::to_string(error.source().begin.line) + ": " +
                                        std::string(error.description()));
  } catch (const std::exception& error) {
    return Error(ErrorCode::kParse, error.what());
  }
}

Result<void> read_manifest(const ManifestFile& file, ProjectModel& model) {
  const std::string_view name = base_name(file.path);
  if (file.bytes.size() > kMaxManifest) return Error(ErrorCode::kLimitExceeded, "too large");
  if (name == "package.json") return read_package_json(file, model);
  if (name == "composer.json") return read_composer(file, model);
  if (name == "Cargo.toml" || name == "pyproject.toml")
    return read_toml(file, name == "Cargo.toml", model);
  if (name == "go.mod") {
    read_go_mod(file, model);
    return {};
  }
  if (name == "setup.cfg") {
    read_setup_cfg(file, model);
    return {};
  }
  return read_tsconfig(file, model);
}

void sort_and_hash(ProjectModel& model) {
  const auto tidy = [](auto& rows, auto key) {
    std::sort(rows.begin(), rows.end(),
              [&](const auto& a, const auto& b) { return key(a) < key(b); });
    rows.erase(std::unique(rows.begin(), rows.end(),
                           [&](const auto& a, const auto& b) { return key(a) == key(b); }),
               rows.end());
  };
  std::uint64_t h = 1;
  const auto mix = [&](std::string_view text) { h = hash_mix(h, hash64(text)); };
  for (auto* roots : {&model.go_modules, &model.npm_packages, &model.crates, &model.python_roots}) {
    tidy(*roots,
         [](const PackageRoot& r) { return std::tie(r.folder, r.name, r.entry, r.dependencies); });
    h = hash_mix(h, roots->size());
    for (const PackageRoot& r : *roots) {
      mix(r.folder);
      mix(r.name);
      mix(r.entry);
      for (const std::string& name : r.dependencies) mix(name);
    }
  }
  tidy(model.ts_aliases,
       [](const PathAlias& a) { return std::tie(a.folder, a.pattern, a.targets); });
  h = hash_mix(h, model.ts_aliases.size());
  for (const PathAlias& a : model.ts_aliases) {
    mix(a.folder);
    mix(a.pattern);
    h = hash_mix(h, a.targets.size());
    for (const std::string& target : a.targets) mix(target);
  }
  tidy(model.psr4, [](const NamespaceRoot& r) { return std::tie(r.prefix, r.folder); });
  h = hash_mix(h, model.psr4.size());
  for (const NamespaceRoot& r : model.psr4) {
    mix(r.prefix);
    mix(r.folder);
  }
  std::sort(model.notes.begin(), model.notes.end());
  h = hash_mix(h, model.notes.size());
  for (const std::string& note : model.notes) mix(note);
  model.hash = h;
}

}  // namespace

const PackageRoot* ProjectModel::innermost(const std::vector<PackageRoot>& roots,
                                           std::string_view path) {
  const PackageRoot* best = nullptr;
  for (const PackageRoot& root : roots) {
    const std::string& folder = root.folder;
    const bool holds = folder.empty() || (path.size() > folder.size() && path.starts_with(folder) &&
                                          path[folder.size()] == '/');
    if (holds && (best == nullptr || folder.size() > best->folder.size())) best = &root;
  }
  return best;
}

bool is_manifest(std::string_view path) {
  constexpr std::array<std::string_view, 9> kNames = {
      "Cargo.toml",     "composer.json", "go.mod",        "jsconfig.json",     "package.json",
      "pyproject.toml", "setup.cfg",     "tsconfig.json", "tsconfig.base.json"};
  return std::find(kNames.begin(), kNames.end(), base_name(path)) != kNames.end();
}

ProjectModel build_project(std::vector<ManifestFile> manifests) {
  ProjectModel model;
  for (const ManifestFile& file : manifests) {
    if (!is_manifest(file.path)) continue;
    if (const Result<void> read = read_manifest(file, model); !read)
      model.notes.push_back(file.path + ": " + read.error().message());
  }
  sort_and_hash(model);
  return model;
}

}  // namespace cairn::indexer
