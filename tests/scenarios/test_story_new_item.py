"""A new item: a template is copied, named and deployed; the window offers it, and a case of it comes to its end."""

import shutil
from pathlib import Path

import pytest

from services.local import bundles
from services.local.client import Api, Refusal
from services.local.demo.dilapidated import deliver
from services.local.demo.stage import Stage
from tests.scenarios.office import LANDSCAPE
from tests.support.process import ROOT

CODE, KEY = "PT99A", "fence-permit"
APPLICATION = {**LANDSCAPE, "item_code": CODE, "situation": "ordinary", "title": "清溪路围挡"}


async def test_given_a_copied_template_when_it_is_deployed_then_the_window_offers_it_and_a_case_comes_to_its_end(
    stage: Stage, api: Api, tmp_path: Path
) -> None:
    with pytest.raises(Refusal):
        await api.call("GET", "intake", f"/items/{CODE}", who="u.window")
    await stage.begin("2026-11-23", "10:00")

    made = await bundles.deploy(api, copied(tmp_path), who="u.it")
    await stage.quiet()
    offered = await api.call("GET", "intake", "/items", who="u.window")
    try:
        assert made["active"]
        assert CODE in [offer["item"]["code"] for offer in offered]
        await through(stage)
        case = await stage.case()
        assert (case["status"], case["outcome"]) == ("ended", "granted")
        (decided,) = await stage.said("case.decided")
        assert decided["decided_on"] == "2026-11-25"
        assert await told(api, stage.case_no) == "granted"
    finally:
        await api.call("POST", "workflow", f"/definitions/{KEY}/retire", who="u.it", body={"reason": "只为试办"})


async def through(stage: Stage) -> None:
    """Every step of the template, by whoever holds its post."""
    await stage.receive("u.window", APPLICATION)
    await stage.work("Task_AcceptanceCheck", "u.accept", decision="accept")
    await stage.until("2026-11-24")
    await stage.work("Task_HandlerReview", "u.handler.d06")
    await stage.work("Task_ChiefReview", "u.chief.d06", decision="agree")
    await stage.until("2026-11-25")
    await stage.work("Task_SignatureReview", "u.leader", decision="agree")
    await stage.work("Task_SignatureDecision", "u.head", decision="grant")
    await stage.work("Task_CertificateMake", "u.certificate")
    await stage.work("Task_DeliveryPublication", "u.legal", published="yes")
    await deliver(stage, receiver="邹某某", id_no="512002200001010018")
    await stage.work("Task_ArchiveFile", "u.archive")


async def told(api: Api, case_no: str) -> str:
    """What the window knows of how the case ended."""
    case = await api.call("GET", "intake", f"/cases/{case_no}", who="u.window")
    return str(case["outcome"])


def copied(folder: Path) -> Path:
    """The simple permit under another name and code, beside the shared processes."""
    home = folder / "bpmn"
    shutil.copytree(ROOT / "bpmn" / "shared", home / "shared")
    shutil.copytree(ROOT / "bpmn" / "templates" / "simple-permit", home / KEY)
    for path in (home / KEY / "diagram.bpmn", home / KEY / "item.toml"):
        text = path.read_text("utf-8").replace("simple-permit", KEY).replace("TPL1", CODE)
        path.write_text(text, "utf-8")
    return home / KEY
