// A layer file of any bytes: opening, verifying and reading all of it ends in an answer or an
// error. Checksums find accidents, not attackers, and hardly any mutation would pass them: the
// bytes are tried once as they are and once with every checksum made to fit.
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>

#include "base/hash.h"
#include "graph/format.h"
#include "graph/layer.h"
#include "graph/snapshot.h"

namespace {

using namespace cairn::graph;

template <class T>
T at(const std::string& bytes, std::size_t offset) {
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof value);
  return value;
}
template <class T>
void put(std::string& bytes, std::size_t offset, const T& value) {
  std::memcpy(bytes.data() + offset, &value, sizeof value);
}

/// False when there is no frame to mend.
bool mend_checksums(std::string& bytes) {
  if (bytes.size() < sizeof(LayerHeader) + sizeof(LayerFooter)) return false;
  const std::size_t footer_at = bytes.size() - sizeof(LayerFooter);
  auto header = at<LayerHeader>(bytes, 0);
  auto footer = at<LayerFooter>(bytes, footer_at);
  header.magic = kLayerMagic;
  header.hash = cairn::hash64(std::string_view(bytes).substr(0, offsetof(LayerHeader, hash)));
  put(bytes, 0, header);
  footer.magic = kFooterMagic;
  footer.file_length = bytes.size();
  const std::uint64_t rows = std::uint64_t{footer.sections} * sizeof(SectionRow);
  const std::uint64_t table = rows + std::uint64_t{footer.blocks} * sizeof(std::uint64_t);
  if (table > footer_at - sizeof(LayerHeader)) return false;
  footer.table_offset = footer_at - table;
  for (std::uint32_t i = 0; i < footer.sections; ++i) {
    const auto row = at<SectionRow>(bytes, footer.table_offset + i * sizeof(SectionRow));
    if (row.offset > footer.table_offset || row.length > footer.table_offset - row.offset) continue;
    const std::uint64_t blocks = (row.length + kBlockBytes - 1) / kBlockBytes;
    for (std::uint64_t b = 0; b < blocks && row.first_block + b < footer.blocks; ++b) {
      const auto block = std::string_view(bytes)
                             .substr(row.offset, row.length)
                             .substr(b * kBlockBytes, kBlockBytes);
      put(bytes, footer.table_offset + rows + (row.first_block + b) * sizeof(std::uint64_t),
          cairn::hash64(block));
    }
  }
  footer.root_hash =
      cairn::hash64(std::string_view(bytes).substr(footer.table_offset, table), header.hash);
  put(bytes, footer_at, footer);
  footer.hash =
      cairn::hash64(std::string_view(bytes).substr(footer_at, offsetof(LayerFooter, hash)));
  put(bytes, footer_at, footer);
  return true;
}

void read_symbol(const Snapshot& snapshot, SymbolId s) {
  static_cast<void>(snapshot.qualified(s));
  static_cast<void>(snapshot.id_string(s));
  static_cast<void>(snapshot.details(s));
  static_cast<void>(snapshot.signature(s));
  static_cast<void>(snapshot.parent(s));
  static_cast<void>(snapshot.canonical(s));
  static_cast<void>(snapshot.children(s));
  std::size_t index = 0;
  for (const Edge e : snapshot.out_edges(s)) {
    if (!snapshot.is_live(e.other)) std::abort();
    static_cast<void>(snapshot.out_weight(s, index++));
  }
  for (const Edge e : snapshot.in_edges(s))
    if (!snapshot.is_live(e.other)) std::abort();
}

void read_all(const Snapshot& snapshot) {
  constexpr std::uint32_t kEnough = 500;  // symbols of a file
  for (const FileId f : snapshot.files()) {
    const FileInfo info = snapshot.file(f);
    static_cast<void>(snapshot.file_by_path(info.path));
    static_cast<void>(snapshot.lookups(f));
    if (const auto sites = snapshot.sites_of_file(f))
      for (const SymbolId target : sites->targets)
        if (!snapshot.is_live(target)) std::abort();
    static_cast<void>(snapshot.locals(f));
    if (info.symbol_count == 0) continue;
    static_cast<void>(snapshot.innermost_at(f, {3, 3}));
    for (std::uint32_t i = 0; i < std::min(info.symbol_count, kEnough); ++i)
      read_symbol(snapshot, SymbolId(info.first_symbol.value() + i));
  }
  static_cast<void>(snapshot.named("main"));
  static_cast<void>(snapshot.with_prefix("m", 10));
  static_cast<void>(snapshot.unbound_sites("print", Family::kPython));
}

void open(const std::string& bytes) {
  static const std::string path =
      (std::filesystem::temp_directory_path() / ("cairn_layer_fuzz." + std::to_string(getpid())))
          .string();
  {
    std::ofstream out(path, std::ios::binary | std::ios::trunc);
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    if (!out) std::abort();
  }
  if (auto layer = Layer::open(path)) {
    if (bytes.empty()) std::abort();
    // Damage in a section that is verified late is an error, which is an answer.
    static_cast<void>((*layer)->verify_all());
    if (!(*layer)->is_overlay())
      if (const auto snapshot = Snapshot::make(std::move(*layer))) read_all(**snapshot);
  }
  std::filesystem::remove(path);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string bytes(reinterpret_cast<const char*>(data), size);
  open(bytes);
  if (mend_checksums(bytes)) open(bytes);
  return 0;
}
