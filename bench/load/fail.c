#include "fail.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Noreturn void fail(const char *why) {
  fprintf(stderr, "load: %s (%s)\n", why, strerror(errno));
  exit(1);
}
