#pragma once
// Cursors: where the next page of a list begins. Opaque hex text bound to the snapshot and the
// question, so that a page of another snapshot or another question is never served by mistake. They
// guard against accidents, not against people: all they hold is an offset into an answer the caller
// may read anyway. Pure functions.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace cairn::api {

struct PageRequest {
  std::uint64_t limit = 100;
  std::string cursor;  // "" = the first page
};

std::string make_cursor(std::string_view snapshot, std::uint64_t question, std::uint64_t offset);

/// Where the page begins; 0 without a cursor. kInvalidArgument: no cursor of ours, or of another
/// question. kGone: the snapshot it belongs to is no longer current.
Result<std::uint64_t> cursor_offset(std::string_view cursor, std::string_view snapshot,
                                    std::uint64_t question);

}  // namespace cairn::api
