/* An SKF library (GM/T 0016) over a key in a folder (token.h). Each slot is a device with one application,
 * each id a container with a signing and an encryption key pair, each seal a file of the application.
 *
 * The standard says that ULONG has 32 bits and structures are packed; some vendors for Linux take their own
 * unsigned long: build with -DULONG_TYPE="unsigned long" to imitate them. conf:
 *
 *   decrypt 0    no private-key decryption, which the standard does not have     application NAME           */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "token.h"

#ifndef ULONG_TYPE
#define ULONG_TYPE uint32_t
#endif

typedef ULONG_TYPE Ulong;
typedef unsigned char Byte;
typedef int Bool;
typedef void *Handle;

#define SAR_OK 0UL
#define SAR_FAIL 0x0A000001UL
#define SAR_INVALIDHANDLEERR 0x0A000005UL
#define SAR_INVALIDPARAMERR 0x0A000006UL
#define SAR_NOTSUPPORTYETERR 0x0A000003UL
#define SAR_BUFFER_TOO_SMALL 0x0A000020UL
#define SAR_DEVICE_REMOVED 0x0A000023UL
#define SAR_PIN_INCORRECT 0x0A000024UL
#define SAR_PIN_LOCKED 0x0A000025UL
#define SAR_PIN_LEN_RANGE 0x0A000027UL
#define SAR_USER_NOT_LOGGED_IN 0x0A00002DUL
#define SAR_APPLICATION_NOT_EXISTS 0x0A00002EUL
#define SAR_FILE_NOT_EXIST 0x0A000031UL
#define SAR_INDATALENERR 0x0A000010UL
#define SAR_CERTNOTFOUNTERR 0x0A00001CUL
#define SAR_DECRYPTPADERR 0x0A00001EUL

enum { USER = 1, MIN_PIN = 6, MAX_PIN = 16, BIG = 64 };

#define API __attribute__((visibility("default"))) Ulong
#define ENTER(call)                                                                                            \
    do {                                                                                                       \
        unsigned long fault_ = token_enter(call, SAR_DEVICE_REMOVED);                                          \
        if (fault_ != 0)                                                                                       \
            return (Ulong)fault_;                                                                              \
    } while (0)

#pragma pack(push, 1)
typedef struct {
    Byte major, minor;
} Version;

typedef struct {
    Version version;
    char manufacturer[64], issuer[64], label[32], serial[32];
    Version hardware, firmware;
    Ulong symmetric, asymmetric, hash, authentication, total, free_space, max_ecc, max_buffer;
    Byte reserved[64];
} DevInfo;

typedef struct {
    Byte r[BIG], s[BIG];
} Signature;

typedef struct {
    Byte x[BIG], y[BIG], hash[DIGEST];
    Ulong size;
    Byte cipher[];
} Cipher;
#pragma pack(pop)

static int verified[MAX_SLOTS + 1];
static int seen[MAX_SLOTS + 1];

/* Handles are small numbers: 16 * kind + slot for devices and applications, 256 + 16 * slot + id for
 * containers, so that a wrong one is known. */
enum { DEVICE = 1, APPLICATION = 2, CONTAINERS = 256 };

static Handle handle_of(size_t number)
{
    return (Handle)number;
}

static Ulong slot_of(Handle handle, int kind, int *slot)
{
    size_t number = (size_t)handle;
    if (number / 16 != (size_t)kind || number % 16 < 1 || number % 16 > MAX_SLOTS)
        return SAR_INVALIDHANDLEERR;
    *slot = (int)(number % 16);
    if (token_present(*slot))
        return SAR_OK;
    verified[*slot] = 0;
    return SAR_DEVICE_REMOVED;
}

static Ulong container_of(Handle handle, int *slot, int *id)
{
    size_t number = (size_t)handle;
    if (number < CONTAINERS || number >= CONTAINERS + 16 * (MAX_SLOTS + 1))
        return SAR_INVALIDHANDLEERR;
    *slot = (int)((number - CONTAINERS) / 16);
    *id = (int)(number % 16);
    return token_present(*slot) ? SAR_OK : SAR_DEVICE_REMOVED;
}

#define NEED(check)                                                                                            \
    do {                                                                                                       \
        Ulong bad_ = check;                                                                                    \
        if (bad_ != SAR_OK)                                                                                    \
            return bad_;                                                                                       \
    } while (0)

/* A list of names, each ended by a zero byte, the whole by another. */
typedef struct {
    char text[1024];
    size_t size;
} Names;

static void add(Names *names, const char *name)
{
    size_t length = strlen(name) + 1;
    if (names->size + length + 1 < sizeof names->text) {
        memcpy(names->text + names->size, name, length);
        names->size += length;
    }
}

