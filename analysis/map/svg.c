// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Three columns: the whole virtual address space to scale; its areas as boxes of one
 * height, so that what is small can be read; physical memory to scale. Ribbons lead
 * from one to the next: which addresses an area has, and which frames the direct
 * mapping reaches.
 */
#include <string.h>

#include "map/map.h"

#define WIDTH 1090
#define TOP 64
#define BOTTOM 30
#define BOX 40 /* height of an area */
#define GAP 17 /* of a hole between two */
#define SCALE_X 150
#define SCALE_W 40
#define BOX_X 260
#define BOX_W 390
#define PHYS_X 770
#define PHYS_W 70
/* Of the column to scale, what the hole between the halves of 64-bit addresses takes. */
#define HOLE 0.06

static const char style[] =
	"<style>"
	"text{font:12px ui-sans-serif,system-ui,sans-serif;fill:#222}"
	".h{font-size:16px;font-weight:600}.n{font-weight:600}.s{font-size:11px;fill:#555}"
	".a{font:11px ui-monospace,monospace;fill:#555}.bg{fill:#fff}"
	".box{stroke-width:1;stroke:#777}.rib{fill-opacity:.25;stroke:none}"
	".user{fill:#8fb3d9}.kernel{fill:#f0b98a}.low{fill:#a9cfa0}.high{fill:#c9a6cf}.none{fill:#ddd}"
	".line{stroke:#777;fill:none}.dash{stroke:#96689e;stroke-width:1.5;stroke-dasharray:5 4;fill:none}"
	"@media (prefers-color-scheme:dark){text{fill:#e6e6e6}.s,.a{fill:#aaa}.bg{fill:#16181b}"
	".user{fill:#35587c}.kernel{fill:#80542c}.low{fill:#3f6a38}.high{fill:#66446d}.none{fill:#333}"
	".rib{fill-opacity:.3}}"
	"</style>";

struct canvas {
	const struct map *m;
	struct strbuf *out;
	double height; /* of the columns */
};

static void add_escaped(struct strbuf *out, const char *text)
{
	for (; *text; text++) {
		if (strchr("<>&\"", *text))
			strbuf_addf(out, "&#%d;", *text);
		else
			strbuf_addc(out, *text >= ' ' && *text < 127 ? *text : '?');
	}
}

static void text(struct canvas *c, double x, double y, const char *class, const char *anchor,
		 const char *s)
{
	strbuf_addf(c->out, "<text x=\"%.1f\" y=\"%.1f\" class=\"%s\" text-anchor=\"%s\">", x, y, class,
		    anchor);
	add_escaped(c->out, s);
	strbuf_adds(c->out, "</text>");
}

static void rect(struct canvas *c, double x, double y, double w, double h, const char *class)
{
	strbuf_addf(c->out,
		    "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" class=\"%s\"/>", x, y, w,
		    h, class);
}

/* From [@a, @b] at @x1 to [@c1, @d] at @x2. */
static void ribbon(struct canvas *c, double x1, double a, double b, double x2, double c1, double d,
		   const char *class)
{
	strbuf_addf(c->out,
		    "<path class=\"rib %s\" d=\"M%.1f %.1f C%.1f %.1f %.1f %.1f %.1f %.1f V%.1f C%.1f "
		    "%.1f %.1f %.1f %.1f %.1fZ\"/>",
		    class, x1, a, x1 + 40, a, x2 - 40, c1, x2, c1, d, x2 - 40, d, x1 + 40, b, x1, b);
}

/* Where a page is in the column to scale: 0 at the top, 1 at the bottom. */
static double part_of_space(const struct map *m, uint64_t page)
{
	const uint64_t half = 1ull << 35; /* 128 TiB: what four levels of page tables reach */
	const uint64_t end = 1ull << 52;
	const double each = (1 - HOLE) / 2;

	if (!m->wide)
		return 1 - (double)page / (1u << 20);
	if (page <= half)
		return 1 - each * (double)page / (double)half;
	if (page >= end - half)
		return each * (double)(end - page) / (double)half;
	return 0.5;
}

static double space_y(const struct canvas *c, uint64_t page)
{
	return TOP + c->height * part_of_space(c->m, page);
}

