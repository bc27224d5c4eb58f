#include "api/routing/rate_limit.h"

#include <algorithm>
#include <cmath>

namespace cairn::api {

RateLimiter::Bucket& RateLimiter::refill(const std::string& key, double per_second, double burst) {
  const auto now = clock_.steady_now();
  if (buckets_.size() >= most_ && !buckets_.contains(key)) {
    std::erase_if(buckets_, [&](const auto& entry) {
      const std::chrono::duration<double> quiet = now - entry.second.filled;
      return entry.second.left + quiet.count() * per_second >= burst;
    });
    // All are in use: whoever is new starts with what the fullest would have, nothing kept.
    if (buckets_.size() >= most_) buckets_.clear();
  }
  const auto [at, added] = buckets_.try_emplace(key, Bucket{burst, now});
  Bucket& bucket = at->second;
  const std::chrono::duration<double> passed = now - bucket.filled;
  bucket.left = std::min(burst, bucket.left + passed.count() * per_second);
  bucket.filled = now;
  return bucket;
}

std::optional<int> RateLimiter::wait_for(const Bucket& bucket, double per_second) const {
  if (bucket.left >= 1) return std::nullopt;
  return std::max(1, static_cast<int>(std::ceil((1 - bucket.left) / per_second)));
}

std::optional<int> RateLimiter::take(const std::string& key, double per_second, double burst) {
  if (per_second <= 0) return std::nullopt;
  const std::lock_guard lock(mutex_);
  Bucket& bucket = refill(key, per_second, burst);
  const auto wait = wait_for(bucket, per_second);
  if (!wait) bucket.left -= 1;
  return wait;
}

std::optional<int> RateLimiter::look(const std::string& key, double per_second, double burst) {
  if (per_second <= 0) return std::nullopt;
  const std::lock_guard lock(mutex_);
  return wait_for(refill(key, per_second, burst), per_second);
}

}  // namespace cairn::api
