// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A process made to measure: an ELF file whose text, data and bss have the sizes asked
 * for, and whose code (the stub below) uses one segment after the other and stops
 * after each. While it is stopped, what ps and pmap read of it is written down.
 */
#include <elf.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guest/clock.h"
#include "guest/procfs.h"
#include "guest/workload.h"

#define PAGE 4096ul
#define PROGRAM "/tmp/segments"
/* Where the file's segments go; above it is room for heap and stack on any split. */
#define TEXT_AT 0x08048000ul
#define DATA_AT 0x10000000ul

/* The head of data: what the stub is to do. */
struct wanted {
	uint32_t text, data, bss, heap, stack; /* pages */
};

#if __SIZEOF_POINTER__ == 8
typedef Elf64_Ehdr elf_header;
typedef Elf64_Phdr elf_segment;
#define ELF_CLASS ELFCLASS64
#define ELF_MACHINE EM_X86_64
#define SYSCALL(ret, nr, a, b) \
	__asm__ volatile("syscall" : "=a"(ret) : "a"(nr), "D"(a), "S"(b) : "rcx", "r11", "memory")
#else
typedef Elf32_Ehdr elf_header;
typedef Elf32_Phdr elf_segment;
#define ELF_CLASS ELFCLASS32
#define ELF_MACHINE EM_386
#define SYSCALL(ret, nr, a, b) \
	__asm__ volatile("int $0x80" : "=a"(ret) : "a"(nr), "b"(a), "c"(b) : "memory")
#endif

extern const char __start_stub_code[], __stop_stub_code[];

static inline __attribute__((always_inline)) long call(long nr, long a, long b)
{
	long ret;

	SYSCALL(ret, nr, a, b);
	return ret;
}

static inline __attribute__((always_inline)) void stop(void)
{
	call(SYS_kill, call(SYS_getpid, 0, 0), SIGSTOP);
}

/* Write a word to each page, away from the head of data. */
static inline __attribute__((always_inline)) void use(unsigned long at, uint32_t pages)
{
	for (uint32_t i = 0; i < pages; i++)
		*(volatile uint32_t *)(at + i * PAGE + PAGE / 2) = i; /* NOLINT: another program's */
}

/*
 * The program. It is copied out of its section and runs alone: no library, no
 * relocation, nothing of the agent.
 */
static void __attribute__((section("stub_code"), noinline, used, noreturn)) stub(void)
{
	const volatile struct wanted *w = (const volatile struct wanted *)DATA_AT; /* NOLINT */
	unsigned long end, top = (unsigned long)__builtin_frame_address(0) / PAGE * PAGE;
	volatile uint32_t sink;

	stop(); /* exec */
	for (uint32_t i = 0; i < w->text; i++)
		sink = *(const volatile uint32_t *)(TEXT_AT + i * PAGE); /* NOLINT */
	(void)sink;
	stop(); /* text */
	use(DATA_AT, w->data);
	stop(); /* data */
	use(DATA_AT + w->data * PAGE, w->bss);
	stop(); /* bss */
	end = (unsigned long)call(SYS_brk, 0, 0);
	call(SYS_brk, (long)(end + w->heap * PAGE), 0);
	use(end, w->heap);
	stop(); /* heap */
	use(top - (w->stack - 1) * PAGE, w->stack - 1);
	stop(); /* stack */
	for (;;)
		call(SYS_exit, 0, 0);
}

static const char *const steps[] = { "exec", "text", "data", "bss", "heap", "stack" };

#define NR_STEPS (sizeof(steps) / sizeof(steps[0]))

static elf_segment segment(uint32_t flags, unsigned long at, size_t offset, size_t in_file,
			   size_t in_memory)
{
	return (elf_segment){ .p_type = PT_LOAD,
			      .p_flags = flags,
			      .p_vaddr = at,
			      .p_paddr = at,
			      .p_offset = offset,
			      .p_filesz = in_file,
			      .p_memsz = in_memory,
			      .p_align = PAGE };
}

static void put(int fd, const void *data, size_t len, size_t at)
{
	if (pwrite(fd, data, len, (off_t)at) != (ssize_t)len)
		agent_fail_errno("cannot write " PROGRAM);
}

static void make_program(const struct wanted *w)
{
	const size_t text = w->text * PAGE, data = w->data * PAGE;
	const size_t code_at = sizeof(elf_header) + 3 * sizeof(elf_segment);
	const size_t code = (uintptr_t)__stop_stub_code - (uintptr_t)__start_stub_code;
	const elf_segment segments[] = {
		segment(PF_R | PF_X, TEXT_AT, 0, text, text),
		segment(PF_R | PF_W, DATA_AT, text, data, data + w->bss * PAGE),
		{ .p_type = PT_GNU_STACK, .p_flags = PF_R | PF_W, .p_align = 16 },
	};
	elf_header head = {
		.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELF_CLASS, ELFDATA2LSB, EV_CURRENT },
		.e_type = ET_EXEC,
		.e_machine = ELF_MACHINE,
		.e_version = EV_CURRENT,
		.e_entry = TEXT_AT + code_at + ((uintptr_t)stub - (uintptr_t)__start_stub_code),
		.e_phoff = sizeof(elf_header),
		.e_ehsize = sizeof(elf_header),
		.e_phentsize = sizeof(elf_segment),
		.e_phnum = 3,
	};
	int fd = open(PROGRAM, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0700);

	if (fd < 0 || ftruncate(fd, (off_t)(text + data)))
		agent_fail_errno("cannot make " PROGRAM);
	put(fd, &head, sizeof(head), 0);
	put(fd, segments, sizeof(segments), sizeof(head));
	put(fd, __start_stub_code, code, code_at);
	put(fd, w, sizeof(*w), text);
	/* Every page of the file is there before anybody maps it. */
	for (size_t at = PAGE - 1; at < text + data; at += PAGE)
		put(fd, "", 1, at);
	close(fd);
}

