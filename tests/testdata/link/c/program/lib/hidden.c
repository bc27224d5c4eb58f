int hidden(void) {
  return helper(1);
  //     ^ heuristic/call lib/util.c:3
}
