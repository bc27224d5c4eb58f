#include "list.h"
#include <stdlib.h>
#include "util.h"

int list_count = 0;

static node *make(void *value);

list *list_new(void) {
  list *l = calloc(1, sizeof(list));
  //        ^ external/call external:libc#calloc
  //                         ^ resolved src/list.h:14
  list_count++;
  // @3 exact/write :5
  return l;
}

void list_push(list *list, void *value) {
  //           ^ resolved/type src/list.h:14
  node *n = make(value);
  // @3 resolved/type src/list.h:5
  //        ^ exact/call :33
  n->next = list->head;
  // ^ resolved/write src/list.h:6
  //              ^ resolved/read src/list.h:11
  list->head = n;
  //    ^ resolved/write src/list.h:11
  list->len += LIST_FORWARD;
  //           ^ resolved/read src/list.h:16
}

// Declared static above, not here.
node *make(void *value) {
  if (helper(3) > LIST_LIMIT) unknown_thing(value);
  //  ^ resolved/call src/util.c:4
  //              ^ resolved/macro src/list.h:19
  //                          ^ unresolved
  return hidden();
  //     ^ heuristic/call lib/hidden.c:1
}

node *list_first(list *l) {
  if (LIST_EMPTY(l)) return NULL;
  //  ^ resolved/macro src/list.h:18
  l->release(l->head[0].value);
  // ^ resolved/read src/list.h:13
  //            ^ resolved/read src/list.h:11
  //                    ^ resolved/read src/list.h:7
  return list_len(l) ? l->head : 0;
  //     ^ resolved/call src/list.h:26
}
