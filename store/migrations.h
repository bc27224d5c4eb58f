#pragma once
// The history of the database schema. Forward only: entries are appended, never edited once
// released; PRAGMA user_version holds how many were applied.
#include <span>

namespace cairn::store {

/// SQL scripts; script i leads from version i to i + 1. Each runs in one transaction.
std::span<const char* const> migrations();

/// The version this build reads and writes.
inline int schema_version() { return static_cast<int>(migrations().size()); }

/// PRAGMA application_id: "carn". Tells our files from other programs' databases.
inline constexpr int kApplicationId = 0x6361726e;

}  // namespace cairn::store
