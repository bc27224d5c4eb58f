#include "util.h"
static int seen;
int helper(int x) { return seen; }
//                         ^ exact/read :2
