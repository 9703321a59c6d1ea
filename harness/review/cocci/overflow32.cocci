// SPDX-License-Identifier: GPL-2.0-or-later
/// A product or a shift of unsigned long is 32 bits wide on a 32-bit kernel;
/// when it is stored in 64 bits, the upper ones were meant.
// Options: --no-includes

virtual report

@r@
typedef u64, s64, loff_t;
{u64, s64, loff_t, unsigned long long, long long} wide;
unsigned long narrow;
identifier shift =~ "^(PAGE_SHIFT|HPAGE_SHIFT|MAX_PAGE_ORDER)$";
position p;
@@
wide =@p narrow << shift

@s@
typedef u64, s64, loff_t;
{u64, s64, loff_t, unsigned long long, long long} wide;
unsigned long narrow;
identifier size =~ "^(PAGE_SIZE|HPAGE_SIZE)$";
position p;
@@
wide =@p narrow * size

@t@
typedef u64, s64, loff_t;
{u64, s64, loff_t, unsigned long long, long long} wide;
unsigned long a, b;
position p;
@@
wide =@p a * b

@script:python depends on report@
p << r.p;
@@
coccilib.report.print_report(p[0], "WARNING: 32-bit overflow: the shift is done in unsigned long")

@script:python depends on report@
p << s.p;
@@
coccilib.report.print_report(p[0], "WARNING: 32-bit overflow: the product is computed in unsigned long")

@script:python depends on report@
p << t.p;
@@
coccilib.report.print_report(p[0], "WARNING: 32-bit overflow: the product is computed in unsigned long")