static Ulong give(const void *data, size_t size, void *out, Ulong *room)
{
    Ulong had = *room;
    *room = (Ulong)size;
    if (out == NULL)
        return SAR_OK;
    if (had < size)
        return SAR_BUFFER_TOO_SMALL;
    memcpy(out, data, size);
    return SAR_OK;
}

static Ulong give_names(Names *names, char *out, Ulong *room)
{
    names->text[names->size++] = '\0';
    if (names->size == 1)
        names->text[names->size++] = '\0';
    return give(names->text, names->size, out, room);
}

/* -- devices -- */

API SKF_EnumDev(Bool present, char *list, Ulong *size);
API SKF_EnumDev(Bool present, char *list, Ulong *size)
{
    Names names = {{0}, 0};
    char name[16];
    ENTER("SKF_EnumDev");
    for (int slot = 1; slot <= MAX_SLOTS; slot++) {
        snprintf(name, sizeof name, "FOLDER%d", slot);
        if (token_present(slot) || !present)
            add(&names, name);
    }
    return give_names(&names, list, size);
}

API SKF_ConnectDev(const char *name, Handle *device);
API SKF_ConnectDev(const char *name, Handle *device)
{
    int slot = 0;
    ENTER("SKF_ConnectDev");
    if (sscanf(name, "FOLDER%d", &slot) != 1 || slot < 1 || slot > MAX_SLOTS)
        return SAR_INVALIDPARAMERR;
    if (!token_present(slot))
        return SAR_DEVICE_REMOVED;
    *device = handle_of((size_t)(16 * DEVICE + slot));
    return SAR_OK;
}

API SKF_DisConnectDev(Handle device);
API SKF_DisConnectDev(Handle device)
{
    int slot;
    ENTER("SKF_DisConnectDev");
    NEED(slot_of(device, DEVICE, &slot));
    verified[slot] = 0;
    return SAR_OK;
}

API SKF_GetDevInfo(Handle device, DevInfo *info);
API SKF_GetDevInfo(Handle device, DevInfo *info)
{
    char text[MAX_TEXT];
    int slot, major = 1, minor = 0;
    ENTER("SKF_GetDevInfo");
    NEED(slot_of(device, DEVICE, &slot));
    memset(info, 0, sizeof *info);
    sscanf(token_conf(0, "version", "1.0", text), "%d.%d", &major, &minor);
    info->version = (Version){1, 0};
    info->firmware = (Version){(Byte)major, (Byte)minor};
    snprintf(info->manufacturer, sizeof info->manufacturer, "%.63s", token_conf(0, "manufacturer", "Fake", text));
    snprintf(info->label, sizeof info->label, "%.31s", token_conf(slot, "label", "key", text));
    snprintf(info->serial, sizeof info->serial, "%.31s", token_conf(slot, "serial", "0", text));
    return SAR_OK;
}

API SKF_WaitForDevEvent(char *name, Ulong *size, Ulong *event);
API SKF_WaitForDevEvent(char *name, Ulong *size, Ulong *event)
{
    struct timespec moment = {0, 10000000};
    char text[16];
    ENTER("SKF_WaitForDevEvent");
    for (int slot = 1; slot <= MAX_SLOTS; slot++)
        seen[slot] = token_present(slot);
    for (;; nanosleep(&moment, NULL))
        for (int slot = 1; slot <= MAX_SLOTS; slot++)
            if (token_present(slot) != seen[slot]) {
                *event = token_present(slot) ? 1 : 2;
                snprintf(text, sizeof text, "FOLDER%d", slot);
                return give(text, strlen(text) + 1, name, size);
            }
}

/* -- applications and their PIN -- */

API SKF_EnumApplication(Handle device, char *list, Ulong *size);
API SKF_EnumApplication(Handle device, char *list, Ulong *size)
{
    Names names = {{0}, 0};
    char text[MAX_TEXT];
    int slot;
    ENTER("SKF_EnumApplication");
    NEED(slot_of(device, DEVICE, &slot));
    add(&names, token_conf(0, "application", "GONGWEN", text));
    return give_names(&names, list, size);
}

API SKF_OpenApplication(Handle device, const char *name, Handle *application);
API SKF_OpenApplication(Handle device, const char *name, Handle *application)
{
    char text[MAX_TEXT];
    int slot;
    ENTER("SKF_OpenApplication");
    NEED(slot_of(device, DEVICE, &slot));
    if (strcmp(name, token_conf(0, "application", "GONGWEN", text)) != 0)
        return SAR_APPLICATION_NOT_EXISTS;
    *application = handle_of((size_t)(16 * APPLICATION + slot));
    return SAR_OK;
}

