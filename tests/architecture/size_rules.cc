#include "tests/architecture/size_rules.h"

#include <algorithm>
#include <cctype>

namespace cairn::architecture {
namespace {

int lines_of(std::string_view text) {
  return static_cast<int>(std::count(text.begin(), text.end(), '\n'));
}

int limit_of(const SourceFile& file) {
  if (file.path == "api/main.cc") return kMaxMainLines;
  return is_header(file) ? kMaxHeaderLines : kMaxSourceLines;
}

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

bool has_word(std::string_view text, std::string_view word) {
  for (std::size_t at = text.find(word); at != std::string_view::npos;
       at = text.find(word, at + 1)) {
    const bool begins = at == 0 || !is_word(text[at - 1]);
    const bool ends = at + word.size() == text.size() || !is_word(text[at + word.size()]);
    if (begins && ends) return true;
  }
  return false;
}

enum class BlockKind { kScope, kFunction, kInitializer };

/// What a '{' opens, told by the text from the end of the previous declaration to it.
BlockKind kind_of_block(std::string_view head) {
  const std::size_t open = std::min(head.find('('), head.size());
  const std::string_view before = head.substr(0, open);
  const bool is_template = has_word(before, "template");
  // `x = {...}` and `x = f({...})` are variables; `operator=(...) {` is a function.
  if (before.find('=') != std::string_view::npos && !is_template && !has_word(before, "operator"))
    return BlockKind::kInitializer;
  if (open == head.size()) return BlockKind::kScope;
  for (const std::string_view scope : {"namespace", "class", "struct", "union", "enum"})
    if (has_word(before, scope) && !is_template) return BlockKind::kScope;
  return BlockKind::kFunction;
}

/// Preprocessor lines, their continuations too, hold no code that a function's extent depends on.
std::string without_directives(std::string text) {
  bool in_directive = false;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::size_t first = text.find_first_not_of(" \t", begin);
    const bool continues = in_directive;
    if (continues || (first < end && text[first] == '#')) {
      in_directive = end > begin && text[end - 1] == '\\';
      std::fill(text.begin() + static_cast<std::ptrdiff_t>(begin),
                text.begin() + static_cast<std::ptrdiff_t>(end), ' ');
    }
    begin = end + 1;
  }
  return text;
}

class FunctionFinder {
 public:
  explicit FunctionFinder(std::string_view text) : code_(without_directives(code_only(text))) {}

  std::vector<FunctionSpan> run() {
    for (; at_ < code_.size(); ++at_) step();
    return std::move(found_);
  }

 private:
  void step() {
    const char c = code_[at_];
    if (c == '\n') ++line_;
    if (c == '(') ++parens_;
    if (c == ')') --parens_;
    if (c == '{') return open();
    if ((c == ';' && parens_ == 0) || c == '}') return forget_head();
    if (head_.empty() && std::isspace(static_cast<unsigned char>(c))) return;
    if (head_.empty()) head_line_ = line_;
    head_ += c;
  }

  void forget_head() {
    head_.clear();
    parens_ = 0;
  }

  void open() {
    // A brace within parentheses is a default argument or an initialiser: part of the head.
    const bool in_head = parens_ > 0;
    const BlockKind kind = kind_of_block(head_);
    if (!in_head && kind == BlockKind::kScope) return forget_head();
    const int first = head_line_;
    skip_block();
    if (!in_head && kind == BlockKind::kInitializer) return forget_head();
    std::size_t next = at_ + 1;
    while (next < code_.size() && std::isspace(static_cast<unsigned char>(code_[next]))) ++next;
    // `A() : a_{1}, b_{2} {`: the block was a member's initialiser, the body is yet to come.
    if (in_head || (next < code_.size() && (code_[next] == ',' || code_[next] == '{'))) return;
    found_.push_back({first, line_});
    forget_head();
  }

  /// From a '{' to its '}'.
  void skip_block() {
    int depth = 0;
    for (; at_ < code_.size(); ++at_) {
      if (code_[at_] == '\n') ++line_;
      if (code_[at_] == '{') ++depth;
      if (code_[at_] == '}' && --depth == 0) return;
    }
  }

  std::string code_;
  std::string head_;
  std::vector<FunctionSpan> found_;
  std::size_t at_ = 0;
  int line_ = 1;
  int head_line_ = 1;
  int parens_ = 0;
};

}  // namespace

Findings check_file_sizes(const std::vector<SourceFile>& files) {
  Findings findings;
  for (const SourceFile& file : files) {
    if (!is_cpp(file)) continue;
    const int lines = lines_of(file.text);
    const int limit = limit_of(file);
    if (lines > limit)
      findings.push_back(file.path + ": " + std::to_string(lines) + " lines, limit " +
                         std::to_string(limit));
  }
  return findings;
}

std::vector<FunctionSpan> functions_of(std::string_view text) { return FunctionFinder(text).run(); }

Findings check_function_sizes(const std::vector<SourceFile>& files) {
  Findings findings;
  for (const SourceFile& file : files) {
    if (!is_cpp(file)) continue;
    for (const FunctionSpan& span : functions_of(file.text)) {
      const int lines = span.last_line - span.first_line + 1;
      if (lines > kMaxFunctionLines)
        findings.push_back(file.path + ":" + std::to_string(span.first_line) + ": a function of " +
                           std::to_string(lines) + " lines, limit " +
                           std::to_string(kMaxFunctionLines));
    }
  }
  return findings;
}

}  // namespace cairn::architecture
