/*
 * The floor: a WebSocket server that tells every other connection what one says, and nothing else. One thread, epoll.
 *   c-fan-out each|coalesced
 * each: one write a delivery. coalesced: what is said in one turn of the loop goes out as one write a connection.
 * It prints its port. It does not compute Sec-WebSocket-Accept, which only its own load generator forgives.
 */
#include "../load/as_child.h"
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MOST = 20000, EVENTS = 1024, BUFFER = 1 << 20, NOBODY = -1 };

static const char SWITCHING[] =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: -\r\n\r\n";

/* By descriptor. */
static bool is_open[MOST];
static int open_list[MOST];
static int open_count;

/* What is said in this turn, and by whom. A second speaker in one turn sends the first one's out before. */
static char said[BUFFER + 16];
static size_t said_length;
static int speaker = NOBODY;

static void tell_others(const char *bytes, size_t length, int author) {
  for (int index = 0; index < open_count; index += 1) {
    int other = open_list[index];
    /* Who is too slow for the kernel's buffer loses it; the load generator would report what is missing. */
    if (other != author && write(other, bytes, length) < 0) continue;
  }
}

static void tell_turn(void) {
  if (said_length > 0) tell_others(said, said_length, speaker);
  said_length = 0;
  speaker = NOBODY;
}

static void leave(int socket) {
  is_open[socket] = false;
  for (int index = 0; index < open_count; index += 1)
    if (open_list[index] == socket) open_list[index--] = open_list[--open_count];
  close(socket);
}

/* Puts the text frame for a payload at `out`; answers its size. */
static size_t frame(char *out, const unsigned char *payload, size_t length, const unsigned char *mask) {
  size_t head = 2;
  out[0] = (char)0x81;
  if (length < 126) {
    out[1] = (char)length;
  } else {
    out[1] = 126;
    out[2] = (char)(length >> 8);
    out[3] = (char)length;
    head = 4;
  }
  for (size_t index = 0; index < length; index += 1) out[head + index] = (char)(payload[index] ^ mask[index & 3]);
  return head + length;
}

static void hear(int socket, bool coalesces) {
  static unsigned char input[BUFFER];
  ssize_t got = read(socket, input, sizeof input);
  if (got <= 0) {
    leave(socket);
    return;
  }
  if (!is_open[socket]) {
    if (write(socket, SWITCHING, sizeof SWITCHING - 1) < 0) return;
    is_open[socket] = true;
    open_list[open_count++] = socket;
    /* So that a client's script has something to wait for. */
    if (write(socket, "\x81\x07welcome", 9) < 0) return;
    return;
  }
  /* Whole frames: a client's burst is one write below the kernel's segment on loopback. */
  for (size_t from = 0; from + 6 <= (size_t)got;) {
    size_t length = input[from + 1] & 0x7f;
    size_t head = 2;
    if (length == 126) {
      length = (size_t)input[from + 2] << 8 | input[from + 3];
      head = 4;
    }
    const unsigned char *mask = input + from + head;
    if ((input[from] & 0x0f) == 1) {
      if (speaker != NOBODY && speaker != socket) tell_turn();
      speaker = socket;
      said_length += frame(said + said_length, mask + 4, length, mask);
      if (!coalesces) tell_turn();
    }
    from += head + 4 + length;
  }
}

int main(int count, char **arguments) {
  bool coalesces = count > 1 && strcmp(arguments[1], "coalesced") == 0;
  run_as_child();
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof address;
  if (bind(listener, (struct sockaddr *)&address, size) != 0 || listen(listener, 4096) != 0) return 1;
  getsockname(listener, (struct sockaddr *)&address, &size);
  printf("listening on %d\n", ntohs(address.sin_port));
  fflush(stdout);
  int poller = epoll_create1(0);
  struct epoll_event event = {.events = EPOLLIN, .data.fd = listener};
  epoll_ctl(poller, EPOLL_CTL_ADD, listener, &event);
  for (;;) {
    struct epoll_event events[EVENTS];
    int ready = epoll_wait(poller, events, EVENTS, -1);
    for (int index = 0; index < ready; index += 1) {
      if (events[index].data.fd != listener) {
        hear(events[index].data.fd, coalesces);
        continue;
      }
      int socket = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
      if (socket < 0) continue;
      if (socket >= MOST) {
        close(socket);
        continue;
      }
      int yes = 1;
      setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
      event = (struct epoll_event){.events = EPOLLIN, .data.fd = socket};
      epoll_ctl(poller, EPOLL_CTL_ADD, socket, &event);
    }
    tell_turn();
  }
}