API SKF_CloseApplication(Handle application);
API SKF_CloseApplication(Handle application)
{
    int slot;
    ENTER("SKF_CloseApplication");
    return slot_of(application, APPLICATION, &slot);
}

API SKF_GetPINInfo(Handle application, Ulong type, Ulong *most, Ulong *left, Bool *initial);
API SKF_GetPINInfo(Handle application, Ulong type, Ulong *most, Ulong *left, Bool *initial)
{
    int slot, remaining, maximum;
    ENTER("SKF_GetPINInfo");
    NEED(slot_of(application, APPLICATION, &slot));
    if (type != USER)
        return SAR_INVALIDPARAMERR;
    token_tries(slot, &remaining, &maximum);
    *most = (Ulong)maximum;
    *left = (Ulong)remaining;
    *initial = 0;
    return SAR_OK;
}

static Ulong try_pin(int slot, const char *pin, Ulong *left)
{
    int remaining, maximum;
    Outcome outcome = token_try_pin(slot, pin, strlen(pin));
    token_tries(slot, &remaining, &maximum);
    *left = (Ulong)remaining;
    verified[slot] = outcome == PIN_RIGHT;
    return outcome == PIN_RIGHT ? SAR_OK : outcome == PIN_LOCKED ? SAR_PIN_LOCKED : SAR_PIN_INCORRECT;
}

API SKF_VerifyPIN(Handle application, Ulong type, const char *pin, Ulong *left);
API SKF_VerifyPIN(Handle application, Ulong type, const char *pin, Ulong *left)
{
    int slot;
    ENTER("SKF_VerifyPIN");
    NEED(slot_of(application, APPLICATION, &slot));
    if (type != USER)
        return SAR_INVALIDPARAMERR;
    if (strlen(pin) < MIN_PIN || strlen(pin) > MAX_PIN)
        return SAR_PIN_LEN_RANGE;
    return try_pin(slot, pin, left);
}

API SKF_ChangePIN(Handle application, Ulong type, const char *old, const char *new, Ulong *left);
API SKF_ChangePIN(Handle application, Ulong type, const char *old, const char *new, Ulong *left)
{
    int slot;
    ENTER("SKF_ChangePIN");
    NEED(slot_of(application, APPLICATION, &slot));
    if (type != USER)
        return SAR_INVALIDPARAMERR;
    if (strlen(new) < MIN_PIN || strlen(new) > MAX_PIN)
        return SAR_PIN_LEN_RANGE;
    NEED(try_pin(slot, old, left));
    token_set_pin(slot, new, strlen(new));
    verified[slot] = 0;
    return SAR_OK;
}

API SKF_ClearSecureState(Handle application);
API SKF_ClearSecureState(Handle application)
{
    int slot;
    ENTER("SKF_ClearSecureState");
    NEED(slot_of(application, APPLICATION, &slot));
    verified[slot] = 0;
    return SAR_OK;
}

/* -- files -- */

API SKF_EnumFiles(Handle application, char *list, Ulong *size);
API SKF_EnumFiles(Handle application, char *list, Ulong *size)
{
    Names names = {{0}, 0};
    char name[16];
    size_t length;
    int slot;
    ENTER("SKF_EnumFiles");
    NEED(slot_of(application, APPLICATION, &slot));
    for (int id = 1; id <= MAX_IDS; id++) {
        snprintf(name, sizeof name, "%d.esl", id);
        unsigned char *data = token_file(slot, name, &length);
        if (data != NULL)
            add(&names, name);
        free(data);
    }
    return give_names(&names, list, size);
}

API SKF_ReadFile(Handle application, const char *name, Ulong offset, Ulong size, Byte *out, Ulong *count);
API SKF_ReadFile(Handle application, const char *name, Ulong offset, Ulong size, Byte *out, Ulong *count)
{
    size_t length;
    int slot;
    ENTER("SKF_ReadFile");
    NEED(slot_of(application, APPLICATION, &slot));
    if (strchr(name, '/') != NULL || strstr(name, ".esl") == NULL)
        return SAR_FILE_NOT_EXIST;
    unsigned char *data = token_file(slot, name, &length);
    if (data == NULL)
        return SAR_FILE_NOT_EXIST;
    size_t rest = offset < length ? length - offset : 0;
    size_t given = rest < size ? rest : size;
    memcpy(out, data + (offset < length ? offset : 0), given);
    free(data);
    *count = (Ulong)given;
    return SAR_OK;
}

/* -- containers -- */

