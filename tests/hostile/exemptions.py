"""Documented statuses that the day does not bring about: why not, and which test elsewhere proves each."""

from collections.abc import Iterable, Mapping
from typing import Final

Pair = tuple[str, int]
"""An operation such as `intake GET /cases`, and a status."""


def _each(status: int, *operations: str, because: str) -> Mapping[Pair, str]:
    return {(operation, status): because for operation in operations}


def _joined(*tables: Mapping[Pair, str]) -> Mapping[Pair, str]:
    return {pair: because for table in tables for pair, because in table.items()}


_FROM_MEMORY: Final = _each(
    503,
    "workflow GET /healthz",
    "workflow GET /status",
    "workflow GET /metrics",
    "workflow POST /lint/form",
    "notify GET /templates",
    "notify GET /webhook-kinds",
    "notify POST /templates/{key}/preview",
    "notify GET /link-keys",
    "registry GET /clock",
    because="needs no database; only what is cut off by a stop is told to come later: tests/kernel/test_app_life.py",
)

_LOST_EIGHT_RACES: Final = _each(
    409,
    "workflow POST /cases/{case_no}/jumps/{proposal_id}/reject",
    "workflow POST /definitions/{key}/retire",
    "workflow POST /definitions/{key}/versions/{number}/activate",
    "workflow POST /incidents/{incident_id}/edits/{edit_id}/reject",
    "supervision POST /alerts/{alert_id}/acknowledge",
    "supervision PUT /catalogues/{catalogue}",
    "workflow PUT /meetings/bodies/{body_id}",
    "registry PUT /departments/{code}",
    "registry PUT /people/{code}",
    "registry POST /people/{code}/attendance",
    "registry POST /calendar/import",
    "console PUT /accounts/{code}",
    "notify POST /inbox/{message_id}/read",
    "notify POST /inbox/read",
    "notify POST /receipts/{provider}",
    "notify POST /replies/{provider}",
    "notify POST /suppressions",
    "notify PUT /preferences",
    "notify PUT /groups/{department}",
    "notify POST /groups/{department}/unbind",
    because="another was faster at every try: tests/kernel/store/test_aggregates.py",
)

_OF_ANOTHER_OFFICE: Final = _each(
    409,
    "registry PUT /clock",
    because="this office's clock can be set, a real one's cannot: tests/registry/test_set_clock.py",
)

_ONCE_ITS_CAUSE_IS_GONE: Final = _each(
    204,
    "workflow POST /dead-letters/{letter_id}/replay",
    because="the letter here has no cause that could go: tests/kernel/test_app_life.py",
)

_SPARED_FOR_OTHERS: Final = _each(
    429,
    "intake POST /public/ratings/link",
    because="who rates too often would be asked nothing else here: tests/intake/test_rate.py",
)

_NO_CERTIFICATE_HERE: Final = _joined(
    *(
        _each(
            status,
            *operations,
            because="the small processes give no certificate: tests/intake/test_certificates.py",
        )
        for status, operations in (
            (
                200,
                (
                    "intake GET /certificates/{certificate_id}",
                    "intake GET /certificates/{certificate_id}/pdf",
                    "intake GET /public/certificates/{check_token}",
                    "intake POST /public/certificate-checks",
                    "intake POST /certificates/{certificate_id}/suspension",
                    "intake POST /certificates/{certificate_id}/resumption",
                ),
            ),
            (
                409,
                (
                    "intake POST /certificates/{certificate_id}/suspension",
                    "intake POST /certificates/{certificate_id}/resumption",
                ),
            ),
            (
                423,
                ("intake GET /public/certificates/{check_token}", "intake POST /public/certificate-checks"),
            ),
            (
                429,
                ("intake GET /public/certificates/{check_token}", "intake POST /public/certificate-checks"),
            ),
        )
    )
)

_NO_PROJECT_HERE: Final = _each(
    200,
    "intake GET /roadmaps/{project_code}",
    because="no case here bears a project's code: tests/intake/test_follow_the_roadmap.py",
)

_BY_A_TICKET: Final = _each(
    200,
    "intake GET /public/documents/{document_id}/pdf",
    because="tickets come with the answer to a lookup: tests/intake/test_issue_documents.py",
)

_BEFORE_THE_DATABASE: Final = _each(
    503,
    "intake GET /public/documents/{document_id}/pdf",
    because="a ticket that is none is refused without it: tests/kernel/test_app_life.py",
)

