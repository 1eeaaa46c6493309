"""Every event of a case has its sentence, in both languages."""

import json
from pathlib import Path

import pytest

from services.contracts.catalogue import CATALOGUE
from services.contracts.events import Envelope
from services.workflow.history.lines import line_of, withheld
from services.workflow.history.sentences import sentence

_SAMPLES = Path(__file__).parents[2] / "contracts" / "samples"
_OF_CASES = sorted(
    name for name, said in CATALOGUE.items() if name.startswith("guihua.workflow.") and "case_no" in said.model_fields
)


@pytest.mark.parametrize("event_type", _OF_CASES)
def test_given_an_event_of_a_case_then_it_is_told_in_a_sentence_also_when_parts_are_withheld(event_type: str) -> None:
    envelope = Envelope.model_validate(json.loads((_SAMPLES / f"{event_type}.json").read_text(encoding="utf-8")))
    line = line_of(envelope)
    for told in (sentence(line), sentence(withheld(line))):
        assert all(line.verb not in words and "{" not in words for words in told), told
        assert any("\u4e00" <= character <= "\u9fff" for character in told[0])
