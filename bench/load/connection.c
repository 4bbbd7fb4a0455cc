#include "connection.h"
#include "clock.h"
#include "fail.h"
#include "frame.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { READ_SIZE = 4 << 20, EVENTS = 1024 };

Fleet fleet;
static int poller;
static char *reading;
static Connection **dirty;
static int dirty_count;
static int dirty_size;
static bool has_input;

void fleet_start(void) {
  poller = epoll_create1(EPOLL_CLOEXEC);
  reading = malloc(READ_SIZE);
  if (poller < 0 || reading == NULL) fail("no epoll");
}

void fleet_watch_input(bool is_watched) {
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
  epoll_ctl(poller, is_watched ? EPOLL_CTL_ADD : EPOLL_CTL_DEL, STDIN_FILENO, &event);
  has_input = false;
}

bool fleet_has_input(void) { return has_input; }

Connection *connection_add(const Script *script) {
  Connection *connection = calloc(1, sizeof(Connection));
  *connection = (Connection){.fd = -1, .index = fleet.count, .script = script};
  fleet.all = realloc(fleet.all, sizeof(Connection *) * (size_t)(fleet.count + 1));
  fleet.all[fleet.count++] = connection;
  return connection;
}

void connection_close(Connection *connection) {
  if (connection->state == CLOSED) return;
  if (connection->state == READY) {
    fleet.ready -= 1;
    fleet.lost += 1;
    fleet.last_close = connection->close_code;
  } else {
    fleet.opening -= 1;
    fleet.failed += 1;
  }
  close(connection->fd);
  free(connection->rest);
  connection->rest = NULL;
  connection->rest_length = connection->out_length = 0;
  connection->fd = -1;
  connection->state = CLOSED;
}

static void watch(Connection *connection, int operation, bool wants_write) {
  struct epoll_event event = {.events = EPOLLIN | (wants_write ? EPOLLOUT : 0), .data.ptr = connection};
  if (epoll_ctl(poller, operation, connection->fd, &event) != 0) fail("epoll");
  connection->wants_write = wants_write;
}

static void append(Connection *connection, const char *bytes, size_t length) {
  if (connection->out_length + length > connection->out_size) {
    connection->out_size = 2 * (connection->out_length + length);
    connection->out = realloc(connection->out, connection->out_size);
  }
  memcpy(connection->out + connection->out_length, bytes, length);
  connection->out_length += length;
  if (connection->is_dirty) return;
  connection->is_dirty = true;
  if (dirty_count == dirty_size) {
    dirty_size = 2 * dirty_size + 64;
    dirty = realloc(dirty, sizeof(Connection *) * (size_t)dirty_size);
  }
  dirty[dirty_count++] = connection;
}

static void say_frame(Connection *connection, int opcode, const char *text, size_t length) {
  static char frame[(64 << 10) + FRAME_HEAD];
  if (length > 64 << 10) fail("a frame is too long");
  append(connection, frame, frame_write(frame, opcode, text, length));
}

void connection_say(Connection *connection, const char *text, size_t length) {
  if (fleet.delimiter == 0) say_frame(connection, TEXT, text, length);
  else append(connection, text, length);
}

static void flush(Connection *connection) {
  connection->is_dirty = false;
  if (connection->state <= CONNECTING || connection->out_length == 0) return;
  ssize_t written = write(connection->fd, connection->out, connection->out_length);
  if (written < 0) {
    if (errno != EAGAIN) {
      connection_close(connection);
      return;
    }
    written = 0;
  }
  connection->out_length -= (size_t)written;
  memmove(connection->out, connection->out + written, connection->out_length);
  bool wants_write = connection->out_length > 0;
  if (wants_write != connection->wants_write) watch(connection, EPOLL_CTL_MOD, wants_write);
}

void connection_open(Connection *connection) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)fleet.port)};
  inet_pton(AF_INET, fleet.host, &address.sin_addr);
  connection->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (connection->fd < 0) fail("no socket");
  int yes = 1;
  setsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  connection->state = CONNECTING;
  connection->step = 0;
  connection->close_code = 0;
  connection->retry_us = 0;
  connection->began_us = now_us();
  fleet.opening += 1;
  if (connect(connection->fd, (struct sockaddr *)&address, sizeof address) != 0 && errno != EINPROGRESS) {
    connection_close(connection);
    return;
  }
  watch(connection, EPOLL_CTL_ADD, true);
}

