"""Files that somebody could take for a process definition, or hopes that we do."""

import gzip
import io
import json
import os
import zipfile
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from tests.workflow.bundle_support import FORMS, as_bytes, bundle, diagram, flow, form, item, user_task

_XML: Final = '<?xml version="1.0" encoding="UTF-8"?>'
_BPMN: Final = "http://www.omg.org/spec/BPMN/20100524/MODEL"


def _definitions(inside: str, **namespaces: str) -> str:
    more = "".join(f' xmlns:{prefix}="{space}"' for prefix, space in namespaces.items())
    return f'{_XML}<bpmn:definitions xmlns:bpmn="{_BPMN}"{more} id="D" targetNamespace="x">{inside}</bpmn:definitions>'


def _process(inside: str, **namespaces: str) -> str:
    return _definitions(f'<bpmn:process id="small-permit" isExecutable="true">{inside}</bpmn:process>', **namespaces)


def _doctype(declared: str, *, encoding: str = "UTF-8", inside: str = "&x;") -> str:
    return f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE r [{declared}]><r>{inside}</r>'


_FILE: Final = '<!ENTITY x SYSTEM "file:///etc/passwd">'
_BOMB: Final = '<!ENTITY a "aaaaaaaaaa">' + "".join(
    f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)
)
_STEPS: Final = '<bpmn:startEvent id="S"/>{}<bpmn:endEvent id="E"/>' + flow("S", "U") + flow("U", "E")

NO_DIAGRAMS: Final[dict[str, str | bytes]] = {
    "broken": "<bpmn:definitions",
    "empty": "",
    "JSON": '{"a": 1}',
    "HTML": "<!doctype html><html><body>hi</body></html>",
    "binary": os.urandom(3_000),
    "an image": b"\x89PNG\r\n\x1a\n" + b"\0" * 100,
    "compressed": gzip.compress(diagram().encode()),
    "NUL": b"\0" * 1_000,
    "billion laughs": _doctype(_BOMB, inside="&j;"),
    "XXE": _doctype(_FILE),
    "XXE by parameter": _doctype('<!ENTITY % x SYSTEM "http://127.0.0.1:1/x.dtd"> %x;', inside=""),
    "XXE in UTF-16": _doctype(_FILE, encoding="UTF-16").encode("utf-16"),
    "XXE in UTF-32": _doctype(_FILE, encoding="UTF-32").encode("utf-32"),
    "XXE in UTF-7": ('<?xml version="1.0" encoding="UTF-7"?>' + _doctype(_FILE)[38:].replace("<", "+ADw-")).encode(),
    "XXE in EBCDIC": _doctype(_FILE, encoding="IBM037").encode("cp037"),
    "XInclude": _process('<xi:include href="file:///etc/passwd" parse="text"/>', xi="http://www.w3.org/2001/XInclude"),
    "GBK called UTF-8": diagram().encode("gbk"),
    "unknown encoding": diagram().replace("UTF-8", "KLINGON"),
    "nested without end": _process("<bpmn:subProcess id='a'>" * 5_000 + "</bpmn:subProcess>" * 5_000),
    "nested deeply": _process("".join(f"<bpmn:subProcess id='a{n}'>" for n in range(240)) + "</bpmn:subProcess>" * 240),
    "10 MB": _process(f"<!--{'x' * 10_000_000}-->"),
    "30 000 elements": _process("".join(f'<bpmn:task id="t{n}"/>' for n in range(30_000))),
    "2 000 elements in a row": _process(
        '<bpmn:startEvent id="t0"/>'
        + "".join(f'<bpmn:task id="t{n}"/>{flow(f"t{n - 1}", f"t{n}")}' for n in range(1, 2_000))
    ),
    "2 000 processes": _definitions(
        "".join(f'<bpmn:process id="p{n}"><bpmn:startEvent id="s{n}"/></bpmn:process>' for n in range(2_000))
    ),
    "a name of a megabyte": diagram().replace('name="承办审查"', f'name="{"长" * 400_000}"'),
    "the same id twice": diagram().replace('id="Review"', 'id="Accept"'),
    "not executable": diagram().replace('isExecutable="true"', 'isExecutable="false"'),
    "another process": diagram().replace('id="small-permit"', 'id="other-permit"'),
    "no way out": diagram().replace('targetRef="Lead"', 'targetRef="Review"'),
    "markup in the texts": diagram().replace('"P04"', '"[/]"').replace('name="收件"', 'name="[red]{0}%s"'),
    "Visio": f'{_XML}<VisioDocument xmlns="http://schemas.microsoft.com/visio/2003/core"><Pages/></VisioDocument>',
    "XPDL": f'{_XML}<Package xmlns="http://www.wfmc.org/2008/XPDL2.1" Id="a"/>',
    "BPMN 1": '<definitions xmlns="http://schema.omg.org/spec/BPMN/2.0"><process id="small-permit"/></definitions>',
    "Signavio": _definitions(
        '<bpmn:collaboration id="sid-c"><bpmn:participant id="sid-p" processRef="sid-2"/></bpmn:collaboration>'
        '<bpmn:process id="sid-2" isExecutable="false"><bpmn:extensionElements><signavio:signavioMetaData/>'
        '</bpmn:extensionElements><bpmn:startEvent id="sid-3"/><bpmn:task id="sid-4" name="办"/></bpmn:process>',
        signavio="http://www.signavio.com",
    ),
    "Camunda 8": _process(
        _STEPS.format(
            '<bpmn:userTask id="U"><bpmn:extensionElements><zeebe:userTask/><zeebe:formDefinition formId="f"/>'
            '<zeebe:assignmentDefinition candidateGroups="P04"/></bpmn:extensionElements></bpmn:userTask>'
        ),
        zeebe="http://camunda.org/schema/zeebe/1.0",
    ),
    "Flowable": _process(
        _STEPS.format('<bpmn:serviceTask id="U" flowable:class="java.lang.Runtime"/>'),
        flowable="http://flowable.org/bpmn",
    ),
    "scripts": _process(
        _STEPS.format(
            '<bpmn:scriptTask id="U" scriptFormat="groovy"><bpmn:script>"id".execute()</bpmn:script></bpmn:scriptTask>'
        )
    ),
    "Java": diagram().replace('camunda:type="external" camunda:topic="certificate-number"', 'camunda:class="a.B"'),
    "Python": diagram().replace('acceptance.decision == "accept"', "__import__('os').system('id')"),
    "a power": diagram().replace('acceptance.decision == "accept"', "9**9**9**9 &gt; 1"),
    "a post that climbs": diagram(handler_post="../../P04"),
    "a form that climbs": diagram().replace('camunda:formKey="review"', 'camunda:formKey="../../etc/passwd"'),
    "200 ways at once": diagram().replace(
        flow("Lead", "Decided"),
        '<bpmn:inclusiveGateway id="O"/>'
        + "".join(user_task(f"U{n}", "x", "P04", "experts", limit_wd="1") + flow("O", f"U{n}") for n in range(200))
        + flow("Lead", "O"),
    ),
}
"""What may stand where the diagram should."""


