/* Included before tree-sitter-swift's scanner.c (cmake/grammars.cmake). Its create() asks for
 * calloc(0, size) and then uses that memory: what it reads there depends on whatever stood in the
 * heap before, and what it writes lands outside the block. */
#include <stdlib.h>
#define calloc(count, size) calloc((count) ? (count) : 1, (size))
