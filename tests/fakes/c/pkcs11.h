/* What the parts of the PKCS#11 fake share: the standard's numbers and layouts, sessions, log-ins. */
#ifndef FAKE_PKCS11_H
#define FAKE_PKCS11_H

#include "token.h"

typedef unsigned long Ulong;
typedef unsigned char Byte;

enum {
    CKR_OK = 0x00,
    CKR_SLOT_ID_INVALID = 0x03,
    CKR_ARGUMENTS_BAD = 0x07,
    CKR_NO_EVENT = 0x08,
    CKR_ATTRIBUTE_TYPE_INVALID = 0x12,
    CKR_DATA_LEN_RANGE = 0x21,
    CKR_DEVICE_REMOVED = 0x32,
    CKR_ENCRYPTED_DATA_INVALID = 0x40,
    CKR_FUNCTION_NOT_SUPPORTED = 0x54,
    CKR_KEY_HANDLE_INVALID = 0x60,
    CKR_KEY_FUNCTION_NOT_PERMITTED = 0x68,
    CKR_MECHANISM_INVALID = 0x70,
    CKR_MECHANISM_PARAM_INVALID = 0x71,
    CKR_OBJECT_HANDLE_INVALID = 0x82,
    CKR_OPERATION_NOT_INITIALIZED = 0x91,
    CKR_PIN_INCORRECT = 0xA0,
    CKR_PIN_LEN_RANGE = 0xA2,
    CKR_PIN_LOCKED = 0xA4,
    CKR_SESSION_COUNT = 0xB1,
    CKR_SESSION_HANDLE_INVALID = 0xB3,
    CKR_SESSION_READ_ONLY = 0xB5,
    CKR_TOKEN_NOT_PRESENT = 0xE0,
    CKR_USER_ALREADY_LOGGED_IN = 0x100,
    CKR_USER_NOT_LOGGED_IN = 0x101,
    CKR_BUFFER_TOO_SMALL = 0x150,
    CKR_CRYPTOKI_NOT_INITIALIZED = 0x190,
    CKR_CRYPTOKI_ALREADY_INITIALIZED = 0x191,
};

enum { CKO_DATA, CKO_CERTIFICATE, CKO_PUBLIC_KEY, CKO_PRIVATE_KEY };

enum {
    CKA_CLASS = 0x00,
    CKA_TOKEN = 0x01,
    CKA_PRIVATE = 0x02,
    CKA_LABEL = 0x03,
    CKA_APPLICATION = 0x10,
    CKA_VALUE = 0x11,
    CKA_CERTIFICATE_TYPE = 0x80,
    CKA_KEY_TYPE = 0x100,
    CKA_ID = 0x102,
    CKA_DECRYPT = 0x105,
    CKA_SIGN = 0x108,
    CKA_EC_POINT = 0x181,
};

enum { MAX_SESSIONS = 16, MAX_OBJECTS = 64, MAX_PIN = 16, MIN_PIN = 4 };

typedef struct {
    Ulong type;
    void *value;
    Ulong size;
} Attribute;

typedef struct {
    Ulong mechanism;
    void *parameter;
    Ulong size;
} Mechanism;

typedef struct {
    Ulong number;
    char kind[16], input[16], output[16], id[8];
} Rule;

typedef struct {
    int slot; /* 0: not open */
    int writing;
    Ulong found[MAX_OBJECTS];
    int count, next;
    Ulong sign_key, decrypt_key;
    Rule rule;
} Session;

extern int initialised;
extern int logged_in[MAX_SLOTS + 1];
extern Session sessions[MAX_SESSIONS + 1];

/* A token that was pulled out takes its log-in and its sessions with it. */
int still_there(int slot);
Ulong session_of(Ulong handle, Session **session);

#define ENTER(call)                                                                                            \
    do {                                                                                                       \
        Ulong fault_ = token_enter(call, CKR_DEVICE_REMOVED);                                                  \
        if (fault_ != 0)                                                                                       \
            return fault_;                                                                                     \
        if (!initialised)                                                                                      \
            return CKR_CRYPTOKI_NOT_INITIALIZED;                                                               \
    } while (0)

#define SESSION(handle, session)                                                                               \
    Session *session;                                                                                          \
    do {                                                                                                       \
        Ulong bad_ = session_of(handle, &session);                                                             \
        if (bad_ != CKR_OK)                                                                                    \
            return bad_;                                                                                       \
    } while (0)

/* Objects have handles 10 * id + kind. */
enum { SIGN_CERTIFICATE, SIGN_KEY, SIGN_PUBLIC, CRYPT_CERTIFICATE, CRYPT_KEY, CRYPT_PUBLIC, SEAL, KINDS };

int visible_key(int slot, Ulong object);
Ulong C_GetAttributeValue(Ulong handle, Ulong object, Attribute *wanted, Ulong count);
Ulong C_FindObjectsInit(Ulong handle, const Attribute *wanted, Ulong count);
Ulong C_FindObjects(Ulong handle, Ulong *objects, Ulong room, Ulong *count);
Ulong C_FindObjectsFinal(Ulong handle);

#endif
