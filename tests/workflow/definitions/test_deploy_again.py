"""Files that are deployed already are known by their bytes: nothing is looked at twice, so a start costs nothing."""

from tests.workflow.bundle_support import bundle, diagram, item
from tests.workflow.room import IT, Room


async def test_given_files_that_are_active_when_they_are_deployed_again_then_nothing_is_looked_at(room: Room) -> None:
    drawn = diagram().replace('id="small-permit"', 'id="known-permit"')
    files = bundle(diagram_bpmn=drawn, item_toml=item(key="known-permit", code="PT-97"))
    files |= {"forms/unused.json": files["forms/lead.json"]}
    first = await room.deploy(files)
    assert [finding["rule"] for finding in first["findings"]] == ["GH-W722"]
    again = await room.deploy(files)
    assert again == first | {"created": False, "findings": []}
    other = await room.deploy(files | {"forms/lead.json": files["forms/lead.json"] + " "})
    assert (other["version"], other["active"], len(other["findings"])) == (2, True, 1)


async def test_given_an_earlier_version_when_it_is_deployed_again_then_it_is_followed_again(room: Room) -> None:
    drawn = diagram().replace('id="small-permit"', 'id="older-permit"')
    files = bundle(diagram_bpmn=drawn, item_toml=item(key="older-permit", code="PT-98"))
    first = await room.deploy(files)
    await room.deploy(files | {"forms/lead.json": files["forms/lead.json"] + " "})
    silent = await room.deploy(files, activate=False)
    assert (silent["version"], silent["active"]) == (1, False)
    again = await room.deploy(files)
    assert (again["version"], again["active"], again["sha256"]) == (1, True, first["sha256"])
    listed = await room.have(IT, "/definitions/older-permit")
    assert listed["active"] == 1
