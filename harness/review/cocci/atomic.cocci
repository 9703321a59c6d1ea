// SPDX-License-Identifier: GPL-2.0-or-later
/// Sleeping while a spinlock is held.
// Options: --no-includes

virtual report

@r exists@
position p1, p2;
expression l;
identifier lock =~ "^(raw_)?(spin|read|write)_lock(_irq|_bh)?$";
identifier unlock =~ "^(raw_)?(spin|read|write)_unlock(_irq|_bh)?$";
identifier alloc =~ "^(k[vmz]*alloc.*|kmem_cache_z?alloc|alloc_pages?|__get_free_pages?|get_zeroed_page|k[vmz]*alloc_objs?)$";
identifier gfp =~ "^GFP_(KERNEL|KERNEL_ACCOUNT|USER|HIGHUSER|HIGHUSER_MOVABLE|NOFS|NOIO)$";
identifier sleeper =~ "^(mutex_lock|down|down_read|down_write|msleep|usleep_range|schedule|schedule_timeout_.*|cond_resched|might_sleep|copy_(from|to)_user|wait_for_completion|vmalloc|vfree|kvfree)$";
@@
lock@p1(l)
... when != unlock(l)
(
alloc@p2(..., <+...gfp...+>, ...)
|
sleeper@p2(...)
)

@s exists@
position p1, p2;
expression l, flags;
identifier lock =~ "^(raw_)?(spin|read|write)_lock_irqsave$";
identifier unlock =~ "^(raw_)?(spin|read|write)_unlock_irqrestore$";
identifier alloc =~ "^(k[vmz]*alloc.*|kmem_cache_z?alloc|alloc_pages?|__get_free_pages?|get_zeroed_page|k[vmz]*alloc_objs?)$";
identifier gfp =~ "^GFP_(KERNEL|KERNEL_ACCOUNT|USER|HIGHUSER|HIGHUSER_MOVABLE|NOFS|NOIO)$";
identifier sleeper =~ "^(mutex_lock|down|down_read|down_write|msleep|usleep_range|schedule|schedule_timeout_.*|cond_resched|might_sleep|copy_(from|to)_user|wait_for_completion|vmalloc|vfree|kvfree)$";
@@
lock@p1(l, flags)
... when != unlock(l, flags)
(
alloc@p2(..., <+...gfp...+>, ...)
|
sleeper@p2(...)
)

@script:python depends on report@
p1 << r.p1;
p2 << r.p2;
@@
coccilib.report.print_report(p2[0], "ERROR: sleeping in atomic context: the lock of line %s is held" % p1[0].line)

@script:python depends on report@
p1 << s.p1;
p2 << s.p2;
@@
coccilib.report.print_report(p2[0], "ERROR: sleeping in atomic context: the lock of line %s is held" % p1[0].line)
