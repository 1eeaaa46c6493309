"""Who stands at the window: personal numbers sealed on their way in, and the check of who may be served."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.intake.applications import AgentEntry, ApplicantEntry, bad_resident_id
from services.intake.cases.records import Applicant, Capacity, Case, Party
from services.intake.identities import is_resident_id, mask_number, mask_phone, tidy
from services.kernel.codes import is_credit_code
from services.kernel.problem import Problem
from services.kernel.seals import Seals


class IdentityUnproven(Problem):
    """The number on the identity document cannot be right."""

    status = 422
    code = "identity-unproven"
    zh = "证件号码未通过校验，不能确认来人身份"
    en = "the identity number fails its check; the person is not identified"
    remedy_zh = "请核对证件原件后重新录入"
    remedy_en = "compare with the original document and enter it again"


class NotEntitled(Problem):
    """The person is neither the applicant nor the agent on file, and brought no authorisation."""

    status = 422
    code = "not-entitled"
    zh = "来人既不是案件 {case_no} 的申请人，也不是登记的代理人"
    en = "this person is neither the applicant of case {case_no} nor the agent on file"
    remedy_zh = "请核对姓名与证件号码；由他人代领的，请收取授权委托书并在 authorisation 中填写其编号或日期"
    remedy_en = "check name and number; if sent by the applicant, take the authorisation and name it in authorisation"


@dataclass(frozen=True, slots=True)
class Bearer:
    """Somebody at the window with an identity document: name and number as read off it."""

    name: str
    number: str
    authorisation: str | None


def sealed_party(name: str, number: str, *, seals: Seals, place: str) -> Party:
    """The party as it may be stored: the number sealed for `place`."""
    return Party(name=name, number_sealed=seals.seal(number, place=place), number_masked=mask_number(number))


def sealed_applicant(entry: ApplicantEntry, *, case_no: str, seals: Seals) -> Applicant:
    """The applicant as stored in this case."""
    party = sealed_party(entry.name, entry.id_no, seals=seals, place=f"{case_no}/applicant")
    return Applicant(
        **party.model_dump(),
        kind=entry.kind,
        phone_sealed=seals.seal(entry.phone, place=f"{case_no}/phone"),
        phone_masked=mask_phone(entry.phone),
        agent=_sealed_agent(entry.agent, case_no=case_no, seals=seals),
    )


def _sealed_agent(entry: AgentEntry | None, *, case_no: str, seals: Seals) -> Party | None:
    if entry is None:
        return None
    return sealed_party(entry.name, entry.id_no, seals=seals, place=f"{case_no}/agent")


def holders(case: Case, *, seals: Seals) -> tuple[tuple[Capacity, str, str], ...]:
    """Who is on file, numbers opened: (capacity, name, number)."""
    applicant, agent = case.applicant, case.applicant.agent
    number = seals.open(applicant.number_sealed, place=f"{case.case_no}/applicant")
    on_file = [(Capacity.APPLICANT, applicant.name, number)]
    if agent is not None:
        on_file.append((Capacity.AGENT, agent.name, seals.open(agent.number_sealed, place=f"{case.case_no}/agent")))
    return tuple(on_file)


def phone(case: Case, *, seals: Seals) -> str:
    """The applicant's mobile number, opened."""
    return seals.open(case.applicant.phone_sealed, place=f"{case.case_no}/phone")


def capacity_of(
    bearer: Bearer, on_file: Sequence[tuple[Capacity, str, str]], *, case_no: str, where: str, today: date
) -> Capacity:
    """In which capacity the bearer is served; `IdentityUnproven` or `NotEntitled` otherwise."""
    if not (is_resident_id(bearer.number, today=today) or is_credit_code(bearer.number)):
        raise IdentityUnproven(errors=(bad_resident_id(where),))
    for capacity, name, number in on_file:
        if (tidy(name), number) == (tidy(bearer.name), bearer.number):
            return capacity
    if bearer.authorisation is None or not is_resident_id(bearer.number, today=today):
        raise NotEntitled(case_no=case_no)
    return Capacity.AUTHORISED
