// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A QEMU that is none: reads the job from the region, answers at once with
 * frames that depend on the job alone, prints on the console, and ends. For
 * tests of what the harness does around a guest; FAKE_MODE makes it misbehave:
 *
 *   die       ends with 1 and a message, before anything
 *   silent    ends without a frame
 *   hang      never ends
 *   babble    prints on the console without end
 *   half      stops in the middle of a frame
 *   header    overwrites the header of the region
 *   lie       says ok and gives a metric that is no number
 *   wander    counts frames beyond the end of the region
 *   abort     is killed by a signal
 *
 * FAKE_MS is how long a guest takes, in ms.
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "proto/frame.h"
#include "proto/region.h"

static struct region_header *header;
static const char *mode = "";

static bool is(const char *name)
{
	return strcmp(mode, name) == 0;
}

static void frame(enum frame_type type, const char *text)
{
	struct frame_header f = { .magic = FRAME_MAGIC, .type = (uint16_t)type,
				  .bytes = (uint32_t)strlen(text), .seq = header->nr_frames,
				  .vtime_ns = 1000ull * header->nr_frames };
	char *to = (char *)header + header->frames_off + header->frames_bytes;

	f.payload_crc = crc32(0, text, f.bytes);
	f.header_crc = crc32(0, &f, offsetof(struct frame_header, header_crc));
	memcpy(to, &f, sizeof(f));
	memcpy(to + sizeof(f), text, f.bytes);
	header->frames_bytes += sizeof(f) + FRAME_ALIGN(f.bytes);
	header->nr_frames++;
}

/* The value of @key= in a comma separated argument that has @mark in it. */
static const char *option(int argc, char **argv, const char *mark, const char *key)
{
	for (int i = 1; i < argc; i++) {
		char *p = strstr(argv[i], mark) ? strstr(argv[i], key) : NULL;

		if (p) {
			p = strdup(p + strlen(key));
			p[strcspn(p, ",")] = '\0';
			return p;
		}
	}
	fprintf(stderr, "fake: no '%s'\n", key);
	exit(1);
}

static void map_region(const char *path)
{
	struct stat st;
	int fd = open(path, O_RDWR);

	if (fd < 0 || fstat(fd, &st)) {
		perror(path);
		exit(1);
	}
	header = mmap(NULL, (size_t)st.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
}

static void work(FILE *console)
{
	char metric[64];
	const char *job = (char *)header + header->job_off;
	const uint32_t sum = crc32(0, job, (size_t)header->job_bytes);

	fprintf(console, "fake guest %08x\n", sum);
	header->state = REGION_TAKEN;
	frame(FRAME_PHASE, "mount");
	frame(FRAME_HELLO, "release 0\nmachine fake\n");
	frame(FRAME_PHASE, "work");
	snprintf(metric, sizeof(metric), is("lie") ? "insns - many\n" : "insns - %u\n", sum);
	frame(FRAME_METRIC, metric);
	if (is("half")) {
		header->frames_bytes -= 8;
		return;
	}
	frame(FRAME_BYE, "ok");
	header->state = REGION_DONE;
	if (is("header"))
		memset(header, 0xa5, sizeof(*header));
	if (is("wander"))
		header->frames_bytes = ~0ull - 64;
}

int main(int argc, char **argv)
{
	const char *ms = getenv("FAKE_MS");
	struct timespec t = {};
	FILE *console;

	mode = getenv("FAKE_MODE") ?: "";
	if (argc > 1 && strcmp(argv[1], "--version") == 0) {
		puts("QEMU emulator version 9.9.9 (fake)");
		return 0;
	}
	if (is("die")) {
		fprintf(stderr, "qemu: cannot set up guest memory\n");
		return 1;
	}
	console = fopen(option(argc, argv, "id=console", "path="), "w");
	map_region(option(argc, argv, "memory-backend-file", "mem-path="));
	if (!console || header == MAP_FAILED)
		return 1;
	t.tv_nsec = ms ? atol(ms) % 1000 * 1000000 : 0;
	t.tv_sec = ms ? atol(ms) / 1000 : 0;
	nanosleep(&t, NULL);
	while (is("babble"))
		fprintf(console, "the same line again and again, without end and without news\n");
	if (is("silent"))
		return 0;
	work(console);
	fclose(console);
	if (is("abort"))
		abort();
	while (is("hang"))
		pause();
	return 0;
}
