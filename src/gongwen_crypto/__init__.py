"""National cryptography (SM2, SM3, SM4), certificates and certification paths.

The lowest room of the house: it knows nothing of documents, networks or storage.
"""
