// SPDX-License-Identifier: GPL-2.0-or-later
#include "build/paths.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/io.h"
#include "lib/xalloc.h"

static bool is_root(const char *dir)
{
	char *probe = xasprintf("%s/patches/series", dir);
	bool yes = io_exists(probe);

	free(probe);
	return yes;
}

/* Cut components off @dir until it is a root; false when there is none. */
static bool climb(char *dir)
{
	while (*dir) {
		char *slash;

		if (is_root(dir))
			return true;
		slash = strrchr(dir, '/');
		if (!slash)
			return false;
		*slash = '\0';
	}
	return false;
}

static char *find_root(struct error *err)
{
	const char *env = getenv("HIGHWATER_ROOT");
	char dir[PATH_MAX];
	ssize_t len;

	if (env && *env) {
		if (is_root(env) && realpath(env, dir))
			return xstrdup(dir);
		error_set(err, ERROR_INPUT, "HIGHWATER_ROOT '%s' has no patches/series", env);
		return NULL;
	}
	len = readlink("/proc/self/exe", dir, sizeof(dir) - 1);
	if (len > 0) {
		dir[len] = '\0';
		if (climb(dir))
			return xstrdup(dir);
	}
	if (getcwd(dir, sizeof(dir)) && climb(dir))
		return xstrdup(dir);
	error_set(err, ERROR_INPUT,
		  "cannot find the project: no patches/series above the binary or here; set HIGHWATER_ROOT");
	return NULL;
}

static char *find_cache(void)
{
	const char *own = getenv("HIGHWATER_CACHE");
	const char *xdg = getenv("XDG_CACHE_HOME");
	const char *home = getenv("HOME");

	if (own && *own)
		return xstrdup(own);
	if (xdg && *xdg)
		return xasprintf("%s/highwater", xdg);
	return xasprintf("%s/.cache/highwater", home && *home ? home : "/root");
}

int paths_init(struct paths *p, struct error *err)
{
	char absolute[PATH_MAX];
	char *cache;

	*p = (struct paths){ .root = find_root(err) };
	if (!p->root)
		return -1;
	p->configs = xasprintf("%s/configs", p->root);
	p->patches = xasprintf("%s/patches", p->root);
	p->images = xasprintf("%s/vm-images", p->root);
	p->agents = xasprintf("%s/out/guest", p->root);
	p->plugin = xasprintf("%s/out/plugin/highwater.so", p->root);
	cache = find_cache();
	if (io_mkdirs(cache, err)) {
		free(cache);
		paths_release(p);
		return -1;
	}
	p->cache = xstrdup(realpath(cache, absolute) ? absolute : cache);
	free(cache);
	return 0;
}

void paths_release(struct paths *p)
{
	free(p->root);
	free(p->configs);
	free(p->patches);
	free(p->images);
	free(p->agents);
	free(p->plugin);
	free(p->cache);
	free(p->source);
	*p = (struct paths){};
}
