#include <stdio.h>
#include "list.h"
#include "../lib/util.h"
#ifdef FAST
#define STEP 2
#else
#define STEP 1
#endif

struct stat_line { int list_new; };

static void make(struct stat_line *line) {
  line->list_new = STEP;
  //    ^ resolved/write :10
  //               ^ dispatch/macro :5 :7
}

int main(int argc, char **argv) {
  struct stat_line lines[4];
  list *all = list_new();
  //          ^ resolved/call src/list.c:9
  lines[argc].list_new = helper(argc);
  //          ^ resolved/write :10
  //                     ^ resolved/call lib/util.c:3
  make(&lines[0]);
  // @3 exact/call :12
  list_first(all)->next = NULL;
  // @3 resolved/call src/list.c:42
  //               ^ resolved/write src/list.h:6
  node *(*find)(list *) = list_first;
  //                      ^ resolved/value src/list.c:42
  find(all);
  // @3 resolved/call src/list.c:42
  printf("%d %s\n", list_count, argv[0]);
  // @3 external/call external:libc#printf
  //                ^ resolved/read src/list.c:5
  return 0;
}
