/* A PKCS#11 2.40 module over a key in a folder (token.h): SM2 and P-256, several slots, PIN lock-out, slot
 * events, and every fault on demand. What vendors do differently is said in the folder's conf:
 *
 *   manufacturer TEXT      version 2.1          key_type 0x80000004      point raw|octet
 *   mech NUMBER sm2|p256|decrypt INPUT OUTPUT [id]
 *        INPUT: e | hash | zm (the token hashes Z || M) | message (the token computes Z); for decrypt: -
 *        OUTPUT: raw | der; for decrypt the form of the ciphertext: der | c1c3c2 (04 in front) | c1c2c3
 *        id: the mechanism wants the signer's identity as its parameter
 *   events wait|none|unsupported      quiet 1 (the flags tell nothing of tries)                              */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "pkcs11.h"

int initialised;
int logged_in[MAX_SLOTS + 1];
Session sessions[MAX_SESSIONS + 1];
static int told[MAX_SLOTS + 1]; /* presence as the last slot event left it */

static void pad(Byte *field, size_t size, const char *text)
{
    size_t length = strlen(text);
    memset(field, ' ', size);
    memcpy(field, text, length < size ? length : size);
}

int still_there(int slot)
{
    if (token_present(slot))
        return 1;
    logged_in[slot] = 0;
    for (int i = 1; i <= MAX_SESSIONS; i++)
        if (sessions[i].slot == slot)
            sessions[i].slot = 0;
    return 0;
}

Ulong session_of(Ulong handle, Session **session)
{
    if (handle < 1 || handle > MAX_SESSIONS || sessions[handle].slot == 0)
        return CKR_SESSION_HANDLE_INVALID;
    *session = &sessions[handle];
    return still_there((*session)->slot) ? CKR_OK : CKR_DEVICE_REMOVED;
}

/* -- the library -- */

static Ulong C_Initialize(void *arguments)
{
    (void)arguments;
    Ulong fault = token_enter("C_Initialize", CKR_DEVICE_REMOVED);
    if (fault != 0)
        return fault;
    if (initialised)
        return CKR_CRYPTOKI_ALREADY_INITIALIZED;
    initialised = 1;
    memset(sessions, 0, sizeof sessions);
    memset(logged_in, 0, sizeof logged_in);
    for (int slot = 1; slot <= MAX_SLOTS; slot++)
        told[slot] = token_present(slot);
    return CKR_OK;
}

static Ulong C_Finalize(void *reserved)
{
    (void)reserved;
    ENTER("C_Finalize");
    initialised = 0;
    return CKR_OK;
}

typedef struct {
    Byte major, minor;
} Version;

static Version version(void)
{
    char text[MAX_TEXT];
    int major = 1, minor = 0;
    sscanf(token_conf(0, "version", "1.0", text), "%d.%d", &major, &minor);
    return (Version){(Byte)major, (Byte)minor};
}

typedef struct {
    Version cryptoki;
    Byte manufacturer[32];
    Ulong flags;
    Byte description[32];
    Version library;
} Info;

static Ulong C_GetInfo(Info *info)
{
    char text[MAX_TEXT];
    ENTER("C_GetInfo");
    memset(info, 0, sizeof *info);
    info->cryptoki = (Version){2, 40};
    info->library = version();
    pad(info->manufacturer, sizeof info->manufacturer, token_conf(0, "manufacturer", "Fake", text));
    pad(info->description, sizeof info->description, "Key in a folder");
    return CKR_OK;
}

static Ulong C_GetSlotList(Byte only_present, Ulong *slots, Ulong *count)
{
    Ulong found = 0, room = *count;
    ENTER("C_GetSlotList");
    for (int slot = 1; slot <= MAX_SLOTS; slot++) {
        if (only_present && !token_present(slot))
            continue;
        if (slots != NULL && found < room)
            slots[found] = (Ulong)slot;
        found++;
    }
    *count = found;
    return slots != NULL && found > room ? (Ulong)CKR_BUFFER_TOO_SMALL : CKR_OK;
}

typedef struct {
    Byte description[64], manufacturer[32];
    Ulong flags;
    Version hardware, firmware;
} SlotInfo;

