#pragma once
// The container of a layer: sections in, one durable file out; and a mapped file with verified
// sections back. Knows nothing of what the sections mean. LayerFileWriter belongs to one thread;
// LayerFile is safe for concurrent readers (block verification marks bits atomically).
#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/fs.h"
#include "base/result.h"
#include "graph/format.h"

namespace cairn::graph {

class LayerFileWriter {
 public:
  static Result<LayerFileWriter> create(const std::string& path);

  /// Appends a section. kLimitExceeded at 4 GiB: offsets inside sections are 32-bit.
  Result<void> add(Section id, std::string_view bytes);
  template <class T>
  Result<void> add(Section id, const std::vector<T>& rows) {
    return add(
        id, std::string_view(reinterpret_cast<const char*>(rows.data()), rows.size() * sizeof(T)));
  }
  /// Writes table and footer, syncs, renames, syncs the folder. Returns the file's size.
  /// Fail points: layer.before_commit and those of AtomicFile.
  Result<std::uint64_t> commit();
  std::uint64_t bytes_written() const { return at_; }

 private:
  explicit LayerFileWriter(AtomicFile file) : file_(std::move(file)) {}
  Result<void> put(std::string_view bytes);

  AtomicFile file_;
  std::uint64_t at_ = 0;
  std::vector<SectionRow> sections_;
  std::vector<std::uint64_t> blocks_;
};

class LayerFile {
 public:
  /// Maps the file and verifies header, footer, section table and every section but those of
  /// `lazy`. Errors: kNotFound, kIo, kVersion, kCorrupt.
  static Result<std::unique_ptr<LayerFile>> open(const std::string& path,
                                                 std::span<const Section> lazy);

  std::string_view section(Section id) const { return sections_[static_cast<std::size_t>(id)]; }
  /// The section as rows. The length must be a multiple of the row size (checked by row_size_fits).
  template <class T>
  std::span<const T> rows(Section id) const {
    const std::string_view bytes = section(id);
    return {reinterpret_cast<const T*>(bytes.data()), bytes.size() / sizeof(T)};
  }
  /// Bytes [begin, end) of a lazy section, after verifying the blocks they touch (once each).
  Result<std::string_view> lazy_bytes(Section id, std::uint32_t begin, std::uint32_t end) const;
  /// Verifies every block of every section; for `cairn verify` and scrubbing.
  Result<void> verify_all() const;

  std::uint64_t root_hash() const { return root_hash_; }
  std::uint64_t file_bytes() const { return file_.bytes().size(); }
  const std::string& path() const { return path_; }

 private:
  explicit LayerFile(std::string path, MappedFile file)
      : path_(std::move(path)), file_(std::move(file)) {}
  Result<void> read_frame();
  Result<void> read_sections(std::string_view table, const LayerFooter& footer);
  Result<void> verify_blocks(Section id, std::size_t first, std::size_t last) const;
  Result<void> verify_sections(const std::vector<Section>& ids) const;
  Error corrupt(std::string_view what) const;

  std::string path_;
  MappedFile file_;
  std::array<std::string_view, kSectionCount> sections_{};
  std::array<std::uint32_t, kSectionCount> first_block_{};
  std::vector<std::uint64_t> block_hashes_;
  mutable std::unique_ptr<std::atomic<std::uint8_t>[]> verified_;
  std::uint64_t root_hash_ = 0;
};

}  // namespace cairn::graph
