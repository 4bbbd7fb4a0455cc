#include "open.h"
#include "clock.h"
#include "connection.h"
#include "histogram.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Between two tries of one connection: so long, and up to as long again. */
enum { RETRY_US = 100000 };

static Histogram times;

static void on_ready(Connection *connection) { histogram_add(&times, now_us() - connection->began_us); }

void open_all(const char *file, int at_once, int limit_ms, bool retries) {
  Script *scripts;
  int count = scripts_read(file, &scripts);
  int first = fleet.count;
  for (int index = 0; index < count; index += 1) connection_add(&scripts[index]);
  memset(&times, 0, sizeof times);
  fleet.on_ready = on_ready;
  fleet.on_text = NULL;
  uint64_t bytes = fleet.bytes, failed = fleet.failed;
  uint64_t began = now_us(), end = began + (uint64_t)limit_ms * 1000;
  int ready = fleet.ready, next = first;
  while (now_us() < end) {
    while (next < fleet.count && fleet.opening < at_once) connection_open(fleet.all[next++]);
    fleet_turn(20);
    if (retries) {
      uint64_t now = now_us();
      for (int index = first; index < next; index += 1) {
        Connection *connection = fleet.all[index];
        if (connection->state != CLOSED) continue;
        if (connection->retry_us == 0) connection->retry_us = now + RETRY_US + (uint64_t)(rand() % RETRY_US);
        else if (connection->retry_us <= now && fleet.opening < at_once) connection_open(connection);
      }
      if (fleet.ready - ready == count) break;
    } else if (next == fleet.count && fleet.opening == 0) {
      break;
    }
  }
  fleet.on_ready = NULL;
  printf("{\"ready\":%d,\"failed\":%llu,\"seconds\":%.3f,\"bytes\":%llu,", fleet.ready - ready,
         (unsigned long long)(fleet.failed - failed), (double)(now_us() - began) / 1e6,
         (unsigned long long)(fleet.bytes - bytes));
  histogram_print("opening", &times);
  printf("}\n");
}
