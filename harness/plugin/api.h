/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * api: what is used of QEMU's TCG plugin interface. Debian does not package
 * qemu-plugin.h, and one binary serves two generations of it, so the functions
 * are declared here, weak: what a QEMU lacks is NULL.
 *
 * Version 1 (QEMU 7.2): an inline operation adds to any memory.
 * Version 2 (QEMU 9.0 and later, which refuse version 1): it adds to a scoreboard,
 * an array with an element per vCPU. Version 3: qemu_plugin_insn_data() copies.
 */
#ifndef PLUGIN_API_H
#define PLUGIN_API_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WEAK __attribute__((weak))
#define EXPORT __attribute__((visibility("default")))

typedef uint64_t qemu_plugin_id_t;

struct qemu_info {
	const char *target_name;
	struct {
		int min, cur;
	} version;
	bool system_emulation;
	struct {
		int smp_vcpus, max_vcpus;
	} system;
};

struct qemu_plugin_tb;
struct qemu_plugin_insn;
struct qemu_plugin_scoreboard;

struct qemu_plugin_u64 {
	struct qemu_plugin_scoreboard *score;
	size_t offset;
};

enum { CB_NO_REGS = 0 };
enum { INLINE_ADD_U64 = 0 };
/* QEMU 7.2 takes 1 for stores and no loads (accel/tcg/plugin-gen.c, op_rw()): ask for both. */
enum { MEM_RW = 3 };

typedef void (*vcpu_udata_cb)(unsigned int vcpu, void *udata);

void WEAK qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id,
						void (*cb)(qemu_plugin_id_t id,
							   struct qemu_plugin_tb *tb));
void WEAK qemu_plugin_register_atexit_cb(qemu_plugin_id_t id,
					 void (*cb)(qemu_plugin_id_t id, void *udata), void *udata);
void WEAK qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn, vcpu_udata_cb cb,
						 int flags, void *udata);
void WEAK qemu_plugin_register_vcpu_mem_cb(struct qemu_plugin_insn *insn,
					   void (*cb)(unsigned int vcpu, uint32_t info,
						      uint64_t vaddr, void *udata),
					   int flags, int rw, void *udata);
bool WEAK qemu_plugin_mem_is_store(uint32_t info);
size_t WEAK qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
uint64_t WEAK qemu_plugin_tb_vaddr(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn WEAK *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t i);
size_t WEAK qemu_plugin_insn_size(const struct qemu_plugin_insn *insn);
uint64_t WEAK qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn);

/* version 1 only */
void WEAK qemu_plugin_register_vcpu_insn_exec_inline(struct qemu_plugin_insn *insn, int op,
						     void *ptr, uint64_t imm);

/* version 2 and later */
struct qemu_plugin_scoreboard WEAK *qemu_plugin_scoreboard_new(size_t element_size);
void WEAK *qemu_plugin_scoreboard_find(struct qemu_plugin_scoreboard *score, unsigned int vcpu);
void WEAK qemu_plugin_register_vcpu_insn_exec_inline_per_vcpu(struct qemu_plugin_insn *insn, int op,
							      struct qemu_plugin_u64 entry,
							      uint64_t imm);

/* qemu_plugin_insn_data() has two signatures: version 1 and 2 return a pointer, 3 copies. */
typedef const void *(*insn_data_pointer)(const struct qemu_plugin_insn *insn);
typedef size_t (*insn_data_copy)(const struct qemu_plugin_insn *insn, void *dest, size_t len);

#endif