static Ulong C_GetSlotInfo(Ulong slot, SlotInfo *info)
{
    ENTER("C_GetSlotInfo");
    if (slot < 1 || slot > MAX_SLOTS)
        return CKR_SLOT_ID_INVALID;
    memset(info, 0, sizeof *info);
    pad(info->description, sizeof info->description, "Folder");
    pad(info->manufacturer, sizeof info->manufacturer, "Fake");
    info->flags = 0x06 | (token_present((int)slot) ? 1 : 0); /* removable, hardware, present */
    return CKR_OK;
}

typedef struct {
    Byte label[32], manufacturer[32], model[16], serial[16];
    Ulong flags, max_sessions, sessions, max_rw, rw, max_pin, min_pin, public_total, public_free;
    Ulong private_total, private_free;
    Version hardware, firmware;
    Byte time[16];
} TokenInfo;

static Ulong pin_flags(int slot)
{
    int left, most;
    token_tries(slot, &left, &most);
    if (token_number("quiet", 0))
        return 0;
    if (left == 0)
        return 0x40000; /* CKF_USER_PIN_LOCKED */
    return (left < most ? 0x10000UL : 0) | (left == 1 ? 0x20000UL : 0); /* COUNT_LOW, FINAL_TRY */
}

static Ulong C_GetTokenInfo(Ulong slot, TokenInfo *info)
{
    char text[MAX_TEXT];
    ENTER("C_GetTokenInfo");
    if (slot < 1 || slot > MAX_SLOTS)
        return CKR_SLOT_ID_INVALID;
    if (!still_there((int)slot))
        return CKR_TOKEN_NOT_PRESENT;
    memset(info, 0, sizeof *info);
    pad(info->label, sizeof info->label, token_conf((int)slot, "label", "key", text));
    pad(info->manufacturer, sizeof info->manufacturer, "Fake");
    pad(info->model, sizeof info->model, "Folder");
    pad(info->serial, sizeof info->serial, token_conf((int)slot, "serial", "0", text));
    info->flags = 0x40D | pin_flags((int)slot); /* RNG, login, initialised user PIN and token */
    info->max_pin = MAX_PIN;
    info->min_pin = MIN_PIN;
    return CKR_OK;
}

/* -- mechanisms -- */

static int rule_at(int number, Rule *rule)
{
    char text[MAX_TEXT];
    memset(rule, 0, sizeof *rule);
    if (!token_line("mech", number, text))
        return 0;
    char *rest;
    rule->number = strtoul(text, &rest, 0);
    return sscanf(rest, "%15s %15s %15s %7s", rule->kind, rule->input, rule->output, rule->id) >= 3;
}

static Ulong C_GetMechanismList(Ulong slot, Ulong *list, Ulong *count)
{
    Rule rule;
    Ulong found = 0, room = *count;
    ENTER("C_GetMechanismList");
    if (slot < 1 || slot > MAX_SLOTS)
        return CKR_SLOT_ID_INVALID;
    if (!still_there((int)slot))
        return CKR_TOKEN_NOT_PRESENT;
    while (rule_at((int)found, &rule)) {
        if (list != NULL && found < room)
            list[found] = rule.number;
        found++;
    }
    *count = found;
    return list != NULL && found > room ? (Ulong)CKR_BUFFER_TOO_SMALL : CKR_OK;
}

typedef struct {
    Ulong least, most, flags;
} MechanismInfo;

static Ulong C_GetMechanismInfo(Ulong slot, Ulong type, MechanismInfo *info)
{
    Rule rule;
    ENTER("C_GetMechanismInfo");
    if (slot < 1 || slot > MAX_SLOTS || !still_there((int)slot))
        return CKR_TOKEN_NOT_PRESENT;
    for (int number = 0; rule_at(number, &rule); number++)
        if (rule.number == type) {
            *info = (MechanismInfo){256, 256, strcmp(rule.kind, "decrypt") == 0 ? 0x200 : 0x800};
            return CKR_OK;
        }
    return CKR_MECHANISM_INVALID;
}

