#pragma once
// Layout of a layer file (docs/file-format.md): header, sections on 64-byte boundaries, section
// table with one XXH3 hash per 64 KiB block of every section, footer. Little-endian, columns are
// arrays of fixed-size rows that are used in place. Readers ignore sections of unknown id (a newer
// minor) and refuse another major.
#include <cstddef>
#include <cstdint>

#include "graph/types.h"

namespace cairn::graph {

inline constexpr std::uint64_t kLayerMagic = 0x3152454c4e524143ull;   // "CARNLER1"
inline constexpr std::uint64_t kFooterMagic = 0x31444e454e524143ull;  // "CARNEND1"
inline constexpr std::uint16_t kSnapshotMajor = 2;
inline constexpr std::uint16_t kSnapshotMinor = 0;
inline constexpr std::uint32_t kByteOrderMark = 0x01020304;
inline constexpr std::size_t kBlockBytes = 64 * 1024;
inline constexpr std::size_t kSectionAlign = 64;
inline constexpr std::uint32_t kNoRow = 0xffffffffu;

/// Section ids are stored: append, never renumber.
enum class Section : std::uint32_t {
  kMeta,              // one MetaRow
  kStringBytes,       // all strings back to back, ascending
  kStringEnds,        // u32 per string; row 0 is ""
  kFiles,             // FileRow per file in path order, and one more that holds the ends
  kFileStrings,       // u32 string rows: the names a file's streams use, most frequent first
  kFileTargets,       // u32 dense symbol ids: the targets a file's streams use
  kSymbolName,        // u32 string row
  kSymbolParent,      // u32 symbol row of this layer, kNoRow for a module
  kSymbolAttributes,  // u32: flags << 8 | kind
  kSymbolScope,       // u8: visibility | kFileScoped | kOutOfLine
  kSymbolStable,      // u64 stable id
  kSymbolSignature,   // u32 string row
  kSymbolDetail,      // u32 offsets into kDetailBytes, one more than symbols
  kDetailBytes,       // see detail_codec.h
  kQualifiers,        // QualifierRow, by symbol row
  kSymbolSites,       // u32 offsets into kSiteBytes, one more than symbols
  kSiteBytes,         // see site_codec.h; verified when read
  kLocalBytes,        // see site_codec.h; verified when read
  kOutOffsets,        // u32 per row, one more; rows: own symbols, then kOutForeign
  kOutForeign,        // u32 ids of the base that have out edges in this overlay, ascending
  kOutTarget,         // u32 dense id
  kOutPacked,         // u8 kind and tier
  kOutCount,          // u8 sites; 255 = see kOutBigCount
  kOutOrigin,         // u8 Origin
  kOutBigCount,       // BigCountRow, by edge
  kInOffsets,
  kInForeign,
  kInSource,
  kInPacked,
  kContributions,    // ContributionRow by (src, dst, kind, owner)
  kDefKeys,          // u64 def_key, ascending
  kDefSymbols,       // u32 symbol rows, parallel
  kOpenKeys,         // u64 scope keys, ascending
  kOpenSymbols,      // u32 symbol rows, parallel
  kNameIndex,        // u32 symbol rows by (name, row)
  kStableIndex,      // u32 symbol rows by (stable id, row)
  kMemoKeys,         // u32 ascending: every key that some file looked up
  kMemoFileOffsets,  // u32 offsets into kMemoFileBytes, one more than keys
  kMemoFileBytes,    // file rows that looked the key up, ascending, delta varints
  kFileMemoBytes,    // per file: rows of kMemoKeys, ascending, delta varints
  kRemovedFiles,     // overlay: base file ids, ascending
  kRemap,         // overlay: per symbol of the removed files: dense id that replaces it or kNoRow
  kUnboundNames,  // UnboundNameRow by (name, file)
  kCount
};
inline constexpr std::size_t kSectionCount = static_cast<std::size_t>(Section::kCount);

struct LayerHeader {
  std::uint64_t magic = kLayerMagic;
  std::uint32_t byte_order = kByteOrderMark;
  std::uint16_t major = kSnapshotMajor;
  std::uint16_t minor = kSnapshotMinor;
  std::uint64_t reserved = 0;
  std::uint64_t hash = 0;  // of the bytes before
};
static_assert(sizeof(LayerHeader) == 32);

struct SectionRow {
  std::uint32_t id = 0;
  std::uint32_t first_block = 0;  // row of its first block hash
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};
static_assert(sizeof(SectionRow) == 24);

/// The section table is SectionRows, then u64 block hashes.
struct LayerFooter {
  std::uint64_t table_offset = 0;
  std::uint32_t sections = 0;
  std::uint32_t blocks = 0;
  std::uint64_t file_length = 0;
  std::uint64_t root_hash = 0;  // of header and section table: names the content
  std::uint64_t hash = 0;       // of the footer before this field
  std::uint64_t magic = kFooterMagic;
};
static_assert(sizeof(LayerFooter) == 48);

struct MetaRow {
  std::uint32_t extractor_version = 0;
  std::uint32_t id_base = 0;    // dense id of symbol row 0
  std::uint32_t file_base = 0;  // dense id of file row 0
  std::uint32_t repo = 0;       // string rows
  std::uint32_t commit = 0;
  std::uint32_t config_hash = 0;
  std::uint64_t base_hash = 0;  // overlay: root hash of its base
  std::uint64_t edges_by_tier[6] = {};
};
static_assert(sizeof(MetaRow) == 80);

struct FileRow {
  std::uint32_t path = 0;  // string rows
  std::uint32_t skip_reason = 0;
  std::uint32_t manager = 0;
  std::uint32_t package = 0;
  std::uint32_t module_path = 0;
  std::uint32_t package_path = 0;
  std::uint32_t qualified_prefix = 0;
  std::uint8_t language = 0;
  std::uint8_t parse = 0;
  std::uint8_t flags = 0;
  std::uint8_t reserved = 0;
  std::uint64_t bytes = 0;
  std::uint64_t file_scope = 0;
  std::uint8_t content[20] = {};
  std::uint32_t lines = 0;
  std::uint32_t first_symbol = 0;  // each "first": the end is the next row's
  std::uint32_t first_string = 0;
  std::uint32_t first_target = 0;
  std::uint32_t first_local_byte = 0;
  std::uint32_t first_memo_byte = 0;
  std::uint32_t local_count = 0;
  std::uint32_t sites[6] = {};  // by tier
};
static_assert(sizeof(FileRow) == 120);

struct QualifierRow {
  std::uint32_t symbol = 0;
  std::uint32_t text = 0;
};

struct BigCountRow {
  std::uint32_t edge = 0;
  std::uint32_t count = 0;
};

/// One unit's share of an edge whose source lies in another file than some unit that owns a share.
/// All shares of such an edge are listed, also the one of the source's own file, so that a view
/// that removes a unit can tell what remains.
struct ContributionRow {
  std::uint32_t src = 0;  // dense ids
  std::uint32_t dst = 0;
  std::uint32_t owner = 0;  // dense file id
  std::uint32_t count = 0;
  std::uint8_t kind = 0;
  std::uint8_t tier = 0;
  std::uint8_t origin = 0;
  std::uint8_t reserved = 0;
};
static_assert(sizeof(ContributionRow) == 20);

/// Sites of tier unresolved in a file whose identifier is this name.
struct UnboundNameRow {
  std::uint32_t name = 0;  // string row
  std::uint32_t file = 0;  // file row of this layer
  std::uint32_t count = 0;
};
static_assert(sizeof(UnboundNameRow) == 12);

namespace scope_bit {
inline constexpr std::uint8_t kVisibilityMask = 0x07;
inline constexpr std::uint8_t kFileScoped = 0x80;  // bound in the file's own scope
inline constexpr std::uint8_t kOutOfLine = 0x40;   // has a qualifier
}  // namespace scope_bit

static_assert(static_cast<unsigned>(EdgeKind::kTests) < 32, "kind and tier share a byte");
static_assert(static_cast<unsigned>(Tier::kUnresolved) == 5, "six tiers are counted per file");
static_assert(static_cast<unsigned>(Visibility::kFile) < 8);

}  // namespace cairn::graph
