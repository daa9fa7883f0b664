/* A key in a folder, the hardware behind both fakes. The folder is named by GONGWEN_FAKE_TOKEN:
 *
 *   conf            "name value" lines, how the library behaves; read at each use
 *   faults          "CALL ACT [SKIP]" lines; read at each call, so a test changes them while a driver runs
 *   calls           the calls made, one a line, never with arguments
 *   slot1/ slot2/   a plugged-in token each; "pulled.slot1" is one pulled out
 *     conf          label, serial
 *     pin           SHA-256 of the PIN in hexadecimal;  tries   "left max"
 *     1.sign.key 1.sign.crt 1.crypt.key 1.crypt.crt 1.esl ...   PKCS#8, certificate, seal
 *
 * ACT: a number (returned at once), hang, slow:MS, segv, abort, exit, unplug. SKIP calls pass before it acts. */
#ifndef FAKE_TOKEN_H
#define FAKE_TOKEN_H

#include <stddef.h>

#include "crypto.h"

enum { MAX_SLOTS = 4, MAX_IDS = 4, MAX_TEXT = 256, MAX_FILE = 1 << 20 };

typedef enum { PIN_RIGHT, PIN_WRONG, PIN_LOCKED } Outcome;

/* Called first in each function: 0 to go on, else the code to return. removed is the code for a pull-out. */
unsigned long token_enter(const char *call, unsigned long removed);

/* The value of a name in the library's (slot 0) or a token's conf, or the default. */
const char *token_conf(int slot, const char *name, const char *otherwise, char text[MAX_TEXT]);
unsigned long token_number(const char *name, unsigned long otherwise);

int token_present(int slot);

/* A file of a token, at most MAX_FILE bytes, in memory that the caller frees; NULL when there is none. */
unsigned char *token_file(int slot, const char *name, size_t *size);
EVP_PKEY *token_key(int slot, int id, const char *use);

/* One try; the count is on disk before the PIN is compared. */
Outcome token_try_pin(int slot, const char *pin, size_t size);
void token_tries(int slot, int *left, int *most);
void token_set_pin(int slot, const char *pin, size_t size);

/* Reads "name a b c" lines of the library's conf one after the other; number starts at 0. */
int token_line(const char *name, int number, char text[MAX_TEXT]);

#endif
