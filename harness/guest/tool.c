// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guest/agent.h"
#include "guest/process.h"

static const char *const environment[] = { "PATH=/usr/bin:/bin:/usr/sbin:/sbin", "HOME=/tmp", "LC_ALL=C",
				     "TMPDIR=/tmp", NULL };

static void __attribute__((noreturn)) exec_tool(const char *const argv[], const char *out)
{
	int in = open("/dev/null", O_RDONLY);
	int fd = open(out, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	if (in < 0 || fd < 0 || dup2(in, 0) < 0 || dup2(fd, 1) < 0 || dup2(fd, 2) < 0 ||
	    chdir("/tmp"))
		_exit(126);
	execve(argv[0], (char *const *)argv, (char *const *)environment);
	_exit(127);
}

pid_t tool_start(const char *const argv[], const char *out)
{
	pid_t pid;

	if (access(argv[0], X_OK))
		agent_fail_errno("no program '%s' in this guest", argv[0]);
	pid = fork();
	if (pid < 0)
		agent_fail_errno("cannot start '%s'", argv[0]);
	if (pid == 0)
		exec_tool(argv, out);
	process_tool(pid);
	return pid;
}

int tool_wait(pid_t pid)
{
	int status;
	pid_t got;

	/* As PID 1 we also inherit orphans: reap whatever comes. */
	do {
		got = wait(&status);
	} while (got != pid && (got > 0 || errno == EINTR));
	process_tool(0);
	if (got != pid)
		agent_fail_errno("lost program %d", (int)pid);
	return status;
}

int tool_run(const char *const argv[], const char *out)
{
	return tool_wait(tool_start(argv, out));
}

void tool_output(const char *name, const char *path)
{
	char head[96];
	size_t len;
	const char *text = read_file(path, &len);
	int head_len = snprintf(head, sizeof(head), "%s\n", name);

	if (text)
		emit_two(FRAME_OUTPUT, head, (size_t)head_len, text, len);
}

void tool_check(const char *name, int status, const char *out)
{
	const char *text, *line;
	size_t len;

	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return;
	text = read_file(out, &len);
	while (text && len && text[len - 1] == '\n')
		len--;
	line = text ? text + len : "";
	while (text && line > text && line[-1] != '\n')
		line--;
	if (WIFSIGNALED(status))
		agent_fail("%s was killed by signal %d", name, WTERMSIG(status));
	agent_fail("%s failed with exit code %d: %.*s", name, WEXITSTATUS(status),
		   text ? (int)(text + len - line) : 0, line);
}
