#ifndef FRAME_H
#define FRAME_H
#include <stddef.h>

/* WebSocket frames as a client writes them (masked) and reads them (bare). */
enum { TEXT = 1, CLOSE = 8, PING = 9, PONG = 10, FRAME_HEAD = 14 };

typedef struct {
  int opcode;
  const char *payload;
  size_t length;
} Frame;

/* Writes a final frame; `out` holds `length` + FRAME_HEAD. Answers its size. */
size_t frame_write(char *out, int opcode, const char *payload, size_t length);
/* Reads the frame at the beginning. Answers its size; 0: it is not complete. */
size_t frame_read(const char *bytes, size_t length, Frame *frame);

#endif
