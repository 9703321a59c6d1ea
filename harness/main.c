// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * highwater: finds the verb and hands over. The exit code of a verb whose
 * output could not be written is never 0.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cmd/cmd.h"
#include "lib/strbuf.h"

struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *summary;
};

#define COMMAND(name, summary) { #name, cmd_##name, summary },
static const struct command commands[] = {
#include "command.def"
};
#undef COMMAND

#define NR_COMMANDS (sizeof(commands) / sizeof(commands[0]))

static void usage(FILE *to)
{
	fputs("Usage: highwater COMMAND [OPTION...]\n\n"
	      "Boots instrumented kernels in i386 and x86_64 guests and measures them.\n\n"
	      "Commands:\n",
	      to);
	for (size_t i = 0; i < NR_COMMANDS; i++)
		fprintf(to, "  %-10s %s\n", commands[i].name, commands[i].summary);
	fputs("\n'highwater COMMAND --help' tells a command's options.\n", to);
}

static int run_command(const struct command *c, int argc, char **argv)
{
	struct strbuf name = STRBUF_INIT;
	int rc;

	strbuf_addf(&name, "highwater %s", c->name);
	argv[0] = name.buf;
	rc = c->run(argc, argv);
	strbuf_release(&name);
	if ((fflush(stdout) || ferror(stdout)) && rc == 0) {
		fprintf(stderr, "error: cannot write the output: %s\n", strerror(errno));
		return ERROR_HOST;
	}
	return rc;
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		usage(stderr);
		return ERROR_INPUT;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
		usage(stdout);
		return 0;
	}
	for (size_t i = 0; i < NR_COMMANDS; i++)
		if (strcmp(argv[1], commands[i].name) == 0)
			return run_command(&commands[i], argc - 1, argv + 1);
	fprintf(stderr, "error: unknown command '%s'; 'highwater --help' lists them\n", argv[1]);
	return ERROR_INPUT;
}
