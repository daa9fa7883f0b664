#include "token.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { MAX_PATH = 1024, MAX_CALLS = 96 };

static void path_of(int slot, const char *name, char path[MAX_PATH])
{
    const char *folder = getenv("GONGWEN_FAKE_TOKEN");
    if (folder == NULL)
        folder = ".";
    if (slot == 0)
        snprintf(path, MAX_PATH, "%s/%s", folder, name);
    else
        snprintf(path, MAX_PATH, "%s/slot%d/%s", folder, slot, name);
}

static void pause_ms(long milliseconds)
{
    struct timespec span = {milliseconds / 1000, (milliseconds % 1000) * 1000000L};
    nanosleep(&span, NULL);
}

/* -- text files -- */

static int nth_line(int slot, const char *file, const char *name, int number, char text[MAX_TEXT])
{
    char path[MAX_PATH], line[MAX_TEXT];
    size_t length = strlen(name);
    int found = 0;
    path_of(slot, file, path);
    FILE *stream = fopen(path, "r");
    if (stream == NULL)
        return 0;
    while (!found && fgets(line, sizeof line, stream) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        if (strncmp(line, name, length) == 0 && line[length] == ' ' && number-- == 0) {
            memmove(text, line + length + 1, strlen(line + length + 1) + 1);
            found = 1;
        }
    }
    fclose(stream);
    return found;
}

const char *token_conf(int slot, const char *name, const char *otherwise, char text[MAX_TEXT])
{
    return nth_line(slot, "conf", name, 0, text) ? text : otherwise;
}

int token_line(const char *name, int number, char text[MAX_TEXT])
{
    return nth_line(0, "conf", name, number, text);
}

unsigned long token_number(const char *name, unsigned long otherwise)
{
    char text[MAX_TEXT];
    return nth_line(0, "conf", name, 0, text) ? strtoul(text, NULL, 0) : otherwise;
}

/* -- faults -- */

static void note(const char *call)
{
    char path[MAX_PATH], line[MAX_TEXT];
    path_of(0, "calls", path);
    int file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0)
        return;
    int size = snprintf(line, sizeof line, "%s\n", call);
    if (write(file, line, (size_t)size) != size)
        abort();
    close(file);
}

static void unplug_all(void)
{
    char here[MAX_PATH], name[MAX_TEXT], gone[MAX_PATH];
    for (int slot = 1; slot <= MAX_SLOTS; slot++) {
        snprintf(name, sizeof name, "slot%d", slot);
        path_of(0, name, here);
        snprintf(name, sizeof name, "pulled.slot%d", slot);
        path_of(0, name, gone);
        rename(here, gone);
    }
}

/* How often a call was made in this process, this time included. */
static int count_of(const char *call)
{
    static struct {
        char name[48];
        int count;
    } made[MAX_CALLS];
    for (int i = 0; i < MAX_CALLS; i++) {
        if (made[i].count == 0)
            snprintf(made[i].name, sizeof made[i].name, "%s", call);
        if (strcmp(made[i].name, call) == 0)
            return ++made[i].count;
    }
    return 0;
}

unsigned long token_enter(const char *call, unsigned long removed)
{
    char text[MAX_TEXT], act[MAX_TEXT];
    int skip = 0, count = count_of(call);
    note(call);
    if (!nth_line(0, "faults", call, 0, text) || sscanf(text, "%255s %d", act, &skip) < 1 || count <= skip)
        return 0;
    if (strcmp(act, "hang") == 0)
        for (;;)
            pause();
    if (strncmp(act, "slow:", 5) == 0) {
        pause_ms(strtol(act + 5, NULL, 10));
        return 0;
    }
    if (strcmp(act, "segv") == 0)
        raise(SIGSEGV);
    if (strcmp(act, "abort") == 0)
        abort();
    if (strcmp(act, "exit") == 0)
        _exit(3);
    if (strcmp(act, "unplug") == 0) {
        unplug_all();
        return removed;
    }
    return strtoul(act, NULL, 0);
}

/* -- tokens -- */

int token_present(int slot)
{
    char path[MAX_PATH];
    path_of(slot, "conf", path);
    return slot >= 1 && slot <= MAX_SLOTS && access(path, R_OK) == 0;
}

unsigned char *token_file(int slot, const char *name, size_t *size)
{
    char path[MAX_PATH];
    path_of(slot, name, path);
    FILE *stream = fopen(path, "rb");
    if (stream == NULL)
        return NULL;
    unsigned char *data = malloc(MAX_FILE);
    if (data == NULL)
        abort();
    *size = fread(data, 1, MAX_FILE, stream);
    fclose(stream);
    return data;
}

EVP_PKEY *token_key(int slot, int id, const char *use)
{
    char name[MAX_TEXT];
    size_t size = 0;
    snprintf(name, sizeof name, "%d.%s.key", id, use);
    unsigned char *der = token_file(slot, name, &size);
    if (der == NULL)
        return NULL;
    EVP_PKEY *key = crypto_key(der, size);
    free(der);
    return key;
}

/* -- PIN -- */

static void write_text(int slot, const char *name, const char *text)
{
    char path[MAX_PATH], part[MAX_PATH];
    path_of(slot, name, path);
    snprintf(part, sizeof part, "%.1000s.new", path);
    FILE *stream = fopen(part, "w");
    if (stream == NULL)
        return;
    fputs(text, stream);
    fclose(stream);
    rename(part, path);
}

static void fingerprint(const char *pin, size_t size, char text[2 * DIGEST + 1])
{
    unsigned char digest[DIGEST];
    crypto_sha256((const unsigned char *)pin, size, digest);
    for (int i = 0; i < DIGEST; i++)
        snprintf(text + 2 * i, 3, "%02x", digest[i]);
}

void token_tries(int slot, int *left, int *most)
{
    size_t size = 0;
    unsigned char *text = token_file(slot, "tries", &size);
    *left = *most = 6;
    if (text == NULL)
        return;
    text[size < MAX_FILE ? size : MAX_FILE - 1] = '\0';
    sscanf((const char *)text, "%d %d", left, most);
    free(text);
}

static void keep_tries(int slot, int left, int most)
{
    char text[MAX_TEXT];
    snprintf(text, sizeof text, "%d %d\n", left, most);
    write_text(slot, "tries", text);
}

Outcome token_try_pin(int slot, const char *pin, size_t size)
{
    int left, most;
    char given[2 * DIGEST + 1];
    size_t length = 0;
    token_tries(slot, &left, &most);
    if (left == 0)
        return PIN_LOCKED;
    keep_tries(slot, left - 1, most);
    fingerprint(pin, size, given);
    unsigned char *kept = token_file(slot, "pin", &length);
    int right = kept != NULL && length >= 2 * DIGEST && memcmp(kept, given, 2 * DIGEST) == 0;
    free(kept);
    if (right)
        keep_tries(slot, most, most);
    return right ? PIN_RIGHT : PIN_WRONG;
}

void token_set_pin(int slot, const char *pin, size_t size)
{
    char text[2 * DIGEST + 1];
    fingerprint(pin, size, text);
    write_text(slot, "pin", text);
}
