"""Documents understood in processes of their own, so that no document can harm the client."""

from gongwen_client.render.facts import AttachmentFacts, DocumentFacts, Remark, Substitution
from gongwen_client.render.pool import RenderedPage, RenderPool, TimeLimits

__all__ = [
    "AttachmentFacts",
    "DocumentFacts",
    "Remark",
    "RenderPool",
    "RenderedPage",
    "Substitution",
    "TimeLimits",
]
