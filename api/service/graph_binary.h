#pragma once
// Graph answers as bytes that a browser views as typed arrays without copying; the layout stands in
// docs/api.md. Pure functions; thread-safe.
#include <cstdint>
#include <string>
#include <string_view>

#include "api/service/dto_graph.h"

namespace cairn::api {

inline constexpr std::string_view kGraphMediaType = "application/vnd.cairn.graph";
inline constexpr std::uint32_t kGraphMagic = 0x47524E43;  // "CNRG"
inline constexpr std::uint32_t kGraphVersion = 1;
/// Stands for a node without a parent.
inline constexpr std::uint32_t kGraphNone = 0xFFFFFFFF;

/// Appends the binary form.
void append_binary(std::string& out, OverviewAnswer answer);
void append_binary(std::string& out, NeighbourhoodAnswer answer);

}  // namespace cairn::api
