#include "indexer/syntax/cfamily/annotations.h"

#include <algorithm>
#include <array>
#include <unordered_set>

namespace cairn::indexer::syntax::cfamily {
namespace {

enum class Kind : std::uint8_t { kEnd, kWord, kMark };

struct Token {
  Kind kind = Kind::kEnd;
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
};

bool is_word(char c) {
  return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         static_cast<unsigned char>(c) >= 0x80;
}

/// Words and marks; white space, comments, literals' insides and directives are left out.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  std::vector<Token> run() {
    std::vector<Token> out;
    out.reserve(text_.size() / 4);
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '\n') {
        line_start_ = true;
        ++at_;
      } else if (c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v') {
        ++at_;
      } else if (text_.substr(at_, 2) == "//") {
        skip_line();
      } else if (text_.substr(at_, 2) == "/*") {
        const std::size_t end = text_.find("*/", at_ + 2);
        at_ = end == std::string_view::npos ? text_.size() : end + 2;
      } else if (c == '#' && line_start_) {
        skip_line();
        // A directive ends whatever stood before it.
        out.push_back({Kind::kMark, 0, 0});
      } else {
        line_start_ = false;
        take(out);
      }
    }
    return out;
  }

 private:
  void skip_line() {
    while (at_ < text_.size() && text_[at_] != '\n') {
      const bool carried = text_[at_] == '\\' && at_ + 1 < text_.size();
      if (carried && text_.substr(at_ + 1, 2) == "\r\n") ++at_;
      at_ += carried ? 2 : 1;
    }
  }

  void take(std::vector<Token>& out) {
    const std::size_t begin = at_;
    const char c = text_[at_];
    if (c == '"' || (c == '\'' && (begin == 0 || !is_word(text_[begin - 1])))) {
      if (c == '"' && begin > 0 && text_[begin - 1] == 'R') return take_raw(out);
      for (++at_; at_ < text_.size() && text_[at_] != c && text_[at_] != '\n'; ++at_)
        if (text_[at_] == '\\') ++at_;
      at_ = std::min(at_ + 1, text_.size());
      out.push_back(
          {Kind::kMark, static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(at_)});
      return;
    }
    if (is_word(c))
      while (at_ < text_.size() && is_word(text_[at_])) ++at_;
    else
      ++at_;
    out.push_back({is_word(c) ? Kind::kWord : Kind::kMark, static_cast<std::uint32_t>(begin),
                   static_cast<std::uint32_t>(at_)});
  }

  void take_raw(std::vector<Token>& out) {
    const std::size_t begin = at_;
    const std::size_t open = text_.find('(', begin);
    if (open == std::string_view::npos || open - begin > 17) {
      ++at_;
      return;
    }
    const std::string close = ")" + std::string(text_.substr(begin + 1, open - begin - 1)) + "\"";
    const std::size_t end = text_.find(close, open);
    at_ = end == std::string_view::npos ? text_.size() : end + close.size();
    out.push_back(
        {Kind::kMark, static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(at_)});
  }

  std::string_view text_;
  std::size_t at_ = 0;
  bool line_start_ = true;
};

