/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * replan: from what a run says of itself (facts.json) back to a plan whose
 * cells contain that cell, so that it can be run again here.
 */
#ifndef CMD_REPLAN_H
#define CMD_REPLAN_H

#include <jansson.h>

#include "plan/plan.h"

/* The plan's last cell is the one @facts are of. */
int replan(const json_t *facts, const char *configs, struct plan **ret, struct error *err);

#endif