static void tick(struct canvas *c, uint64_t page)
{
	const double y = space_y(c, page);
	char address[24];

	map_address(c->m, page, address, sizeof(address));
	text(c, SCALE_X - 8, y + 4, "a", "end", address);
	strbuf_addf(c->out, "<path class=\"line\" d=\"M%d %.1fH%d\"/>", SCALE_X - 5, y, SCALE_X);
}

static void draw_scale(struct canvas *c)
{
	const struct map *m = c->m;
	const double border = space_y(c, m->task_end);
	const double kernel = m->wide ? space_y(c, (1ull << 52) - (1ull << 35)) : border;

	rect(c, SCALE_X, TOP, SCALE_W, kernel - TOP, "box kernel");
	if (m->wide) {
		rect(c, SCALE_X, kernel, SCALE_W, border - kernel, "box none");
		text(c, SCALE_X - 8, (kernel + border) / 2 + 4, "s", "end", "no addresses");
		tick(c, (1ull << 52) - (1ull << 35));
	}
	rect(c, SCALE_X, border, SCALE_W, TOP + c->height - border, "box user");
	text(c, SCALE_X + SCALE_W / 2.0, (TOP + kernel) / 2 + 4, "s", "middle", "kernel");
	text(c, SCALE_X + SCALE_W / 2.0, (TOP + c->height + border) / 2 + 4, "s", "middle", "user");
	for (uint64_t page = 0; !m->wide && page <= 1u << 20; page += 1u << 18)
		tick(c, page);
	if (m->wide) {
		tick(c, 0);
		tick(c, 1ull << 52);
	}
	if (m->wide || m->task_end % (1u << 18))
		tick(c, m->task_end);
}

static bool has_gap(const struct map *m, size_t i)
{
	return i && m->virt[i - 1].from > m->virt[i].to;
}

static double boxes_height(const struct map *m)
{
	double h = 0;

	for (size_t i = 0; i < m->nr_virt; i++)
		h += BOX + (has_gap(m, i) ? GAP : 0);
	return h < 420 ? 420 : h;
}

static double phys_y(const struct canvas *c, uint64_t page)
{
	return TOP + c->height * (1 - (double)page / (double)c->m->zones[0].to);
}

static void draw_box(struct canvas *c, const struct map_region *r, double y)
{
	const char *class = r->kind == MAP_USER ? "user" : "kernel";
	char from[24], to[24], size[16], line[96];

	ribbon(c, SCALE_X + SCALE_W, space_y(c, r->to), space_y(c, r->from), BOX_X, y, y + BOX, class);
	strbuf_addf(c->out, "<rect x=\"%d\" y=\"%.1f\" width=\"%d\" height=\"%d\" class=\"box %s\"/>", BOX_X,
		    y, BOX_W, BOX, class);
	map_address(c->m, r->from, from, sizeof(from));
	map_address(c->m, r->to, to, sizeof(to));
	map_size(r->to - r->from, size, sizeof(size));
	text(c, BOX_X + 8, y + 16, "n", "start", r->name);
	text(c, BOX_X + BOX_W - 8, y + 16, "n", "end", size);
	snprintf(line, sizeof(line), "%s - %s", from, to);
	text(c, BOX_X + 8, y + 32, "a", "start", line);
	text(c, BOX_X + 96, y + 16, "s", "start", r->note);
}

/* What the boxes of the kernel do with frames: the direct mapping, and highmem's windows. */
static void draw_reach(struct canvas *c, const struct map_region *r, double y)
{
	const struct map_region *top = &c->m->zones[0];
	const bool high = strcmp(top->name, "HighMem") == 0;
	const double middle = phys_y(c, top->from + (top->to - top->from) / 2);

	if (r->kind != MAP_KERNEL)
		return;
	if (strcmp(r->name, "direct") == 0)
		ribbon(c, BOX_X + BOX_W, y, y + BOX, PHYS_X, phys_y(c, r->to - r->from), phys_y(c, 0), "low");
	else if (high && (strcmp(r->name, "pkmap") == 0 || strcmp(r->name, "fixmap") == 0))
		strbuf_addf(c->out, "<path class=\"dash\" d=\"M%d %.1f C%d %.1f %d %.1f %d %.1f\"/>",
			    BOX_X + BOX_W, y + BOX / 2.0, BOX_X + BOX_W + 60, y + BOX / 2.0, PHYS_X - 60,
			    middle, PHYS_X, middle);
}

