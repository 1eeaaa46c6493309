"""Closed sets that more than one service says aloud. The words are those of docs/glossary.md."""

from enum import StrEnum


class ClockKind(StrEnum):
    """The three kinds of clock of a case (docs/domain.md §0.1)."""

    STEP = "step"
    PROMISED = "promised"
    STATUTORY = "statutory"


class Light(StrEnum):
    """A light on a step or a case, from calm to serious (docs/domain.md §5.3)."""

    GREEN = "green"
    GREY = "grey"
    YELLOW = "yellow"
    RED = "red"
    RED2 = "red2"


class Role(StrEnum):
    """What a person may do; a person may hold several, within the role-conflict rules."""

    CLERK = "clerk"
    OFFICER = "officer"
    SECTION_CHIEF = "section_chief"
    LEADER = "leader"
    BUREAU_HEAD = "bureau_head"
    SECRETARY = "secretary"
    SUPERVISOR = "supervisor"
    IT_STAFF = "it_staff"
    OPERATOR = "operator"
    REGISTRAR = "registrar"


class Outcome(StrEnum):
    """How a case ends (docs/domain.md §2.7)."""

    GRANTED = "granted"
    GRANTED_CONDITIONAL = "granted_conditional"
    REFUSED = "refused"
    NOT_ACCEPTED = "not_accepted"
    NOT_REQUIRED = "not_required"
    CORRECTION_LAPSED = "correction_lapsed"
    WITHDRAWN = "withdrawn"
    TERMINATED = "terminated"
    FORWARDED = "forwarded"
    VOID_ENTRY = "void_entry"
    DONE = "done"


class HoldGround(StrEnum):
    """Why a clock stands still. The first eight are the closed list of 行政许可法 §45."""

    HEARING = "hearing"
    BIDDING = "bidding"
    AUCTION = "auction"
    INSPECTION = "inspection"
    TESTING = "testing"
    QUARANTINE = "quarantine"
    APPRAISAL = "appraisal"
    EXPERT_REVIEW = "expert_review"
    PUBLICITY = "publicity"
    ILLEGAL_WORKS = "illegal_works"
    APPLICANT_REQUEST = "applicant_request"


class StepKind(StrEnum):
    """Who moves a step on: a person with a form, or a message from outside."""

    HUMAN = "human"
    RECEIVE = "receive"


class Channel(StrEnum):
    """By which way an application came in (行政许可法 §29): handed in at the window, or filed online."""

    WINDOW = "window"
    ONLINE = "online"


class TerminationGround(StrEnum):
    """Why the handling of an application ends without a decision on it (终止办理)."""

    APPLICANT_DECEASED = "applicant_deceased"
    APPLICANT_DISSOLVED = "applicant_dissolved"
    PAPERS_NOT_SUPPLIED = "papers_not_supplied"
    SUBJECT_GONE = "subject_gone"


class Attendance(StrEnum):
    """Whether a person can be reached at the desk (在岗 / 外出)."""

    ON_DUTY = "on_duty"
    OUT_OF_OFFICE = "out_of_office"


class DayKind(StrEnum):
    """What a calendar day is (docs/domain.md §4.4)."""

    WORKDAY = "workday"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    SHIFTED_WORKDAY = "shifted_workday"
    LOCAL_OFF = "local_off"
