#include "indexer/classify.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "indexer/path_rules.h"

namespace cairn::indexer {
namespace {

using graph::Language;

constexpr std::size_t kBinaryProbe = 8000;
constexpr std::size_t kMarkerProbe = 4096;
constexpr int kMarkerLines = 40;
constexpr std::size_t kContentProbe = 64u << 10;
// Longer than any hand-written average; minified and embedded data start well above it.
constexpr std::size_t kGeneratedAverageLine = 400;

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/// Walks a header's code outside comments, strings and preprocessor conditions.
class HeaderScan {
 public:
  explicit HeaderScan(std::string_view text) : text_(text.substr(0, kContentProbe)) {}

  bool finds_cpp() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '/' && peek(1) == '/') {
        skip_line();
      } else if (c == '/' && peek(1) == '*') {
        const std::size_t end = text_.find("*/", at_ + 2);
        at_ = end == std::string_view::npos ? text_.size() : end + 2;
      } else if (c == '"' || c == '\'') {
        skip_quoted(c);
      } else if (c == '#') {
        if (directive_is_cpp()) return true;
      } else if (is_word(c)) {
        const std::size_t begin = at_;
        while (at_ < text_.size() && is_word(text_[at_])) ++at_;
        if (cplusplus_depth_ == 0 && word_is_cpp(text_.substr(begin, at_ - begin))) return true;
      } else {
        if (c == ':' && peek(1) == ':' && cplusplus_depth_ == 0 && at_scope()) return true;
        ++at_;
      }
    }
    return false;
  }

 private:
  char peek(std::size_t ahead) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  void skip_line() {
    at_ = text_.find('\n', at_);
    if (at_ == std::string_view::npos) at_ = text_.size();
  }
  void skip_quoted(char quote) {
    for (++at_; at_ < text_.size() && text_[at_] != quote && text_[at_] != '\n'; ++at_)
      if (text_[at_] == '\\') ++at_;
    if (at_ < text_.size()) ++at_;
  }
  char next_code_char() const {
    const std::size_t i = text_.find_first_not_of(" \t\r\n", at_);
    return i == std::string_view::npos ? '\0' : text_[i];
  }

  // C headers hide C++ parts behind #ifdef __cplusplus: what stands there proves nothing.
  bool directive_is_cpp() {
    const std::size_t begin = at_;
    skip_line();
    std::string_view line = text_.substr(begin + 1, at_ - begin - 1);
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    if (line.starts_with("if")) {
      if (cplusplus_depth_ > 0 ||
          (line.find("__cplusplus") != std::string_view::npos && !line.starts_with("ifndef")))
        ++cplusplus_depth_;
    } else if (line.starts_with("endif") && cplusplus_depth_ > 0) {
      --cplusplus_depth_;
    } else if (line.starts_with("else") && cplusplus_depth_ == 1) {
      cplusplus_depth_ = 0;
    } else if (line.starts_with("include") && cplusplus_depth_ == 0) {
      return includes_cpp_header(line);
    }
    return false;
  }

  static bool includes_cpp_header(std::string_view line) {
    const std::size_t open = line.find('<');
    const std::size_t close = line.find('>');
    if (open == std::string_view::npos || close == std::string_view::npos || close < open)
      return false;
    const std::string_view name = line.substr(open + 1, close - open - 1);
    // Standard C++ headers have neither a dot nor a folder; C's all end in ".h".
    return !name.empty() && name.find_first_of("./") == std::string_view::npos &&
           std::all_of(name.begin(), name.end(), is_word);
  }

  // C may use most of these words as plain names, so what follows has to fit too.
  bool word_is_cpp(std::string_view word) const {
    const char next = next_code_char();
    if (word == "class" || word == "using" || word == "typename" || word == "constexpr")
      return is_word(next);
    if (word == "namespace") return is_word(next) || next == '{';
    if (word == "template" || word == "static_cast") return next == '<';
    if (word == "public" || word == "private" || word == "protected") return next == ':';
    if (word == "decltype") return next == '(';
    if (word == "operator") return !is_word(next) && next != '\0' && kEnds.find(next) == kEnds.npos;
    return word == "nullptr" || word == "noexcept";
  }

  // In C "::" stands only between the empty parts of an asm statement.
  bool at_scope() const {
    return at_ > 0 && (is_word(text_[at_ - 1]) || text_[at_ - 1] == '>') &&
           (is_word(peek(2)) || peek(2) == '~');
  }

  static constexpr std::string_view kEnds = ";,).:]";
  std::string_view text_;
  std::size_t at_ = 0;
  int cplusplus_depth_ = 0;
};

