// SPDX-License-Identifier: GPL-2.0-or-later
#include "review/option.h"

#include <stdlib.h>
#include <string.h>

#include "lib/strbuf.h"
#include "lib/xalloc.h"
#include "review/source_text.h"
#include "review/tree.h"

/*
 * Options a patch to mm may forget. A row applies when the lines a patch adds
 * or touches, or the #if around them, hold one of its words. What else must go
 * with an option is in its lines.
 */
static const struct {
	const char *name;
	enum arch arch;
	const char *words; /* separated by blanks */
	const char *lines;
} known[] = {
	{ "HIGHMEM", ARCH_I386,
	  "CONFIG_HIGHMEM highmem ZONE_HIGHMEM kmap kmap_local_page is_highmem PageHighMem "
	  "totalhigh_pages nr_free_highpages __GFP_HIGHMEM GFP_HIGHUSER",
	  "# CONFIG_HIGHMEM4G is not set\nCONFIG_NOHIGHMEM=y\n# CONFIG_HIGHMEM is not set\n" },
	{ "SWAP", ARCH_X86_64,
	  "CONFIG_SWAP swap_info_struct get_nr_swap_pages total_swap_pages nr_swap_pages swap_entry_t "
	  "folio_free_swap swap_readahead swap_cluster_readahead swp_swap_info",
	  "# CONFIG_SWAP is not set\n# CONFIG_ZRAM is not set\n# CONFIG_ZSWAP is not set\n" },
	{ "MEMCG", ARCH_I386,
	  "CONFIG_MEMCG mem_cgroup memcg mem_cgroup_lruvec lruvec_memcg folio_memcg mem_cgroup_from_task",
	  "# CONFIG_MEMCG is not set\n" },
	{ "COMPACTION", ARCH_X86_64,
	  "CONFIG_COMPACTION compact_zone capture_control compaction_suitable COMPACTSTALL COMPACTFAIL "
	  "compact_control kcompactd wakeup_kcompactd",
	  "# CONFIG_COMPACTION is not set\n# CONFIG_TRANSPARENT_HUGEPAGE is not set\n"
	  "# CONFIG_CMA is not set\n# CONFIG_HUGETLBFS is not set\n" },
	{ "TRACEPOINTS", ARCH_I386, "TRACE_EVENT DEFINE_EVENT DEFINE_EVENT_CONDITION",
	  "# CONFIG_FTRACE is not set\n# CONFIG_TRACING is not set\n# CONFIG_PROFILING is not set\n" },
	{ "SYSCTL", ARCH_X86_64, "CONFIG_SYSCTL ctl_table register_sysctl_init procname proc_dointvec",
	  "# CONFIG_PROC_SYSCTL is not set\n# CONFIG_SYSCTL is not set\n" },
	{ "VM_EVENT_COUNTERS", ARCH_X86_64, "CONFIG_VM_EVENT_COUNTERS count_vm_event count_vm_events "
	  "__count_vm_events vm_event_states vmstat_text",
	  "# CONFIG_VM_EVENT_COUNTERS is not set\n" },
	{ "TRANSPARENT_HUGEPAGE", ARCH_X86_64,
	  "CONFIG_TRANSPARENT_HUGEPAGE folio_test_pmd_mappable HPAGE_PMD_ORDER HPAGE_PMD_NR",
	  "# CONFIG_TRANSPARENT_HUGEPAGE is not set\n" },
	{ "SMP", ARCH_I386, "CONFIG_SMP smp_processor_id this_cpu_ptr per_cpu_ptr num_online_cpus",
	  "# CONFIG_SMP is not set\n" },
	{ "PROC_FS", ARCH_X86_64, "CONFIG_PROC_FS proc_create proc_create_seq proc_mkdir",
	  "# CONFIG_PROC_FS is not set\n# CONFIG_PROC_SYSCTL is not set\n" },
	{ "DEBUG_FS", ARCH_X86_64, "CONFIG_DEBUG_FS debugfs_create_file debugfs_create_dir "
	  "debugfs_create_u32", "# CONFIG_DEBUG_FS is not set\n" },
	{ "PSI", ARCH_X86_64, "CONFIG_PSI psi_memstall_enter psi_memstall_leave",
	  "# CONFIG_PSI is not set\n" },
	{ "JUMP_LABEL", ARCH_X86_64, "DEFINE_STATIC_KEY_FALSE DEFINE_STATIC_KEY_TRUE "
	  "static_branch_unlikely static_branch_likely", "# CONFIG_JUMP_LABEL is not set\n" },
	{ "MEMORY_ISOLATION", ARCH_X86_64, "CONFIG_MEMORY_ISOLATION is_migrate_isolate "
	  "is_migrate_isolate_page", "# CONFIG_MEMORY_ISOLATION is not set\n# CONFIG_CMA is not set\n"
	  "# CONFIG_HUGETLBFS is not set\n# CONFIG_VIRTIO_MEM is not set\n" },
};

