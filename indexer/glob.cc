#include "indexer/glob.h"

#include <algorithm>

namespace cairn::indexer {
namespace {

constexpr std::size_t kMaxSteps = 1000;

void set_bit(std::vector<std::uint64_t>& bits, std::size_t i) { bits[i / 64] |= 1ull << (i % 64); }
bool has_bit(const std::vector<std::uint64_t>& bits, std::size_t i) {
  return ((bits[i / 64] >> (i % 64)) & 1) != 0;
}

Error bad(std::string_view pattern, std::string_view why) {
  return Error(ErrorCode::kParse, "pattern '" + std::string(pattern) + "': " + std::string(why));
}

}  // namespace

Result<std::size_t> Glob::add_class(std::string_view pattern, std::size_t at) {
  ByteSet set{};
  const auto add = [&set](unsigned char c) { set[c / 64] |= 1ull << (c % 64); };
  std::size_t i = at + 1;
  const bool inverted = i < pattern.size() && (pattern[i] == '!' || pattern[i] == '^');
  if (inverted) ++i;
  bool first = true;
  while (true) {
    if (i >= pattern.size()) return bad(pattern, "a '[' has no ']'");
    if (pattern[i] == ']' && !first) break;
    first = false;
    if (pattern[i] == '\\' && i + 1 < pattern.size()) ++i;
    const auto low = static_cast<unsigned char>(pattern[i++]);
    unsigned char high = low;
    if (i + 1 < pattern.size() && pattern[i] == '-' && pattern[i + 1] != ']') {
      i += pattern[i + 1] == '\\' && i + 2 < pattern.size() ? 2 : 1;
      high = static_cast<unsigned char>(pattern[i++]);
    }
    for (unsigned c = low; c <= high; ++c) add(static_cast<unsigned char>(c));
  }
  if (inverted)
    for (auto& word : set) word = ~word;
  set['/' / 64] &= ~(1ull << ('/' % 64));
  steps_.push_back({Kind::kClass, 0, static_cast<std::uint32_t>(classes_.size())});
  classes_.push_back(set);
  return i + 1;
}

Result<Glob> Glob::compile(std::string_view pattern) {
  Glob glob;
  std::string_view rest = pattern;
  if (rest.starts_with('!')) {
    glob.negated_ = true;
    rest.remove_prefix(1);
  }
  if (rest.size() > 1 && rest.ends_with('/')) {
    glob.directory_only_ = true;
    rest.remove_suffix(1);
  }
  if (rest.empty() || rest == "/") return bad(pattern, "it is empty");
  glob.anchored_ = rest.find('/') != std::string_view::npos;
  if (rest.starts_with('/')) rest.remove_prefix(1);

  for (std::size_t i = 0; i < rest.size();) {
    if (glob.steps_.size() >= kMaxSteps) return bad(pattern, "it is longer than 1000 elements");
    const char c = rest[i];
    const bool starts_segment = i == 0 || rest[i - 1] == '/';
    if (starts_segment && rest.substr(i, 3) == "**/") {
      if (glob.steps_.empty() || glob.steps_.back().kind != Kind::kAnyDirs)
        glob.steps_.push_back({Kind::kAnyDirs, 0, 0});
      i += 3;
    } else if (starts_segment && rest.substr(i) == "**") {
      glob.steps_.push_back({Kind::kRest, 0, 0});
      i += 2;
    } else if (c == '*') {
      while (i < rest.size() && rest[i] == '*') ++i;
      glob.steps_.push_back({Kind::kStar, 0, 0});
    } else if (c == '?') {
      glob.steps_.push_back({Kind::kAnyByte, 0, 0});
      ++i;
    } else if (c == '[') {
      CAIRN_ASSIGN(i, glob.add_class(rest, i));
    } else {
      if (c == '\\' && i + 1 < rest.size()) ++i;
      glob.steps_.push_back({Kind::kByte, static_cast<unsigned char>(rest[i]), 0});
      ++i;
    }
  }
  return glob;
}

bool Glob::passes(const Step& step, unsigned char c) const {
  switch (step.kind) {
    case Kind::kByte:
      return c == step.byte;
    case Kind::kAnyByte:
      return c != '/';
    case Kind::kClass:
      return ((classes_[step.cls][c / 64] >> (c % 64)) & 1) != 0;
    default:
      return false;
  }
}

// Follows the steps that need no byte. One pass in order suffices: they only lead forward.
void Glob::close(std::vector<std::uint64_t>& states, bool at_segment_start) const {
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    if (!has_bit(states, i)) continue;
    const Kind kind = steps_[i].kind;
    if (kind == Kind::kStar || (kind == Kind::kAnyDirs && at_segment_start)) set_bit(states, i + 1);
  }
}

bool Glob::matches(std::string_view path) const {
  const std::size_t accept = steps_.size();
  std::vector<std::uint64_t> now(accept / 64 + 1, 0);
  std::vector<std::uint64_t> next(now.size(), 0);
  set_bit(now, 0);
  close(now, true);
  for (const char raw : path) {
    const auto c = static_cast<unsigned char>(raw);
    // A match that ends here names a directory: everything in it matches too.
    if (c == '/' && has_bit(now, accept)) return true;
    std::fill(next.begin(), next.end(), 0);
    for (std::size_t i = 0; i < accept; ++i) {
      if (!has_bit(now, i)) continue;
      const Step& step = steps_[i];
      if (passes(step, c)) set_bit(next, i + 1);
      if (step.kind == Kind::kAnyDirs || (step.kind == Kind::kStar && c != '/')) set_bit(next, i);
      if (step.kind == Kind::kRest) return true;
    }
    if (!anchored_ && c == '/') set_bit(next, 0);
    close(next, c == '/');
    now.swap(next);
  }
  return !directory_only_ && has_bit(now, accept);
}

Result<GlobSet> GlobSet::compile(const std::vector<std::string>& patterns) {
  GlobSet set;
  set.globs_.reserve(patterns.size());
  for (const std::string& pattern : patterns) {
    CAIRN_ASSIGN(Glob glob, Glob::compile(pattern));
    set.globs_.push_back(std::move(glob));
  }
  return set;
}

std::optional<bool> GlobSet::match(std::string_view path) const {
  for (auto glob = globs_.rbegin(); glob != globs_.rend(); ++glob)
    if (glob->matches(path)) return !glob->negated();
  return std::nullopt;
}

}  // namespace cairn::indexer