bool contains(std::string_view text, std::string_view part) {
  return ::memmem(text.data(), text.size(), part.data(), part.size()) != nullptr;
}

/// A marker counts only in a comment: code that prints the marker is not generated. Prose about
/// generating ("auto-generated keys") is no marker either; it has to speak of the file.
bool line_is_marker(std::string_view line) {
  std::string_view body = line;
  body.remove_prefix(std::min(body.find_first_not_of(" \t\r"), body.size()));
  static constexpr std::array<std::string_view, 8> kCommentStarts = {
      "//", "/*", "*", "#", "--", "<!", "\"\"\"", "=begin"};
  if (std::none_of(kCommentStarts.begin(), kCommentStarts.end(),
                   [body](std::string_view mark) { return body.starts_with(mark); }))
    return false;
  if (contains(line, "@generated") || contains(line, "DO NOT EDIT") ||
      contains(line, "<auto-generated") || contains(line, "Code generated by"))
    return true;
  body.remove_prefix(std::min(body.find_first_not_of("/*#-! \t"), body.size()));
  static constexpr std::array<std::string_view, 8> kOpenings = {
      "Generated by ",       "Autogenerated by ",
      "Auto-generated by ",  "Automatically generated by ",
      "Auto-generated file", "Autogenerated file",
      "Generated from ",     "generated by "};
  if (std::any_of(kOpenings.begin(), kOpenings.end(),
                  [body](std::string_view opening) { return body.starts_with(opening); }))
    return true;
  const bool of_file = contains(line, "his file") || contains(line, "his code");
  return of_file && (contains(line, "utomatically generated") || contains(line, "uto-generated") ||
                     contains(line, "utogenerated") || contains(line, "is generated by") ||
                     contains(line, "was generated by"));
}

/// Markers stand on top: further down they are about something else.
bool marker_on_top(std::string_view bytes) {
  std::string_view rest = bytes.substr(0, kMarkerProbe);
  if (!contains(rest, "enerated") && !contains(rest, "DO NOT EDIT")) return false;
  for (int line = 0; line < kMarkerLines && !rest.empty(); ++line) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    if (line_is_marker(rest.substr(0, end))) return true;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return false;
}

bool is_lfs_pointer(std::string_view bytes) {
  return bytes.size() < 1024 && bytes.starts_with("version https://git-lfs.github.com/spec/");
}

}  // namespace

std::string_view name_of(SkipReason reason) {
  static constexpr std::array<std::string_view, 14> kNames = {
      "none",         "unknown_language", "binary",       "too_large",
      "excluded",     "dependency_cache", "symlink",      "submodule",
      "special_file", "unreadable",       "invalid_path", "path_too_long",
      "too_deep",     "lfs_pointer"};
  return kNames[static_cast<std::size_t>(reason)];
}

Language language_of_shebang(std::string_view bytes) {
  if (bytes.starts_with("\xef\xbb\xbf")) bytes.remove_prefix(3);
  if (!bytes.starts_with("#!")) return Language::kUnknown;
  std::string_view line = bytes.substr(2, std::min<std::size_t>(bytes.find('\n'), 256) - 2);
  const auto next_word = [&line] {
    line.remove_prefix(std::min(line.find_first_not_of(" \t\r"), line.size()));
    const std::string_view word = line.substr(0, line.find_first_of(" \t\r"));
    line.remove_prefix(word.size());
    return word;
  };
  std::string_view program = next_word();
  program.remove_prefix(program.rfind('/') + 1);
  if (program == "env") {
    do program = next_word();
    while (program.starts_with('-') || program.find('=') != std::string_view::npos);
    program.remove_prefix(program.rfind('/') + 1);
  }
  // "python3.11" is python.
  while (!program.empty() && ((program.back() >= '0' && program.back() <= '9') ||
                              program.back() == '.' || program.back() == '-'))
    program.remove_suffix(1);
  static constexpr std::array<std::pair<std::string_view, Language>, 14> kPrograms = {{
      {"python", Language::kPython},
      {"pypy", Language::kPython},
      {"node", Language::kJavaScript},
      {"nodejs", Language::kJavaScript},
      {"deno", Language::kTypeScript},
      {"ts-node", Language::kTypeScript},
      {"ruby", Language::kRuby},
      {"php", Language::kPhp},
      {"bash", Language::kBash},
      {"sh", Language::kBash},
      {"dash", Language::kBash},
      {"zsh", Language::kBash},
      {"lua", Language::kLua},
      {"scala", Language::kScala},
  }};
  for (const auto& [name, language] : kPrograms)
    if (program == name) return language;
  return Language::kUnknown;
}

