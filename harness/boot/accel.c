// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/accel.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/now.h"

#define PROBE_MS 900 /* a working KVM needs about 20 ms */
#define GUEST_BYTES 0x8000u
#define CODE_AT 0x1000u
#define TABLES_AT 0x2000u /* PML4, PDPT, PD; or one page directory */

/*
 * mov $10000000, %ecx; 1: dec %ecx; jnz 1b; hlt
 * The same bytes do in 64-bit and in 32-bit mode (dec is ff /1, not 48+r).
 */
static const uint8_t code[] = { 0xb9, 0x80, 0x96, 0x98, 0x00, 0xff, 0xc9, 0x75, 0xfc, 0xf4 };

enum { CR0_PE = 1u, CR0_PG = 1u << 31, CR4_PSE = 1u << 4, CR4_PAE = 1u << 5 };
enum { EFER_LME = 1u << 8, EFER_LMA = 1u << 10 };
enum { PTE_PRESENT = 1, PTE_WRITE = 2, PTE_LARGE = 0x80 };

/* Flat code and data segments; page tables that map the first bytes to themselves. */
static void set_mode(struct kvm_sregs *s, uint8_t *memory, bool long_mode)
{
	struct kvm_segment cs = { .limit = 0xffffffff, .selector = 8, .type = 11, .present = 1,
				  .s = 1, .g = 1, .l = long_mode, .db = !long_mode };
	struct kvm_segment ds = cs;
	uint64_t *t64 = (uint64_t *)(memory + TABLES_AT);
	uint32_t *t32 = (uint32_t *)(memory + TABLES_AT);

	ds.type = 3;
	ds.selector = 16;
	s->cs = cs;
	s->ds = s->es = s->fs = s->gs = s->ss = ds;
	s->cr3 = TABLES_AT;
	s->cr0 = CR0_PE | CR0_PG;
	if (long_mode) {
		t64[0] = (TABLES_AT + 0x1000) | PTE_PRESENT | PTE_WRITE;
		t64[512] = (TABLES_AT + 0x2000) | PTE_PRESENT | PTE_WRITE;
		t64[1024] = PTE_PRESENT | PTE_WRITE | PTE_LARGE;
		s->cr4 = CR4_PAE;
		s->efer = EFER_LME | EFER_LMA;
	} else {
		t32[0] = PTE_PRESENT | PTE_WRITE | PTE_LARGE;
		s->cr4 = CR4_PSE;
		s->efer = 0;
	}
}

/* Run the vCPU until HLT; what else it says is the reason. NULL is success. */
static const char *run_loop(int vcpu, const struct kvm_run *run)
{
	for (;;) {
		if (ioctl(vcpu, KVM_RUN, 0) < 0) {
			if (errno == EINTR)
				continue;
			return "KVM_RUN fails";
		}
		return run->exit_reason == KVM_EXIT_HLT ? NULL : "the guest does not reach HLT";
	}
}

static const char *run_vm(int vm, int kvm, bool long_mode)
{
	struct kvm_userspace_memory_region region = { .memory_size = GUEST_BYTES };
	struct kvm_regs regs = { .rip = CODE_AT, .rflags = 2 };
	struct kvm_sregs sregs;
	struct kvm_run *run;
	uint8_t *memory = mmap(NULL, GUEST_BYTES, PROT_READ | PROT_WRITE,
			       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int vcpu, size = ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0);

	if (memory == MAP_FAILED || size <= 0)
		return "no memory for the guest";
	memcpy(memory + CODE_AT, code, sizeof(code));
	region.userspace_addr = (uintptr_t)memory;
	vcpu = ioctl(vm, KVM_SET_USER_MEMORY_REGION, &region) ? -1 : ioctl(vm, KVM_CREATE_VCPU, 0);
	if (vcpu < 0)
		return "no vCPU";
	run = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu, 0);
	if (run == MAP_FAILED || ioctl(vcpu, KVM_GET_SREGS, &sregs))
		return "the vCPU has no state";
	set_mode(&sregs, memory, long_mode);
	if (ioctl(vcpu, KVM_SET_SREGS, &sregs) || ioctl(vcpu, KVM_SET_REGS, &regs))
		return "the vCPU takes no state";
	return run_loop(vcpu, run);
}

static void on_alarm(int sig)
{
	(void)sig;
}

/* In the child: both loops; the verdict goes to @out as text. */
static void probe_child(int out)
{
	struct sigaction act = { .sa_handler = on_alarm }; /* no SA_RESTART: KVM_RUN returns */
	struct itimerval tick = { { 0, 250000 }, { 0, 250000 } };
	const char *why = NULL;
	int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);

	sigaction(SIGALRM, &act, NULL);
	setitimer(ITIMER_REAL, &tick, NULL);
	if (kvm < 0 || ioctl(kvm, KVM_GET_API_VERSION, 0) != KVM_API_VERSION)
		why = "/dev/kvm does not speak KVM";
	for (int long_mode = 1; !why && long_mode >= 0; long_mode--) {
		int vm = ioctl(kvm, KVM_CREATE_VM, 0);

		why = vm < 0 ? "no VM can be made" : run_vm(vm, kvm, long_mode);
	}
	if (!why)
		why = "";
	if (write(out, why, strlen(why) + 1) < 0)
		_exit(1);
	_exit(0);
}

static void probe(struct accel *a)
{
	double t0 = now_s();
	struct pollfd p;
	char text[128] = "";
	int fds[2];
	pid_t pid;

	a->present = access("/dev/kvm", R_OK | W_OK) == 0;
	if (!a->present) {
		snprintf(a->why, sizeof(a->why), "cannot open /dev/kvm: %s", strerror(errno));
		return;
	}
	if (pipe2(fds, O_CLOEXEC))
		return;
	pid = fork();
	if (pid == 0)
		probe_child(fds[1]);
	close(fds[1]);
	p = (struct pollfd){ .fd = fds[0], .events = POLLIN };
	if (pid < 0)
		snprintf(a->why, sizeof(a->why), "cannot fork: %s", strerror(errno));
	else if (poll(&p, 1, PROBE_MS) <= 0)
		snprintf(a->why, sizeof(a->why), "/dev/kvm opens, but a guest did not run in %d ms",
			 PROBE_MS);
	else if (read(fds[0], text, sizeof(text) - 1) <= 0)
		snprintf(a->why, sizeof(a->why), "the probe died");
	else if (*text)
		snprintf(a->why, sizeof(a->why), "/dev/kvm opens, but %s", text);
	else
		a->usable = true;
	if (a->usable)
		snprintf(a->why, sizeof(a->why), "64- and 32-bit guest code ran in %.0f ms",
			 1e3 * (now_s() - t0));
	close(fds[0]);
	if (pid > 0) {
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
}

const struct accel *accel_probe(void)
{
	static struct accel accel;
	static bool probed;

	if (!probed)
		probe(&accel);
	probed = true;
	return &accel;
}