def _form(**described: Any) -> str:
    return form((), a={"title": "x", **described})


NO_FORMS: Final[dict[str, str | bytes]] = {
    "no JSON": "{",
    "a list": "[]",
    "nothing": "null",
    "a truth": "true",
    "NaN": '{"type": "object", "properties": {"a": {"title": "a", "maximum": NaN}}}',
    "half a surrogate": '{"type": "object", "title": "\\ud800", "properties": {}}',
    "a number of 5 000 digits": '{"type": "object", "maxProperties": ' + "9" * 5_000 + "}",
    "nested without end": "[" * 100_000,
    "nested deeply": '{"not": ' * 900 + "{}" + "}" * 900,
    "another encoding": FORMS["forms/experts.json"].encode("utf-16")[:-1],
    "no schema": _form(enum=5),
    "fields as a list": json.dumps({"type": "object", "properties": []}),
    "an unreadable pattern": _form(pattern="("),
    "a boundless pattern": _form(pattern="a{99999999999}"),
    "a catastrophic pattern": _form(pattern="^(a+)+$"),
    "another": _form(pattern=r"^(\w+\s?)*$"),
    "in pattern properties": json.dumps({"type": "object", "properties": {}, "patternProperties": {"^(a|a)*$": {}}}),
    "a reference to the net": _form(**{"$ref": "http://127.0.0.1:1/schema.json"}),
    "a reference to a file": _form(**{"$ref": "file:///etc/passwd"}),
    "a reference to nothing": _form(**{"$ref": "#/$defs/none"}),
    "a reference to itself": _form(**{"$ref": "#/properties/a"}),
    "two to the fortieth": json.dumps(
        {
            "type": "object",
            "$defs": {f"d{n}": {"allOf": [{"$ref": f"#/$defs/d{n + 1}"}] * 2} for n in range(40)} | {"d40": {}},
            "properties": {"a": {"title": "x", "$ref": "#/$defs/d0"}},
        }
    ),
}
"""What may stand where a form should."""


def table(*cells: str, policy: str = "UNIQUE", columns: int = 1) -> str:
    """A decision table whose every rule has the same cell in every column."""
    inputs = "".join(
        f'<input id="i{n}"><inputExpression typeRef="number"><text>case.facts.a{n}</text></inputExpression></input>'
        for n in range(columns)
    )
    rules = "".join(
        f'<rule id="r{n}">'
        + f"<inputEntry><text>{cell}</text></inputEntry>" * columns
        + "<outputEntry><text>1</text></outputEntry></rule>"
        for n, cell in enumerate(cells)
    )
    return (
        f'{_XML}<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="x">'
        f'<decision id="route" name="r"><decisionTable id="t" hitPolicy="{policy}">{inputs}'
        f'<output id="o" name="route"/>{rules}</decisionTable></decision></definitions>'
    )


