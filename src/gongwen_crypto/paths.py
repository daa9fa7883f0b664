"""Certification paths: from a signer's certificate to one that this installation trusts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from asn1crypto import pem

from gongwen_crypto.certificates import Certificate
from gongwen_crypto.errors import KnownError
from gongwen_crypto.revocation import RevocationList
from gongwen_crypto.seal_register import SealRegister

_CERTIFICATES = frozenset({".cer", ".crt", ".pem", ".der"})
_REVOCATION_LISTS = frozenset({".crl"})
_SEAL_REGISTERS = frozenset({".sealstatus"})
_SEAL_MAKERS = "seal-makers"
_MAX_DEPTH = 8
_MAX_OTHERS = 32  # a signature that carries more is not trying to help


@dataclass(frozen=True)
class TrustStore:
    """Certificates that an administrator has declared trustworthy, and revocation lists about their issues.

    Every certificate given is trusted for what it issued and for itself, whether it signed itself or not (a
    trust anchor in the sense of RFC 5280 6.1.1). ``seal_makers`` are the anchors of seal authorities: where
    there are any, nobody else's seals are accepted. Otherwise a unit whose certificate comes from a trusted
    root could make itself a seal in any name.
    """

    roots: tuple[Certificate, ...] = ()
    revocation_lists: tuple[RevocationList, ...] = field(default=(), repr=False)
    seal_makers: tuple[Certificate, ...] = ()
    seal_registers: tuple[SealRegister, ...] = field(default=(), repr=False)  # suspended and cancelled seals

    @property
    def for_seal_makers(self) -> TrustStore:
        """The store to judge the makers of seals with."""
        return replace(self, roots=self.seal_makers or self.roots)

    def is_seal_maker(self, certificate: Certificate) -> bool:
        """Whether ``certificate`` is a declared maker of seals, or was issued by one."""
        return any(
            certificate == maker
            or (
                maker.may_issue and certificate.issuer_id == maker.subject_id and certificate.signed_by(maker)
            )
            for maker in self.seal_makers
        )

    @classmethod
    def load(cls, folder: Path) -> TrustStore:
        """Read all certificates (.cer .crt .pem .der), revocation lists (.crl) and registers of stopped seals
        (.sealstatus) of a folder; certificates in its folder ``seal-makers`` are those of seal authorities.

        Raises KnownError("crypto.trust_store_unreadable") naming the file that cannot be used: a store
        that silently lacks a root would turn good documents into doubtful ones.
        """
        found = _read_folder(folder)
        makers_folder = folder / _SEAL_MAKERS
        makers = _read_folder(makers_folder) if makers_folder.is_dir() else _Folder([], [], [])
        return cls(
            tuple(found.certificates),
            (*found.lists, *makers.lists),
            tuple(makers.certificates),
            (*found.registers, *makers.registers),
        )


class _Folder(NamedTuple):
    certificates: list[Certificate]
    lists: list[RevocationList]
    registers: list[SealRegister]


def _read_folder(folder: Path) -> _Folder:
    found = _Folder([], [], [])
    current = folder
    try:
        for path in sorted(folder.iterdir()):
            current = path
            suffix = path.suffix.lower()
            if suffix in _CERTIFICATES:
                found.certificates.extend(Certificate.load(block) for block in _blocks(path.read_bytes()))
            elif suffix in _REVOCATION_LISTS:
                found.lists.append(RevocationList.load(path.read_bytes()))
            elif suffix in _SEAL_REGISTERS:
                found.registers.append(SealRegister.load(path.read_bytes()))
    except (OSError, ValueError, KnownError) as error:
        raise KnownError("crypto.trust_store_unreadable", file=current.name) from error
    return found


def _blocks(data: bytes) -> Iterable[bytes]:
    if not pem.detect(data):
        return [data]
    return [der for kind, _, der in pem.unarmor(data, multiple=True) if kind == "CERTIFICATE"]


class PathStatus(StrEnum):
    """Outcome of a path, from best to worst."""

    OK = "ok"
    REVOCATION_UNKNOWN = "revocation_unknown"  # no usable list: revoked or not cannot be said
    UNTRUSTED = "untrusted"  # the issuer is not known here: nothing is proved, nothing disproved
    EXPIRED = "expired"  # a certificate of the path was not valid at the moment
    REVOKED = "revoked"
    BROKEN = "broken"  # forged, or a certificate was used for what it may not do


@dataclass(frozen=True)
class PathResult:
    """What is known about a certificate at one moment."""

    status: PathStatus
    chain: tuple[Certificate, ...]  # leaf first; ends with a root unless status is UNTRUSTED or BROKEN
    culprit: Certificate | None = None  # the certificate that the status speaks about
    revoked_at: datetime | None = None  # earliest revocation in the path, even when after the moment


def build_path(
    leaf: Certificate, store: TrustStore, at: datetime, others: Sequence[Certificate] = ()
) -> PathResult:
    """Judge ``leaf`` as of ``at`` (aware). ``others`` may help to build the path but are not trusted.

    A revocation later than ``at`` leaves the status alone and is told in ``revoked_at``.
    """
    chain, forged = _climb(leaf, store, others[:_MAX_OTHERS])
    if chain is None:
        status = PathStatus.BROKEN if forged else PathStatus.UNTRUSTED
        return PathResult(status, (leaf,), leaf)
    return _judge(chain, store, at)


def _climb(
    leaf: Certificate, store: TrustStore, others: Sequence[Certificate]
) -> tuple[tuple[Certificate, ...] | None, bool]:
    """The chain up to a root, and whether a trusted name was met whose key did not sign.

    Breadth first, each certificate once: a heap of certificates that issued one another costs no more than
    its square.
    """
    forged = False
    chains: list[tuple[Certificate, ...]] = [(leaf,)]
    tried = {leaf}
    for chain in chains:  # grows while it is walked
        last = chain[-1]
        if last in store.roots:
            return chain, False
        if len(chain) == _MAX_DEPTH:
            continue
        for candidate in (*store.roots, *others):
            if candidate.subject_id != last.issuer_id or candidate in tried:
                continue
            if last.signed_by(candidate):
                tried.add(candidate)
                chains.append((*chain, candidate))
            elif candidate in store.roots:
                forged = True
    return None, forged


def _judge(chain: tuple[Certificate, ...], store: TrustStore, at: datetime) -> PathResult:
    for depth, certificate in enumerate(chain):
        authorities_below = depth - 1
        if certificate.unknown_critical or (depth and not certificate.may_issue):
            return PathResult(PathStatus.BROKEN, chain, certificate)
        if certificate.path_length is not None and authorities_below > certificate.path_length:
            return PathResult(PathStatus.BROKEN, chain, certificate)
    findings = [(_look_up(lower, upper, store, at), lower) for lower, upper in pairwise(chain)]
    revoked = [(found.revoked_at, lower) for found, lower in findings if found.revoked_at is not None]
    revoked_at, culprit = min(revoked, key=lambda pair: pair[0], default=(None, None))
    if revoked_at is not None and revoked_at <= at:
        return PathResult(PathStatus.REVOKED, chain, culprit, revoked_at)
    for certificate in chain:
        if not certificate.valid_at(at):
            return PathResult(PathStatus.EXPIRED, chain, certificate, revoked_at)
    for found, certificate in findings:
        if found.revoked_at is None and not found.cleared:
            return PathResult(PathStatus.REVOCATION_UNKNOWN, chain, certificate, revoked_at)
    return PathResult(PathStatus.OK, chain, culprit, revoked_at)


def judge_links(path: PathResult, store: TrustStore, at: datetime) -> tuple[PathStatus, ...]:
    """What is known about each certificate of a path by itself, leaf first: OK for a trusted one that was
    valid ``at`` the moment, UNTRUSTED for a last one whose issuer is not known here."""
    return tuple(_judge_link(path, depth, store, at) for depth in range(len(path.chain)))


def _judge_link(path: PathResult, depth: int, store: TrustStore, at: datetime) -> PathStatus:
    certificate = path.chain[depth]
    last = depth == len(path.chain) - 1
    if path.status is PathStatus.BROKEN and certificate == path.culprit:
        return PathStatus.BROKEN
    if not last:
        found = _look_up(certificate, path.chain[depth + 1], store, at)
        if found.revoked_at is not None and found.revoked_at <= at:
            return PathStatus.REVOKED
    if not certificate.valid_at(at):
        return PathStatus.EXPIRED
    if last:
        return PathStatus.OK if certificate in store.roots else PathStatus.UNTRUSTED
    cleared = found.revoked_at is not None or found.cleared
    return PathStatus.OK if cleared else PathStatus.REVOCATION_UNKNOWN


class _Revocation(NamedTuple):
    revoked_at: datetime | None
    cleared: bool  # a list proves that the certificate was not revoked by the moment


def _look_up(certificate: Certificate, issuer: Certificate, store: TrustStore, at: datetime) -> _Revocation:
    lists = [candidate for candidate in store.revocation_lists if candidate.made_by(issuer)]
    moments = [found.revoked[certificate.serial] for found in lists if certificate.serial in found.revoked]
    return _Revocation(min(moments, default=None), any(found.clears(certificate, at) for found in lists))