bool header_is_cpp(std::string_view bytes) { return HeaderScan(bytes).finds_cpp(); }

bool is_binary(std::string_view bytes) {
  const std::string_view probe = bytes.substr(0, kBinaryProbe);
  if (probe.find('\0') != std::string_view::npos) return true;
  const auto controls = std::count_if(probe.begin(), probe.end(), [](char raw) {
    const auto c = static_cast<unsigned char>(raw);
    return c < 32 && c != '\n' && c != '\r' && c != '\t' && c != '\f' && c != '\v' && c != 0x1b;
  });
  return static_cast<std::size_t>(controls) * 10 > probe.size();
}

bool is_generated_by_content(std::string_view bytes) {
  if (marker_on_top(bytes)) return true;
  if (bytes.size() < 4 * kGeneratedAverageLine) return false;
  const std::string_view probe = bytes.substr(0, kContentProbe);
  const auto lines = static_cast<std::size_t>(std::count(probe.begin(), probe.end(), '\n')) + 1;
  return probe.size() / lines > kGeneratedAverageLine;
}

Result<Classifier> Classifier::create(const RepoConfig& config, std::uint64_t max_file_bytes) {
  Classifier classifier;
  classifier.max_file_bytes_ = max_file_bytes;
  CAIRN_ASSIGN(classifier.include_, GlobSet::compile(config.include));
  CAIRN_ASSIGN(classifier.exclude_, GlobSet::compile(config.exclude));
  CAIRN_ASSIGN(classifier.generated_, GlobSet::compile(config.generated));
  CAIRN_ASSIGN(classifier.vendored_, GlobSet::compile(config.vendored));
  CAIRN_ASSIGN(classifier.test_, GlobSet::compile(config.test));
  return classifier;
}

FileClass Classifier::of_path(std::string_view path, std::uint64_t size) const {
  FileClass out;
  if (exclude_.match(path).value_or(false) ||
      (!include_.empty() && !include_.match(path).value_or(false))) {
    out.skip = SkipReason::kExcluded;
    return out;
  }
  out.language = language_of_path(path);
  if (out.language == Language::kUnknown) {
    // Scripts often have no extension; every other unknown name stays out unread.
    const std::string_view name = path.substr(path.rfind('/') + 1);
    if (name.find('.') != std::string_view::npos || size == 0 || size > max_file_bytes_) {
      out.skip = SkipReason::kUnknownLanguage;
      return out;
    }
    out.needs_content = true;
  } else if (path.ends_with(".h")) {
    out.needs_content = true;
  }
  if (size > max_file_bytes_) out.skip = SkipReason::kTooLarge;
  out.vendored = vendored_.match(path).value_or(is_vendored_by_path(path));
  out.generated = generated_.match(path).value_or(is_generated_by_path(path));
  out.test = test_.match(path).value_or(is_test_by_path(path, out.language));
  return out;
}

FileClass Classifier::of_content(FileClass by_path, std::string_view bytes) const {
  if (by_path.skip != SkipReason::kNone) return by_path;
  const auto skipped = [&by_path](SkipReason reason) {
    by_path.skip = reason;
    return by_path;
  };
  if (bytes.size() > max_file_bytes_) return skipped(SkipReason::kTooLarge);
  if (by_path.language == Language::kUnknown) {
    by_path.language = language_of_shebang(bytes);
    if (by_path.language == Language::kUnknown) return skipped(SkipReason::kUnknownLanguage);
  }
  if (is_binary(bytes)) return skipped(SkipReason::kBinary);
  if (is_lfs_pointer(bytes)) return skipped(SkipReason::kLfsPointer);
  if (by_path.needs_content && by_path.language == Language::kC && header_is_cpp(bytes))
    by_path.language = Language::kCpp;
  by_path.needs_content = false;
  if (!by_path.generated) by_path.generated = is_generated_by_content(bytes);
  return by_path;
}

}  // namespace cairn::indexer
