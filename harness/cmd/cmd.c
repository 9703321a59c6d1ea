// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/cmd.h"

#include "lib/parse.h"

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

unsigned int cmd_number(struct argp_state *state, const char *option, const char *arg,
			unsigned int max)
{
	uint64_t n = 0;

	if (parse_u64(arg, &n) || n < 1 || n > max)
		argp_error(state, "%s '%s' is not a number from 1 to %u", option, arg, max);
	return (unsigned int)n;
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
