#pragma once
// Token buckets: how many requests a token or an address may send. Thread-safe; memory is bounded,
// the buckets that are full again go first.
#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "base/clock.h"

namespace cairn::api {

struct RateLimits {
  /// Per token; 0: no limit. So many more may come at once.
  double requests_per_second = 2'000;
  double burst = 4'000;
  /// Failed proofs of identity per address.
  double failures_per_second = 1;
  double failure_burst = 30;
};

class RateLimiter {
 public:
  explicit RateLimiter(const Clock& clock, std::size_t most = 10'000)
      : clock_(clock), most_(most) {}
  /// Takes one from the bucket; otherwise the seconds after which there is one again.
  std::optional<int> take(const std::string& key, double per_second, double burst);
  /// The same without taking.
  std::optional<int> look(const std::string& key, double per_second, double burst);

 private:
  struct Bucket {
    double left = 0;
    std::chrono::steady_clock::time_point filled;
  };
  Bucket& refill(const std::string& key, double per_second, double burst);
  std::optional<int> wait_for(const Bucket& bucket, double per_second) const;

  const Clock& clock_;
  const std::size_t most_;
  std::mutex mutex_;
  std::map<std::string, Bucket> buckets_;
};

}  // namespace cairn::api