bool is_macro_name(std::string_view word) {
  if (word.size() < 3 || !(word[0] == '_' || (word[0] >= 'A' && word[0] <= 'Z'))) return false;
  bool letter = false;
  for (const char c : word) {
    if ((c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80) return false;
    letter = letter || (c >= 'A' && c <= 'Z');
  }
  return letter;
}

bool is_specifier(std::string_view word) {
  static const std::unordered_set<std::string_view> kWords = {
      "auto",   "bool",     "char",    "class",  "constexpr", "double",   "enum",
      "extern", "explicit", "float",   "friend", "inline",    "int",      "long",
      "short",  "signed",   "static",  "struct", "template",  "typedef",  "typename",
      "union",  "unsigned", "virtual", "void",   "consteval", "constinit"};
  return kWords.contains(word);
}

/// Words after which no declarator's name can follow.
bool is_keyword(std::string_view word) {
  static const std::unordered_set<std::string_view> kWords = {
      "return", "case",     "goto",  "new",       "delete",  "throw",     "else",
      "do",     "if",       "for",   "while",     "switch",  "const",     "volatile",
      "sizeof", "public",   "using", "namespace", "private", "protected", "default",
      "break",  "continue", "and",   "or",        "not",     "override"};
  return kWords.contains(word);
}

bool is_trailing_annotation(std::string_view word) {
  static constexpr std::array<std::string_view, 13> kParts = {
      "GUARDED_BY",      "LOCKS_REQUIRED",  "LOCKS_EXCLUDED",    "LOCK_RETURNED",
      "ACQUIRED_AFTER",  "ACQUIRED_BEFORE", "_LOCK_FUNCTION",    "NO_THREAD_SAFETY",
      "_REQUIRES",       "NOEXCEPT",        "ASSERT_CAPABILITY", "RETURN_CAPABILITY",
      "TRYLOCK_FUNCTION"};
  for (const std::string_view part : kParts)
    if (word.find(part) != std::string_view::npos) return true;
  return word == "REQUIRES" || word == "EXCLUDES" || word == "ACQUIRE" || word == "RELEASE";
}

class Finder {
 public:
  explicit Finder(std::string_view text) : text_(text), tokens_(Scanner(text).run()) {}

  std::vector<Annotation> run() {
    std::vector<Annotation> out;
    bool start = true;  // a declaration may begin here
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      if (i > 0 && is_name_at(i) &&
          (word(i - 1) == "class" || word(i - 1) == "struct" || hid_class_))
        classes_.insert(word(i));
      hid_class_ = false;
      if (tokens_[i].kind == Kind::kWord && is_macro_name(word(i))) {
        if (const std::size_t end = match(i, start); end != i) {
          out.push_back({tokens_[i].begin, tokens_[end - 1].end});
          hid_class_ = i > 0 && (word(i - 1) == "class" || word(i - 1) == "struct");
          i = end - 1;
          continue;  // what follows stands where the macro stood
        }
      }
      start = starts_declaration(i, start);
      const std::string_view w = word(i);
      if (w.empty() || w == ";" || w == "{" || w == "}") begin_ = i + 1;
    }
    return out;
  }

 private:
  std::string_view word(std::size_t i) const {
    return i < tokens_.size() ? text_.substr(tokens_[i].begin, tokens_[i].end - tokens_[i].begin)
                              : std::string_view();
  }
  bool is_word_at(std::size_t i) const {
    return i < tokens_.size() && tokens_[i].kind == Kind::kWord;
  }
  bool is_name_at(std::size_t i) const {
    return is_word_at(i) && !is_keyword(word(i)) && !(word(i)[0] >= '0' && word(i)[0] <= '9');
  }

  bool starts_declaration(std::size_t i, bool before) const {
    const std::string_view w = word(i);
    if (tokens_[i].kind == Kind::kWord)
      return before && (w == "static" || w == "inline" || w == "virtual" || w == "extern" ||
                        w == "explicit" || w == "constexpr" || w == "friend" || w == "typedef");
    // An empty mark is a directive.
    return w.empty() || w == ";" || w == "{" || w == "}" || w == ">" || w == ":";
  }

  /// Token after the bracketed group that opens at `i`, or `i` when none does.
  std::size_t after_group(std::size_t i) const {
    if (word(i) != "(") return i;
    int depth = 0;
    // Annotations are short: a longer group is something else.
    for (std::size_t k = i; k < tokens_.size() && k < i + 60; ++k) {
      if (word(k) == "(")
        ++depth;
      else if (word(k) == ")" && --depth == 0)
        return k + 1;
      else if (word(k) == ";" || word(k) == "{")
        return i;
    }
    return i;
  }

  /// Token after `a::b<c>` at `i`, or `i`.
  std::size_t after_type(std::size_t i) const {
    std::size_t k = i;
    for (;;) {
      if (!is_name_at(k)) return i;
      ++k;
      if (word(k) == "<") {
        int depth = 0;
        std::size_t stop = std::min(tokens_.size(), k + 60);
        for (; k < stop; ++k) {
          if (word(k) == "<")
            ++depth;
          else if (word(k) == ">" && --depth == 0)
            break;
          else if (word(k) == ";" || word(k) == "{")
            return i;
        }
        if (k >= stop) return i;
        ++k;
      }
      if (word(k) != ":" || word(k + 1) != ":") return k;
      k += 2;
    }
  }

  /// Whether what stands since the last `;` or brace begins as a declaration does: `int f(int)`.
  bool in_declaration() const {
    if (!is_name_at(begin_) || is_keyword(word(begin_)) || word(begin_) == "catch") return false;
    const std::string_view next = word(begin_ + 1);
    return is_word_at(begin_ + 1) || next == "*" || (is_specifier(word(begin_)) && next == "(");
  }

  /// Token after the annotation that begins at `i`, or `i` when it is none.
  std::size_t match(std::size_t i, bool start) const {
    const std::string_view before = i > 0 ? word(i - 1) : std::string_view();
    const std::size_t after = after_group(i + 1);
    if (before == "class" || before == "struct" || before == "union") {
      if (!is_name_at(after)) return i;
      const std::size_t next = after_type(after);
      const std::string_view w = word(next);
      const bool body = w == "{" || w == "final" || (w == ":" && word(next + 1) != ":");
      return next != after && (body || (before == "class" && w == ";")) ? after : i;
    }
    if (is_trailing_annotation(word(i)) && i > 0 &&
        (before == ")" || before == "const" || before == "override" || before == "final" ||
         is_word_at(i - 1) || before == "]")) {
      const std::string_view w = word(after);
      const bool end = w == ";" || w == "{" || w == "=" || w == "override" || w == "final" ||
                       (is_word_at(after) && is_trailing_annotation(w));
      return end ? after : i;
    }
    if (before == ")" && word(after) == ";" && in_declaration()) return after;
    if (!start || after != i + 1) return i;
    if (is_word_at(after) && is_specifier(word(after))) return after;
    if (word(after) == "~") return after;
    // MACRO Type name
    const std::size_t type = word(after) == "const" ? after + 1 : after;
    if (!is_name_at(type)) return i;
    std::size_t next = after_type(type);
    if (next == type) return i;
    // MACRO Class(...), a constructor
    if (next == type + 1 && word(next) == "(" && classes_.contains(word(type))) return after;
    while (word(next) == "*" || word(next) == "&" || word(next) == "const") ++next;
    return is_name_at(next) && !is_trailing_annotation(word(next)) ? after : i;
  }

  std::string_view text_;
  std::vector<Token> tokens_;
  std::unordered_set<std::string_view> classes_;  // named so far
  std::size_t begin_ = 0;                         // of the current statement
  bool hid_class_ = false;  // the annotation before this token stood behind `class`
};

