"""Seal keys: what is plugged in, and signatures made with it, in a process of its own (the broker).

The rest of the client uses :class:`~gongwen_client.token.proxy.TokenBroker` and the dataclasses of
:mod:`gongwen_client.token.keys`; PyKCS11 and key files are touched inside the broker process only.
"""
