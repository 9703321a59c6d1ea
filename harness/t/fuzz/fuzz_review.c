// SPDX-License-Identifier: GPL-2.0-or-later
/* Any bytes as a mail, as a tool's output, as a disassembly and as an object. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "review/diag.h"
#include "review/disasm.h"
#include "review/elf.h"
#include "review/mail.h"
#include "review/source_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	struct names events = {};
	struct error err;
	struct diags d;
	struct calls c;
	struct mail m;
	struct elf e;
	long long n;

	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	mail_parse(text, size, &m);
	source_events_added(&m, &events);
	names_release(&events);
	mail_release(&m);
	diags_parse(text, &d);
	diags_release(&d);
	disasm_calls(text, "f", &c);
	calls_release(&c);
	free(source_section(text, "f"));
	source_documented_default(text, &n);
	source_initial(text, "f", &n);
	if (elf_parse(data, size, &e, &err) == 0) {
		elf_function(&e, 1, 0);
		elf_release(&e);
	}
	free(text);
	return 0;
}