NO_TABLES: Final[dict[str, str | bytes]] = {
    "no XML": "nonsense",
    "another root": "<x/>",
    "a diagram": diagram(),
    "XXE": _doctype(_FILE),
    "no decision": '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d"/>',
    "a policy nobody knows": table("1", policy="MAJORITY"),
    "cells of Java": table('T(java.lang.Runtime).getRuntime().exec("id")'),
    "cells of Python": table('__import__("os").system("id")'),
    "a power of powers": table("9**(9**9)"),
    "an endless number": table("1e999999999"),
    "brackets without end": table("(" * 2_000 + "1" + ")" * 2_000),
    "the first and the last day": table('date("0001-01-01")', 'date("9999-12-31")', 'date("0001-01-01")'),
    "1 000 rules of 5 columns": table(*(f"&gt; {n}" for n in range(1_000)), "(", columns=5),
    "60 rules of long lists": table(
        *(", ".join(str(60 * n + m) for m in range(200)) for n in range(60)), "(", columns=3
    ),
    "3 000 rules": table(*["-"] * 3_000),
}
"""What may stand where a decision table should."""

NO_ITEMS: Final[dict[str, str | bytes]] = {
    "nonsense": "][",
    "empty": "",
    "GBK": item().encode("gbk"),
    "a number of 5 000 digits": item().replace("= 7", "= " + "9" * 5_000),
    "nested without end": "a = " + "[" * 3_000,
    "dotted without end": ".".join("a" * 5_000) + " = 1",
    "100 000 keys": "\n".join(f"k{n} = 1" for n in range(100_000)),
    "a key twice": 'key = "a"\n' + item(),
    "a date for a name": item().replace('"小许可"', "2026-01-01"),
    "half a day": item().replace("= 7", "= 7.5"),
    "less than no time": item().replace("= 7", "= -7"),
    "endless": item().replace("= 7", "= inf"),
    "a promise beyond the law": item(promised=30),
    "a warning after the end": item().replace("90%", "900%"),
    "a code that climbs": item(code="../../x"),
    "a megabyte of law": item().replace("城乡规划法 §40", "法" * 300_000, 1),
    "1 000 situations": item() + item()[item().index("[[situations]]") : item().index("[[documents]]")] * 1_000,
}
"""What may stand where item.toml should."""

NO_PATHS: Final = (
    "../item.toml",
    "/etc/passwd.txt",
    "forms/../../x.json",
    "a/./b.json",
    "C:\\x.txt",
    "\\\\server\\x.txt",
    "~/x.txt",
    "$HOME.txt",
    "%2e%2e/x.json",
    "a:b.json",
    "x.json\n",
    "x\x7f.json",
    "forms/\u202enosj.json",
    "forms//x.json",
    "run.exe",
    "a" * 200 + ".json",
    "{x}.json",
)


def archive(entries: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP archive with exactly these entries."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as opened:
        for name, content in entries.items():
            opened.writestr(name, content)
    return buffer.getvalue()


@cache
def no_archives() -> dict[str, bytes]:
    """Archives that no unpacker should open, made when they are needed: some are large on the way."""
    good, zeros = as_bytes(bundle()), b"\0" * 60_000_000
    link = zipfile.ZipInfo("item.toml")
    link.external_attr = 0o120777 << 16
    linked = io.BytesIO()
    with zipfile.ZipFile(linked, "w") as opened:
        opened.writestr(link, "/etc/passwd")
    return {
        "nothing": b"",
        "no archive": b"PK" + os.urandom(500),
        "cut off": archive(good)[:-60],
        "empty": archive({}),
        "a bomb": archive({**good, "zeros.txt": zeros}),
        "a bomb by bzip2": archive({**good, "zeros.txt": zeros}, zipfile.ZIP_BZIP2),
        "a bomb by LZMA": archive({**good, "zeros.txt": zeros}, zipfile.ZIP_LZMA),
        "a bomb of many": archive({f"f{n}.txt": zeros[:4_000_000] for n in range(50)}),
        "501 files": archive(good | {f"forms/f{n}.json": b"{}" for n in range(501)}),
        "20 000 folders": archive({f"d{n}/": b"" for n in range(20_000)}),
        "an archive in it": archive({**good, "inner.zip": archive(good)}),
        "a symbolic link": linked.getvalue(),
        "a path that climbs": archive({**good, "../../etc/cron.d/x.txt": b"x"}),
        "an absolute path": archive({**good, "/etc/x.txt": b"x"}),
        "a Windows path": archive({**good, "..\\..\\x.txt": b"x"}),
    }
