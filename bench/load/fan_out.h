#ifndef FAN_OUT_H
#define FAN_OUT_H

/*
 * The first connection says `burst` messages in one write; when all have come to `listeners` connections (texts with
 * `marker`), the next round begins, for so long (ms). Prints what came, and how long after it was said.
 */
void fan_out(const char *marker, int listeners, int burst, int lasting_ms);

#endif
