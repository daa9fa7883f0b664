"""What all messages are made of: the base class, and the few kinds of text, number and time."""

from __future__ import annotations

from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

# A moment without its time zone is none: it cannot be compared with another.
Moment = AwareDatetime
Size = Annotated[int, Field(ge=0, le=1 << 40)]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
# What identifies documents, deliveries, tickets and requests.
Id = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
# Control characters in names forge log lines and registers, and PostgreSQL cannot keep NUL.
ShortText = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
LongText = Annotated[str, StringConstraints(max_length=2000, pattern=r"^[^\x00]*$")]
Copies = Annotated[int, Field(ge=0, le=9999)]


class Message(BaseModel):
    """Base of all messages: immutable, unknown fields refused. Errors never repeat what was in a field, for
    it may be a password; nor does the text of a message with a secret in it."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)
