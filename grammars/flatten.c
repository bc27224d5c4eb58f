#include "indexer/syntax/flatten.h"

#include <stdlib.h>

#include "language.h"
#include "subtree.h"
#include "tree.h"

#define NO_NODE 0xffffffffu

/* A node whose children are being visited. */
typedef struct {
  const Subtree *children;
  const TSSymbol *aliases;
  const TSFieldMapEntry *fields;
  const TSFieldMapEntry *fields_end;
  uint32_t child_count;
  uint32_t child_index;
  uint32_t structural_index;  /* children that are no extras, for aliases and fields */
  uint32_t at;                /* where the next child's padding begins */
  uint32_t row;
  uint32_t node;              /* its row in the output, or NO_NODE */
  uint32_t parent;            /* the kept node that its children belong to */
  uint32_t depth;             /* visible levels above its children */
  TSFieldId field;            /* of a hidden node: what its children inherit */
} Frame;

static void open_frame(Frame *f, const TSLanguage *language, const Subtree *subtree) {
  f->children = ts_subtree_children(*subtree);
  f->child_count = ts_subtree_child_count(*subtree);
  f->child_index = 0;
  f->structural_index = 0;
  const uint16_t production = subtree->ptr->production_id;
  f->aliases = ts_language_alias_sequence(language, production);
  ts_language_field_map(language, production, &f->fields, &f->fields_end);
}

static TSFieldId field_of(const Frame *f, bool extra) {
  if (extra) return 0;
  for (const TSFieldMapEntry *e = f->fields; e < f->fields_end; ++e)
    if (!e->inherited && e->child_index == f->structural_index) return e->field_id;
  return f->field;
}

/* Adds the node if the rules keep it; returns its row or NO_NODE. */
static uint32_t keep(const TSTree *tree, const CairnFlattenRules *rules, Subtree subtree,
                     TSSymbol alias, TSFieldId field, CairnFlatNode *out, uint32_t count) {
  TSSymbol symbol = alias ? alias : ts_subtree_symbol(subtree);
  uint16_t type = 0;
  uint8_t flags = rules->error_flags;
  if (symbol != ts_builtin_sym_error && symbol != ts_builtin_sym_error_repeat)
    symbol = tree->language->public_symbol_map[symbol];
  if (symbol < rules->symbol_count) {
    type = rules->type_of[symbol];
    flags = rules->flags_of[symbol];
    if (type == 0 && flags == 0) return NO_NODE;
  }
  CairnFlatNode *n = &out[count];
  n->type = type;
  n->flags = ts_subtree_missing(subtree) ? (uint8_t)(flags | rules->missing_flag) : flags;
  n->field = rules->field_of[field];
  n->next = count + 1;
  return count;
}

uint32_t cairn_flatten_bound(const TSTree *tree) {
  return ts_subtree_visible_descendant_count(tree->root) + 1;
}

uint32_t cairn_flatten(const TSTree *tree, const CairnFlattenRules *rules, CairnFlatNode *out,
                       int *truncated, int *exhausted) {
  *truncated = 0;
  *exhausted = 0;
  if (rules->max_nodes == 0 || rules->max_depth == 0) {
    *truncated = 1;
    return 0;
  }
  uint32_t capacity = 256;
  Frame *frames = malloc(capacity * sizeof(Frame));
  if (frames == NULL) {
    *exhausted = 1;
    return 0;
  }
  uint32_t count = 0;
  uint32_t open = 0;
  const Length padding = ts_subtree_padding(tree->root);
  const Length size = ts_subtree_size(tree->root);
  const uint32_t root = keep(tree, rules, tree->root, 0, 0, out, 0);
  if (root != NO_NODE) {
    out[0].begin = padding.bytes;
    out[0].end = padding.bytes + size.bytes;
    out[0].row = padding.extent.row;
    out[0].parent = NO_NODE;
    count = 1;
  }
  if (ts_subtree_child_count(tree->root) > 0) {
    Frame *f = &frames[open++];
    open_frame(f, tree->language, &tree->root);
    f->at = padding.bytes;
    f->row = padding.extent.row;
    f->node = f->parent = root;
    f->depth = 1;
    f->field = 0;
  }
  while (open > 0) {
    Frame *f = &frames[open - 1];
    if (f->child_index == f->child_count) {
      if (f->node != NO_NODE) out[f->node].next = count;
      --open;
      continue;
    }
    const Subtree *child = &f->children[f->child_index];
    if (f->child_index > 0) {
      const Length before = ts_subtree_padding(*child);
      f->at += before.bytes;
      f->row += before.extent.row;
    }
    const bool extra = ts_subtree_extra(*child);
    const TSSymbol alias = !extra && f->aliases ? f->aliases[f->structural_index] : 0;
    const bool visible = alias != 0 || ts_subtree_visible(*child);
    const uint32_t grandchildren = ts_subtree_child_count(*child);
    const Length length = ts_subtree_size(*child);
    const uint32_t begin = f->at;
    const uint32_t row = f->row;
    uint32_t self = NO_NODE;
    bool descend = grandchildren > 0;
    TSFieldId field = 0;
    if (visible || descend) field = field_of(f, extra);
    if (visible) {
      if (count >= rules->max_nodes || f->depth >= rules->max_depth) {
        *truncated = 1;
        descend = false;
      } else {
        self = keep(tree, rules, *child, alias, field, out, count);
        if (self != NO_NODE) {
          out[self].begin = begin;
          out[self].end = begin + length.bytes;
          out[self].row = row;
          out[self].parent = f->parent;
          ++count;
        }
      }
    }
    ++f->child_index;
    if (!extra) ++f->structural_index;
    f->at += length.bytes;
    f->row += length.extent.row;
    if (!descend) continue;
    const uint32_t parent = self != NO_NODE ? self : f->parent;
    const uint32_t depth = f->depth + (visible ? 1 : 0);
    if (open == capacity) {
      Frame *more = realloc(frames, 2 * (size_t)capacity * sizeof(Frame));
      if (more == NULL) {
        *truncated = *exhausted = 1;
        continue;
      }
      frames = more;
      capacity *= 2;
    }
    Frame *inner = &frames[open++];
    open_frame(inner, tree->language, child);
    inner->at = begin;
    inner->row = row;
    inner->node = self;
    inner->parent = parent;
    inner->depth = depth;
    inner->field = visible ? 0 : field;
  }
  free(frames);
  return count;
}