static Ulong choose(const Mechanism *mechanism, int decrypt, Rule *chosen)
{
    static const char identity[] = "1234567812345678";
    for (int number = 0; rule_at(number, chosen); number++) {
        if (chosen->number != mechanism->mechanism || (strcmp(chosen->kind, "decrypt") == 0) != decrypt)
            continue;
        int given = mechanism->parameter != NULL && mechanism->size == strlen(identity) &&
                    memcmp(mechanism->parameter, identity, strlen(identity)) == 0;
        return strcmp(chosen->id, "id") != 0 || given ? CKR_OK : CKR_MECHANISM_PARAM_INVALID;
    }
    return CKR_MECHANISM_INVALID;
}

/* -- sessions, PIN -- */

static Ulong C_OpenSession(Ulong slot, Ulong flags, void *application, void *notify, Ulong *handle)
{
    (void)application;
    (void)notify;
    ENTER("C_OpenSession");
    if (slot < 1 || slot > MAX_SLOTS)
        return CKR_SLOT_ID_INVALID;
    if (!still_there((int)slot))
        return CKR_TOKEN_NOT_PRESENT;
    for (Ulong number = 1; number <= MAX_SESSIONS; number++)
        if (sessions[number].slot == 0) {
            memset(&sessions[number], 0, sizeof sessions[number]);
            sessions[number].slot = (int)slot;
            sessions[number].writing = (flags & 2) != 0;
            *handle = number;
            return CKR_OK;
        }
    return CKR_SESSION_COUNT;
}

static Ulong C_CloseSession(Ulong handle)
{
    ENTER("C_CloseSession");
    SESSION(handle, session);
    int slot = session->slot, open = 0;
    session->slot = 0;
    for (int i = 1; i <= MAX_SESSIONS; i++)
        open += sessions[i].slot == slot;
    if (open == 0)
        logged_in[slot] = 0;
    return CKR_OK;
}

static Ulong C_CloseAllSessions(Ulong slot)
{
    ENTER("C_CloseAllSessions");
    for (int i = 1; i <= MAX_SESSIONS; i++)
        if (sessions[i].slot == (int)slot)
            sessions[i].slot = 0;
    if (slot >= 1 && slot <= MAX_SLOTS)
        logged_in[slot] = 0;
    return CKR_OK;
}

typedef struct {
    Ulong slot, state, flags, device_error;
} SessionInfo;

static Ulong C_GetSessionInfo(Ulong handle, SessionInfo *info)
{
    ENTER("C_GetSessionInfo");
    SESSION(handle, session);
    Ulong base = session->writing ? 2 : 0;
    *info = (SessionInfo){(Ulong)session->slot, base + (logged_in[session->slot] ? 1 : 0), 4 | base, 0};
    return CKR_OK;
}

static Ulong C_Login(Ulong handle, Ulong user, const Byte *pin, Ulong size)
{
    ENTER("C_Login");
    SESSION(handle, session);
    if (user != 1)
        return CKR_ARGUMENTS_BAD;
    if (logged_in[session->slot])
        return CKR_USER_ALREADY_LOGGED_IN;
    if (size < MIN_PIN || size > MAX_PIN)
        return CKR_PIN_LEN_RANGE;
    switch (token_try_pin(session->slot, (const char *)pin, size)) {
    case PIN_RIGHT:
        logged_in[session->slot] = 1;
        return CKR_OK;
    case PIN_LOCKED:
        return CKR_PIN_LOCKED;
    default:
        return CKR_PIN_INCORRECT;
    }
}

static Ulong C_Logout(Ulong handle)
{
    ENTER("C_Logout");
    SESSION(handle, session);
    if (!logged_in[session->slot])
        return CKR_USER_NOT_LOGGED_IN;
    logged_in[session->slot] = 0;
    return CKR_OK;
}

static Ulong C_SetPIN(Ulong handle, const Byte *old, Ulong old_size, const Byte *new, Ulong new_size)
{
    ENTER("C_SetPIN");
    SESSION(handle, session);
    if (!session->writing)
        return CKR_SESSION_READ_ONLY;
    if (new_size < MIN_PIN || new_size > MAX_PIN)
        return CKR_PIN_LEN_RANGE;
    switch (token_try_pin(session->slot, (const char *)old, old_size)) {
    case PIN_RIGHT:
        token_set_pin(session->slot, (const char *)new, new_size);
        return CKR_OK;
    case PIN_LOCKED:
        return CKR_PIN_LOCKED;
    default:
        return CKR_PIN_INCORRECT;
    }
}

