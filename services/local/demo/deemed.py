"""SC-9: the window says nothing for five working days. The application counts as accepted, from the day it came in."""

from datetime import date

from services.local.demo.buildings import application, reviewed
from services.local.demo.stage import Stage


async def play(stage: Stage) -> None:
    """Received 2026-09-24; silent to close of business of 10-09, the fifth working day (行政许可法 §32)."""
    await stage.begin("2026-09-24")
    await stage.receive("u.window", application("城东商务楼"))
    await stage.until("2026-10-10")
    accepted = (await stage.said("case.accepted"))[-1]
    stage.expect("视为受理之日", date(2026, 9, 24), accepted["accepted_on"])
    stage.expect("法定到期（20个工作日，跨国庆）", date(2026, 10, 29), accepted["statutory_due_on"])
    records = await stage.api.call("GET", "supervision", f"/lights/{stage.case_no}/records", who="u.supervisor")
    red = [each["data"]["rule"] for each in records if each["data"].get("light") == "red"]
    stage.expect("窗口亮红灯所依规则", ["SL-09"], red)
    asked = {"case_no": stage.case_no}
    found = await stage.api.call("GET", "supervision", "/matters", who="u.supervisor", query=asked)
    stage.expect("登记督查事项所依规则", ["SL-09"], [matter["rule"] for matter in found["matters"]])
    await reviewed(stage)
