// Prints the facts of one file: facts_dump LANGUAGE FILE. A tool for writing extractors and
// goldens.
#include "tests/support/facts_dump.h"

#include <fstream>
#include <iostream>
#include <sstream>

#include "indexer/syntax/parse.h"

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: facts_dump LANGUAGE FILE\n";
    return 2;
  }
  const auto language = cairn::graph::language_named(argv[1]);
  std::ifstream in(argv[2], std::ios::binary);
  if (!language || !in) {
    std::cerr << "facts_dump: unknown language or unreadable file\n";
    return 3;
  }
  std::stringstream bytes;
  bytes << in.rdbuf();
  const std::string source = bytes.str();
  const auto out = cairn::indexer::syntax::extract(source, *language);
  std::cout << cairn::test::dump_facts(out.facts);
  return cairn::graph::validate(out.facts) ? 0 : 1;
}
