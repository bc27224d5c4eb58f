// A layer file of any bytes: opening and verifying it ends in an answer or an error.
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "graph/layer.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::string path =
      (std::filesystem::temp_directory_path() / ("cairn_layer_fuzz." + std::to_string(getpid())))
          .string();
  {
    std::ofstream out(path, std::ios::binary | std::ios::trunc);
    out.write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
    if (!out) std::abort();
  }
  const auto layer = cairn::graph::Layer::open(path);
  if (layer && size == 0) std::abort();
  // Damage in a section that is verified late is an error, which is an answer.
  if (layer) static_cast<void>((*layer)->verify_all());
  std::filesystem::remove(path);
  return 0;
}