/* -- signing, decryption -- */

static Ulong begin(Session *session, const Mechanism *mechanism, Ulong object, int decrypt)
{
    if (!logged_in[session->slot])
        return CKR_USER_NOT_LOGGED_IN;
    if (!visible_key(session->slot, object))
        return CKR_KEY_HANDLE_INVALID;
    if ((object % 10 == CRYPT_KEY) != decrypt)
        return CKR_KEY_FUNCTION_NOT_PERMITTED;
    return choose(mechanism, decrypt, &session->rule);
}

static Ulong C_SignInit(Ulong handle, const Mechanism *mechanism, Ulong object)
{
    ENTER("C_SignInit");
    SESSION(handle, session);
    Ulong bad = begin(session, mechanism, object, 0);
    session->sign_key = bad == CKR_OK ? object : 0;
    return bad;
}

static size_t signature(EVP_PKEY *key, const Rule *rule, const Byte *data, Ulong size, Byte out[MAX_DER])
{
    Byte der[MAX_DER], digest[DIGEST];
    size_t length = 0;
    if (strcmp(rule->input, "message") == 0)
        length = crypto_sign_message(key, data, size, der);
    else if (strcmp(rule->input, "zm") == 0) {
        crypto_sm3(data, size, digest);
        length = crypto_sign_digest(key, digest, der);
    } else if (size == DIGEST)
        length = crypto_sign_digest(key, data, der);
    if (length == 0)
        return 0;
    if (strcmp(rule->output, "raw") == 0)
        return crypto_raw(der, length, out) ? RAW_SIGNATURE : 0;
    memcpy(out, der, length);
    return length;
}

static Ulong C_Sign(Ulong handle, const Byte *data, Ulong size, Byte *out, Ulong *room)
{
    Byte value[MAX_DER];
    ENTER("C_Sign");
    SESSION(handle, session);
    if (session->sign_key == 0)
        return CKR_OPERATION_NOT_INITIALIZED;
    if (out == NULL) {
        *room = MAX_DER;
        return CKR_OK;
    }
    EVP_PKEY *key = token_key(session->slot, (int)(session->sign_key / 10), "sign");
    session->sign_key = 0;
    if (key == NULL)
        return CKR_DEVICE_REMOVED;
    size_t length = signature(key, &session->rule, data, size, value);
    crypto_free(key);
    if (length == 0)
        return CKR_DATA_LEN_RANGE;
    if (*room < length)
        return CKR_BUFFER_TOO_SMALL;
    memcpy(out, value, length);
    *room = length;
    return CKR_OK;
}

static Ulong C_DecryptInit(Ulong handle, const Mechanism *mechanism, Ulong object)
{
    ENTER("C_DecryptInit");
    SESSION(handle, session);
    Ulong bad = begin(session, mechanism, object, 1);
    session->decrypt_key = bad == CKR_OK ? object : 0;
    return bad;
}

static size_t integer(Byte *out, const Byte *number)
{
    int sign = number[0] >> 7;
    out[0] = 2;
    out[1] = (Byte)(DIGEST + sign);
    out[2] = 0;
    memcpy(out + 2 + sign, number, DIGEST);
    return (size_t)(2 + DIGEST + sign);
}

/* 04 || X || Y || C3 || C2 (or C2 || C3) into SEQUENCE { x, y, hash, cipher }; short messages only. */
static size_t cipher_der(const Byte *raw, size_t size, int hash_first, Byte *out)
{
    size_t plain = size - POINT - DIGEST, at = 3;
    const Byte *hash = raw + POINT + (hash_first ? 0 : plain), *text = raw + POINT + (hash_first ? DIGEST : 0);
    at += integer(out + at, raw + 1);
    at += integer(out + at, raw + 1 + DIGEST);
    memcpy(out + at, (Byte[]){0x04, DIGEST}, 2);
    memcpy(out + at + 2, hash, DIGEST);
    at += 2 + DIGEST;
    memcpy(out + at, (Byte[]){0x04, (Byte)plain}, 2);
    memcpy(out + at + 2, text, plain);
    at += 2 + plain;
    memcpy(out, (Byte[]){0x30, 0x81, (Byte)(at - 3)}, 3);
    return at;
}

