"""National cryptography (SM2, SM3), certificates and certification paths.

The lowest room of the house: it knows nothing of documents, networks or storage.
"""
