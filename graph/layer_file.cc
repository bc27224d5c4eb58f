#include "graph/layer_file.h"

#include <tbb/parallel_for.h>

#include <algorithm>
#include <cstring>
#include <optional>

#include "base/hash.h"

namespace cairn::graph {
namespace {

/// Row sizes of the sections; 1 for byte streams.
std::size_t row_size(Section id) {
  switch (id) {
    case Section::kMeta:
      return sizeof(MetaRow);
    case Section::kFiles:
      return sizeof(FileRow);
    case Section::kQualifiers:
      return sizeof(QualifierRow);
    case Section::kOutBigCount:
      return sizeof(BigCountRow);
    case Section::kContributions:
      return sizeof(ContributionRow);
    case Section::kUnboundNames:
      return sizeof(UnboundNameRow);
    case Section::kSymbolStable:
    case Section::kDefKeys:
    case Section::kOpenKeys:
      return sizeof(std::uint64_t);
    case Section::kStringBytes:
    case Section::kSymbolScope:
    case Section::kDetailBytes:
    case Section::kSiteBytes:
    case Section::kLocalBytes:
    case Section::kOutPacked:
    case Section::kOutCount:
    case Section::kOutOrigin:
    case Section::kInPacked:
    case Section::kMemoFileBytes:
    case Section::kFileMemoBytes:
      return 1;
    default:
      return sizeof(std::uint32_t);
  }
}

std::size_t blocks_of(std::size_t length) { return (length + kBlockBytes - 1) / kBlockBytes; }

}  // namespace

Error LayerFile::corrupt(std::string_view what) const {
  return Error(ErrorCode::kCorrupt, path_ + ": " + std::string(what) + "; index again");
}

Result<std::unique_ptr<LayerFile>> LayerFile::open(const std::string& path,
                                                   std::span<const Section> lazy) {
  CAIRN_ASSIGN(MappedFile mapped, MappedFile::open(path));
  std::unique_ptr<LayerFile> file(new LayerFile(path, std::move(mapped)));
  CAIRN_TRY(file->read_frame());
  std::vector<Section> eager;
  for (std::size_t i = 0; i < kSectionCount; ++i) {
    const auto id = static_cast<Section>(i);
    bool is_lazy = false;
    for (const Section l : lazy) is_lazy = is_lazy || l == id;
    if (!is_lazy) eager.push_back(id);
  }
  CAIRN_TRY(file->verify_sections(eager));
  return file;
}

/// On all threads: opening a large snapshot is mostly this.
Result<void> LayerFile::verify_sections(const std::vector<Section>& ids) const {
  struct Piece {
    Section id;
    std::size_t first, last;
  };
  constexpr std::size_t kPieceBlocks = 16;
  std::vector<Piece> pieces;
  for (const Section id : ids) {
    const std::size_t blocks = blocks_of(section(id).size());
    for (std::size_t i = 0; i < blocks; i += kPieceBlocks)
      pieces.push_back({id, i, std::min(blocks, i + kPieceBlocks)});
  }
  std::vector<std::optional<Error>> errors(pieces.size());
  tbb::parallel_for(std::size_t{0}, pieces.size(), [&](std::size_t i) {
    Result<void> verified = verify_blocks(pieces[i].id, pieces[i].first, pieces[i].last);
    if (!verified) errors[i] = std::move(verified).error();
  });
  for (std::optional<Error>& error : errors)
    if (error) return std::move(*error);
  return {};
}

Result<void> LayerFile::read_frame() {
  const std::string_view all = file_.text();
  LayerHeader header;
  if (all.size() < sizeof header + sizeof(LayerFooter)) return corrupt("too short for a snapshot");
  std::memcpy(&header, all.data(), sizeof header);
  if (header.magic != kLayerMagic) return corrupt("not a snapshot file");
  if (header.hash != hash64(all.substr(0, offsetof(LayerHeader, hash))))
    return corrupt("the header does not match its checksum");
  if (header.byte_order != kByteOrderMark || header.major != kSnapshotMajor) {
    return Error(ErrorCode::kVersion, path_ + ": snapshot format " + std::to_string(header.major) +
                                          " is not the one this build reads (" +
                                          std::to_string(kSnapshotMajor) + "); index again");
  }
  LayerFooter footer;
  std::memcpy(&footer, all.data() + all.size() - sizeof footer, sizeof footer);
  const auto* footer_bytes = reinterpret_cast<const char*>(&footer);
  if (footer.magic != kFooterMagic ||
      footer.hash != hash64(std::string_view(footer_bytes, offsetof(LayerFooter, hash))))
    return corrupt("the footer is damaged or the file was cut");
  if (footer.file_length != all.size()) return corrupt("the file does not have its full length");
  const std::uint64_t table_bytes = std::uint64_t{footer.sections} * sizeof(SectionRow) +
                                    std::uint64_t{footer.blocks} * sizeof(std::uint64_t);
  const std::uint64_t table_end = all.size() - sizeof footer;
  if (footer.table_offset > table_end || table_end - footer.table_offset != table_bytes)
    return corrupt("the section table lies outside the file");
  const std::string_view table = all.substr(footer.table_offset, table_bytes);
  if (hash64(table, header.hash) != footer.root_hash)
    return corrupt("the section table does not match its checksum");
  root_hash_ = footer.root_hash;
  return read_sections(table, footer);
}

Result<void> LayerFile::read_sections(std::string_view table, const LayerFooter& footer) {
  const std::size_t rows_bytes = footer.sections * sizeof(SectionRow);
  block_hashes_.resize(footer.blocks);
  if (footer.blocks != 0)
    std::memcpy(block_hashes_.data(), table.data() + rows_bytes, table.size() - rows_bytes);
  verified_ = std::make_unique<std::atomic<std::uint8_t>[]>(footer.blocks);
  for (std::uint32_t i = 0; i < footer.sections; ++i) {
    SectionRow row;
    std::memcpy(&row, table.data() + i * sizeof row, sizeof row);
    if (row.offset > footer.table_offset || row.length > footer.table_offset - row.offset)
      return corrupt("a section lies outside the file");
    if (row.id >= kSectionCount) continue;  // a newer minor version's
    if (row.offset % kSectionAlign != 0 || row.length > 0xffffffffu ||
        row.length % row_size(static_cast<Section>(row.id)) != 0)
      return corrupt("a section is not made of whole rows");
    if (row.first_block > footer.blocks || blocks_of(row.length) > footer.blocks - row.first_block)
      return corrupt("a section has no checksums");
    sections_[row.id] = file_.text().substr(row.offset, row.length);
    first_block_[row.id] = row.first_block;
  }
  return {};
}

Result<void> LayerFile::verify_blocks(Section id, std::size_t first, std::size_t last) const {
  const std::string_view bytes = section(id);
  const std::size_t base = first_block_[static_cast<std::size_t>(id)];
  for (std::size_t i = first; i < last; ++i) {
    std::atomic<std::uint8_t>& mark = verified_[base + i];
    if (mark.load(std::memory_order_acquire) != 0) continue;
    if (hash64(bytes.substr(i * kBlockBytes, kBlockBytes)) != block_hashes_[base + i]) {
      return corrupt("block " + std::to_string(i) + " of section " +
                     std::to_string(static_cast<unsigned>(id)) + " does not match its checksum");
    }
    mark.store(1, std::memory_order_release);
  }
  return {};
}

Result<std::string_view> LayerFile::lazy_bytes(Section id, std::uint32_t begin,
                                               std::uint32_t end) const {
  const std::string_view bytes = section(id);
  if (begin > end || end > bytes.size()) return corrupt("an offset lies outside its section");
  if (begin != end) CAIRN_TRY(verify_blocks(id, begin / kBlockBytes, blocks_of(end)));
  return bytes.substr(begin, end - begin);
}

Result<void> LayerFile::verify_all() const {
  for (std::size_t i = 0; i < kSectionCount; ++i) {
    const auto id = static_cast<Section>(i);
    CAIRN_TRY(verify_blocks(id, 0, blocks_of(section(id).size())));
  }
  return {};
}

}  // namespace cairn::graph
