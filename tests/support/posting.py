"""A small process that posts a notice for the public, for tests of what becomes of it."""

import json

from tests.workflow.bundle_support import bundle, diagram, flow, item

NOTICE = {
    "opinion": "公示",
    "officers": ["李某", "赵某"],
    "notice_no": "规公示〔2026〕8号",
    "places": ["市政府网站", "项目现场"],
    "basis": "《山东省城乡规划条例》第三十六条",
}
"""Answers of the step `Review`, besides the first day: after them the notice is posted, at the step `Experts`."""


def posting_bundle(*, key: str, code: str, workdays: int = 7) -> dict[str, str]:
    """The files of the process: accept, review and post, wait so many working days, lead, decide."""
    drawn = diagram().replace('id="small-permit"', f'id="{key}"').replace("expert_review", "publicity")
    drawn = drawn.replace(flow("Experts", "Lead"), _over(workdays) + flow("Experts", "Lead") + flow("Over", "Lead"))
    files = bundle(diagram_bpmn=drawn, item_toml=item(key=key, code=code))
    review = json.loads(files["forms/review.json"])
    text = {"type": "string", "minLength": 1, "title": "说明"}
    review["properties"] |= {
        "posted_from": {"type": "string", "format": "date", "title": "公示首日"},
        "places": {"type": "array", "items": text, "title": "公示地点"},
        "basis": text,
    }
    return files | {"forms/review.json": json.dumps(review, ensure_ascii=False)}


def _over(workdays: int) -> str:
    moment = f"close_of_business(workday_after(review.posted_from, {workdays - 1}))"
    return (
        '<bpmn:boundaryEvent id="Over" name="公示期满" attachedToRef="Experts">'
        f'<bpmn:timerEventDefinition id="Timer_Over"><bpmn:timeDate xsi:type="bpmn:tFormalExpression">{moment}'
        "</bpmn:timeDate></bpmn:timerEventDefinition></bpmn:boundaryEvent>"
    )
