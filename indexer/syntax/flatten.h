#pragma once
/* One pass over a finished parse tree that writes its visible nodes into a flat array in pre-order.
 * The core's public cursor gives the same nodes at several times the cost, which was a fifth of
 * extraction. This reads the core's own structures, so it is compiled with the core's sources, of
 * the version grammars/package-lock.json names; a test compares it with the cursor node by node.
 * C, since those are; plain types, since C and C++ name the others in different headers.
 * No recursion; memory besides the output is one frame per open level. Thread-safe. */
struct TSTree;

#ifdef __cplusplus
extern "C" {
#endif

/* Same layout as cairn::indexer::syntax::Node. */
typedef struct {
  unsigned short type;
  unsigned char field;
  unsigned char flags;
  unsigned begin;
  unsigned end;
  unsigned row;
  unsigned parent;
  unsigned next;
} CairnFlatNode;

typedef struct {
  const unsigned short* type_of; /* per public symbol; 0 and no flags: the node is left out */
  const unsigned char* flags_of; /* per public symbol */
  unsigned symbol_count;
  const unsigned char* field_of; /* per field */
  unsigned char error_flags;     /* of nodes whose symbol is no row of the tables */
  unsigned char missing_flag;
  unsigned max_nodes;
  unsigned max_depth; /* of visible nodes */
} CairnFlattenRules;

/* No more nodes than this come out of the tree. */
unsigned cairn_flatten_bound(const struct TSTree* tree);

/* Writes at most min(bound, max_nodes) nodes and returns how many. *truncated tells whether a limit
 * left nodes out; *exhausted that memory for frames ran out, in which case the rest is left out. */
unsigned cairn_flatten(const struct TSTree* tree, const CairnFlattenRules* rules,
                       CairnFlatNode* out, int* truncated, int* exhausted);

#ifdef __cplusplus
}
#endif
