/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cmd: the verbs of the command line. A verb parses its options (argp), calls
 * a stage, prints and returns the exit code: 0 done, 1 something found, 2 usage
 * or bad input, 3 the host lacks something. argv[0] is "highwater VERB".
 */
#ifndef CMD_CMD_H
#define CMD_CMD_H

#include <argp.h>
#include <stdio.h>

#include "lib/error.h"

#define COMMAND(name, summary) int cmd_##name(int argc, char **argv);
#include "command.def"
#undef COMMAND

/* Print "error: ..." and return the exit code of its kind. */
int cmd_fail(const struct error *err);
/* argp_parse() with the project's exit code for usage errors. */
void cmd_parse(const struct argp *argp, int argc, char **argv, void *input);
/* A number from 1 to @max given to @option, or a usage error. */
unsigned int cmd_number(struct argp_state *state, const char *option, const char *arg,
			unsigned int max);
/* A line about long work on stderr; a builder's say(). */
void cmd_say(void *ctx, const char *line);
/* "1 min 20 s", "3.2 s": a duration for people. */
const char *cmd_duration(double seconds, char *buf, size_t size);

#endif
