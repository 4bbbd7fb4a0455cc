#include "histogram.h"
#include <stdio.h>

static int bucket_of(uint64_t value) {
  if (value < STEPS) return (int)value;
  int octave = 63 - __builtin_clzll(value) - 4;
  int bucket = octave * STEPS + (int)(value >> (octave - 1)) - STEPS;
  return bucket < OCTAVES * STEPS ? bucket : OCTAVES * STEPS - 1;
}

static uint64_t value_of(int bucket) {
  int octave = bucket / STEPS;
  if (octave == 0) return (uint64_t)bucket;
  return (uint64_t)(bucket % STEPS + STEPS) << (octave - 1);
}

void histogram_add(Histogram *histogram, uint64_t value) {
  histogram->counts[bucket_of(value)] += 1;
  histogram->total += 1;
  if (value > histogram->largest) histogram->largest = value;
}

uint64_t histogram_quantile(const Histogram *histogram, double share) {
  uint64_t wanted = (uint64_t)(share * (double)histogram->total);
  uint64_t seen = 0;
  for (int bucket = 0; bucket < OCTAVES * STEPS; bucket += 1) {
    seen += histogram->counts[bucket];
    if (seen > wanted) return value_of(bucket);
  }
  return histogram->largest;
}

void histogram_print(const char *name, const Histogram *histogram) {
  printf("\"%s\":{\"count\":%llu,\"p50\":%llu,\"p99\":%llu,\"max\":%llu}", name,
         (unsigned long long)histogram->total, (unsigned long long)histogram_quantile(histogram, 0.5),
         (unsigned long long)histogram_quantile(histogram, 0.99), (unsigned long long)histogram->largest);
}
