#ifndef DEFINITIONS_H
#define DEFINITIONS_H
#include <stdio.h>
#include "server/list.h"

#define LIMIT 16
#define ADD(a, b) add_checked((a) + (b), LIMIT)
#define LOG(fmt, ...) log_line(current->file, fmt, ##__VA_ARGS__)

/* A node of the list.
 * Owned by the list. */
typedef struct node {
  int value;
  struct node *next;
  struct { int low, high; } bounds;
  union { long whole; char bytes[8]; };
  void (*release)(struct node *self, void *data);
} node, *node_ref;

typedef struct opaque opaque;
struct forward;
typedef struct { int width; } size;
typedef int (*compare_fn)(const void *, const void *);

enum { RED, GREEN = 2 };
typedef enum color { BLUE } color;

extern int shared_count;
static const char *names[] = {"a", NULL};
const int answer = 42;
static node *head, tail, spare[3];

node table[] = {{.value = 1, .bounds = {.low = 2}}, [1] = {.next = &tail}};

int add(int left, int right);
static inline int twice(int x) { return add(x, x); }
int old_style(a, b) int a; char *b; { return a + *b; }
char *(*finder(void))(int);
void log_line(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#if defined(FAST) && LIMIT > 4
int pick(void) { return 1; }
#elif SLOW
int pick(void) { return 2; }
#endif
#endif
