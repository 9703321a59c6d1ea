-- SPDX-License-Identifier: GPL-2.0-or-later
-- The store of a results directory, and its data dictionary. Everything in it
-- can be made again from the run directories beside it.

-- One point of one or more plans. Its axes are rows, so that any of them can be
-- compared; a cell can have several values of one axis where several names mean
-- the same bytes (kernel "base" and "series@0", two plans).
CREATE TABLE IF NOT EXISTS cell (
  id   INTEGER PRIMARY KEY,
  hash TEXT NOT NULL UNIQUE       -- SHA-256 of the canonical text, hex
) STRICT;

CREATE TABLE IF NOT EXISTS axis (
  cell  INTEGER NOT NULL REFERENCES cell ON DELETE CASCADE,
  name  TEXT NOT NULL,            -- kernel, arch, memory, vcpus, clock, swap, events, workload, seed,
                                  -- plan; a parameter of the workload; a sysctl
  value TEXT NOT NULL,            -- sizes in their shortest form
  kind  TEXT NOT NULL,            -- guest, param or tunable
  PRIMARY KEY (cell, name, value)
) STRICT, WITHOUT ROWID;

-- One execution of a cell. A crash is a result.
CREATE TABLE IF NOT EXISTS run (
  id            INTEGER PRIMARY KEY,
  cell          INTEGER NOT NULL REFERENCES cell ON DELETE CASCADE,
  n             INTEGER NOT NULL, -- 1; 2 when the cell was verified
  status        TEXT NOT NULL,    -- ok failed panic oops oom timeout died garbage lost
  detail        TEXT NOT NULL,    -- one line, may be empty
  digest        TEXT NOT NULL,    -- SHA-256 over frames and console
  accelerator   TEXT NOT NULL,    -- tcg or kvm
  started       TEXT NOT NULL,    -- ISO 8601, UTC
  wall_s        REAL NOT NULL,    -- of QEMU
  cpu_s         REAL NOT NULL,    -- of QEMU, user and system
  facts         TEXT NOT NULL,    -- facts.json, whole
  UNIQUE (cell, n)
) STRICT;

CREATE TABLE IF NOT EXISTS metric_name (
  id   INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE       -- described by decode/metric.def
) STRICT;

CREATE TABLE IF NOT EXISTS metric (
  run   INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
  seq   INTEGER NOT NULL,         -- order within the run
  name  INTEGER NOT NULL REFERENCES metric_name,
  label TEXT NOT NULL,            -- "" when there is just one
  value ANY NOT NULL,             -- INTEGER when exact, else REAL
  PRIMARY KEY (run, seq)
) STRICT, WITHOUT ROWID;

-- What the console says of the kernel's health (decode/console.c).
CREATE TABLE IF NOT EXISTS finding (
  run  INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
  seq  INTEGER NOT NULL,
  kind TEXT NOT NULL,
  line TEXT NOT NULL,
  PRIMARY KEY (run, seq)
) STRICT, WITHOUT ROWID;

-- How a figure went over the workload's window, where the plan has sample:. Only
-- changes are kept: a value holds until the next row of its series.
CREATE TABLE IF NOT EXISTS series (
  id    INTEGER PRIMARY KEY,
  run   INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
  name  INTEGER NOT NULL REFERENCES metric_name,
  label TEXT NOT NULL,            -- "" when there is just one
  UNIQUE (run, name, label)
) STRICT;

CREATE TABLE IF NOT EXISTS sample (
  series INTEGER NOT NULL REFERENCES series ON DELETE CASCADE,
  t_ns   INTEGER NOT NULL,        -- guest time since the snapshot before the window
  value  INTEGER NOT NULL,
  PRIMARY KEY (series, t_ns)
) STRICT, WITHOUT ROWID;

-- Latencies as whole histograms, the buckets that are not empty. Values below 256 ns have a
-- bucket each; above, a bucket is at most 1/128 (0.8 %) of its values wide (lib/hist.h). The
-- quantiles among the metrics are upper edges of these.
CREATE TABLE IF NOT EXISTS bucket (
  run   INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
  seq   INTEGER NOT NULL,         -- by latency, then from short to long
  name  TEXT NOT NULL,            -- as among the metrics: latency.direct_reclaim
  label TEXT NOT NULL,            -- "" for all of them, or "order=3"
  low   INTEGER NOT NULL,         -- ns, the first value of the bucket
  high  INTEGER NOT NULL,         -- ns, its last
  count INTEGER NOT NULL,
  PRIMARY KEY (run, seq)
) STRICT, WITHOUT ROWID;

-- What a plan claims of its cells (`verdict:`), as it was when it last ran.
CREATE TABLE IF NOT EXISTS plan (
  id        INTEGER PRIMARY KEY,
  name      TEXT NOT NULL UNIQUE,
  statement TEXT NOT NULL         -- what the plan examines, in words; may be empty
) STRICT;

-- Its cells, whether they have run or not.
CREATE TABLE IF NOT EXISTS plan_cell (
  plan INTEGER NOT NULL REFERENCES plan ON DELETE CASCADE,
  seq  INTEGER NOT NULL,
  hash TEXT NOT NULL,             -- of the cell
  PRIMARY KEY (plan, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS claim (
  plan       INTEGER NOT NULL REFERENCES plan ON DELETE CASCADE,
  seq        INTEGER NOT NULL,
  claim      TEXT NOT NULL,       -- a sentence
  conditions TEXT NOT NULL,       -- cells it speaks of: "axis=value\n" each; "" for all
  expression TEXT NOT NULL,       -- true where the claim holds (lib/expr.h)
  PRIMARY KEY (plan, seq)
) STRICT, WITHOUT ROWID;

-- Where the instructions of a run's window went, counted by the TCG plugin
-- (highwater profile); read from the run's files profile.callers and profile.counts.
CREATE TABLE IF NOT EXISTS profile (
  run     INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
  mode    TEXT NOT NULL,          -- callers, or counts: without callers and contexts
  seq     INTEGER NOT NULL,
  insns   INTEGER NOT NULL,       -- of the last frame itself
  calls   INTEGER NOT NULL,       -- of the last frame
  context TEXT NOT NULL,          -- user syscall fault irq kernel, a kernel thread, or "-"
  stack   TEXT NOT NULL,          -- frames joined by ';', the outermost first
  PRIMARY KEY (run, mode, seq)
) STRICT, WITHOUT ROWID;