#define NR_KNOWN (sizeof(known) / sizeof(known[0]))

/* Does @text hold one of the words of @list? */
static bool any_word(const char *text, const char *list)
{
	char *copy = xstrdup(list), *save, *word;
	bool found = false;

	for (word = strtok_r(copy, " ", &save); word && !found; word = strtok_r(NULL, " ", &save))
		found = source_word(text, word) != NULL;
	free(copy);
	return found;
}

/* Start of line @number (from 1) of @c, or NULL. */
static const char *line_start(const char *c, unsigned int number)
{
	while (c && --number)
		c = strchr(c, '\n') ? strchr(c, '\n') + 1 : NULL;
	return c;
}

/* Add the #if lines around line @number of @c. */
static void add_guards(const char *c, unsigned int number, struct strbuf *out)
{
	const char *p = line_start(c, number);
	int depth = 0;

	while (p && p > c) {
		size_t len = 1;

		for (p--; p > c && p[-1] != '\n'; p--)
			len++;
		if (*p != '#')
			continue;
		if (strncmp(p, "#endif", 6) == 0) {
			depth++;
		} else if (strncmp(p, "#if", 3) == 0 && depth-- == 0) {
			strbuf_addf(out, "%.*s\n", (int)strcspn(p, "\n"), p);
			depth = 0;
		}
	}
}

/* What the patch adds and takes away in C, and the conditions it stands under. */
static int touched_text(struct review *r, const struct review_patch *p, struct strbuf *out,
			struct error *err)
{
	strbuf_adds(out, "");
	for (size_t i = 0; i < p->mail.nr_files; i++) {
		const struct diff_file *f = &p->mail.files[i];
		unsigned int hunk = ~0U;
		char *c = NULL;

		if (f->is_deleted || !(path_ends(f->path, ".c") || path_ends(f->path, ".h")))
			continue;
		if (tree_file(r, p->commit, f->path, &c, err))
			return -1;
		for (size_t j = 0; j < f->nr; j++) {
			if (f->lines[j].sign == DIFF_CONTEXT)
				continue;
			strbuf_addf(out, "%s\n", f->lines[j].text);
			if (c && f->lines[j].new_line && f->lines[j].hunk != hunk) {
				hunk = f->lines[j].hunk;
				add_guards(c, f->lines[j].new_line, out);
			}
		}
		free(c);
	}
	return 0;
}

/* Options that the patch itself makes are switched off as well. */
static void add_new_options(const struct review_patch *p, struct option_list *ret)
{
	for (size_t i = 0; i < p->mail.nr_files; i++) {
		const struct diff_file *f = &p->mail.files[i];
		const char *slash = strrchr(f->path, '/');

		if (strncmp(slash ? slash + 1 : f->path, "Kconfig", 7) != 0)
			continue;
		for (size_t j = 0; j < f->nr; j++) {
			char *name;

			if (f->lines[j].sign != DIFF_ADDED ||
			    strncmp(f->lines[j].text, "config ", 7) != 0)
				continue;
			name = source_identifier(f->lines[j].text + 7);
			ret->v = xreallocarray(ret->v, ret->nr + 1, sizeof(*ret->v));
			ret->v[ret->nr++] = (struct option){ name, xasprintf("# CONFIG_%s is not set\n", name),
							     ARCH_X86_64 };
		}
	}
}

int options_of(struct review *r, const struct review_patch *p, struct option_list *ret,
	       struct error *err)
{
	struct strbuf text = STRBUF_INIT;
	int rc = touched_text(r, p, &text, err);

	*ret = (struct option_list){};
	for (size_t i = 0; !rc && i < NR_KNOWN; i++) {
		if (!any_word(text.buf, known[i].words))
			continue;
		ret->v = xreallocarray(ret->v, ret->nr + 1, sizeof(*ret->v));
		ret->v[ret->nr++] = (struct option){ xstrdup(known[i].name), xstrdup(known[i].lines),
						     known[i].arch };
	}
	if (!rc)
		add_new_options(p, ret);
	strbuf_release(&text);
	return rc;
}

void options_release(struct option_list *l)
{
	for (size_t i = 0; i < l->nr; i++) {
		free(l->v[i].lines);
		free(l->v[i].name);
	}
	free(l->v);
	*l = (struct option_list){};
}
