#include "direct.h"
#include "clock.h"
#include "connection.h"
#include "histogram.h"
#include "message.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How long what is under way at the end may take. */
enum { PATIENCE_US = 10000000, MOST_WAITING = 4096 };

/* Moments of what a sender's receipts are out for, oldest first. */
typedef struct {
  uint64_t moments[MOST_WAITING];
  unsigned first, count;
} Waiting;

static Waiting *waiting;
static uint64_t sent, acks, deliveries, receipts, errors;
static Histogram ack_times, delivery_times, receipt_times;
static int kept_window;
static uint64_t end;

static void send_one(Connection *connection, uint64_t moment) {
  Waiting *own = &waiting[connection->index / 2];
  if (own->count == MOST_WAITING) return;
  own->moments[(own->first + own->count++) % MOST_WAITING] = moment;
  sent += 1;
  message_say(connection, moment);
}

static bool has(const char *text, size_t length, const char *marker) {
  /* The type is at the beginning of the text. */
  return memmem(text, length < 48 ? length : 48, marker, strlen(marker)) != NULL;
}

static void on_text(Connection *connection, const char *text, size_t length) {
  uint64_t now = now_us();
  if (has(text, length, "\"new_message\"")) {
    deliveries += 1;
    histogram_add(&delivery_times, now - message_moment(text, length));
  } else if (has(text, length, "\"message_sent\"")) {
    acks += 1;
    histogram_add(&ack_times, now - message_moment(text, length));
  } else if (has(text, length, "\"message_delivered\"")) {
    Waiting *own = &waiting[connection->index / 2];
    if (own->count == 0) return;
    receipts += 1;
    histogram_add(&receipt_times, now - own->moments[own->first]);
    own->first = (own->first + 1) % MOST_WAITING;
    own->count -= 1;
    if (kept_window > 0 && now < end) send_one(connection, now);
  } else if (has(text, length, "\"error\"")) {
    if (errors++ == 0) fprintf(stderr, "load: %.*s\n", (int)length, text);
  }
}

void direct(int window, double rate, int lasting_ms) {
  int pairs = fleet.count / 2;
  free(waiting);
  waiting = calloc((size_t)pairs, sizeof(Waiting));
  sent = acks = deliveries = receipts = errors = 0;
  memset(&ack_times, 0, sizeof ack_times);
  memset(&delivery_times, 0, sizeof delivery_times);
  memset(&receipt_times, 0, sizeof receipt_times);
  kept_window = window;
  fleet.on_text = on_text;
  uint64_t began = now_us(), lost = fleet.lost;
  double cpu = own_cpu();
  end = began + (uint64_t)lasting_ms * 1000;
  for (int round = 0; round < window; round += 1)
    for (int pair = 0; pair < pairs; pair += 1) send_one(fleet.all[2 * pair], now_us());
  while (now_us() < end) {
    if (window == 0) {
      uint64_t due = (uint64_t)(rate * (double)(now_us() - began) / 1e6);
      while (sent < due) send_one(fleet.all[2 * (int)(sent % (uint64_t)pairs)], now_us());
    }
    fleet_turn(1);
  }
  uint64_t in_time = receipts;
  double seconds = (double)(now_us() - began) / 1e6;
  while ((receipts < sent || deliveries < sent || acks < sent) && now_us() < end + PATIENCE_US) fleet_turn(5);
  fleet.on_text = NULL;
  printf("{\"sent\":%llu,\"acks\":%llu,\"deliveries\":%llu,\"receipts\":%llu,\"inTime\":%llu,\"errors\":%llu,"
         "\"lost\":%llu,\"seconds\":%.4f,\"cpu\":%.4f,",
         (unsigned long long)sent, (unsigned long long)acks, (unsigned long long)deliveries,
         (unsigned long long)receipts, (unsigned long long)in_time, (unsigned long long)errors,
         (unsigned long long)(fleet.lost - lost), seconds, own_cpu() - cpu);
  histogram_print("ack", &ack_times);
  printf(",");
  histogram_print("delivery", &delivery_times);
  printf(",");
  histogram_print("receipt", &receipt_times);
  printf("}\n");
}