static void connected(Connection *connection) {
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(connection->fd, SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) {
    connection_close(connection);
    return;
  }
  watch(connection, EPOLL_CTL_MOD, false);
  if (fleet.delimiter != 0) {
    connection->state = STEPPING;
    /* A script may speak first. */
    if (connection->script->wait[0][0] != 0) return;
    connection_say(connection, connection->script->send[0], strlen(connection->script->send[0]));
    connection->step = 1;
    return;
  }
  char request[4096];
  int length = snprintf(request, sizeof request,
                        "GET %s HTTP/1.1\r\nHost: %s:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
                        connection->script->path, fleet.host, fleet.port);
  if (length >= (int)sizeof request) fail("a path is too long");
  connection->state = UPGRADING;
  append(connection, request, (size_t)length);
}

static void advance(Connection *connection, const char *text, size_t length) {
  const Script *script = connection->script;
  const char *wait = script->wait[connection->step];
  if (memmem(text, length, wait, strlen(wait)) == NULL) return;
  const char *send = script->send[connection->step];
  connection->step += 1;
  if (send != NULL) connection_say(connection, send, strlen(send));
  if (connection->step < script->waits) return;
  connection->state = READY;
  fleet.opening -= 1;
  fleet.ready += 1;
  if (fleet.on_ready != NULL) fleet.on_ready(connection);
}

static void hear(Connection *connection, const char *text, size_t length) {
  fleet.texts += 1;
  /* Heartbeats of Engine.IO and NATS. */
  if (fleet.delimiter == 0 && length == 1 && text[0] == '2') connection_say(connection, "3", 1);
  else if (fleet.delimiter == '\n' && length == 6 && memcmp(text, "PING", 4) == 0)
    connection_say(connection, "PONG\r\n", 6);
  else if (connection->state == STEPPING) advance(connection, text, length);
  else if (fleet.on_text != NULL) fleet.on_text(connection, text, length);
}

/* Answers how many bytes were used; 0: the next text is not complete. */
static size_t take(Connection *connection, const char *bytes, size_t length) {
  if (connection->state == UPGRADING) {
    const char *end = memmem(bytes, length, "\r\n\r\n", 4);
    if (end == NULL) return 0;
    if (memcmp(bytes, "HTTP/1.1 101", 12) != 0) {
      connection_close(connection);
      return 0;
    }
    connection->state = STEPPING;
    return (size_t)(end - bytes) + 4;
  }
  if (fleet.delimiter != 0) {
    const char *end = memchr(bytes, fleet.delimiter, length);
    if (end == NULL) return 0;
    hear(connection, bytes, (size_t)(end - bytes) + 1);
    return (size_t)(end - bytes) + 1;
  }
  Frame frame;
  size_t size = frame_read(bytes, length, &frame);
  if (size == 0) return 0;
  switch (frame.opcode) {
    case PING:
      say_frame(connection, PONG, frame.payload, frame.length);
      break;
    case CLOSE:
      if (frame.length >= 2)
        connection->close_code = (unsigned char)frame.payload[0] << 8 | (unsigned char)frame.payload[1];
      connection_close(connection);
      break;
    case PONG:
      break;
    default:
      hear(connection, frame.payload, frame.length);
  }
  return size;
}

static void readable(Connection *connection) {
  size_t held = connection->rest_length;
  if (held > 0) memcpy(reading, connection->rest, held);
  ssize_t got = read(connection->fd, reading + held, READ_SIZE - held);
  if (got < 0 && errno == EAGAIN) return;
  if (got <= 0) {
    connection_close(connection);
    return;
  }
  fleet.bytes += (uint64_t)got;
  size_t length = held + (size_t)got;
  size_t from = 0;
  while (from < length) {
    size_t used = take(connection, reading + from, length - from);
    if (connection->state == CLOSED) return;
    if (used == 0) break;
    from += used;
  }
  size_t left = length - from;
  if (left == READ_SIZE) fail("a text is too long");
  if (left == 0 && held == 0) return;
  if (left == 0) {
    free(connection->rest);
    connection->rest = NULL;
  } else {
    connection->rest = realloc(connection->rest, left);
    memcpy(connection->rest, reading + from, left);
  }
  connection->rest_length = left;
}

void fleet_turn(int timeout_ms) {
  struct epoll_event events[EVENTS];
  for (int index = 0; index < dirty_count; index += 1) flush(dirty[index]);
  dirty_count = 0;
  int count = epoll_wait(poller, events, EVENTS, timeout_ms);
  if (count < 0 && errno != EINTR) fail("epoll");
  for (int index = 0; index < count; index += 1) {
    Connection *connection = events[index].data.ptr;
    if (connection == NULL) {
      has_input = true;
      continue;
    }
    if (connection->state == CLOSED) continue;
    if (connection->state == CONNECTING) {
      connected(connection);
      continue;
    }
    if (events[index].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) readable(connection);
    if (connection->state != CLOSED && events[index].events & EPOLLOUT) flush(connection);
  }
}
