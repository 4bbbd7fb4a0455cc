#ifndef CONNECTION_H
#define CONNECTION_H
#include "script.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum { CLOSED, CONNECTING, UPGRADING, STEPPING, READY } State;

typedef struct {
  int fd;
  int index;
  State state;
  /* Which of the script's waits is next. */
  int step;
  const Script *script;
  /* Of a text that has not come as a whole. */
  char *rest;
  size_t rest_length;
  /* Not written yet. */
  char *out;
  size_t out_length;
  size_t out_size;
  bool is_dirty;
  bool wants_write;
  uint64_t began_us;
  /* When to try again; 0: not at all. */
  uint64_t retry_us;
  int close_code;
} Connection;

/* What all connections have in common. */
typedef struct {
  char host[64];
  int port;
  /* 0: WebSocket. Else no frames: texts end with this character. */
  char delimiter;
  Connection **all;
  int count;
  int opening;
  int ready;
  /* Ended, or refused, before they were ready; and after. */
  uint64_t failed;
  uint64_t lost;
  int last_close;
  uint64_t bytes;
  uint64_t texts;
  /* Of each text of a ready connection. */
  void (*on_text)(Connection *connection, const char *text, size_t length);
  void (*on_ready)(Connection *connection);
} Fleet;

extern Fleet fleet;

void fleet_start(void);
/* Adds a connection that is closed. */
Connection *connection_add(const Script *script);
void connection_open(Connection *connection);
void connection_close(Connection *connection);
/* Goes out with everything else that the connection says in this turn, as one write. */
void connection_say(Connection *connection, const char *text, size_t length);
/* Writes what was said, waits for what comes (at most so many ms), and handles it. */
void fleet_turn(int timeout_ms);
/* The epoll instance, for other descriptors: these have no connection; true is answered once one is readable. */
void fleet_watch_input(bool is_watched);
bool fleet_has_input(void);

#endif
