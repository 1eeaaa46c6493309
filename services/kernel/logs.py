"""Log lines: one JSON object a line, with the case, event and trace they belong to, and no personal data.

*error* means that somebody must act today. Case number, event id and trace id are bound at the edge with `bound`.
"""

import json
import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from functools import lru_cache
from typing import Any, Final, TextIO

import orjson
import structlog
from opentelemetry import trace
from structlog.contextvars import bind_contextvars, bound_contextvars
from structlog.types import EventDict, Processor, WrappedLogger

bound = bound_contextvars
"""`with bound(case_no=…, event_id=…):` puts these fields on every line inside."""

bind = bind_contextvars
"""`bind(case_no=…)` puts these fields on every further line of the same request or event."""

_HIDDEN: Final = "[redacted]"
_PRIVATE: Final = frozenset(
    {
        "password", "passwd", "secret", "token", "authorization", "cookie", "credential", "credentials", "private_key",
        "id_no", "id_number", "id_card", "phone", "mobile", "mail", "email", "address", "applicant", "agent",
        "signature", "body", "answers", "facts", "document",
    }
)  # fmt: skip
"""Names of fields that hold a person's data, a secret or a whole document. `applicant_phone` counts as `phone`."""

_SHAPES: Final = re.compile(
    r"://[^/@\s]+@"  # user and password of an address
    r"|\bBearer\s+\S+|\beyJ[\w-]+\.[\w-]+\.[\w-]*"  # tokens
    r"|(?<=input_value=).*?(?=, input_type=)"  # what pydantic found wrong
    r"|(?<=dup key: )\{.*?\}",  # what MongoDB had already
    re.DOTALL,
)
"""What must not be in a text, known by its form."""

_DEEPEST: Final = 6
_QUIET: Final = ("uvicorn.error", "uvicorn.access", "pymongo", "motor", "nats", "httpx", "httpcore", "asyncio")
"""Libraries whose lines below *warning* say nothing for us, or quote whole documents."""


def configure(service: str, *, level: str = "info", to: TextIO | None = None) -> None:
    """Send every log line of this process, the libraries' too, to standard output (or `to`) as JSON."""

    def named(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
        return {"service": service, **event}

    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
        _traced,
        named,
    ]
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    _send(shared, level, to or sys.stdout)


def get(name: str) -> structlog.stdlib.BoundLogger:
    """The logger of a module: `log = logs.get(__name__)`, then `log.info("case received", case_no=…)`."""
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return logger


def redact(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Hide what must not be in a log: fields by their name, the rest by its form. The last step before writing."""
    return {name: _redacted(name, value, depth=0) for name, value in event.items()}


def _send(shared: list[Processor], level: str, to: TextIO) -> None:
    handler = logging.StreamHandler(to)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                redact,
                structlog.processors.JSONRenderer(serializer=_to_json),
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
    logging.captureWarnings(capture=True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def _traced(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    context = trace.get_current_span().get_span_context()
    if context.is_valid:
        event.setdefault("trace_id", trace.format_trace_id(context.trace_id))
    return event


def _redacted(name: str, value: Any, *, depth: int) -> Any:  # noqa: ANN401 - a log line holds anything
    if name != "event" and _is_private(name):
        return _HIDDEN
    match value:
        case str():
            return _SHAPES.sub(_HIDDEN, value)
        case Mapping() if depth < _DEEPEST:
            return {str(key): _redacted(str(key), inner, depth=depth + 1) for key, inner in value.items()}
        case list() | tuple() | set() | frozenset() if depth < _DEEPEST:
            return [_redacted(name, inner, depth=depth + 1) for inner in value]
        case None | bool() | int() | float():
            return value
        case _:
            return _SHAPES.sub(_HIDDEN, str(value))


@lru_cache(maxsize=4096)
def _is_private(name: str) -> bool:
    lowered = name.lower()
    return lowered in _PRIVATE or any(lowered.endswith(f"_{word}") for word in _PRIVATE)


def _to_json(event: MutableMapping[str, Any], **_: object) -> str:
    """Never fails: a line that cannot be written as it is, is written escaped."""
    try:
        return orjson.dumps(event).decode()
    except orjson.JSONEncodeError:
        return json.dumps(event, default=repr)
