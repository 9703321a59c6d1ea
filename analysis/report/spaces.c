// SPDX-License-Identifier: GPL-2.0-or-later
/* Address spaces, drawn as "highwater map" does: runs of workload layout. */
#include <stdlib.h>

#include "map/map.h"
#include "report/private.h"

#define MAX_MAPS 12

/* A picture with a style of its own, out of the page's reach. */
static void picture(struct strbuf *out, const struct strbuf *svg, const char *what, const char *title)
{
	strbuf_adds(out, "<figure><figcaption>");
	html_str(out, title);
	strbuf_addf(out, "</figcaption><img alt=\"%s of ", what);
	html_str(out, title);
	strbuf_adds(out, "\" src=\"data:image/svg+xml,");
	html_url(out, svg->buf, svg->len);
	strbuf_adds(out, "\"></figure>\n");
}

static void draw(struct report *r, const struct query_cell *c)
{
	struct strbuf svg = STRBUF_INIT;
	struct error none;
	struct map m;

	/* Most runs have measured no layout: that is no error here. */
	if (map_build(r->store, c->run, &m, &none))
		return;
	map_svg(&m, &svg);
	picture(r->out, &svg, "address spaces", m.title);
	r->nr_figures++;
	map_release(&m);
	strbuf_release(&svg);
}

int report_maps(struct report *r, struct error *err)
{
	const size_t begin = r->nr_figures;

	(void)err;
	strbuf_adds(r->out, "<h3>Address spaces</h3><div class=\"wide\">\n");
	for (size_t i = 0; i < r->cells.nr && r->nr_figures < begin + MAX_MAPS; i++) {
		const struct query_cell *c = &r->cells.v[i];

		if (c->run && query_axis_is(c, "workload", "layout"))
			draw(r, c);
	}
	strbuf_adds(r->out, "</div>\n");
	if (r->nr_figures == begin)
		strbuf_adds(r->out, "<p class=\"dim\">no run of workload layout</p>");
	return 0;
}
