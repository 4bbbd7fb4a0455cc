#include "fan_out.h"
#include "clock.h"
#include "connection.h"
#include "histogram.h"
#include "message.h"
#include <stdio.h>
#include <string.h>

/* How long a round may take before what is missing is lost. */
enum { PATIENCE_US = 10000000 };

static const char *wanted;
static size_t wanted_length;
static uint64_t deliveries;
static uint64_t now;
static Histogram latency;

static void on_text(Connection *connection, const char *text, size_t length) {
  (void)connection;
  if (memmem(text, length, wanted, wanted_length) == NULL) return;
  uint64_t moment = message_moment(text, length);
  deliveries += 1;
  if (now == 0) now = now_us();
  if (moment != 0 && now > moment) histogram_add(&latency, now - moment);
}

/* The clock is read once a turn: reading it for each delivery would cost more than the delivery. */
static void turn(void) {
  now = 0;
  fleet_turn(5);
}

void fan_out(const char *marker, int listeners, int burst, int lasting_ms) {
  wanted = marker;
  wanted_length = strlen(marker);
  deliveries = 0;
  memset(&latency, 0, sizeof latency);
  fleet.on_text = on_text;
  uint64_t rounds = 0, due = 0, lost = fleet.lost;
  uint64_t began = now_us(), end = began + (uint64_t)lasting_ms * 1000;
  double cpu = own_cpu();
  while (now_us() < end) {
    uint64_t moment = now_us();
    for (int index = 0; index < burst; index += 1) message_say(fleet.all[0], moment);
    rounds += 1;
    due += (uint64_t)(burst * listeners);
    while (deliveries < due && now_us() < moment + PATIENCE_US) turn();
    if (deliveries < due) break;
  }
  double seconds = (double)(now_us() - began) / 1e6;
  fleet.on_text = NULL;
  printf("{\"rounds\":%llu,\"deliveries\":%llu,\"missing\":%lld,\"lost\":%llu,\"seconds\":%.4f,\"cpu\":%.4f,",
         (unsigned long long)rounds, (unsigned long long)deliveries, (long long)(due - deliveries),
         (unsigned long long)(fleet.lost - lost), seconds, own_cpu() - cpu);
  histogram_print("latency", &latency);
  printf("}\n");
}