static void draw_boxes(struct canvas *c)
{
	double y = TOP;

	for (size_t i = 0; i < c->m->nr_virt; i++) {
		char size[16], line[64];

		if (has_gap(c->m, i)) {
			map_size(c->m->virt[i - 1].from - c->m->virt[i].to, size, sizeof(size));
			snprintf(line, sizeof(line), "%s not used", size);
			text(c, BOX_X + BOX_W / 2.0, y + 13, "s", "middle", line);
			y += GAP;
		}
		draw_box(c, &c->m->virt[i], y);
		draw_reach(c, &c->m->virt[i], y);
		y += BOX;
	}
}

static void draw_zone(struct canvas *c, const struct map_region *r)
{
	const bool high = strcmp(r->name, "HighMem") == 0;
	const double y = phys_y(c, r->to), h = phys_y(c, r->from) - y;
	/* A small zone at the top would have its name in the line above. */
	const double middle = y + h / 2 < TOP + 26 ? TOP + 26 : y + h / 2;
	char from[24], to[24], size[16], managed[16], line[96];

	rect(c, PHYS_X, y, PHYS_W, h, high ? "box high" : "box low");
	map_size(r->to - r->from, size, sizeof(size));
	map_size(r->mapped, managed, sizeof(managed));
	map_address(c->m, r->from, from, sizeof(from));
	map_address(c->m, r->to, to, sizeof(to));
	snprintf(line, sizeof(line), "ZONE_%s  %s", strcmp(r->name, "HighMem") == 0 ? "HIGHMEM" :
						    strcmp(r->name, "Normal") == 0  ? "NORMAL" :
										      r->name,
		 size);
	text(c, PHYS_X + PHYS_W + 10, middle - 14, "n", "start", line);
	snprintf(line, sizeof(line), "%s -", from);
	text(c, PHYS_X + PHYS_W + 10, middle + 2, "a", "start", line);
	text(c, PHYS_X + PHYS_W + 10, middle + 17, "a", "start", to);
	snprintf(line, sizeof(line), "%s managed by the allocator", managed);
	text(c, PHYS_X + PHYS_W + 10, middle + 33, "s", "start", line);
	text(c, PHYS_X + PHYS_W + 10, middle + 48, "s", "start",
	     high ? "mapped page by page (dashed)" : "in the direct mapping (ribbon)");
}

static void draw_image(struct canvas *c)
{
	for (size_t i = 0; i < c->m->nr_phys; i++) {
		const struct map_region *r = &c->m->phys[i];
		double y = phys_y(c, r->to), h = phys_y(c, r->from) - y;

		if (strcmp(r->name, "kernel") != 0)
			continue;
		if (h < 3)
			h = 3;
		rect(c, PHYS_X, y, PHYS_W, h, "kernel");
		text(c, PHYS_X + PHYS_W + 10, y + 6, "s", "start", "the kernel's image");
	}
}

void map_svg(const struct map *m, struct strbuf *out)
{
	struct canvas c = { .m = m, .out = out, .height = boxes_height(m) };
	char title[256];

	strbuf_addf(out,
		    "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %.0f\" width=\"%d\" "
		    "height=\"%.0f\" role=\"img\">%s",
		    WIDTH, TOP + c.height + BOTTOM, WIDTH, TOP + c.height + BOTTOM, style);
	rect(&c, 0, 0, WIDTH, TOP + c.height + BOTTOM, "bg");
	snprintf(title, sizeof(title), "Address spaces: %s", m->title);
	text(&c, 16, 24, "h", "start", title);
	text(&c, SCALE_X + SCALE_W / 2.0, TOP - 10, "s", "middle", "virtual, to scale");
	text(&c, BOX_X + BOX_W / 2.0, TOP - 10, "s", "middle", "virtual, not to scale");
	text(&c, PHYS_X + PHYS_W / 2.0, TOP - 10, "s", "middle", "physical, to scale");
	draw_scale(&c);
	draw_boxes(&c);
	for (size_t i = 0; i < m->nr_zones; i++)
		draw_zone(&c, &m->zones[i]);
	draw_image(&c);
	strbuf_adds(out, "</svg>\n");
}
