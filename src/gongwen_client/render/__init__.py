"""Documents understood in processes of their own, so that no document can harm the client."""

from gongwen_client.render.facts import (
    AttachmentFacts,
    DocumentFacts,
    Hit,
    Remark,
    SealFace,
    SealFileFacts,
    SearchPart,
    Substitution,
)
from gongwen_client.render.pool import RenderedPage, RenderPool, TimeLimits

__all__ = [
    "AttachmentFacts",
    "DocumentFacts",
    "Hit",
    "Remark",
    "RenderPool",
    "RenderedPage",
    "SealFace",
    "SealFileFacts",
    "SearchPart",
    "Substitution",
    "TimeLimits",
]
