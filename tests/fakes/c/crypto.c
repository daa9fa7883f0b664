#include "crypto.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

typedef struct evp_pkey_ctx_st EVP_PKEY_CTX;
typedef struct evp_md_ctx_st EVP_MD_CTX;
typedef struct evp_md_st EVP_MD;

static const char IDENTITY[] = "1234567812345678";

/* One name, its result and its arguments: the pointer is called like the function with an X before it. */
#define CALLS(CALL)                                                                                            \
    CALL(EVP_PKEY *, d2i_AutoPrivateKey, (EVP_PKEY **, const unsigned char **, long))                          \
    CALL(void, EVP_PKEY_free, (EVP_PKEY *))                                                                    \
    CALL(int, i2d_PublicKey, (const EVP_PKEY *, unsigned char **))                                             \
    CALL(EVP_PKEY_CTX *, EVP_PKEY_CTX_new, (EVP_PKEY *, void *))                                               \
    CALL(void, EVP_PKEY_CTX_free, (EVP_PKEY_CTX *))                                                            \
    CALL(int, EVP_PKEY_CTX_set1_id, (EVP_PKEY_CTX *, const void *, int))                                       \
    CALL(int, EVP_PKEY_sign_init, (EVP_PKEY_CTX *))                                                            \
    CALL(int, EVP_PKEY_sign, (EVP_PKEY_CTX *, unsigned char *, size_t *, const unsigned char *, size_t))       \
    CALL(int, EVP_PKEY_decrypt_init, (EVP_PKEY_CTX *))                                                         \
    CALL(int, EVP_PKEY_decrypt, (EVP_PKEY_CTX *, unsigned char *, size_t *, const unsigned char *, size_t))    \
    CALL(EVP_MD_CTX *, EVP_MD_CTX_new, (void))                                                                 \
    CALL(void, EVP_MD_CTX_free, (EVP_MD_CTX *))                                                                \
    CALL(void, EVP_MD_CTX_set_pkey_ctx, (EVP_MD_CTX *, EVP_PKEY_CTX *))                                        \
    CALL(const EVP_MD *, EVP_sm3, (void))                                                                      \
    CALL(const EVP_MD *, EVP_sha256, (void))                                                                   \
    CALL(int, EVP_Digest, (const void *, size_t, unsigned char *, unsigned *, const EVP_MD *, void *))         \
    CALL(int, EVP_DigestSignInit, (EVP_MD_CTX *, EVP_PKEY_CTX **, const EVP_MD *, void *, EVP_PKEY *))         \
    CALL(int, EVP_DigestSign, (EVP_MD_CTX *, unsigned char *, size_t *, const unsigned char *, size_t))

#define DECLARE(result, name, arguments) static result(*X##name) arguments;
CALLS(DECLARE)

static void find(void *library, const char *name, void *pointer)
{
    void *found = dlsym(library, name);
    if (found == NULL)
        abort();
    memcpy(pointer, &found, sizeof found); /* ISO C knows no cast from object to function pointer */
}

static void load(void)
{
    static int loaded;
    if (loaded)
        return;
    void *library = dlopen("libcrypto.so.3", RTLD_NOW | RTLD_LOCAL);
    if (library == NULL)
        abort();
#define FIND(result, name, arguments) find(library, #name, &X##name);
    CALLS(FIND)
    loaded = 1;
}

EVP_PKEY *crypto_key(const unsigned char *der, size_t size)
{
    load();
    return Xd2i_AutoPrivateKey(NULL, &der, (long)size);
}

void crypto_free(EVP_PKEY *key)
{
    load();
    XEVP_PKEY_free(key);
}

int crypto_point(EVP_PKEY *key, unsigned char point[POINT])
{
    return Xi2d_PublicKey(key, NULL) == POINT && Xi2d_PublicKey(key, &point) == POINT;
}

size_t crypto_sign_digest(EVP_PKEY *key, const unsigned char *digest, unsigned char der[MAX_DER])
{
    size_t size = MAX_DER;
    EVP_PKEY_CTX *context = XEVP_PKEY_CTX_new(key, NULL);
    if (XEVP_PKEY_sign_init(context) != 1 || XEVP_PKEY_sign(context, der, &size, digest, DIGEST) != 1)
        size = 0;
    XEVP_PKEY_CTX_free(context);
    return size;
}

size_t crypto_sign_message(EVP_PKEY *key, const unsigned char *data, size_t size, unsigned char der[MAX_DER])
{
    size_t room = MAX_DER;
    EVP_PKEY_CTX *context = XEVP_PKEY_CTX_new(key, NULL);
    EVP_MD_CTX *digest = XEVP_MD_CTX_new();
    XEVP_PKEY_CTX_set1_id(context, IDENTITY, (int)strlen(IDENTITY));
    XEVP_MD_CTX_set_pkey_ctx(digest, context);
    if (XEVP_DigestSignInit(digest, NULL, XEVP_sm3(), NULL, key) != 1 ||
        XEVP_DigestSign(digest, der, &room, data, size) != 1)
        room = 0;
    XEVP_MD_CTX_free(digest);
    XEVP_PKEY_CTX_free(context);
    return room;
}

int crypto_decrypt(EVP_PKEY *key, const unsigned char *der, size_t size, unsigned char *out, size_t *room)
{
    EVP_PKEY_CTX *context = XEVP_PKEY_CTX_new(key, NULL);
    int good = XEVP_PKEY_decrypt_init(context) == 1 && XEVP_PKEY_decrypt(context, out, room, der, size) == 1;
    XEVP_PKEY_CTX_free(context);
    return good;
}

void crypto_sm3(const unsigned char *data, size_t size, unsigned char out[DIGEST])
{
    load();
    XEVP_Digest(data, size, out, NULL, XEVP_sm3(), NULL);
}

void crypto_sha256(const unsigned char *data, size_t size, unsigned char out[DIGEST])
{
    load();
    XEVP_Digest(data, size, out, NULL, XEVP_sha256(), NULL);
}

int crypto_raw(const unsigned char *der, size_t size, unsigned char raw[RAW_SIGNATURE])
{
    size_t at = 2;
    memset(raw, 0, RAW_SIGNATURE);
    for (int part = 0; part < 2; part++) {
        if (at + 2 > size || der[at] != 2 || at + 2 + der[at + 1] > size)
            return 0;
        size_t length = der[at + 1];
        const unsigned char *number = der + at + 2;
        at += 2 + length;
        while (length > DIGEST && *number == 0) {
            number++;
            length--;
        }
        if (length > DIGEST)
            return 0;
        memcpy(raw + DIGEST * part + DIGEST - length, number, length);
    }
    return at == size;
}
