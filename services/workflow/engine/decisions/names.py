"""Which variables an expression of a decision table reads."""

from functools import lru_cache

from services.workflow.engine.decisions.feel import read_expression
from services.workflow.engine.decisions.trees import Binary, Call, Choice, Name, Unary


@lru_cache(maxsize=2048)
def names_of(source: str) -> frozenset[str]:
    """Give the variables that an expression reads."""
    found, ahead = set[str](), [read_expression(source)]
    while ahead:
        tree = ahead.pop()
        match tree:
            case Name(path):
                found.add(path[0])
            case Unary(operand):
                ahead.append(operand)
            case Binary(_, left, right):
                ahead += [left, right]
            case Choice(test, yes, no):
                ahead += [test, yes, no]
            case Call(_, arguments):
                ahead += arguments
            case _:
                pass
    return frozenset(found - {"?"})
