#include "util.h"

static int seen;
int helper(int x) { return seen + local(x) + x; }
//                         ^ exact/read :3
//                                ^ unresolved
