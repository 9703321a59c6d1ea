// SPDX-License-Identifier: GPL-2.0-or-later
/* synth DIR RUNS METRICS CONSOLE_BYTES: see synth.h */
#include "../synth.h"

int main(int argc, char **argv)
{
	struct synth s = {};
	struct error err;

	if (argc != 5) {
		fprintf(stderr, "usage: synth DIR RUNS METRICS CONSOLE_BYTES\n");
		return 2;
	}
	s.dir = argv[1];
	s.runs = strtoul(argv[2], NULL, 10);
	s.metrics = strtoul(argv[3], NULL, 10);
	s.console_bytes = strtoul(argv[4], NULL, 10);
	if (synth_make(&s, &err)) {
		fprintf(stderr, "error: %s\n", err.msg);
		return err.kind;
	}
	return 0;
}
