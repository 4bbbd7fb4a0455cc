#ifndef AS_CHILD_H
#define AS_CHILD_H
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>

/* For a process that the bench starts: as many files as it may have, and an end with the bench. */
static inline void run_as_child(void) {
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  signal(SIGPIPE, SIG_IGN);
  /* The terminal's Ctrl-C comes to all; who started this process ends it in order. */
  signal(SIGINT, SIG_IGN);
  prctl(PR_SET_PDEATHSIG, SIGTERM);
}

#endif
