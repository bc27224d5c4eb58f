#include "definitions.h"

struct server { struct client *clients[4]; int (*accept)(int fd); struct { int port; } config; };
static struct server server;

int main(int argc, char **argv) {
  node n = {.value = argc}, *p = &n;
  size_t bytes = sizeof(struct server), count = 0;
  extern int other(void);
  p->release(p, (void *)argv);
  (*server.accept)(server.config.port);
  for (int i = 0; i < LIMIT; i++) {
    int count = i;
    server.clients[i]->flags += count;
    count++;
  }
  *p = (node){.value = 1, .bounds.low = 3};
  struct local { int x; } l;
  l.x = count ? add(1, 2) : other();
  if (n.value /* || */ && (bytes || count) && p) goto out;
  else if (argc > 1) p = p->next;
  else printf("%d" PRId64 "\n", l.x);
  switch (argc) { case RED: break; case GREEN: return GREEN; default: break; }
  do { --argc; } while (argc > 0);
out:
  return offsetof(struct server, config);
}

static void callback(void *data) {
  struct client *c = data;
  qsort(c->items, c->length, sizeof(*c->items), compare);
  ((struct client *)data)->handler = callback;
  unused(shadow);
  int shadow = shadow_source(shadow);
}
