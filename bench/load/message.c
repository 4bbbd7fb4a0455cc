#include "message.h"
#include "fail.h"
#include <string.h>

enum { DIGITS = 16, MARK = 5 };

void message_say(Connection *connection, uint64_t moment_us) {
  char *say = connection->script->say;
  char *place = say == NULL ? NULL : strstr(say, "tick:");
  if (place == NULL) fail("this connection has nothing to say");
  for (int index = DIGITS - 1; index >= 0; index -= 1) {
    place[MARK + index] = (char)('0' + moment_us % 10);
    moment_us /= 10;
  }
  connection_say(connection, say, strlen(say));
}

uint64_t message_moment(const char *text, size_t length) {
  const char *place = memmem(text, length, "tick:", MARK);
  if (place == NULL || place + MARK + DIGITS > text + length) return 0;
  uint64_t moment = 0;
  for (int index = 0; index < DIGITS; index += 1)
    moment = moment * 10 + (uint64_t)(place[MARK + index] - '0');
  return moment;
}
