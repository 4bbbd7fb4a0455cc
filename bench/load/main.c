#include "as_child.h"
#include "clock.h"
#include "connection.h"
#include "direct.h"
#include "fail.h"
#include "fan_out.h"
#include "open.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * The load: takes orders on stdin, a line each, fields divided by tabs, and answers each with a line of JSON.
 *   target  HOST  PORT  ws|lines|tags
 *   open    FILE  AT-ONCE  MS  0|1 (try again)
 *   fanout  MARKER  LISTENERS  BURST  MS
 *   direct  WINDOW  RATE  MS
 *   stats
 *   close
 * Between orders connections live on: pings are answered. It ends with its input.
 */

enum { MOST_FIELDS = 8, LINE = 4096 };

static void close_all(void) {
  for (int index = 0; index < fleet.count; index += 1) {
    fleet.all[index]->close_code = 0;
    connection_close(fleet.all[index]);
  }
  /* Scripts and connections are few enough to be left until the process ends. */
  fleet.count = 0;
  printf("{}\n");
}

static void stats(void) {
  printf("{\"ready\":%d,\"lost\":%llu,\"lastClose\":%d,\"failed\":%llu,\"bytes\":%llu,\"texts\":%llu,\"cpu\":%.4f}\n",
         fleet.ready, (unsigned long long)fleet.lost, fleet.last_close, (unsigned long long)fleet.failed,
         (unsigned long long)fleet.bytes, (unsigned long long)fleet.texts, own_cpu());
}

static char delimiter_of(const char *wire) {
  if (strcmp(wire, "lines") == 0) return '\n';
  return strcmp(wire, "tags") == 0 ? '>' : 0;
}

static void obey(char *line) {
  char *fields[MOST_FIELDS] = {0};
  int count = 0;
  for (char *field; count < MOST_FIELDS && (field = strsep(&line, "\t")) != NULL;) fields[count++] = field;
  if (strcmp(fields[0], "target") == 0 && count == 4) {
    snprintf(fleet.host, sizeof fleet.host, "%s", fields[1]);
    fleet.port = atoi(fields[2]);
    fleet.delimiter = delimiter_of(fields[3]);
    printf("{}\n");
  } else if (strcmp(fields[0], "open") == 0 && count == 5) {
    open_all(fields[1], atoi(fields[2]), atoi(fields[3]), fields[4][0] == '1');
  } else if (strcmp(fields[0], "fanout") == 0 && count == 5) {
    fan_out(fields[1], atoi(fields[2]), atoi(fields[3]), atoi(fields[4]));
  } else if (strcmp(fields[0], "direct") == 0 && count == 4) {
    direct(atoi(fields[1]), atof(fields[2]), atoi(fields[3]));
  } else if (strcmp(fields[0], "stats") == 0) {
    stats();
  } else if (strcmp(fields[0], "close") == 0) {
    close_all();
  } else {
    fail("this order is unknown");
  }
  fflush(stdout);
}

int main(void) {
  run_as_child();
  fleet_start();
  char input[LINE];
  size_t held = 0;
  for (;;) {
    fleet_watch_input(true);
    while (!fleet_has_input()) fleet_turn(-1);
    fleet_watch_input(false);
    ssize_t got = read(STDIN_FILENO, input + held, sizeof input - held);
    if (got <= 0) return 0;
    held += (size_t)got;
    char *end;
    while ((end = memchr(input, '\n', held)) != NULL) {
      *end = 0;
      obey(input);
      held -= (size_t)(end + 1 - input);
      memmove(input, end + 1, held);
    }
    if (held == sizeof input) fail("an order is too long");
  }
}
