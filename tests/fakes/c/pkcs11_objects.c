/* What lies on the token: certificates, keys and seals as PKCS#11 objects. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pkcs11.h"

static const Ulong UNAVAILABLE = (Ulong)-1;

static const struct {
    Ulong class;
    const char *file;
} OBJECTS[KINDS] = {
    [SIGN_CERTIFICATE] = {CKO_CERTIFICATE, "sign.crt"}, [SIGN_KEY] = {CKO_PRIVATE_KEY, "sign.key"},
    [SIGN_PUBLIC] = {CKO_PUBLIC_KEY, "sign.key"},       [CRYPT_CERTIFICATE] = {CKO_CERTIFICATE, "crypt.crt"},
    [CRYPT_KEY] = {CKO_PRIVATE_KEY, "crypt.key"},       [CRYPT_PUBLIC] = {CKO_PUBLIC_KEY, "crypt.key"},
    [SEAL] = {CKO_DATA, "esl"},
};

static unsigned char *content(int slot, Ulong object, size_t *size)
{
    char name[MAX_TEXT];
    snprintf(name, sizeof name, "%lu.%s", object / 10, OBJECTS[object % 10].file);
    return token_file(slot, name, size);
}

static int visible(int slot, Ulong object)
{
    size_t size = 0;
    if (OBJECTS[object % 10].class == CKO_PRIVATE_KEY && !logged_in[slot])
        return 0;
    unsigned char *data = content(slot, object, &size);
    free(data);
    return data != NULL;
}

static size_t ulong_value(Byte *out, Ulong value)
{
    memcpy(out, &value, sizeof value);
    return sizeof value;
}

static size_t text_value(Byte *out, const char *text)
{
    memcpy(out, text, strlen(text));
    return strlen(text);
}

static size_t point_value(int slot, Ulong object, Byte *out)
{
    char text[MAX_TEXT];
    EVP_PKEY *key = token_key(slot, (int)(object / 10), object % 10 == SIGN_PUBLIC ? "sign" : "crypt");
    int wrapped = strcmp(token_conf(0, "point", "octet", text), "octet") == 0;
    if (key == NULL || !crypto_point(key, out + 2 * wrapped)) {
        crypto_free(key);
        return 0;
    }
    crypto_free(key);
    if (wrapped)
        memcpy(out, (Byte[]){0x04, POINT}, 2);
    return POINT + 2 * (size_t)wrapped;
}

/* The value of an attribute into out (MAX_FILE bytes); UNAVAILABLE when the object has none. */
static Ulong attribute(int slot, Ulong object, Ulong type, Byte *out)
{
    char text[MAX_TEXT];
    int kind = (int)(object % 10);
    size_t size = 0;
    Ulong class = OBJECTS[kind].class;
    int has_key = class == CKO_PRIVATE_KEY || class == CKO_PUBLIC_KEY;
    switch (type) {
    case CKA_CLASS:
        return ulong_value(out, class);
    case CKA_TOKEN:
        return out[0] = 1, 1;
    case CKA_PRIVATE:
        return out[0] = class == CKO_PRIVATE_KEY, 1;
    case CKA_LABEL:
        snprintf(text, sizeof text, "label%lu", object / 10);
        return text_value(out, token_conf(slot, text, kind == SEAL ? "seal" : "key", text));
    case CKA_APPLICATION:
        return kind == SEAL ? text_value(out, token_conf(0, "application", "SESeal", text)) : UNAVAILABLE;
    case CKA_ID:
        return kind == SEAL ? UNAVAILABLE : (out[0] = (Byte)(object / 10), 1);
    case CKA_CERTIFICATE_TYPE:
        return class == CKO_CERTIFICATE ? ulong_value(out, 0) : UNAVAILABLE;
    case CKA_KEY_TYPE:
        return has_key ? ulong_value(out, token_number("key_type", 3)) : UNAVAILABLE;
    case CKA_SIGN:
        return class == CKO_PRIVATE_KEY ? (out[0] = kind == SIGN_KEY, 1) : UNAVAILABLE;
    case CKA_DECRYPT:
        return class == CKO_PRIVATE_KEY ? (out[0] = kind == CRYPT_KEY, 1) : UNAVAILABLE;
    case CKA_EC_POINT:
        return class == CKO_PUBLIC_KEY ? point_value(slot, object, out) : UNAVAILABLE;
    case CKA_VALUE:
        if (has_key)
            return UNAVAILABLE;
        unsigned char *data = content(slot, object, &size);
        if (data == NULL)
            return UNAVAILABLE;
        memcpy(out, data, size);
        free(data);
        return size;
    default:
        return UNAVAILABLE;
    }
}

Ulong C_GetAttributeValue(Ulong handle, Ulong object, Attribute *wanted, Ulong count)
{
    ENTER("C_GetAttributeValue");
    SESSION(handle, session);
    Ulong result = CKR_OK;
    if (object % 10 >= KINDS || !visible(session->slot, object))
        return CKR_OBJECT_HANDLE_INVALID;
    Byte *value = malloc(MAX_FILE);
    if (value == NULL)
        abort();
    for (Ulong i = 0; i < count; i++) {
        Ulong size = attribute(session->slot, object, wanted[i].type, value);
        if (size == UNAVAILABLE)
            result = CKR_ATTRIBUTE_TYPE_INVALID;
        else if (wanted[i].value != NULL && wanted[i].size < size) {
            size = UNAVAILABLE;
            result = CKR_BUFFER_TOO_SMALL;
        } else if (wanted[i].value != NULL)
            memcpy(wanted[i].value, value, size);
        wanted[i].size = size;
    }
    free(value);
    return result;
}

Ulong C_FindObjectsInit(Ulong handle, const Attribute *wanted, Ulong count)
{
    ENTER("C_FindObjectsInit");
    SESSION(handle, session);
    Byte *value = malloc(MAX_FILE);
    if (value == NULL)
        abort();
    session->count = session->next = 0;
    for (Ulong object = 10; object < 10 * (MAX_IDS + 1); object++) {
        int fits = object % 10 < KINDS && visible(session->slot, object);
        for (Ulong i = 0; fits && i < count; i++) {
            Ulong size = attribute(session->slot, object, wanted[i].type, value);
            fits = size == wanted[i].size && memcmp(value, wanted[i].value, size) == 0;
        }
        if (fits && session->count < MAX_OBJECTS)
            session->found[session->count++] = object;
    }
    free(value);
    return CKR_OK;
}

Ulong C_FindObjects(Ulong handle, Ulong *objects, Ulong room, Ulong *count)
{
    ENTER("C_FindObjects");
    SESSION(handle, session);
    for (*count = 0; *count < room && session->next < session->count; (*count)++)
        objects[*count] = session->found[session->next++];
    return CKR_OK;
}

Ulong C_FindObjectsFinal(Ulong handle)
{
    ENTER("C_FindObjectsFinal");
    SESSION(handle, session);
    session->count = session->next = 0;
    return CKR_OK;
}

int visible_key(int slot, Ulong object)
{
    return object % 10 < KINDS && OBJECTS[object % 10].class == CKO_PRIVATE_KEY && visible(slot, object);
}
