#ifndef HISTOGRAM_H
#define HISTOGRAM_H
#include <stdint.h>

/* Times in microseconds, kept to 1/32 of their size. */
enum { STEPS = 32, OCTAVES = 40 };

typedef struct {
  uint64_t counts[OCTAVES * STEPS];
  uint64_t total;
  uint64_t largest;
} Histogram;

void histogram_add(Histogram *histogram, uint64_t value);
/* The value that `share` (0 to 1) of all do not exceed; 0 when there are none. */
uint64_t histogram_quantile(const Histogram *histogram, double share);
/* Prints "name":{"count":…,"p50":…,"p99":…,"max":…}. */
void histogram_print(const char *name, const Histogram *histogram);

#endif