static pid_t start_program(void)
{
	static char *const argv[] = { (char *)PROGRAM, NULL };
	static char *const environment[] = { NULL };
	pid_t pid = fork();

	if (pid < 0)
		agent_fail_errno("cannot fork");
	if (pid == 0) {
		execve(PROGRAM, argv, environment);
		_exit(127);
	}
	return pid;
}

static void wait_stopped(pid_t pid, const char *step)
{
	int status;

	if (waitpid(pid, &status, WUNTRACED) != pid)
		agent_fail_errno("cannot wait for " PROGRAM);
	if (WIFSIGNALED(status))
		agent_fail(PROGRAM " was killed by signal %d before step '%s'", WTERMSIG(status), step);
	if (!WIFSTOPPED(status))
		agent_fail(PROGRAM " ended before step '%s'", step);
}

/* The size of what in maps begins at @at, or is called @name. */
static uint64_t size_of(const char *maps, unsigned long at, const char *name)
{
	for (const char *p = maps; *p; p += strcspn(p, "\n"), p += *p == '\n') {
		const size_t len = strcspn(p, "\n");
		char *rest;
		unsigned long from = strtoul(p, &rest, 16), to = strtoul(rest + 1, NULL, 16);

		if (name ? (len > strlen(name) && strncmp(p + len - strlen(name), name, strlen(name)) == 0) :
			   from == at)
			return (to - from) / PAGE;
	}
	return 0;
}

static void report_maps(pid_t pid, const char *step, const struct wanted *w)
{
	char path[64], head[64];
	const char *maps;
	size_t len;
	int head_len = snprintf(head, sizeof(head), "segments.maps %s\n", step);

	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	maps = read_file(path, &len);
	if (!maps)
		agent_fail_errno("cannot read %s", path);
	emit_two(FRAME_OUTPUT, head, (size_t)head_len, maps, len);
	emit_metric("segments.text", step, size_of(maps, TEXT_AT, NULL));
	emit_metric("segments.data", step, size_of(maps, DATA_AT, NULL));
	emit_metric("segments.bss", step, size_of(maps, DATA_AT + w->data * PAGE, NULL));
	emit_metric("segments.heap", step, size_of(maps, 0, "[heap]"));
	emit_metric("segments.stack", step, size_of(maps, 0, "[stack]"));
}

static void report_status(pid_t pid, const char *step)
{
	static const struct {
		const char *row, *metric;
	} rows[] = {
		{ "VmSize", "segments.vm_size" }, { "VmData", "segments.vm_data" },
		{ "VmStk", "segments.vm_stk" },	  { "VmExe", "segments.vm_exe" },
		{ "VmPTE", "segments.vm_pte" },	  { "VmRSS", "segments.rss" },
		{ "RssAnon", "segments.rss_anon" }, { "RssFile", "segments.rss_file" },
		{ "RssShmem", "segments.rss_shmem" },
	};
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		emit_metric(rows[i].metric, step, procfs_field(path, rows[i].row) * 1024 / PAGE);
}

/* The tenth word of stat; the second is a name in parentheses. */
static void report_faults(pid_t pid, const char *step)
{
	char path[64];
	const char *p;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	p = read_file(path, NULL);
	p = p ? strrchr(p, ')') : NULL;
	for (int i = 0; p && i < 8; i++)
		p = strchr(p + 1, ' ');
	if (!p)
		agent_fail("cannot read %s", path);
	emit_metric("segments.faults", step, strtoull(p, NULL, 10));
}

static void run(const struct job *job)
{
	const struct wanted w = {
		(uint32_t)param_number(job, "text"), (uint32_t)param_number(job, "data"),
		(uint32_t)param_number(job, "bss"),  (uint32_t)param_number(job, "heap"),
		(uint32_t)param_number(job, "stack"),
	};
	uint64_t ticks;
	pid_t pid;
	int status;

	make_program(&w);
	ticks = clock_ticks();
	pid = start_program();
	for (size_t i = 0; i < NR_STEPS; i++) {
		wait_stopped(pid, steps[i]);
		emit_cost(job, "op", steps[i], clock_ticks() - ticks, 1);
		report_maps(pid, steps[i], &w);
		report_status(pid, steps[i]);
		report_faults(pid, steps[i]);
		ticks = clock_ticks();
		if (kill(pid, SIGCONT))
			agent_fail_errno("cannot continue " PROGRAM);
	}
	if (waitpid(pid, &status, 0) != pid || status)
		agent_fail(PROGRAM " did not end well");
}

const struct workload workload_segments = { .name = "segments", .run = run };
