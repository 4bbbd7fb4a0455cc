#include "frame.h"
#include <string.h>

/* Not 0: servers skip the unmasking of those, and real clients have no such mask. */
static const unsigned char MASK[4] = {0x37, 0xfa, 0x21, 0x3d};

size_t frame_write(char *out, int opcode, const char *payload, size_t length) {
  size_t head = 2;
  out[0] = (char)(0x80 | opcode);
  if (length < 126) {
    out[1] = (char)(0x80 | length);
  } else if (length < 65536) {
    out[1] = (char)(0x80 | 126);
    out[2] = (char)(length >> 8);
    out[3] = (char)length;
    head = 4;
  } else {
    out[1] = (char)(0x80 | 127);
    for (int index = 0; index < 8; index += 1) out[2 + index] = (char)(length >> (8 * (7 - index)));
    head = 10;
  }
  memcpy(out + head, MASK, 4);
  head += 4;
  for (size_t index = 0; index < length; index += 1)
    out[head + index] = (char)(payload[index] ^ MASK[index & 3]);
  return head + length;
}

size_t frame_read(const char *bytes, size_t length, Frame *frame) {
  const unsigned char *head = (const unsigned char *)bytes;
  if (length < 2) return 0;
  size_t size = head[1] & 0x7f;
  size_t from = 2;
  if (size == 126) {
    if (length < 4) return 0;
    size = (size_t)head[2] << 8 | head[3];
    from = 4;
  } else if (size == 127) {
    if (length < 10) return 0;
    size = 0;
    for (int index = 0; index < 8; index += 1) size = size << 8 | head[2 + index];
    from = 10;
  }
  if (length < from + size) return 0;
  frame->opcode = head[0] & 0x0f;
  frame->payload = bytes + from;
  frame->length = size;
  return from + size;
}