static Ulong C_Decrypt(Ulong handle, const Byte *data, Ulong size, Byte *out, Ulong *room)
{
    Byte der[4096];
    ENTER("C_Decrypt");
    SESSION(handle, session);
    if (session->decrypt_key == 0)
        return CKR_OPERATION_NOT_INITIALIZED;
    if (out == NULL) {
        *room = size;
        return CKR_OK;
    }
    if (size > sizeof der)
        return CKR_DATA_LEN_RANGE;
    if (strcmp(session->rule.output, "der") != 0) {
        if (size <= POINT + DIGEST || size > POINT + DIGEST + 64 || data[0] != 4)
            return CKR_ENCRYPTED_DATA_INVALID;
        size = cipher_der(data, size, strcmp(session->rule.output, "c1c3c2") == 0, der);
    } else
        memcpy(der, data, size);
    EVP_PKEY *key = token_key(session->slot, (int)(session->decrypt_key / 10), "crypt");
    session->decrypt_key = 0;
    size_t length = *room;
    int good = key != NULL && crypto_decrypt(key, der, size, out, &length);
    crypto_free(key);
    *room = length;
    return good ? (Ulong)CKR_OK : (Ulong)CKR_ENCRYPTED_DATA_INVALID;
}

/* -- slot events -- */

static Ulong C_WaitForSlotEvent(Ulong flags, Ulong *slot, void *reserved)
{
    char text[MAX_TEXT];
    struct timespec moment = {0, 10000000};
    (void)reserved;
    ENTER("C_WaitForSlotEvent");
    const char *events = token_conf(0, "events", "wait", text);
    if (strcmp(events, "unsupported") == 0 || (strcmp(events, "none") == 0 && (flags & 1) == 0))
        return CKR_FUNCTION_NOT_SUPPORTED;
    int deaf = strcmp(events, "none") == 0;
    for (;;) {
        for (int number = 1; number <= MAX_SLOTS && !deaf; number++)
            if (token_present(number) != told[number]) {
                told[number] = token_present(number);
                *slot = (Ulong)number;
                return CKR_OK;
            }
        if (flags & 1)
            return CKR_NO_EVENT;
        nanosleep(&moment, NULL);
        if (!initialised)
            return CKR_CRYPTOKI_NOT_INITIALIZED;
    }
}

/* -- the function list, in the standard's order -- */

static Ulong not_supported(void)
{
    return CKR_FUNCTION_NOT_SUPPORTED;
}

typedef void (*Function)(void);
enum { FUNCTIONS = 68 };

static struct {
    Version version;
    Function functions[FUNCTIONS];
} list = {{2, 40},
          {[0] = (Function)C_Initialize,         [1] = (Function)C_Finalize,
           [2] = (Function)C_GetInfo,            [4] = (Function)C_GetSlotList,
           [5] = (Function)C_GetSlotInfo,        [6] = (Function)C_GetTokenInfo,
           [7] = (Function)C_GetMechanismList,   [8] = (Function)C_GetMechanismInfo,
           [11] = (Function)C_SetPIN,            [12] = (Function)C_OpenSession,
           [13] = (Function)C_CloseSession,      [14] = (Function)C_CloseAllSessions,
           [15] = (Function)C_GetSessionInfo,    [18] = (Function)C_Login,
           [19] = (Function)C_Logout,            [24] = (Function)C_GetAttributeValue,
           [26] = (Function)C_FindObjectsInit,   [27] = (Function)C_FindObjects,
           [28] = (Function)C_FindObjectsFinal,  [33] = (Function)C_DecryptInit,
           [34] = (Function)C_Decrypt,           [42] = (Function)C_SignInit,
           [43] = (Function)C_Sign,              [67] = (Function)C_WaitForSlotEvent}};

__attribute__((visibility("default"))) Ulong C_GetFunctionList(void **pointer);

Ulong C_GetFunctionList(void **pointer)
{
    Ulong fault = token_enter("C_GetFunctionList", CKR_DEVICE_REMOVED);
    if (fault != 0)
        return fault;
    for (int i = 0; i < FUNCTIONS; i++)
        if (list.functions[i] == NULL)
            list.functions[i] = i == 3 ? (Function)C_GetFunctionList : (Function)not_supported;
    *pointer = &list;
    return CKR_OK;
}
