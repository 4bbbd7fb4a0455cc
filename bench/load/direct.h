#ifndef DIRECT_H
#define DIRECT_H

/*
 * Connections 0, 2, 4 … say messages to 1, 3, 5 …. Of each message three things are waited for: that it is stored
 * (ack) and that it was delivered (receipt), at who said it, and itself, at the other.
 * With `window` each keeps so many under way; else `rate` messages a second are said, whatever comes back.
 */
void direct(int window, double rate, int lasting_ms);

#endif
