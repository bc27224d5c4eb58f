#pragma once
// Who watches a run from outside, so that a file that ends the process can be named. begin() and
// end() are called by the thread that works on the file; implementations are thread-safe and quick.
#include <string_view>

#include "base/hash.h"
#include "graph/types.h"
#include "indexer/stage.h"

namespace cairn::indexer {

struct WorkItem {
  Stage stage = Stage::kExtract;
  std::string_view path;
  ContentId content;  // zero when not known yet
  graph::Language language = graph::Language::kUnknown;
};

class WorkWatch {
 public:
  virtual ~WorkWatch() = default;
  virtual void begin(const WorkItem& item) = 0;
  /// Not called when the work ends by an exception: then the mark stays.
  virtual void end() = 0;
};

/// Runs f, marked if somebody watches.
template <class F>
auto watched(WorkWatch* watch, const WorkItem& item, F&& f) {
  if (watch == nullptr) return f();
  watch->begin(item);
  auto result = f();
  watch->end();
  return result;
}

}  // namespace cairn::indexer
