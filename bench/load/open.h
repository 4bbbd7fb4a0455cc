#ifndef OPEN_H
#define OPEN_H
#include <stdbool.h>

/*
 * Opens a connection for each line of the file, so many at once, and prints when all are ready or the time is over.
 * With `retries` one that fails is tried again a little later.
 */
void open_all(const char *file, int at_once, int limit_ms, bool retries);

#endif
