#include "tests/support/generated_source.h"

#include "base/check.h"
#include "base/fs.h"
#include "tests/support/test_repo.h"

namespace cairn::test {
namespace {

constexpr std::uint32_t kLanguages = 4;
constexpr std::uint32_t kFunctions = 6;

std::string number(std::uint32_t n) { return std::to_string(n); }

}  // namespace

GeneratedSource::GeneratedSource(std::string root, std::uint32_t files, std::uint64_t seed)
    : root_(std::move(root)), files_(files), random_(seed) {
  for (std::uint32_t i = 0; i < files_; ++i) write(i);
}

std::string GeneratedSource::path_of(std::uint32_t file) const {
  static constexpr const char* kEndings[kLanguages] = {".py", ".js", ".java", ".c"};
  // Neighbours of one language are in one folder.
  const std::string folder = "part" + number(file / (4 * kLanguages));
  const std::uint32_t language = file % kLanguages;
  const std::string name = language == 2 ? "Unit" + number(file) : "unit" + number(file);
  return join_path(root_, folder + "/" + name + kEndings[language]);
}

void GeneratedSource::write(std::uint32_t file) {
  const std::uint32_t language = file % kLanguages;
  const std::string text = language == 0   ? python(file)
                           : language == 1 ? javascript(file)
                           : language == 2 ? java(file)
                                           : c(file);
  testing::write_file(path_of(file), text);
}

void GeneratedSource::change() {
  const std::uint32_t count = 1 + pick(4);
  for (std::uint32_t i = 0; i < count; ++i) write(pick(files_));
  if (pick(3) == 0) {
    const auto removed = remove_file(path_of(pick(files_)));
    CAIRN_CHECK(removed.has_value());
  }
}

std::string GeneratedSource::python(std::uint32_t file) {
  const std::uint32_t other = pick(files_) / kLanguages * kLanguages;
  std::string text = "from unit" + number(other) + " import step" + number(pick(kFunctions)) +
                     " as helper\n\nclass Thing" + number(file) + ":\n    def run(self):\n" +
                     "        return self.again() + helper(1)\n    def again(self):\n" +
                     "        return " + number(pick(100)) + "\n\n";
  for (std::uint32_t i = 0; i < kFunctions; ++i)
    if (pick(5) != 0)
      text += "def step" + number(i) + "(n):\n    if n > " + number(pick(9)) +
              ":\n        return step" + number(pick(kFunctions)) + "(n - 1)\n    return Thing" +
              number(file) + "().run()\n\n";
  return text;
}

std::string GeneratedSource::javascript(std::uint32_t file) {
  const std::uint32_t other = pick(files_) / kLanguages * kLanguages + 1;
  std::string text = "import { step" + number(pick(kFunctions)) + " as helper } from './unit" +
                     number(other) + ".js';\n";
  for (std::uint32_t i = 0; i < kFunctions; ++i)
    if (pick(5) != 0)
      text += "export function step" + number(i) + "(n) {\n  return n > " + number(pick(9)) +
              " ? step" + number(pick(kFunctions)) + "(n - 1) : helper(n);\n}\n";
  return text + "export class Thing" + number(file) + " { run() { return this.run(); } }\n";
}

std::string GeneratedSource::java(std::uint32_t file) {
  const std::uint32_t other = pick(files_) / kLanguages * kLanguages + 2;
  std::string text = "package part" + number(file / (4 * kLanguages)) + ";\n\npublic class Unit" +
                     number(file) + " extends Unit" + number(other) + " {\n";
  for (std::uint32_t i = 0; i < kFunctions; ++i)
    if (pick(5) != 0)
      text += "  public int step" + number(i) + "(int n) {\n    Unit" + number(other) +
              " it = new Unit" + number(other) + "();\n    return it.step" +
              number(pick(kFunctions)) + "(n) + step" + number(pick(kFunctions)) +
              "(n - 1);\n  }\n";
  return text + "}\n";
}

std::string GeneratedSource::c(std::uint32_t file) {
  std::string text = "#include <stdio.h>\nstruct thing" + number(file) + " { int n; };\n";
  for (std::uint32_t i = 0; i < kFunctions; ++i)
    if (pick(5) != 0)
      text += "int unit" + number(file) + "_step" + number(i) +
              "(int n) {\n  printf(\"%d\", n);\n" + "  return unit" + number(pick(files_)) +
              "_step" + number(pick(kFunctions)) + "(n - 1);\n}\n";
  return text;
}

}  // namespace cairn::test
