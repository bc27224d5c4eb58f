#ifndef LIST_H
#define LIST_H
#include <stddef.h>

typedef struct node {
  struct node *next;
  void *value;
} node;

typedef struct {
  node *head;
  size_t len;
  void (*release)(void *value);
} list;

enum list_order { LIST_FORWARD, LIST_BACKWARD };

#define LIST_EMPTY(l) ((l)->head == NULL)
#define LIST_LIMIT 64

list *list_new(void);
void list_push(list *list, void *value);
node *list_first(list *l);
extern int list_count;

static inline size_t list_len(list *l) { return l->len; }
#endif
