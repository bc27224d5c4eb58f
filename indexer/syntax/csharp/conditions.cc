#include "indexer/syntax/csharp/conditions.h"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace cairn::indexer::syntax::csharp {
namespace {

class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  std::string run() {
    while (at_ < text_.size()) step();
    return std::move(out_);
  }

 private:
  struct Mark {  // one directive
    std::size_t begin = 0;
    std::size_t end = 0;  // of its line
    char last = 0;        // last significant character before it
    int depth = 0;        // of braces there
  };
  struct Group {
    char before = 0;
    int depth = 0;
    std::vector<Mark> marks;
  };

  void step() {
    const char c = text_[at_];
    if (c == '\n') {
      line_start_ = true;
      ++at_;
    } else if (c == ' ' || c == '\t' || c == '\r') {
      ++at_;
    } else if (c == '#' && line_start_) {
      directive();
    } else if (text_.substr(at_, 2) == "//") {
      at_ = line_end();
    } else if (text_.substr(at_, 2) == "/*") {
      const std::size_t end = text_.find("*/", at_ + 2);
      at_ = end == std::string_view::npos ? text_.size() : end + 2;
    } else {
      line_start_ = false;
      if (c == '"')
        skip_string();
      else if (c == '\'')
        skip_quoted('\'');
      else
        ++at_;
      if (c == '{') ++depth_;
      if (c == '}') --depth_;
      last_ = c;
    }
  }

  std::size_t line_end() const { return std::min(text_.find('\n', at_), text_.size()); }

  void skip_quoted(char quote) {
    for (++at_; at_ < text_.size() && text_[at_] != quote && text_[at_] != '\n'; ++at_)
      if (text_[at_] == '\\') ++at_;
    at_ = std::min(at_ + 1, text_.size());
  }

  void skip_string() {
    std::size_t quotes = 0;
    while (at_ + quotes < text_.size() && text_[at_ + quotes] == '"') ++quotes;
    if (quotes >= 3) {  // a raw string ends with as many
      const std::size_t end = text_.find(text_.substr(at_, quotes), at_ + quotes);
      at_ = end == std::string_view::npos ? text_.size() : end + quotes;
      return;
    }
    const bool verbatim = (at_ > 0 && text_[at_ - 1] == '@') ||
                          (at_ > 1 && text_[at_ - 1] == '$' && text_[at_ - 2] == '@');
    if (!verbatim) return skip_quoted('"');
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] != '"') continue;
      if (at_ + 1 < text_.size() && text_[at_ + 1] == '"')
        ++at_;
      else
        break;
    }
    at_ = std::min(at_ + 1, text_.size());
  }

  void directive() {
    const Mark mark{at_, line_end(), last_, depth_};
    std::size_t word = at_ + 1;
    while (word < mark.end && (text_[word] == ' ' || text_[word] == '\t')) ++word;
    const std::string_view name = text_.substr(word, mark.end - word);
    at_ = mark.end;
    if (name.starts_with("if")) {
      groups_.push_back({last_, depth_, {mark}});
    } else if (groups_.empty()) {
      return;
    } else if (name.starts_with("el")) {
      groups_.back().marks.push_back(mark);
      last_ = groups_.back().before;
      depth_ = groups_.back().depth;
    } else if (name.starts_with("endif")) {
      groups_.back().marks.push_back(mark);
      close(groups_.back());
      groups_.pop_back();
    }
  }

  static bool ends_something(char c) {
    return c == 0 || c == ';' || c == '{' || c == '}' || c == ':';
  }

  void close(const Group& group) {
    bool whole = ends_something(group.before);
    for (std::size_t i = 1; i < group.marks.size(); ++i)
      whole = whole && ends_something(group.marks[i].last) && group.marks[i].depth == group.depth;
    last_ = group.marks[1].last;
    depth_ = group.marks[1].depth;
    if (whole) return;
    blank(group.marks.front().begin, group.marks.front().end);
    blank(group.marks[1].begin, group.marks.back().end);
  }

  void blank(std::size_t begin, std::size_t end) {
    if (out_.empty()) out_ = text_;
    for (std::size_t i = begin; i < end; ++i)
      if (out_[i] != '\n' && out_[i] != '\r') out_[i] = ' ';
  }

  std::string_view text_;
  std::string out_;
  std::size_t at_ = 0;
  bool line_start_ = true;
  char last_ = 0;
  int depth_ = 0;
  std::vector<Group> groups_;
};

}  // namespace

std::string hide_conditions(std::string_view source) {
  if (source.find("#if") == std::string_view::npos) return {};
  return Scanner(source).run();
}

}  // namespace cairn::indexer::syntax::csharp
