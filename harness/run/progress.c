// SPDX-License-Identifier: GPL-2.0-or-later
#include "run/progress.h"

#include <stdarg.h>
#include <unistd.h>

#include "lib/now.h"

void progress_init(struct progress *p, FILE *to, size_t nr, double work_all)
{
	*p = (struct progress){ .to = to, .nr = nr, .started = now_s(), .work_all = work_all };
	p->tty = isatty(fileno(to));
}

double progress_eta(double elapsed, double work_done, double work_all)
{
	if (work_done <= 0)
		return -1;
	return elapsed * (work_all - work_done) / work_done;
}

static void erase(struct progress *p)
{
	if (p->drawn)
		fputs("\r\033[K", p->to);
	p->drawn = false;
}

void progress_line(struct progress *p, const char *fmt, ...)
{
	va_list ap;

	erase(p);
	va_start(ap, fmt);
	vfprintf(p->to, fmt, ap);
	va_end(ap);
	fputc('\n', p->to);
	fflush(p->to);
}

void progress_draw(struct progress *p, size_t nr_done, size_t nr_running)
{
	double eta = progress_eta(now_s() - p->started, p->work_done, p->work_all);

	if (!p->tty)
		return;
	erase(p);
	fprintf(p->to, "%zu of %zu cells, %zu running", nr_done, p->nr, nr_running);
	if (eta >= 0)
		fprintf(p->to, ", about %.0f s left", eta);
	fflush(p->to);
	p->drawn = true;
}

void progress_advance(struct progress *p, double work)
{
	p->work_done += work;
}

void progress_end(struct progress *p)
{
	erase(p);
	fflush(p->to);
}
