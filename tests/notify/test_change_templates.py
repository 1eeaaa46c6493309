"""The bureau's own words: refused while they cannot work, a new version when they can; what was sent keeps its own."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services.notify.previews import preview, prove
from services.notify.templates import LINK_MARK, load
from services.notify.wordbooks import TemplateBroken, Wanted, worded
from tests.notify.builders import HANDLER, OPERATOR, SUPERVISOR, person, red
from tests.notify.conftest import Messenger, running
from tests.notify.providers import Postbox
from tests.support.office import Office

RED = next(each for each in load() if each.id == "light-red")
MINE = person("u.handler.d06", "P04@D06")
WORDS = {"subject": "红灯", "text": "案件{{ case_no }}红灯，请办理。"}


def edit(**changes: Any) -> dict[str, Any]:
    return {**WORDS, "based_on": RED.version, "reason": "措辞更短"} | changes


@pytest.mark.parametrize("each", load(), ids=lambda each: each.id)
def test_every_template_that_ships_can_be_filled_in_whatever_is_absent(each: Any) -> None:
    prove(each)

    assert preview(each, signature="规划局").segments >= 1


@pytest.mark.parametrize(
    "text",
    [
        "{{ applicant_name }}",
        "{{ case_no",
        "{{ link }}",
        "{% for x in recipients %}{{ x }}{% endfor %}",
        "{% for a in range(99999) %}{% for b in range(99999) %}x{% endfor %}{% endfor %}",
        "{{ 'x' * 999999999 }}",
        "{{ case_no.__class__ }}",
        "{{ case_no | upper }}",
        "{{ day(title) }}",
        "{% set x = 1 %}",
        "{% include 'x' %}",
        "{{ day(due_on).format('x') }}",
    ],
)
def test_words_that_ask_for_what_is_not_there_or_do_more_than_fill_in_are_refused(text: str) -> None:
    for wanted in (Wanted(subject="", text=text), Wanted(subject="", text="x", text_en=text)):
        with pytest.raises(TemplateBroken):
            worded(RED, wanted)


def test_a_field_that_may_be_absent_must_be_asked_for_first() -> None:
    opened = next(each for each in load() if each.id == "task-opened")
    with pytest.raises(TemplateBroken, match="absent"):
        worded(opened, Wanted(subject="", text="请于{{ day(due_on) }}前办理"))

    assert worded(opened, Wanted(subject="", text="{% if due_on %}请于{{ day(due_on) }}前办理{% endif %}"))


def test_a_template_for_who_is_away_keeps_its_link() -> None:
    away = next(each for each in load() if each.id == "quick-approval")
    with pytest.raises(TemplateBroken):
        worded(away, Wanted(subject="", text="请审批"))

    assert LINK_MARK in preview(worded(away, Wanted(subject="", text="请审批{{ link }}")), signature="").text


async def test_a_preview_counts_short_messages_in_both_languages_and_saves_nothing(messenger: Messenger) -> None:
    words = {"subject": "", "text": "规" * 66, "text_en": "Case {{ case_no }}"}
    shown = await messenger.work.ask("POST", "/templates/light-red/preview", SUPERVISOR, body=words)

    assert (shown.json()["characters"], shown.json()["segments"]) == (71, 2), "the signature counts"
    assert shown.json()["text_en"].startswith("Case 5120")
    refused = await messenger.work.ask(
        "POST", "/templates/light-red/preview", SUPERVISOR, body={"subject": "", "text": "{{ secret }}"}
    )
    assert (refused.status_code, refused.json()["code"]) == (422, "template-broken")
    seen = (await messenger.work.ask("GET", "/templates/light-red", SUPERVISOR)).json()
    assert (seen["newest"], seen["versions"]) == (RED.version, [])


async def test_a_saved_change_is_a_new_version_and_what_was_sent_keeps_its_own(
    messenger: Messenger, box: Postbox
) -> None:
    await messenger.knows(MINE)
    await messenger.handled(red(MINE.code), by=messenger.supervision)
    for who, status in ((HANDLER, 403), (SUPERVISOR, 403), (OPERATOR, 200)):
        answer = await messenger.work.ask("PUT", "/templates/light-red", who, body=edit())
        assert answer.status_code == status
    await messenger.handled(red(MINE.code, case_no="5120009"), by=messenger.supervision)
    await box.delivered(2)

    found = sorted(await messenger.messages(), key=lambda each: each.created_at)
    assert [each.template_version for each in found] == [RED.version, RED.version + 1]
    assert found[1].text == "案件5120009红灯，请办理。"
    (saved,) = answer.json()["versions"]
    assert (saved["saved_by"], saved["reason"], answer.json()["in_force"]["version"]) == (
        "u.ops",
        "措辞更短",
        RED.version + 1,
    )
    late = await messenger.work.ask("PUT", "/templates/light-red", OPERATOR, body=edit())
    assert (late.status_code, late.json()["code"]) == (409, "template-moved")
    unknown = await messenger.work.ask("GET", "/templates/no-such", OPERATOR)
    assert (unknown.status_code, unknown.json()["code"]) == (404, "template-unknown")


async def test_a_version_for_later_holds_from_its_moment_on_also_after_a_restart(
    office: Office, keys: tuple[Path, Path], box: Postbox
) -> None:
    async with running(office, keys, box.settings()) as messenger:
        later = messenger.clock.wall() + timedelta(hours=1)
        coming = edit(effective_at=later.isoformat())
        assert (await messenger.work.ask("PUT", "/templates/light-red", OPERATOR, body=coming)).status_code == 200
    async with running(office, keys, box.settings()) as messenger:
        books = messenger.work.deps.templates
        version = {
            minutes: next(
                each.version for each in books.in_force(later + timedelta(minutes=minutes)) if each.id == "light-red"
            )
            for minutes in (-1, 0)
        }
    assert version == {-1: RED.version, 0: RED.version + 1}


async def test_who_wants_english_is_told_in_english_where_it_is_there(messenger: Messenger) -> None:
    await messenger.knows(MINE)
    await messenger.work.ask("PUT", "/preferences", HANDLER, body={"language": "en"})
    english = edit(subject_en="Red light", text_en="Case {{ case_no }} is late.")
    await messenger.work.ask("PUT", "/templates/light-red", OPERATOR, body=english)
    await messenger.handled(red(MINE.code, "u.other"), by=messenger.supervision)

    told = {each.recipient: each.subject for each in await messenger.messages()}
    assert told == {MINE.code: "Red light", "u.other": "红灯"}