/// The `<` of the next `has_include(<x>)`, which the grammars read as a comparison.
std::size_t find_header_test(std::string_view source, std::size_t from) {
  for (std::size_t at = source.find("(<", from); at != std::string_view::npos;
       at = source.find("(<", at + 1)) {
    const std::string_view before = source.substr(0, at);
    if (before.ends_with("include") || before.ends_with("INCLUDE")) return at + 1;
  }
  return std::string_view::npos;
}

}  // namespace

std::vector<Annotation> find_annotations(std::string_view source) { return Finder(source).run(); }

std::string hide_annotations(std::string_view source) {
  const std::vector<Annotation> found = find_annotations(source);
  const std::size_t header_test = find_header_test(source, 0);
  if (found.empty() && header_test == std::string_view::npos) return {};
  std::string out(source);
  for (std::size_t at = header_test; at != std::string_view::npos;
       at = find_header_test(source, at + 1))
    for (std::size_t i = at; i < source.size() && source[i] != ')' && source[i] != '\n'; ++i)
      out[i] = ' ';
  for (const Annotation& a : found)
    for (std::uint32_t i = a.begin; i < a.end; ++i)
      if (out[i] != '\n') out[i] = ' ';
  return out;
}

}  // namespace cairn::indexer::syntax::cfamily