API SKF_EnumContainer(Handle application, char *list, Ulong *size);
API SKF_EnumContainer(Handle application, char *list, Ulong *size)
{
    Names names = {{0}, 0};
    char name[16];
    int slot;
    ENTER("SKF_EnumContainer");
    NEED(slot_of(application, APPLICATION, &slot));
    for (int id = 1; id <= MAX_IDS; id++) {
        EVP_PKEY *key = token_key(slot, id, "sign");
        snprintf(name, sizeof name, "C%d", id);
        if (key != NULL)
            add(&names, name);
        crypto_free(key);
    }
    return give_names(&names, list, size);
}

API SKF_OpenContainer(Handle application, const char *name, Handle *container);
API SKF_OpenContainer(Handle application, const char *name, Handle *container)
{
    int slot, id = 0;
    ENTER("SKF_OpenContainer");
    NEED(slot_of(application, APPLICATION, &slot));
    if (sscanf(name, "C%d", &id) != 1 || id < 1 || id > MAX_IDS)
        return SAR_INVALIDPARAMERR;
    *container = handle_of((size_t)(CONTAINERS + 16 * slot + id));
    return SAR_OK;
}

API SKF_CloseContainer(Handle container);
API SKF_CloseContainer(Handle container)
{
    int slot, id;
    ENTER("SKF_CloseContainer");
    return container_of(container, &slot, &id);
}

API SKF_ExportCertificate(Handle container, Bool sign, Byte *out, Ulong *size);
API SKF_ExportCertificate(Handle container, Bool sign, Byte *out, Ulong *size)
{
    char name[32];
    size_t length = 0;
    int slot, id;
    ENTER("SKF_ExportCertificate");
    NEED(container_of(container, &slot, &id));
    snprintf(name, sizeof name, "%d.%s.crt", id, sign ? "sign" : "crypt");
    unsigned char *data = token_file(slot, name, &length);
    if (data == NULL)
        return SAR_CERTNOTFOUNTERR;
    Ulong result = give(data, length, out, size);
    free(data);
    return result;
}

API SKF_ECCSignData(Handle container, const Byte *digest, Ulong size, Signature *signature);
API SKF_ECCSignData(Handle container, const Byte *digest, Ulong size, Signature *signature)
{
    Byte der[MAX_DER], raw[RAW_SIGNATURE];
    int slot, id;
    ENTER("SKF_ECCSignData");
    NEED(container_of(container, &slot, &id));
    if (!verified[slot])
        return SAR_USER_NOT_LOGGED_IN;
    if (size != DIGEST)
        return SAR_INDATALENERR;
    EVP_PKEY *key = token_key(slot, id, "sign");
    size_t length = key == NULL ? 0 : crypto_sign_digest(key, digest, der);
    crypto_free(key);
    if (length == 0 || !crypto_raw(der, length, raw))
        return SAR_FAIL;
    memset(signature, 0, sizeof *signature);
    memcpy(signature->r + BIG - DIGEST, raw, DIGEST);
    memcpy(signature->s + BIG - DIGEST, raw + DIGEST, DIGEST);
    return SAR_OK;
}

static size_t integer(Byte *out, const Byte *number)
{
    size_t sign = number[0] >> 7;
    memcpy(out, (Byte[]){2, (Byte)(DIGEST + sign), 0}, 3);
    memcpy(out + 2 + sign, number, DIGEST);
    return 2 + sign + DIGEST;
}

static size_t octets(Byte *out, const Byte *data, size_t size)
{
    memcpy(out, (Byte[]){4, (Byte)size}, 2);
    memcpy(out + 2, data, size);
    return 2 + size;
}

/* Not in GM/T 0016-2012: vendors add it under this or another name. */
API SKF_ECCDecrypt(Handle container, const Cipher *cipher, Byte *out, Ulong *size);
API SKF_ECCDecrypt(Handle container, const Cipher *cipher, Byte *out, Ulong *size)
{
    Byte der[256], plain[64];
    size_t at = 3, room = sizeof plain;
    int slot, id;
    ENTER("SKF_ECCDecrypt");
    NEED(container_of(container, &slot, &id));
    if (token_number("decrypt", 1) == 0)
        return SAR_NOTSUPPORTYETERR;
    if (!verified[slot])
        return SAR_USER_NOT_LOGGED_IN;
    if (cipher->size > sizeof plain)
        return SAR_INDATALENERR;
    at += integer(der + at, cipher->x + BIG - DIGEST);
    at += integer(der + at, cipher->y + BIG - DIGEST);
    at += octets(der + at, cipher->hash, DIGEST);
    at += octets(der + at, cipher->cipher, cipher->size);
    memcpy(der, (Byte[]){0x30, 0x81, (Byte)(at - 3)}, 3);
    EVP_PKEY *key = token_key(slot, id, "crypt");
    int good = key != NULL && crypto_decrypt(key, der, at, plain, &room);
    crypto_free(key);
    return good ? give(plain, room, out, size) : SAR_DECRYPTPADERR;
}
