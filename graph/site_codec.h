#pragma once
// Byte layout of site and local streams; used by site_encoder.cc and site_decoder.cc.
//
// Sites of one owner follow each other in position order. A site is
//   control   role (4 bits) | form (2 bits) | same line (1) | has flags (1)
//   [general] presence byte, form kGeneral only
//   [rule]    origin << 3 | tier; absent in form kLocal (exact, lexical)
//   [flags]   ref_flag bits, if the control bit says so
//   position  same line: column - previous column; else line - previous line, column
//   fields    kLocal: local row; kTarget: target row; kOpen: reason, name row, [external row if the
//             tier is external]; kGeneral: those its presence byte names
// Rows are into the file's own string and target tables. The text is the name of the local or first
// target unless given; the length is that of the text unless given. The previous position starts at
// line 0, column 0.
//
// A local is: owner - previous owner (signed), name row, kind (5 bits) | has position (1) | has
// type (1), [position], line - previous line (signed), column, [target row of the type].
#include <cstdint>

#include "graph/types.h"

namespace cairn::graph::site_codec {

enum Form : unsigned { kLocal = 0, kTarget = 1, kOpen = 2, kGeneral = 3 };
inline constexpr unsigned kRoleMask = 0x0f;
inline constexpr unsigned kFormShift = 4;
inline constexpr unsigned kSameLine = 0x40;
inline constexpr unsigned kHasFlags = 0x80;

enum Presence : unsigned {
  kName = 1,
  kLength = 2,
  kLocalRow = 4,
  kExternal = 8,
  kReason = 16,
  kTargets = 32,
};

inline constexpr unsigned kLocalHasPosition = 0x20;
inline constexpr unsigned kLocalHasType = 0x40;
inline constexpr unsigned kLocalKindMask = 0x1f;

static_assert(static_cast<unsigned>(RefRole::kMacro) <= kRoleMask);
static_assert(static_cast<unsigned>(Origin::kCompiler) < 32, "origin and tier share a byte");
static_assert(static_cast<unsigned>(SymbolKind::kRoute) <= kLocalKindMask);

}  // namespace cairn::graph::site_codec
