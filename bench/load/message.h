#ifndef MESSAGE_H
#define MESSAGE_H
#include "connection.h"

/* The moment of sending travels in the message: "tick:" and 16 digits, microseconds of the monotonic clock. */

/* Says the script's SAY, with the moment filled in. */
void message_say(Connection *connection, uint64_t moment_us);
/* The moment of sending; 0: there is none in this text. */
uint64_t message_moment(const char *text, size_t length);

#endif
