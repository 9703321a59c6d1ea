// SPDX-License-Identifier: GPL-2.0-or-later
/// Memory that a function has just got, has given to nobody and does not free
/// when something after it fails.
// Options: --no-includes

virtual report

@r exists@
local idexpression x;
expression e, f, e1;
statement S;
identifier g != {memset, memcpy, strscpy, scnprintf, snprintf, sprintf};
position p1, p2;
type T;
constant C;
local idexpression int code;
@@
x =@p1 \(kmalloc\|kzalloc\|kcalloc\|kmalloc_array\|kvmalloc\|kvzalloc\|kvmalloc_array\|kmemdup\|kstrdup\|vmalloc\|vzalloc\|alloc_page\|alloc_pages\|kmalloc_obj\|kzalloc_obj\|kmalloc_objs\|kzalloc_objs\)(...)
... when != e = x
    when != e = (T)x
    when != &e = x
    when != x = f
if (\(x == NULL\|!x\)) S
... when != e = x
    when != e = (T)x
    when != &e = x
    when != g(..., x, ...)
    when != g(..., (T)x, ...)
    when != return x;
    when != return (T)x;
    when != x = f
    when != if (\(x == NULL\|!x\)) S
if (e1) {
  ... when != x
  return@p2 \(-C\|code\|NULL\);
}

@script:python depends on report@
p1 << r.p1;
p2 << r.p2;
@@
coccilib.report.print_report(p2[0], "ERROR: leak on the error path: what line %s allocated is not freed" % p1[0].line)
