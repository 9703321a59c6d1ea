// SPDX-License-Identifier: GPL-2.0-or-later
#include "lib/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/io.h"
#include "lib/now.h"
#include "lib/xalloc.h"

#define CAPTURE_MAX ((size_t)1 << 20)
#define QUOTED_LINES 15

/*
 * Give up every capability for good: exec as root gains none (SECBIT_NOROOT), no
 * file's set-user-ID or capabilities count (NO_NEW_PRIVS). A caller who is not
 * root has none to give up. capabilities(7).
 */
static int confine(void)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return -1;
	for (unsigned int cap = 0; prctl(PR_CAPBSET_READ, cap, 0, 0, 0) >= 0; cap++)
		if (prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) && errno != EPERM)
			return -1;
	if (prctl(PR_SET_SECUREBITS, SECBIT_NOROOT | SECBIT_NOROOT_LOCKED, 0, 0, 0) && errno != EPERM)
		return -1;
	return (int)syscall(SYS_capset, &head, none);
}

/* In the child: never returns. A failure before exec reaches the parent as an
 * errno through @report, which exec closes. */
static void child(const struct proc_opts *opts, int out_fd, pid_t parent, int report)
{
	sigset_t none;
	int errnum;

	setpgid(0, 0);
	/* A guest has nothing to clean up. make ends its compilers first, git removes its locks. */
	prctl(PR_SET_PDEATHSIG, opts->confined ? SIGKILL : SIGTERM);
	if (getppid() != parent)
		_exit(127);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (dup2(out_fd, STDOUT_FILENO) < 0 || dup2(out_fd, STDERR_FILENO) < 0)
		goto fail;
	if (opts->dir && chdir(opts->dir))
		goto fail;
	for (const char *const *e = opts->env; e && *e; e++)
		putenv((char *)*e);
	if (opts->confined && confine())
		goto fail;
	execvp(opts->argv[0], (char *const *)opts->argv);
fail:
	errnum = errno;
	if (write(report, &errnum, sizeof(errnum)) < 0)
		_exit(126);
	_exit(127);
}

/* Start @opts with stdout and stderr on @out_fd and stdin on /dev/null. */
static int start(const struct proc_opts *opts, int out_fd, pid_t *ret_pid, struct error *err)
{
	int report[2], errnum = 0;
	pid_t pid, self = getpid();
	int in = open("/dev/null", O_RDONLY | O_CLOEXEC);

	if (in < 0 || pipe2(report, O_CLOEXEC)) {
		errnum = errno;
		if (in >= 0)
			close(in);
		return error_errno(err, ERROR_HOST, errnum, "cannot start '%s'", opts->argv[0]);
	}
	pid = fork();
	if (pid == 0) {
		dup2(in, STDIN_FILENO);
		child(opts, out_fd, self, report[1]);
	}
	errnum = pid < 0 ? errno : 0;
	close(in);
	close(report[1]);
	if (pid > 0 && read(report[0], &errnum, sizeof(errnum)) == sizeof(errnum))
		waitpid(pid, NULL, 0);
	else if (pid > 0)
		errnum = 0;
	close(report[0]);
	if (errnum)
		return error_errno(err, ERROR_HOST, errnum, "cannot start '%s'", opts->argv[0]);
	*ret_pid = pid;
	return 0;
}

/* Keep the last CAPTURE_MAX bytes: the end of a log says why it stopped. */
static void capture(struct strbuf *out, const char *data, size_t len)
{
	strbuf_add(out, data, len);
	if (out->len > 2 * CAPTURE_MAX) {
		memmove(out->buf, out->buf + out->len - CAPTURE_MAX, CAPTURE_MAX);
		out->len = CAPTURE_MAX;
		out->buf[out->len] = '\0';
	}
}

static int wait_timeout_ms(double deadline)
{
	double left = deadline - now_s();

	if (deadline <= 0)
		return -1;
	return left <= 0 ? 0 : (int)(left * 1000) + 1;
}

/* Read @fd until every writer has closed it or the deadline kills the group. */
static void drain(int fd, pid_t pid, double deadline, struct proc_result *r)
{
	char buf[1 << 14];

	for (;;) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		int n = poll(&p, 1, wait_timeout_ms(deadline));
		ssize_t len;

		if (n < 0 && errno == EINTR)
			continue;
		if (n == 0 && deadline > 0) {
			r->timed_out = true;
			kill(-pid, SIGKILL);
			deadline = 0;
			continue;
		}
		len = read(fd, buf, sizeof(buf));
		if (len < 0 && errno == EINTR)
			continue;
		if (len <= 0)
			return;
		capture(&r->out, buf, len);
	}
}

