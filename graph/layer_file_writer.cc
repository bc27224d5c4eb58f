#include "base/fail_point.h"
#include "base/hash.h"
#include "graph/layer_file.h"

namespace cairn::graph {
namespace {

template <class T>
std::string_view bytes_of(const T& value) {
  return {reinterpret_cast<const char*>(&value), sizeof value};
}
template <class T>
std::string_view bytes_of(const std::vector<T>& rows) {
  return {reinterpret_cast<const char*>(rows.data()), rows.size() * sizeof(T)};
}

LayerHeader make_header() {
  LayerHeader header;
  header.hash = hash64(bytes_of(header).substr(0, offsetof(LayerHeader, hash)));
  return header;
}

}  // namespace

Result<LayerFileWriter> LayerFileWriter::create(const std::string& path) {
  CAIRN_ASSIGN(AtomicFile file, AtomicFile::create(path));
  LayerFileWriter writer(std::move(file));
  CAIRN_TRY(writer.put(bytes_of(make_header())));
  return writer;
}

Result<void> LayerFileWriter::put(std::string_view bytes) {
  CAIRN_TRY(file_.write(bytes));
  at_ += bytes.size();
  return {};
}

Result<void> LayerFileWriter::add(Section id, std::string_view bytes) {
  if (bytes.size() > 0xffffffffu) {
    return Error(ErrorCode::kLimitExceeded,
                 "section " + std::to_string(static_cast<unsigned>(id)) +
                     " of the snapshot is over 4 GiB; index fewer files with [index] exclude");
  }
  static constexpr char kPadding[kSectionAlign] = {};
  const std::size_t past = at_ % kSectionAlign;
  if (past != 0) CAIRN_TRY(put(std::string_view(kPadding, kSectionAlign - past)));
  SectionRow row;
  row.id = static_cast<std::uint32_t>(id);
  row.first_block = static_cast<std::uint32_t>(blocks_.size());
  row.offset = at_;
  row.length = bytes.size();
  sections_.push_back(row);
  for (std::size_t begin = 0; begin < bytes.size(); begin += kBlockBytes)
    blocks_.push_back(hash64(bytes.substr(begin, kBlockBytes)));
  return put(bytes);
}

Result<std::uint64_t> LayerFileWriter::commit() {
  static constexpr char kPadding[kSectionAlign] = {};
  const std::size_t past = at_ % kSectionAlign;
  if (past != 0) CAIRN_TRY(put(std::string_view(kPadding, kSectionAlign - past)));
  LayerFooter footer;
  footer.table_offset = at_;
  footer.sections = static_cast<std::uint32_t>(sections_.size());
  footer.blocks = static_cast<std::uint32_t>(blocks_.size());
  std::string table(bytes_of(sections_));
  table += bytes_of(blocks_);
  CAIRN_TRY(put(table));
  footer.file_length = at_ + sizeof footer;
  footer.root_hash = hash64(table, make_header().hash);
  footer.hash = hash64(bytes_of(footer).substr(0, offsetof(LayerFooter, hash)));
  CAIRN_TRY(put(bytes_of(footer)));
  fail_point("layer.before_commit");
  CAIRN_TRY(file_.commit());
  return at_;
}

}  // namespace cairn::graph