_KEYED_IN: Final = _each(
    200,
    "intake POST /public/telephone",
    because="a caller keys in digits, and the passwords here have letters: tests/intake/test_ask_by_telephone.py",
)

_TOLD_BY_HAND: Final = _each(
    200,
    "notify POST /messages/{message_id}/told",
    because="every message here can be sent: tests/notify/test_hear_receipts.py",
)

_NOBODY_IS_TOLD: Final = _joined(
    *(
        _each(
            status,
            *operations,
            because="nothing is delivered here: tests/notify/test_tell_systems.py",
        )
        for status, operations in (
            (
                200,
                (
                    "notify GET /webhook-deliveries/{delivery_id}",
                    "notify POST /webhook-deliveries/{delivery_id}/resend",
                ),
            ),
            (409, ("notify POST /webhook-deliveries/{delivery_id}/resend",)),
        )
    ),
    *(
        _each(
            status,
            *operations,
            because="no provincial platform is told here: tests/notify/test_tell_the_province.py",
        )
        for status, operations in (
            (
                200,
                (
                    "notify GET /exchange/cases/{case_no}",
                    "notify POST /exchange/{platform}/answers",
                    "notify POST /exchange/records/{record_no}/again",
                ),
            ),
            (
                409,
                ("notify POST /exchange/{platform}/answers", "notify POST /exchange/records/{record_no}/again"),
            ),
            (503, ("notify POST /exchange/{platform}/answers",)),
        )
    ),
)

_KEYS_OF_OTHERS: Final = _joined(
    *(
        _each(409, *operations, because=f"no key comes with another request here: {test}")
        for test, operations in (
            ("tests/intake/test_appointments.py", ("intake POST /consultations", "intake POST /contacts")),
            ("tests/intake/test_apply_online.py", ("intake POST /public/drafts",)),
            ("tests/supervision/test_assess_the_year.py", ("supervision POST /silences",)),
        )
    )
)

_OF_DRAFTS: Final = _joined(
    _each(
        429,
        "intake POST /public/drafts",
        "intake POST /public/drafts/open",
        because="who begins or guesses too often is not heard here any more: tests/intake/test_apply_online.py",
    ),
    _each(
        423,
        "intake POST /public/drafts/open",
        because="so many wrong tries would lock the address for the others: tests/intake/test_apply_online.py",
    ),
    _each(
        409,
        "intake GET /public/draft",
        because="the items here stay on offer: tests/intake/test_apply_online.py",
    ),
)

_OF_CORRECTIONS: Final = _joined(
    *(
        _each(
            status,
            operation,
            because="no correction notice waits here: tests/intake/test_correct_online.py",
        )
        for operation, statuses in (
            ("intake POST /public/corrections", (200,)),
            ("intake GET /public/correction", (200, 409)),
            ("intake POST /public/correction/papers/{number}/files", (201, 409, 415)),
        )
        for status in statuses
    ),
    _each(
        423,
        "intake POST /public/corrections",
        because="counted together with the lookup: tests/intake/test_look_up.py",
    ),
    _each(
        429,
        "intake POST /public/corrections",
        because="counted together with the lookup: tests/intake/test_look_up.py",
    ),
)

_OF_WITHDRAWALS: Final = _joined(
    *(
        _each(
            status,
            "intake POST /public/withdrawals",
            because="counted together with the lookup: tests/intake/test_look_up.py",
        )
        for status in (423, 429)
    ),
)

_WITH_A_SCANNER: Final = _each(
    409,
    "intake GET /cases/{case_no}/files/{upload_id}",
    because="no malware scanner is set here: tests/intake/test_upload.py",
)

EXEMPT: Final = _joined(
    _NO_PROJECT_HERE,
    _OF_WITHDRAWALS,
    _OF_DRAFTS,
    _OF_CORRECTIONS,
    _WITH_A_SCANNER,
    _NOBODY_IS_TOLD,
    _KEYS_OF_OTHERS,
    _TOLD_BY_HAND,
    _SPARED_FOR_OTHERS,
    _FROM_MEMORY,
    _LOST_EIGHT_RACES,
    _OF_ANOTHER_OFFICE,
    _ONCE_ITS_CAUSE_IS_GONE,
    _NO_CERTIFICATE_HERE,
    _BY_A_TICKET,
    _BEFORE_THE_DATABASE,
    _KEYED_IN,
)


def named(pairs: Iterable[Pair]) -> str:
    """The pairs, one a line."""
    return "\n".join(f"{status} {operation}" for operation, status in sorted(pairs))
