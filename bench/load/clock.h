#ifndef CLOCK_H
#define CLOCK_H
#include <stdint.h>

/* Microseconds of the monotonic clock. */
uint64_t now_us(void);
/* Seconds of CPU that this process has used. */
double own_cpu(void);

#endif
