#pragma once
// Texts of answers that were given before, by snapshot and question. A snapshot never changes, so
// nothing ever becomes wrong; what is old goes when room is needed. Bounded; thread-safe. Access is
// checked before it is asked.
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace cairn::api {

class AnswerCache {
 public:
  explicit AnswerCache(std::size_t most_bytes = std::size_t{32} << 20) : most_bytes_(most_bytes) {}

  /// Null when it is not there.
  std::shared_ptr<const std::string> find(const std::string& key) {
    const std::lock_guard lock(mutex_);
    const auto at = by_key_.find(key);
    if (at == by_key_.end()) return nullptr;
    recent_.splice(recent_.begin(), recent_, at->second);
    return at->second->second;
  }

  /// Large texts are not kept: making them is not dear compared with sending them.
  void add(const std::string& key, const std::string& text) {
    if (text.size() > kLargest) return;
    const std::lock_guard lock(mutex_);
    if (by_key_.contains(key)) return;
    recent_.emplace_front(key, std::make_shared<const std::string>(text));
    by_key_.emplace(recent_.front().first, recent_.begin());
    bytes_ += text.size() + key.size() + kOverhead;
    while (bytes_ > most_bytes_) {
      const auto& last = recent_.back();
      bytes_ -= last.second->size() + last.first.size() + kOverhead;
      by_key_.erase(last.first);
      recent_.pop_back();
    }
  }

 private:
  using Entry = std::pair<std::string, std::shared_ptr<const std::string>>;
  static constexpr std::size_t kLargest = std::size_t{64} << 10;
  static constexpr std::size_t kOverhead = 200;

  const std::size_t most_bytes_;
  std::mutex mutex_;
  std::size_t bytes_ = 0;
  std::list<Entry> recent_;  // last used first
  std::unordered_map<std::string_view, std::list<Entry>::iterator> by_key_;
};

}  // namespace cairn::api
