"""Every answer outside 2xx is a Problem: code, sentence in words, facts, reference."""

from __future__ import annotations

import logging

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from gongwen_crypto.errors import BugError, GongwenError, KnownError
from gongwen_protocol.messages import IDEMPOTENCY_HEADER, UPLOAD_OFFSET_HEADER, Problem
from gongwen_protocol.profile import RegionProfile
from gongwen_protocol.sentences import sentence
from gongwen_server.api.limits import DamagedMessage
from gongwen_server.services.exchange import Exchange

_log = logging.getLogger("gongwen.server")

Fact = str | int | float | bool | None

_STATUS = {
    "session.required": 401,
    "oa.wrong_credentials": 401,
    "oa.too_many": 429,
    "oa.not_stored": 422,
    "session.wrong_credentials": 401,
    "session.locked": 429,
    "session.role_missing": 403,
    "session.password_change_required": 403,
    "session.other_unit": 403,
    "session.initial_expired": 403,
    "account.reset_elsewhere": 403,
    "account.unknown": 404,
    "directory.unknown_unit": 404,
    "substitution.unknown": 404,
    "device.required": 403,
    "device.revoked": 403,
    "device.other_unit": 403,
    "device.unknown": 404,
    "device.code_wrong": 403,
    "device.key_wrong": 422,
    "device.proof_missing": 401,
    "device.proof_wrong": 401,
    "device.proof_stale": 401,
    "device.proof_replayed": 401,
    "device.too_many": 429,
    "login.key_required": 403,
    "login.key_wrong": 403,
    "login.challenge_expired": 403,
    "login.certificate_refused": 403,
    "request.invalid": 422,
    "request.not_found": 404,
    "request.method_not_allowed": 405,
    "delivery.unknown": 404,
    "document.unknown": 404,
    "blob.unknown": 404,
    "blob.removed": 410,
    "blob.lost": 503,
    "print.ticket_unknown": 404,
    "print.statement_unknown": 404,
    "copy_mark.forged": 422,
    "copy_mark.unknown": 404,
    "request.unknown": 404,
    "fault.unknown": 404,
    "receipt.unknown": 404,
    "profile.unknown_version": 404,
    "upload.gone": 404,
    "upload.digest_wrong": 422,
    "upload.overrun": 422,
    "send.too_large": 413,
    "exchange.no_time_stamps": 404,
    "exchange.disk_full": 507,
    "exchange.evidence_unwritable": 503,
}
_FRAMEWORK = {
    404: "request.not_found",
    405: "request.method_not_allowed",
    413: "request.too_large",
    401: "session.required",
}


def install(application: FastAPI) -> None:
    """Turn all errors of the application into Problems."""
    application.add_exception_handler(GongwenError, _known)
    application.add_exception_handler(RequestValidationError, _invalid)
    application.add_exception_handler(HTTPException, _framework)
    application.add_exception_handler(Exception, _unexpected)


def problem(request: Request, status: int, code: str, facts: dict[str, Fact] | None = None) -> JSONResponse:
    """The answer for a code."""
    reference = str(request.scope.get("state", {}).get("reference", ""))
    known = facts or {}
    said = sentence(code, _region(request), **known)
    body = Problem(code=code, sentence=str(said), facts=known, reference=reference)
    return JSONResponse(body.model_dump(mode="json"), status_code=status)


async def _known(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, GongwenError)
    if isinstance(error, BugError):
        return await _unexpected(request, error)
    status = _STATUS.get(error.code, 503 if isinstance(error, KnownError) else 409)
    facts = {name: _fact(value) for name, value in error.facts.items()}
    answer = problem(request, status, error.code, facts)
    if "offset" in facts and error.code.startswith("upload."):
        answer.headers[UPLOAD_OFFSET_HEADER] = str(facts["offset"])
    if error.code == "session.required":
        answer.headers["WWW-Authenticate"] = "Bearer"
    if error.code == "oa.wrong_credentials":
        answer.headers["WWW-Authenticate"] = "Basic"
    if error.code == "oa.too_many":
        answer.headers["Retry-After"] = str(facts["seconds"])
    if error.code == "session.locked":
        answer.headers["Retry-After"] = str(60 * int(str(facts["minutes"])))
    return answer


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    """Names the places that are wrong, never the values: they may be passwords."""
    assert isinstance(error, RequestValidationError)
    places = sorted({".".join(str(part) for part in entry["loc"]) for entry in error.errors()})
    if f"header.{IDEMPOTENCY_HEADER}" in places:
        return problem(request, 400, "request.key_missing")
    return problem(request, 422, "request.invalid", {"places": "、".join(places)[:500]})


async def _framework(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    if isinstance(error, DamagedMessage):
        return problem(request, 400, "request.damaged")
    code = _FRAMEWORK.get(error.status_code, "request.invalid")
    answer = problem(request, error.status_code, code, {"places": request.url.path[:200]})
    for name, value in (error.headers or {}).items():
        answer.headers[name] = value
    return answer


async def _unexpected(request: Request, error: Exception) -> JSONResponse:
    """The last resort: our mistake, logged with its reference, told without detail."""
    _log.error("unexpected error", exc_info=error, extra=request.scope.get("state", {}))
    return problem(request, 500, "exchange.fault")


def _region(request: Request) -> RegionProfile | None:
    """The exchange's own: a refusal cites the articles of its region."""
    exchange = getattr(request.app.state, "exchange", None)
    return exchange.profile if isinstance(exchange, Exchange) else None


def _fact(value: object) -> Fact:
    return value if isinstance(value, str | int | float | bool | None) else str(value)
