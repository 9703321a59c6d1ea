// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/cmd.h"

int cmd_fail(const struct error *err)
{
	fflush(stdout);
	fprintf(stderr, "error: %s\n", err->msg);
	return err->kind;
}

void cmd_parse(const struct argp *argp, int argc, char **argv, void *input)
{
	argp_err_exit_status = ERROR_INPUT;
	argp_parse(argp, argc, argv, 0, NULL, input);
}

void cmd_say(void *ctx, const char *line)
{
	(void)ctx;
	fprintf(stderr, "%s\n", line);
}

const char *cmd_duration(double seconds, char *buf, size_t size)
{
	if (seconds < 60)
		snprintf(buf, size, "%.1f s", seconds);
	else if (seconds < 3600)
		snprintf(buf, size, "%d min %02d s", (int)seconds / 60, (int)seconds % 60);
	else
		snprintf(buf, size, "%d h %02d min", (int)seconds / 3600, (int)seconds / 60 % 60);
	return buf;
}
