// Incremental = clean: after every random change of a folder of sources, the snapshot updated in
// place prints the same as one built from nothing. Changes: lines removed, copied or swapped, names
// exchanged, files added, removed, renamed and overwritten by another. The seed is printed; set
// CAIRN_EDITS for the number of changes and CAIRN_SEED for another run.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include "indexer/index.h"
#include "tests/support/snapshot_builder.h"
#include "tests/support/temp_dir.h"

namespace cairn::indexer {
namespace {

namespace fs = std::filesystem;

std::string slurp(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream out;
  out << in.rdbuf();
  return out.str();
}

void spill(const fs::path& path, std::string_view text) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
}

unsigned from_environment(const char* name, unsigned otherwise) {
  const char* text = std::getenv(name);
  return text != nullptr ? static_cast<unsigned>(std::strtoul(text, nullptr, 10)) : otherwise;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> out;
  std::stringstream in(text);
  for (std::string line; std::getline(in, line);) out.push_back(line);
  return out;
}

class Editor {
 public:
  Editor(fs::path root, unsigned seed) : root_(std::move(root)), random_(seed) {}

  /// What was done, for the failure message.
  std::string change_something() {
    const std::vector<fs::path> files = all_files();
    const fs::path file = files[pick(files.size())];
    const fs::path other = files[pick(files.size())];
    const std::string name = fs::relative(file, root_).generic_string();
    switch (pick(10)) {
      case 0:
        if (files.size() < 8) return "nothing";
        fs::remove(file);
        return "removed " + name;
      case 1: {
        const fs::path to =
            file.parent_path() / ("moved" + std::to_string(pick(6)) + file.extension().string());
        fs::rename(file, to);
        return "renamed " + name + " to " + to.filename().string();
      }
      case 2: {
        const fs::path to = other.parent_path() / file.filename();
        if (to == file) return "nothing";
        fs::copy_file(file, to, fs::copy_options::overwrite_existing);
        return "copied " + name + " to " + fs::relative(to, root_).generic_string();
      }
      case 3:
      case 4:
        return "swapped names in " + name + edit_words(file);
      default:
        return "edited lines of " + name + edit_lines(file, other);
    }
  }

 private:
  std::size_t pick(std::size_t n) {
    return std::uniform_int_distribution<std::size_t>(0, n - 1)(random_);
  }

  std::vector<fs::path> all_files() const {
    std::vector<fs::path> out;
    for (const auto& entry : fs::recursive_directory_iterator(root_))
      if (entry.is_regular_file()) out.push_back(entry.path());
    std::sort(out.begin(), out.end());
    return out;
  }

  std::string edit_lines(const fs::path& file, const fs::path& other) {
    std::vector<std::string> lines = lines_of(slurp(file));
    const std::vector<std::string> donor = lines_of(slurp(other));
    if (lines.empty()) lines.push_back("x = 1");
    const std::size_t at = pick(lines.size());
    const std::size_t count = std::min(lines.size() - at, 1 + pick(4));
    const auto from = lines.begin() + static_cast<std::ptrdiff_t>(at);
    switch (pick(3)) {
      case 0:
        lines.erase(from, from + static_cast<std::ptrdiff_t>(count));
        break;
      case 1: {
        const std::vector<std::string> copy(from, from + static_cast<std::ptrdiff_t>(count));
        lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(pick(lines.size())), copy.begin(),
                     copy.end());
        break;
      }
      default:
        if (!donor.empty()) {
          const std::size_t d = pick(donor.size());
          lines.insert(
              from, donor.begin() + static_cast<std::ptrdiff_t>(d),
              donor.begin() + static_cast<std::ptrdiff_t>(std::min(donor.size(), d + 1 + pick(5))));
        }
    }
    std::string text;
    for (const std::string& line : lines) text += line + "\n";
    spill(file, text);
    return " near line " + std::to_string(at + 1);
  }

