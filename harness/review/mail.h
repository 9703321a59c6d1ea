/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mail: a patch as it is mailed: headers, changelog, trailers, diff.
 *
 * Pure: takes bytes, hands back one struct that owns its strings. What is no
 * mail gives an empty one; nothing a mail holds is an error here, checks judge
 * it. A mail whose body is encoded (quoted-printable, base64) is flagged: b4
 * decodes such mails, this does not.
 */
#ifndef REVIEW_MAIL_H
#define REVIEW_MAIL_H

#include <stdbool.h>
#include <stddef.h>

enum diff_sign { DIFF_CONTEXT = ' ', DIFF_ADDED = '+', DIFF_REMOVED = '-' };

struct diff_line {
	char *text; /* without the sign */
	enum diff_sign sign;
	unsigned int old_line, new_line; /* 0 where the line is not in that version */
	unsigned int hunk; /* of its file, from 0 */
};

struct diff_file {
	char *path; /* in the new version; in the old one when it is deleted */
	bool is_new, is_deleted;
	struct diff_line *lines;
	size_t nr;
};

struct trailer {
	char *key, *value; /* "Signed-off-by", "A <b@c>" */
};

struct mail {
	char *subject; /* unfolded, without "[PATCH n/m] " */
	char *tag; /* what stood in the brackets, or "" */
	char *from, *to, *cc, *message_id; /* "" when missing */
	char *body; /* between headers and "---", trailers included */
	struct trailer *trailers; /* those of the last paragraph of @body */
	size_t nr_trailers;
	struct diff_file *files;
	size_t nr_files;
	bool encoded;
};

void mail_parse(const char *text, size_t len, struct mail *ret);
void mail_release(struct mail *m);

/* Where the next mail of an mbox starts ("From ..." at the start of a line and
 * a header after it), searching from @from; @len when there is none. */
size_t mbox_next(const char *text, size_t len, size_t from);

/* Does some added line of a file whose path ends in @suffix (NULL: any) hold @word? */
bool mail_adds(const struct mail *m, const char *suffix, const char *word);
/* Has a file's path this ending? */
bool path_ends(const char *path, const char *suffix);

#endif
