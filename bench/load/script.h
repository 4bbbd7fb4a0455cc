#ifndef SCRIPT_H
#define SCRIPT_H

/*
 * How one connection begins, and what it says. A line of a file, fields divided by tabs:
 *   PATH  SAY  WAIT  SEND  WAIT  SEND  …  WAIT
 * It asks for PATH, then waits for a text that has WAIT in it, sends SEND, and so on; with the last WAIT it is ready.
 * SAY is what it says as often as an order wants; "-": nothing. \r and \n stand for these characters.
 */
enum { MOST_STEPS = 12 };

typedef struct {
  char *path;
  char *say;
  int waits;
  char *wait[MOST_STEPS];
  char *send[MOST_STEPS];
} Script;

/* Reads every line of a file. Answers how many; ends the process with a sentence when it can't. */
int scripts_read(const char *file, Script **scripts);

#endif
