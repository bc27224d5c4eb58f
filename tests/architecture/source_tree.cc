#include "tests/architecture/source_tree.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/check.h"

namespace cairn::architecture {
namespace {

namespace fs = std::filesystem;

bool is_left_out(const fs::path& relative) {
  static constexpr std::array<std::string_view, 7> kNames = {
      ".git", "build", "out", "node_modules", "testdata", ".cache", "__pycache__"};
  const std::string name = relative.filename().string();
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

std::string_view trimmed(std::string_view text) {
  const auto space = [](char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; };
  while (!text.empty() && space(text.front())) text.remove_prefix(1);
  while (!text.empty() && space(text.back())) text.remove_suffix(1);
  return text;
}

/// Blanks literals and comments one construct at a time; newlines stay.
class Blanker {
 public:
  explicit Blanker(std::string_view text) : text_(text), out_(text) {}

  std::string run() {
    while (at_ < text_.size()) step();
    return std::move(out_);
  }

 private:
  bool starts(std::string_view what) const { return text_.substr(at_).starts_with(what); }

  void blank_to(std::size_t end) {
    end = std::min(end, text_.size());
    for (; at_ < end; ++at_)
      if (text_[at_] != '\n') out_[at_] = ' ';
  }

  void step() {
    const char c = text_[at_];
    const bool after_word = at_ > 0 && (std::isalnum(static_cast<unsigned char>(text_[at_ - 1])) ||
                                        text_[at_ - 1] == '_');
    if (starts("//")) return blank_to(text_.find('\n', at_));
    if (starts("/*")) return blank_to(end_of("*/", at_ + 2));
    if (starts("R\"") && !after_word) return raw_string();
    if (c == '"') return quoted('"');
    // 1'000 holds digit separators, not characters.
    if (c == '\'' && !after_word) return quoted('\'');
    ++at_;
  }

  std::size_t end_of(std::string_view what, std::size_t from) const {
    const std::size_t found = text_.find(what, from);
    return found == std::string_view::npos ? text_.size() : found + what.size();
  }

  void raw_string() {
    const std::size_t open = text_.find('(', at_);
    if (open == std::string_view::npos) return blank_to(text_.size());
    const std::string close = ")" + std::string(text_.substr(at_ + 2, open - at_ - 2)) + "\"";
    blank_to(end_of(close, open));
  }

  void quoted(char mark) {
    std::size_t end = at_ + 1;
    while (end < text_.size() && text_[end] != mark && text_[end] != '\n')
      end += text_[end] == '\\' ? 2 : 1;
    blank_to(end + 1);
  }

  std::string_view text_;
  std::string out_;
  std::size_t at_ = 0;
};

}  // namespace

std::vector<SourceFile> read_tree(const std::string& root) {
  std::vector<SourceFile> files;
  for (auto entry = fs::recursive_directory_iterator(root); entry != fs::end(entry); ++entry) {
    const fs::path relative = fs::relative(entry->path(), root);
    if (is_left_out(relative)) {
      entry.disable_recursion_pending();
      continue;
    }
    if (!entry->is_regular_file()) continue;
    std::ifstream in(entry->path(), std::ios::binary);
    CAIRN_CHECK(in.good());
    files.push_back({relative.generic_string(), std::string(std::istreambuf_iterator<char>(in),
                                                            std::istreambuf_iterator<char>())});
  }
  std::sort(files.begin(), files.end(),
            [](const SourceFile& a, const SourceFile& b) { return a.path < b.path; });
  return files;
}

bool is_header(const SourceFile& file) { return file.path.ends_with(".h"); }
bool is_cpp(const SourceFile& file) { return is_header(file) || file.path.ends_with(".cc"); }

std::string_view folder_of(std::string_view path) { return path.substr(0, path.find('/')); }

std::vector<Include> includes_of(const SourceFile& file) {
  std::vector<Include> found;
  const std::string code = code_only(file.text);
  const std::string_view text = file.text;
  int line = 1;
  for (std::size_t begin = 0; begin < text.size(); ++line) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    // The directive must be code; its operand is read from the text, where a quoted one still
    // stands.
    std::string_view directive = trimmed(std::string_view(code).substr(begin, end - begin));
    std::string_view operand = trimmed(text.substr(begin, end - begin));
    begin = end + 1;
    if (!directive.starts_with('#') || !trimmed(directive.substr(1)).starts_with("include"))
      continue;
    const std::size_t open = operand.find_first_of("<\"");
    if (open == std::string_view::npos) continue;
    const bool quoted = operand[open] == '"';
    const std::size_t close = operand.find(quoted ? '"' : '>', open + 1);
    if (close == std::string_view::npos) continue;
    found.push_back({std::string(operand.substr(open + 1, close - open - 1)), quoted, line});
  }
  return found;
}

std::string code_only(std::string_view text) { return Blanker(text).run(); }

std::string listed(const Findings& findings) {
  std::string out;
  for (const std::string& finding : findings) out += "\n  " + finding;
  return out;
}

}  // namespace cairn::architecture
