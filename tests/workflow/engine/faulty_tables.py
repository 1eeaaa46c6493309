"""Decision tables that cannot be decided."""

from tests.workflow.engine.faulty import Case, decided
from tests.workflow.engine.tables import cells, table

CASES: list[Case] = [
    ("GH-E501", "", decided(b"<definitions/>")),
    ("GH-E502", "d", decided(table().replace(b"decisionTable", b"literalExpression"))),
    (
        "GH-E515",
        "d",
        decided(
            table().replace(
                b"<decisionTable",
                b'<informationRequirement><requiredDecision href="#d"/></informationRequirement><decisionTable',
            )
        ),
    ),
    *[("GH-E503", "d", decided(table(policy))) for policy in ("LAST",)],
    ("GH-E503", "d", decided(table("FIRST", aggregation="SUM"))),
    ("GH-E504", "d", decided(table(rules=[cells("> ", output='"x"')]))),
    ("GH-E504", "d", decided(table(rules=[cells("-", output="x y")]))),
    ("GH-E505", "d", decided(table(rules=[cells("> 5", output='"x"'), cells("[3..6]", output='"y"')]))),
    ("GH-E506", "d", decided(table("ANY", rules=[cells("> 5", output='"x"'), cells("[3..6]", output='"y"')]))),
    ("GH-E507", "d", decided(table()) | {"other.dmn": table()}),
    ("GH-E508", "d", decided(table(inputs=["case facts"]))),
    ("GH-E509", "d", decided(table(outputs=["a", "a"], rules=[]))),
    ("GH-E510", "d", decided(table("COLLECT", aggregation="SUM", outputs=["a", "b"], rules=[]))),
    ("GH-E511", "d", decided(table(rules=[cells("1", "2", output='"x"')]))),
    ("GH-I516", "d", decided(table(rules=[cells("> 5", output='"x"'), cells("< 3", output='"y"')]))),
    ("GH-W512", "d", decided(table("FIRST", rules=[cells("> 5", output='"x"'), cells("> 6", output='"y"')]))),
    ("GH-I514", "d", decided(table(rules=[cells(f"> {n}", output='"x"') for n in range(800)]))),
    ("GH-W513", "d", decided(table(rules=[cells("1", output="5")], output_type="string"))),
]