  /// Replaces one word of the file by another of it everywhere: renames of definitions and uses.
  std::string edit_words(const fs::path& file) {
    std::string text = slurp(file);
    std::vector<std::string> words;
    std::string word;
    for (const char c : text + " ") {
      if (std::isalnum(static_cast<unsigned char>(c)) || c == '_') {
        word += c;
      } else {
        if (word.size() > 2) words.push_back(word);
        word.clear();
      }
    }
    if (words.size() < 2) return " (none)";
    const std::string from = words[pick(words.size())];
    const std::string to = words[pick(words.size())];
    for (std::size_t at = text.find(from); at != std::string::npos;
         at = text.find(from, at + to.size()))
      text.replace(at, from.size(), to);
    spill(file, text);
    return ": " + from + " to " + to;
  }

  fs::path root_;
  std::mt19937 random_;
};

/// All sources the other tests use, as one repository; or the folder CAIRN_PROPERTY_SOURCE names.
void copy_sources(const fs::path& to) {
  if (const char* other = std::getenv("CAIRN_PROPERTY_SOURCE"); other != nullptr) {
    fs::copy(other, to, fs::copy_options::recursive);
    return;
  }
  const fs::path data(CAIRN_TESTDATA_DIR);
  for (const auto* part : {"link", "facts"})
    for (const auto& entry : fs::recursive_directory_iterator(data / part)) {
      if (!entry.is_regular_file() || entry.path().extension() == ".golden") continue;
      const fs::path place = to / fs::relative(entry.path(), data);
      fs::create_directories(place.parent_path());
      fs::copy_file(entry.path(), place);
    }
}

std::string first_difference(const std::string& updated, const std::string& clean) {
  const std::vector<std::string> a = lines_of(updated);
  const std::vector<std::string> b = lines_of(clean);
  std::size_t i = 0;
  while (i < a.size() && i < b.size() && a[i] == b[i]) ++i;
  return "updated: " + (i < a.size() ? a[i] : "(end)") +
         "\nclean:   " + (i < b.size() ? b[i] : "(end)");
}

Result<Index> index_at(const fs::path& source, const fs::path& data, unsigned threads) {
  IndexOptions options;
  options.source = source.string();
  options.data_dir = data.string();
  options.threads = threads;
  return index_source(options);
}

TEST(IncrementalPropertyTest, UpdatedEqualsCleanAfterEveryChange) {
  const unsigned seed = from_environment("CAIRN_SEED", 20240611);
  const unsigned edits = from_environment("CAIRN_EDITS", 200);
  std::cout << "seed " << seed << ", " << edits << " changes\n";
  const testing::TempDir temp;
  const fs::path source = temp / "source";
  const fs::path data = temp / "data";
  copy_sources(source);
  Editor editor(source, seed);
  ASSERT_TRUE(index_at(source, data, 0));
  unsigned overlays = 0;
  for (unsigned i = 0; i < edits; ++i) {
    const std::string what = editor.change_something();
    const Result<Index> updated = index_at(source, data, 1 + i % 3);
    ASSERT_TRUE(updated) << what << ": " << updated.error().to_string();
    overlays += updated->report.incremental ? 1 : 0;
    const fs::path clean_data = temp / "clean";
    const Result<Index> clean = index_at(source, clean_data, 2);
    ASSERT_TRUE(clean) << what << ": " << clean.error().to_string();
    const std::string now = test::dump(*updated->snapshot);
    const std::string wanted = test::dump(*clean->snapshot);
    fs::remove_all(clean_data);
    ASSERT_TRUE(now == wanted) << "change " << i << " (" << what << ", seed " << seed
                               << "): the updated snapshot differs from a clean one\n"
                               << first_difference(now, wanted);
  }
  // The property must have been tried on overlays, not on clean builds under another name.
  EXPECT_GT(overlays, edits / 2);
}

TEST(DeterminismTest, ThreadsDoNotShowInTheGraph) {
  const testing::TempDir temp;
  const fs::path source = temp / "source";
  copy_sources(source);
  std::string first;
  for (const unsigned threads : {1u, 2u, 8u}) {
    const Result<Index> index =
        index_at(source, temp / ("data" + std::to_string(threads)), threads);
    ASSERT_TRUE(index) << index.error().to_string();
    const std::string text = test::dump(*index->snapshot);
    if (first.empty()) first = text;
    EXPECT_TRUE(text == first) << threads << " threads";
  }
}

}  // namespace
}  // namespace cairn::indexer
