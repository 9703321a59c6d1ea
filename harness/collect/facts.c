// SPDX-License-Identifier: GPL-2.0-or-later
#include "collect/facts.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "lib/io.h"

static void set(json_t *o, const char *key, const char *value)
{
	json_object_set_new(o, key, json_string(value ? value : ""));
}

static void set_int(json_t *o, const char *key, uint64_t value)
{
	json_object_set_new(o, key, json_integer((json_int_t)value));
}

static json_t *strings(char *const *v, size_t nr)
{
	json_t *a = json_array();

	for (size_t i = 0; i < nr; i++)
		json_array_append_new(a, json_string(v[i]));
	return a;
}

/* "model name" of the first processor. */
static void cpu_model(char *buf, size_t size)
{
	struct strbuf text = STRBUF_INIT;
	struct error ignored;
	const char *p = NULL;

	snprintf(buf, size, "unknown");
	if (io_read_file("/proc/cpuinfo", 1 << 24, &text, &ignored) == 0)
		p = strstr(text.buf, "model name");
	if (p && strchr(p, ':')) {
		p = strchr(p, ':') + 2;
		snprintf(buf, size, "%.*s", (int)strcspn(p, "\n"), p);
	}
	strbuf_release(&text);
}

static json_t *host_facts(void)
{
	json_t *o = json_object();
	struct utsname u;
	char model[128], os[256] = "unknown";

	cpu_model(model, sizeof(model));
	if (uname(&u) == 0)
		snprintf(os, sizeof(os), "%s %s", u.sysname, u.release);
	set_int(o, "cpus", (uint64_t)sysconf(_SC_NPROCESSORS_ONLN));
	set(o, "cpu_model", model);
	set_int(o, "memory_bytes",
		(uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE));
	set(o, "os", os);
	return o;
}

void facts_set_cell(json_t *o, const struct cell *c)
{
	json_t *params = json_object(), *tunables = json_object();

	for (size_t i = 0; c->workload->params[i].name; i++)
		set(params, c->workload->params[i].name, c->params[i]);
	for (size_t i = 0; i < c->nr_tunables; i++)
		set(tunables, c->tunables[i].key, c->tunables[i].value);
	set(o, "plan", c->plan);
	set(o, "kernel", c->kernel);
	set(o, "arch", arch_name(c->arch));
	set(o, "clock", clock_name(c->clock));
	set_int(o, "memory_bytes", c->memory_bytes);
	set_int(o, "vcpus", c->vcpus);
	set(o, "swap", swap_name(c->swap));
	set_int(o, "swap_bytes", c->swap_bytes);
	set(o, "workload", c->workload->name);
	json_object_set_new(o, "params", params);
	json_object_set_new(o, "tunables", tunables);
	set(o, "events", c->events);
	if (strcmp(c->require, "none") != 0)
		set(o, "require", c->require);
	set(o, "sample", c->sample);
	set_int(o, "seed", c->seed);
}

static void set_ground(json_t *o, const struct facts *f)
{
	const struct task *t = f->task;

	set(o, "kernel_digest", t->kernel->digest);
	set(o, "kernel_source", t->kernel->origin);
	set(o, "kernel_tree", t->kernel->tree);
	json_object_set_new(o, "patches", strings(t->kernel->subjects, t->kernel->nr_subjects));
	set(o, "initramfs_digest", t->initramfs->digest);
	set(o, "cmdline", f->cmdline);
	set(o, "accelerator", t->cell->clock == CLOCK_WALL && f->session->kvm ? "kvm" : "tcg");
	set(o, "qemu_version", f->session->qemu_version[t->cell->arch]);
	json_object_set_new(o, "qemu_argv", strings(f->argv->v, f->argv->nr));
	json_object_set_new(o, "host", host_facts());
}

static void set_end(json_t *o, const struct facts *f)
{
	set(o, "status", f->status);
	set(o, "detail", f->detail);
	set(o, "digest", f->digest);
	set(o, "started", f->started);
	json_object_set_new(o, "wall_s", json_real(f->exit->wall_s));
	json_object_set_new(o, "cpu_s", json_real(f->exit->cpu_s));
	json_object_set_new(o, "harness_cpu_s", json_real(f->harness_cpu_s));
}

char *facts_json(const struct facts *f, struct error *err)
{
	json_t *o = json_object();
	char *text;

	facts_set_cell(o, f->task->cell);
	set_ground(o, f);
	set_end(o, f);
	text = json_dumps(o, JSON_INDENT(2));
	json_decref(o);
	if (!text)
		error_set(err, ERROR_HOST, "cannot describe the run of '%s'", f->task->id);
	return text;
}
