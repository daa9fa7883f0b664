"""The attack corpus (models: signature corpora of PDF and XAdES validators): forged OFD files by class.

``CLASSES`` holds every class once the families below are imported; ``tests/tools/attack_corpus.py`` writes
the files with a manifest for other validators.
"""

from docs.verify.attacks import (
    additions,
    appearance,
    certificates,
    container,
    content,
    markup,
    references,
    seals,
    times,
    transplants,
    values,
)
from docs.verify.attacks.lab import Lab
from docs.verify.attacks.registry import CLASSES, AttackClass, Forgery

__all__ = [
    "CLASSES",
    "AttackClass",
    "Forgery",
    "Lab",
    "additions",
    "appearance",
    "certificates",
    "container",
    "content",
    "markup",
    "references",
    "seals",
    "times",
    "transplants",
    "values",
]