int proc_run(const struct proc_opts *opts, struct proc_result *ret_result, struct error *err)
{
	struct proc_result *r = ret_result;
	double t0 = now_s();
	int fds[2], status, log_fd = -1;
	pid_t pid = -1;

	*r = (struct proc_result){ .exit_code = -1 };
	if (pipe2(fds, O_CLOEXEC))
		return error_errno(err, ERROR_HOST, errno, "cannot start '%s'", opts->argv[0]);
	if (opts->out_path) {
		log_fd = open(opts->out_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
		if (log_fd < 0) {
			error_errno(err, ERROR_HOST, errno, "cannot open '%s'", opts->out_path);
			goto fail;
		}
	}
	if (start(opts, fds[1], &pid, err))
		goto fail;
	close(fds[1]);
	drain(fds[0], pid, opts->deadline_s ? t0 + opts->deadline_s : 0, r);
	close(fds[0]);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFEXITED(status))
		r->exit_code = WEXITSTATUS(status);
	else
		r->signal = WTERMSIG(status);
	r->wall_s = now_s() - t0;
	strbuf_add(&r->out, "", 0);
	if (log_fd >= 0) {
		io_write_all(log_fd, r->out.buf, r->out.len);
		close(log_fd);
	}
	return 0;
fail:
	close(fds[0]);
	close(fds[1]);
	if (log_fd >= 0)
		close(log_fd);
	return -1;
}

/* The last few lines of @s, without the newline at the end. */
static const char *last_lines(struct strbuf *s, int nr)
{
	char *p;

	while (s->len && s->buf[s->len - 1] == '\n')
		s->buf[--s->len] = '\0';
	for (p = s->buf + s->len; p > s->buf; p--)
		if (p[-1] == '\n' && --nr == 0)
			break;
	return p;
}

int proc_run_checked(const struct proc_opts *opts, struct proc_result *ret_result,
		     struct error *err)
{
	struct proc_result *r = ret_result;

	if (proc_run(opts, r, err))
		return -1;
	if (r->timed_out)
		return error_set(err, ERROR_HOST, "'%s' did not end within %u s", opts->argv[0],
				 opts->deadline_s);
	if (r->signal)
		return error_set(err, ERROR_HOST, "'%s' was killed: %s", opts->argv[0],
				 strsignal(r->signal));
	if (r->exit_code)
		return error_set(err, ERROR_HOST, "'%s' failed with exit code %d:\n%s", opts->argv[0],
				 r->exit_code, last_lines(&r->out, QUOTED_LINES));
	return 0;
}

int proc_check(const struct proc_opts *opts, struct error *err)
{
	struct proc_result r;
	int rc = proc_run_checked(opts, &r, err);

	proc_result_release(&r);
	return rc;
}

void proc_result_release(struct proc_result *r)
{
	strbuf_release(&r->out);
}

int proc_spawn(const struct proc_opts *opts, pid_t *ret_pid, int *ret_pidfd, struct error *err)
{
	const char *path = opts->out_path ? opts->out_path : "/dev/null";
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
	int rc;

	if (fd < 0)
		return error_errno(err, ERROR_HOST, errno, "cannot open '%s'", path);
	rc = start(opts, fd, ret_pid, err);
	close(fd);
	if (rc)
		return rc;
	*ret_pidfd = (int)syscall(SYS_pidfd_open, *ret_pid, 0);
	if (*ret_pidfd < 0) {
		error_errno(err, ERROR_HOST, errno, "cannot watch '%s'", opts->argv[0]);
		kill(-*ret_pid, SIGKILL);
		waitpid(*ret_pid, NULL, 0);
		return -1;
	}
	return 0;
}

int proc_catch_stop(sigset_t *old, struct error *err)
{
	sigset_t stop;
	int fd;

	sigemptyset(&stop);
	sigaddset(&stop, SIGINT);
	sigaddset(&stop, SIGTERM);
	sigprocmask(SIG_BLOCK, &stop, old);
	fd = signalfd(-1, &stop, SFD_CLOEXEC);
	return fd < 0 ? error_errno(err, ERROR_HOST, errno, "cannot catch signals") : fd;
}

void argv_add(struct argv *a, const char *s)
{
	a->v = xreallocarray(a->v, a->nr + 2, sizeof(*a->v));
	a->v[a->nr++] = xstrdup(s);
	a->v[a->nr] = NULL;
}

void argv_addf(struct argv *a, const char *fmt, ...)
{
	va_list ap;
	char *s;

	va_start(ap, fmt);
	if (vasprintf(&s, fmt, ap) < 0)
		s = xstrdup("");
	va_end(ap);
	argv_add(a, s);
	free(s);
}

void argv_release(struct argv *a)
{
	for (size_t i = 0; i < a->nr; i++)
		free(a->v[i]);
	free(a->v);
	*a = (struct argv){};
}
