"""Expressions and timers that cannot be read."""

from tests.workflow.engine.drawing import (
    boundary,
    definition,
    flow,
    flows,
    script,
    several,
    timer,
    user,
)
from tests.workflow.engine.faulty import Case, between, gateway, sound
from tests.workflow.engine.playing import with_forms

CASES: list[Case] = [
    ("GH-E401", "f_g_a", with_forms(gateway("exclusiveGateway", flow("g", "a", "open('x')"), flow("g", "b", "true")))),
    ("GH-E401", "x", with_forms(between(script("x", "nowhere(1)")))),
    ("GH-E401", "x", with_forms(between(script("x", "a = nosuch(1)")))),
    ("GH-E401", "x", with_forms(between(user("x", several("a b", "i"))))),
    ("GH-E401", "x", with_forms(between(user("x", clock_from="soon(")))),
    (
        "GH-W402",
        "f_g_a",
        with_forms(gateway("exclusiveGateway", flow("g", "a", "acceptence.ok"), flow("g", "b", "true"))),
    ),
    *[
        ("GH-E403", "b", with_forms(sound(boundary("b", "a", timer(text, form)), flows("b", "e"))))
        for text, form in (
            ("P3X", "timeDuration"),
            ("", "timeDuration"),
            ("2026-12-01", "timeDate"),
            ("2026-12-01T10:00:00", "timeDate"),
            ("R/PT0S", "timeCycle"),
            ("0 0 * * *", "timeCycle"),
            ("-P1D", "timeDuration"),
            ("tomorrow(1)", "timeDate"),
        )
    ],
    ("GH-E406", "b", with_forms(sound(boundary("b", "a", timer("INVALID", "timeDate")), flows("b", "e")))),
    ("GH-E404", "b", with_forms(sound(boundary("b", "a", definition("timer")), flows("b", "e")))),
    ("GH-W405", "b", with_forms(sound(boundary("b", "a", timer("P20D")), flows("b", "e")))),
]
