"""What is asked about appointments: an opening of the hall, who comes, and a report of contact outside."""

from typing import Final

OPENING: Final = {"topic": "乙咨询", "place": "window", "times": ["10:00", "15:00"], "minutes": 30, "seats": 20}
CALLER: Final = {"slot_id": "o1@202611241000", "name": "甲访客", "phone": "13900000009", "purpose": "甲地块咨询"}
REPORT: Final = {"person": "u.handler.d06", "happened_on": "2026-11-20", "what": "甲茶楼见面"}
QUESTION: Final = {"topic": "乙咨询", "question": "要带什么材料？"}
