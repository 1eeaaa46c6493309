"""Writes small DMN files for the tests."""

from collections.abc import Sequence
from xml.sax.saxutils import escape

Cells = tuple[tuple[str, ...], tuple[str, ...]]


def cells(*tests: str, output: str | tuple[str, ...]) -> Cells:
    """One rule."""
    return tests, (output,) if isinstance(output, str) else output


def table(
    policy: str = "UNIQUE",
    *,
    inputs: Sequence[str] = ("x",),
    outputs: Sequence[str] = ("result",),
    rules: Sequence[Cells] = ((("-",), ('"yes"',)),),
    version: str = "https://www.omg.org/spec/DMN/20191111/MODEL/",
    **more: str,
) -> bytes:
    """A DMN file with decision `d`; more: aggregation, input_type, output_type, default, allowed."""
    aggregation = f' aggregation="{more["aggregation"]}"' if "aggregation" in more else ""
    parts = [
        f'<?xml version="1.0" encoding="UTF-8"?><definitions xmlns="{version}" id="defs" name="d" namespace="g">',
        f'<decision id="d" name="Route"><decisionTable id="t" hitPolicy="{policy}"{aggregation}>',
        *(_input(text, more.get("input_type", ""), more.get("allowed", "")) for text in inputs),
        *(_output(name, more.get("output_type", ""), more.get("default", "")) for name in outputs),
        *(_rule(number, rule) for number, rule in enumerate(rules)),
        "</decisionTable></decision></definitions>",
    ]
    return "".join(parts).encode()


def _input(text: str, type_name: str, allowed: str) -> str:
    values = f"<inputValues><text>{escape(allowed)}</text></inputValues>" if allowed else ""
    return (
        f'<input><inputExpression typeRef="{type_name}"><text>{escape(text)}</text></inputExpression>{values}</input>'
    )


def _output(name: str, type_name: str, default: str) -> str:
    entry = f"<defaultOutputEntry><text>{escape(default)}</text></defaultOutputEntry>" if default else ""
    return f'<output name="{name}" typeRef="{type_name}">{entry}</output>'


def _rule(number: int, rule: Cells) -> str:
    tests = "".join(f"<inputEntry><text>{escape(text)}</text></inputEntry>" for text in rule[0])
    values = "".join(f"<outputEntry><text>{escape(text)}</text></outputEntry>" for text in rule[1])
    return f'<rule id="r{number}">{tests}{values}</rule>'
