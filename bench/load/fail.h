#ifndef FAIL_H
#define FAIL_H

/* Says why on stderr and ends the process. */
_Noreturn void fail(const char *why);

#endif
