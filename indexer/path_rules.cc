#include "indexer/path_rules.h"

#include <algorithm>
#include <array>
#include <string>
#include <unordered_map>

#include "indexer/classify.h"

namespace cairn::indexer {
namespace {

using graph::Language;

template <std::size_t N>
bool is_one_of(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

const std::unordered_map<std::string_view, Language>& extensions() {
  static const std::unordered_map<std::string_view, Language> kMap = {
      {"c", Language::kC},
      {"h", Language::kC},
      {"cc", Language::kCpp},
      {"cpp", Language::kCpp},
      {"cxx", Language::kCpp},
      {"c++", Language::kCpp},
      {"hh", Language::kCpp},
      {"hpp", Language::kCpp},
      {"hxx", Language::kCpp},
      {"h++", Language::kCpp},
      {"ipp", Language::kCpp},
      {"inl", Language::kCpp},
      {"tpp", Language::kCpp},
      {"tcc", Language::kCpp},
      {"ixx", Language::kCpp},
      {"cppm", Language::kCpp},
      {"cu", Language::kCpp},
      {"cuh", Language::kCpp},
      {"py", Language::kPython},
      {"pyi", Language::kPython},
      {"pyw", Language::kPython},
      {"js", Language::kJavaScript},
      {"mjs", Language::kJavaScript},
      {"cjs", Language::kJavaScript},
      {"jsx", Language::kJavaScript},
      {"ts", Language::kTypeScript},
      {"mts", Language::kTypeScript},
      {"cts", Language::kTypeScript},
      {"tsx", Language::kTsx},
      {"java", Language::kJava},
      {"go", Language::kGo},
      {"rs", Language::kRust},
      {"cs", Language::kCSharp},
      {"csx", Language::kCSharp},
      {"rb", Language::kRuby},
      {"rake", Language::kRuby},
      {"gemspec", Language::kRuby},
      {"ru", Language::kRuby},
      {"php", Language::kPhp},
      {"phtml", Language::kPhp},
      {"php5", Language::kPhp},
      {"php7", Language::kPhp},
      {"inc", Language::kUnknown},
      {"kt", Language::kKotlin},
      {"kts", Language::kKotlin},
      {"sh", Language::kBash},
      {"bash", Language::kBash},
      {"zsh", Language::kBash},
      {"bats", Language::kBash},
      {"ksh", Language::kBash},
      {"scala", Language::kScala},
      {"sc", Language::kScala},
      {"sbt", Language::kScala},
      {"swift", Language::kSwift},
      {"lua", Language::kLua},
  };
  return kMap;
}

bool is_c_family(Language language) {
  return language == Language::kC || language == Language::kCpp;
}
bool is_js_family(Language language) {
  return language == Language::kJavaScript || language == Language::kTypeScript ||
         language == Language::kTsx;
}

/// Test names each language's own tools look for.
bool test_name(std::string_view name, std::string_view stem, Language language) {
  if (language == Language::kPython)
    return name.starts_with("test_") || stem.ends_with("_test") || name == "conftest.py" ||
           name == "tests.py";
  if (is_js_family(language))
    return name.find(".test.") != std::string_view::npos ||
           name.find(".spec.") != std::string_view::npos ||
           name.find("-test.") != std::string_view::npos ||
           name.find(".cy.") != std::string_view::npos ||
           name.find(".test-d.") != std::string_view::npos;
  if (language == Language::kGo) return stem.ends_with("_test");
  if (language == Language::kRuby)
    return stem.ends_with("_test") || stem.ends_with("_spec") || name.starts_with("test_");
  if (language == Language::kJava || language == Language::kKotlin ||
      language == Language::kCSharp || language == Language::kScala || language == Language::kPhp ||
      language == Language::kSwift)
    return stem.ends_with("Test") || stem.ends_with("Tests") || stem.ends_with("TestCase") ||
           stem.ends_with("Spec") || stem.ends_with("IT");
  if (language == Language::kRust)
    return stem == "tests" || stem == "test" || stem.ends_with("_test");
  if (is_c_family(language))
    return stem.ends_with("_test") || stem.ends_with("_tests") || stem.ends_with("_unittest") ||
           name.starts_with("test_") || stem.ends_with("-test") || stem.ends_with("Test");
  return stem.ends_with("_test") || stem.ends_with("_spec") || name.ends_with(".bats");
}

}  // namespace

bool is_plain_relative(std::string_view path) {
  if (path.empty()) return false;
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t slash = std::min(path.find('/', begin), path.size());
    const std::string_view part = path.substr(begin, slash - begin);
    if (part.empty() || part == "." || part == "..") return false;
    begin = slash + 1;
  }
  return path.find('\0') == std::string_view::npos;
}

Language language_of_path(std::string_view path) {
  const std::string_view name = base_name(path);
  static const std::unordered_map<std::string_view, Language> kNames = {
      {"Rakefile", Language::kRuby},     {"Gemfile", Language::kRuby},
      {"Vagrantfile", Language::kRuby},  {"Guardfile", Language::kRuby},
      {"Podfile", Language::kRuby},      {"Capfile", Language::kRuby},
      {"Fastfile", Language::kRuby},     {"SConstruct", Language::kPython},
      {"SConscript", Language::kPython}, {"wscript", Language::kPython},
      {".bashrc", Language::kBash},      {".bash_profile", Language::kBash},
      {".profile", Language::kBash},
  };
  if (const auto found = kNames.find(name); found != kNames.end()) return found->second;
  const auto dot = name.rfind('.');
  // ".c" alone is a hidden file without an extension.
  if (dot == std::string_view::npos || dot == 0) return Language::kUnknown;
  const std::string_view extension = name.substr(dot + 1);
  // By old custom .C and .H are C++; every other extension is the same in upper case.
  if (extension == "C" || extension == "H") return Language::kCpp;
  const auto found = extensions().find(lower(extension));
  return found == extensions().end() ? Language::kUnknown : found->second;
}

bool is_generated_by_path(std::string_view path) {
  const std::string_view name = base_name(path);
  static constexpr std::array<std::string_view, 22> kEndings = {
      ".pb.go",        ".pb.cc",       ".pb.h",        ".pb.c",     "_pb2.py",
      "_pb2.pyi",      "_pb2_grpc.py", "_grpc.pb.go",  ".pb.gw.go", "_pb.js",
      "_pb.ts",        "_pb.d.ts",     "_pb.rb",       ".min.js",   ".min.mjs",
      ".bundle.js",    ".designer.cs", ".Designer.cs", ".g.cs",     ".g.i.cs",
      ".generated.cs", ".generated.ts"};
  for (const std::string_view ending : kEndings)
    if (name.ends_with(ending)) return true;
  if (name.starts_with("zz_generated") || name.ends_with(".gen.go") ||
      name.ends_with("_generated.go") || name.ends_with(".gen.ts"))
    return true;
  static constexpr std::array<std::string_view, 3> kFolders = {"__generated__", "generated-sources",
                                                               "generated-src"};
  return any_folder(path, [](std::string_view folder) { return is_one_of(kFolders, folder); });
}

bool is_vendored_by_path(std::string_view path) {
  static constexpr std::array<std::string_view, 14> kFolders = {
      "vendor", "vendors",  "vendored",  "third_party", "third-party", "thirdparty", "3rdparty",
      "deps",   "external", "externals", "extern",      "_vendor",     "Godeps",     "Pods"};
  return any_folder(path, [](std::string_view folder) {
    return is_one_of(kFolders, folder) || is_dependency_cache_name(folder);
  });
}

bool is_dependency_cache_name(std::string_view folder) {
  static constexpr std::array<std::string_view, 18> kFolders = {"node_modules",  "bower_components",
                                                                "jspm_packages", ".venv",
                                                                "site-packages", "dist-packages",
                                                                ".tox",          ".nox",
                                                                "__pycache__",   ".mypy_cache",
                                                                ".pytest_cache", ".ruff_cache",
                                                                ".eggs",         ".gradle",
                                                                ".yarn",         ".pnpm-store",
                                                                ".next",         ".nuxt"};
  return is_one_of(kFolders, folder);
}

bool is_test_by_path(std::string_view path, Language language) {
  static constexpr std::array<std::string_view, 11> kFolders = {
      "test",     "tests",       "__tests__", "spec", "specs",       "testing",
      "testdata", "androidTest", "unittests", "e2e",  "testFixtures"};
  const std::string_view name = base_name(path);
  const std::string_view stem = name.substr(0, name.rfind('.'));
  if (test_name(name, stem, language)) return true;
  // Beyond the folder "tests" many use "unit-tests" or "MyProject.Tests".
  return any_folder(path, [](std::string_view folder) {
    return is_one_of(kFolders, folder) || folder.ends_with(".Tests") ||
           folder.ends_with("-tests") || folder.ends_with("_tests");
  });
}

}  // namespace cairn::indexer
