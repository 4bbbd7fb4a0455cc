#include "script.h"
#include "fail.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *unescape(char *text) {
  char *out = text;
  for (char *in = text; *in != 0; in += 1) {
    if (in[0] == '\\' && (in[1] == 'r' || in[1] == 'n')) {
      *out++ = in[1] == 'r' ? '\r' : '\n';
      in += 1;
    } else {
      *out++ = *in;
    }
  }
  *out = 0;
  return text;
}

static Script script_of(char *line) {
  Script script = {0};
  char *rest = strdup(line);
  script.path = strsep(&rest, "\t");
  script.say = rest == NULL ? NULL : strsep(&rest, "\t");
  if (script.say == NULL || rest == NULL) fail("a line of connections has too few fields");
  if (strcmp(script.say, "-") == 0) script.say = NULL;
  else unescape(script.say);
  while (rest != NULL) {
    if (script.waits == MOST_STEPS) fail("a line of connections has too many fields");
    script.wait[script.waits] = unescape(strsep(&rest, "\t"));
    if (rest != NULL) script.send[script.waits] = unescape(strsep(&rest, "\t"));
    script.waits += 1;
  }
  return script;
}

int scripts_read(const char *file, Script **scripts) {
  FILE *stream = fopen(file, "r");
  if (stream == NULL) fail("the file of connections cannot be read");
  int count = 0;
  char *line = NULL;
  size_t size = 0;
  ssize_t length;
  *scripts = NULL;
  while ((length = getline(&line, &size, stream)) > 0) {
    if (line[length - 1] == '\n') line[length - 1] = 0;
    *scripts = realloc(*scripts, sizeof(Script) * (size_t)(count + 1));
    (*scripts)[count++] = script_of(line);
  }
  free(line);
  fclose(stream);
  return count;
}
