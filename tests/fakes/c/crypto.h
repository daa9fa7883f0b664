/* The few calls of OpenSSL 3's libcrypto that the fakes need, declared here and found by dlopen, so that no
 * header package is wanted where the tests run. */
#ifndef FAKE_CRYPTO_H
#define FAKE_CRYPTO_H

#include <stddef.h>
#include <stdint.h>

enum { RAW_SIGNATURE = 64, DIGEST = 32, POINT = 65, MAX_DER = 80 };

typedef struct evp_pkey_st EVP_PKEY;

/* A private key from PKCS#8 DER, or NULL; freed with crypto_free. */
EVP_PKEY *crypto_key(const unsigned char *der, size_t size);
void crypto_free(EVP_PKEY *key);

/* 04 || X || Y. */
int crypto_point(EVP_PKEY *key, unsigned char point[POINT]);

/* DER signature over a ready digest (for SM2: over e). Answers the size, 0 on failure. */
size_t crypto_sign_digest(EVP_PKEY *key, const unsigned char *digest, unsigned char der[MAX_DER]);

/* DER SM2 signature over a message, Z with the default identity included. */
size_t crypto_sign_message(EVP_PKEY *key, const unsigned char *data, size_t size, unsigned char der[MAX_DER]);

/* SM2 decryption of the DER form (GM/T 0009). *room is the size of out and becomes the plain size. */
int crypto_decrypt(EVP_PKEY *key, const unsigned char *der, size_t size, unsigned char *out, size_t *room);

void crypto_sm3(const unsigned char *data, size_t size, unsigned char out[DIGEST]);
void crypto_sha256(const unsigned char *data, size_t size, unsigned char out[DIGEST]);

/* r || s, 32 bytes each, of a DER signature. */
int crypto_raw(const unsigned char *der, size_t size, unsigned char raw[RAW_SIGNATURE]);

#endif
