"""One seal on one file: a worker prepares, the key signs in its own process, a worker completes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from gongwen_client.domain.seal_plan import SealPlan
from gongwen_client.render.pool import RenderPool
from gongwen_client.services.rules import body_format
from gongwen_client.services.time_stamping import AskTime, Stamped, no_time
from gongwen_client.token.keys import KeyInfo
from gongwen_client.token.proxy import TokenBroker
from gongwen_crypto.errors import KnownError, RefusedError
from gongwen_docs.inspect import Inspection
from gongwen_docs.ofd.values import Box
from gongwen_docs.seals.model import Seal
from gongwen_docs.seals.parse import parse_seal
from gongwen_docs.sign.forms import PdfForm
from gongwen_docs.sign.placement import MIN_SLICE, Edge, Placement, riding_seam
from gongwen_docs.sign.sealing import stored_value
from gongwen_protocol.profile import RegionProfile


def seal_of(key: KeyInfo) -> Seal:
    """The seal that a key carries. Raises KnownError("token.no_seal")."""
    if key.seal_der is None:
        raise KnownError("token.no_seal", label=key.token_label)
    return parse_seal(key.seal_der)


def require_sealable_format(path: Path, profile: RegionProfile) -> None:
    """Only fixed layout is sealed, and of it what the region exchanges as body.

    Raises RefusedError: seal.not_fixed_layout, send.body_format.
    """
    found = body_format(path)
    if not found:
        raise RefusedError("seal.not_fixed_layout", name=path.name)
    rule = profile.body_formats
    if found not in rule.value:
        formats = "、".join(rule.value)
        raise RefusedError("send.body_format", article=profile.cite(rule.article), formats=formats)


def placements(inspection: Inspection, plan: SealPlan, seal: Seal) -> tuple[Placement, ...]:
    """All stamps of a plan. Raises RefusedError as :func:`seam_placements`."""
    stamps = tuple(
        Placement(place.page_index, Box(place.x, place.y, place.width, place.height)) for place in plan.stamps
    )
    return (*stamps, *seam_placements(inspection, plan, seal))


def seam_placements(inspection: Inspection, plan: SealPlan, seal: Seal) -> tuple[Placement, ...]:
    """The slices of the plan's riding seam, clear of other seals and of the plan's own stamps.

    Raises RefusedError: seal.seam_single_page, seal.seam_no_room.
    """
    if plan.seam is None:
        return ()
    sizes = [(page.width_mm, page.height_mm) for page in inspection.pages]
    if len(sizes) < 2:
        raise RefusedError("seal.seam_single_page")
    taken = [
        (one.page, Box(one.region.left, one.region.top, one.region.width, one.region.height))
        for one in inspection.stamps
    ]
    taken += [(one.page_index, Box(one.x, one.y, one.width, one.height)) for one in plan.stamps]
    picture = seal.picture
    found = riding_seam(sizes, (picture.width_mm, picture.height_mm), Edge(plan.seam.value), MIN_SLICE, taken)
    if not found:
        raise RefusedError("seal.seam_no_room")
    return found


def pdf_form_of(profile: RegionProfile) -> PdfForm:
    """What a seal on a PDF file is in this region."""
    rule = profile.pdf_seal_form
    return PdfForm.SES if rule is None else PdfForm(rule.value.value)


@dataclass(frozen=True)
class Sealed:
    """A seal that was put on: the signature's id in the document, and what came of asking for the time."""

    signature_id: str
    time: Stamped


def stamp(
    render: RenderPool,
    tokens: TokenBroker,
    key: KeyInfo,
    pin: str,
    source: Path,
    target: Path,
    places: Sequence[Placement],
    at: datetime,
    pdf_form: PdfForm = PdfForm.SES,
    ask_time: AskTime = no_time,
) -> Sealed:
    """Write ``source`` with one more seal to ``target``; return what became of it.

    ``at`` is the time the signature claims (aware); ``ask_time`` is asked for a token over the signature
    value. On any error nothing is left at ``target``.
    Raises KnownError and RefusedError: token.*, seal.*, render.*, host.disk_full.
    """
    try:
        prepared = render.prepare_seal(
            source, target, seal_of(key).raw, key.certificate_der, key.algorithm_oid, places, at, pdf_form
        )
        value = tokens.sign(key.key_id, pin, prepared.to_sign)
        stamped = ask_time(stored_value(prepared, value))
        render.complete_seal(target, prepared, value, stamped.token)
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    return Sealed(prepared.signature_id, stamped)
