"""A program: attacks services with everything that schemathesis can think of, and prints what went wrong as JSON.

It reads its orders from standard input: `{"examples": n, "keys": {parameter: values}, "targets": [{name, url, without,
token, language, thorough}]}`; operations with the tag `without` are left alone. It runs apart from the tests, so that
neither event loop nor warnings of theirs get in its way.
"""

import json
import sys
import time
from collections import Counter
from typing import Any, Final

import schemathesis
from schemathesis import Case, CheckContext, Config, Response
from schemathesis.engine import events, from_schema

_PROBLEM: Final = "application/problem+json"
_REFUSED: Final = 400
_BOTH: Final = {"type", "title", "status", "detail", "instance", "code", "remedy", "errors"}
_SLOW: Final = 5.0
_PAGES: Final = {("POST /public/lookup", "unsupported_method"), ("POST /public/lookup", "allow_header_conformance")}
"""Where there is a page for people as well, which the document of the API leaves out."""


@schemathesis.check
def refusals_are_complete(_ctx: CheckContext, response: Response, case: Case) -> None:
    """Every refusal says what, where and what to do, in the reader's language."""
    if response.status_code < _REFUSED or case.method == "HEAD" or case.path == "/readyz":
        return
    assert response.headers["content-type"][0] == _PROBLEM, response.headers["content-type"]
    told = response.json()
    assert told.keys() >= _BOTH, sorted(told)
    assert told["status"] == response.status_code
    language = str((case.headers or {}).get("Accept-Language", "zh"))[:2]
    assert response.headers["content-language"][0] == language, response.headers["content-language"]
    texts = [told["title"], told["detail"], told["remedy"], *(error["message"] for error in told["errors"])]
    assert all(_is_in(language, text) for text in texts), texts
    assert all(error["where"] for error in told["errors"]), told["errors"]
    assert "{" not in told["remedy"], told["remedy"]


@schemathesis.check
def answers_are_quick(_ctx: CheckContext, response: Response, _case: Case) -> None:
    """Nothing that fits into one request keeps a service busy for long."""
    assert response.elapsed < _SLOW, f"{response.elapsed:.1f} s"


@schemathesis.check
def answers_are_guarded(_ctx: CheckContext, response: Response, _case: Case) -> None:
    """No answer gives away what it is made with, or may be read as something else."""
    assert "server" not in response.headers, response.headers["server"]
    assert response.headers["x-content-type-options"] == ["nosniff"], "no x-content-type-options"
    assert b"Traceback" not in response.content, response.content


def _is_in(language: str, text: str) -> bool:
    has_chinese = any("\u4e00" <= character <= "\u9fff" for character in text)
    return has_chinese if language == "zh" else any(character.isascii() and character.isalpha() for character in text)


def attack(target: dict[str, Any], *, examples: int, keys: dict[str, list[str]]) -> dict[str, Any]:
    """Attack one service as one person: how many requests were made, in how many seconds, and what went wrong."""
    schema = schemathesis.openapi.from_url(f"{target['url']}/openapi.json", config=_config(target, examples, keys))
    schema = schema.exclude(tag=target["without"]) if target["without"] else schema
    began, statuses, faults = time.monotonic(), Counter[str](), dict[str, str]()
    for event in from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            answers = (each.response for each in event.recorder.interactions.values())
            statuses.update(str(answer.status_code) if answer else "none" for answer in answers)
            faults |= _faults(event)
        elif isinstance(event, events.NonFatalError):
            faults[f"{event.label}: {event.info.title}"] = event.info.message
    return {
        "name": target["name"],
        "requests": statuses.total(),
        "seconds": round(time.monotonic() - began, 1),
        "statuses": dict(sorted(statuses.items())),
        "faults": faults,
    }


def _faults(event: events.ScenarioFinished) -> dict[str, str]:
    """What each failed check of a scenario says, with the request that shows it."""
    failed = [
        (check.name, check.failure_info)
        for checks in event.recorder.checks.values()
        for check in checks
        if check.failure_info
    ]
    return {
        f"{event.label}: {name}: {info.failure.message[:300]}": info.code_sample[:1000]
        for name, info in failed
        if (event.label, name) not in _PAGES
    }


def _config(target: dict[str, Any], examples: int, keys: dict[str, list[str]]) -> Config:
    headers = {"Accept-Language": target["language"]}
    if target["token"]:
        headers["Authorization"] = f"Bearer {target['token']}"
    thorough = target["thorough"]
    return Config.from_dict(
        {
            "seed": 1,
            "continue-on-failure": True,
            "headers": headers,
            "request-timeout": 30,
            "generation": {
                "deterministic": True,
                "database": "none",
                "no-shrink": True,
                "max-examples": examples if thorough else 1,
            },
            "phases": {
                "examples": {"enabled": False},
                "stateful": {"enabled": False},
                "coverage": {"enabled": thorough},
            },
            # What fits the schema may still break a rule of the office.
            "checks": {"positive_data_acceptance": {"enabled": False}, "ignored_auth": {"enabled": thorough}},
            "dictionaries": {name: {"values": values} for name, values in keys.items()},
            "parameters": {f"path.{name}": {"dictionary": name, "probability": 0.7} for name in keys},
        }
    )


def main() -> None:
    """Carry out the orders."""
    orders = json.load(sys.stdin)
    for target in orders["targets"]:
        report = attack(target, examples=orders["examples"], keys=orders["keys"])
        print(json.dumps(report, ensure_ascii=False), flush=True)  # noqa: T201 - the program's output


if __name__ == "__main__":
    main()
