#pragma once
// A folder of small sources in several languages that import and call one another, for tests that
// need something to index rather than something in particular. Equal seeds give equal folders.
// Used by one thread.
#include <cstdint>
#include <random>
#include <string>

namespace cairn::test {

class GeneratedSource {
 public:
  /// Writes `files` files below `root`, which is made.
  GeneratedSource(std::string root, std::uint32_t files, std::uint64_t seed);

  const std::string& root() const { return root_; }
  /// Writes a few files anew, moves one or removes one; names other files rely on come and go.
  void change();

 private:
  std::uint32_t pick(std::uint32_t n) { return static_cast<std::uint32_t>(random_() % n); }
  std::string path_of(std::uint32_t file) const;
  void write(std::uint32_t file);
  std::string python(std::uint32_t file);
  std::string javascript(std::uint32_t file);
  std::string java(std::uint32_t file);
  std::string c(std::uint32_t file);

  std::string root_;
  std::uint32_t files_;
  std::mt19937_64 random_;
};

}  // namespace cairn::test
