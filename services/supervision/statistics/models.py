"""What the statistics say. The page, the API and the CSV show these same numbers."""

from datetime import date, datetime

from pydantic import BaseModel


class Efficiency(BaseModel, frozen=True):
    """How fast and how timely: of decided cases, or of completed steps. Durations are working days."""

    key: str
    name: str
    finished: int
    on_time: int
    overdue: int
    on_time_rate: float | None
    average_workdays: float | None
    median_workdays: int | None
    p90_workdays: int | None


class Count(BaseModel, frozen=True):
    """Something counted."""

    key: str
    name: str
    count: int


class Late(BaseModel, frozen=True):
    """A case that was decided late, or has a clock overdue."""

    case_no: str
    title: str
    department: str
    item: str
    decided_on: date
    overdue_workdays: int


class PostLights(BaseModel, frozen=True):
    """How often clocks of a post turned yellow or red."""

    key: str
    name: str
    yellow: int
    red: int
    red2: int


class Pauses(BaseModel, frozen=True):
    """How often and how long clocks stood still on a ground."""

    key: str
    name: str
    count: int
    workdays: int


class Supervision(BaseModel, frozen=True):
    """What the supervision office did (A-37): counted from its inspections, notices, bulletins and matters."""

    inspections: int
    notices: int
    bulletins: int
    departments: int
    matters: int


class KeyProjects(BaseModel, frozen=True):
    """Key projects by their four stages (A-26). `adds_up` compares the sum with the projects counted by themselves."""

    total: int
    completed: int
    in_progress: int
    completed_followup: int
    early_intervention: int
    proposed: int
    adds_up: bool
    equation: str


class Township(BaseModel, frozen=True):
    """What a township handled (B-24)."""

    key: str
    name: str
    first_review: int
    site_opinion: int
    scheme: int
    planning_conditions: int
    rural_permit: int
    land_permit: int
    total: int


class SixZeros(BaseModel, frozen=True):
    """The six zeros (A-22) as far as records tell: what should be nought, and the two that should not."""

    distance_remote_decisions: int
    distance_visits: int
    errors_withdrawn_certificates: int
    obstacles_overdue_steps: int
    fees_asked: int
    complaints_registered: int
    follow_up_services: int


class Statistics(BaseModel, frozen=True):
    """Everything, for a period that ends on `as_of`. What happened later does not count."""

    since: date
    as_of: date
    campaign: str | None
    counted_at: datetime
    supervision: Supervision
    domains: tuple[Count, ...] = ()
    """Matters of the period by the domain that they are of (A-33), every domain of the catalogue."""
    projects: KeyProjects
    cases: Efficiency
    items: tuple[Efficiency, ...]
    departments: tuple[Efficiency, ...]
    steps: tuple[Efficiency, ...]
    trend: tuple[Efficiency, ...]
    worst: tuple[Late, ...]
    saved_workdays: int
    lights: tuple[PostLights, ...]
    correction_rounds: int
    corrected_cases: int
    pauses: tuple[Pauses, ...]
    townships: tuple[Township, ...]
    six_zeros: SixZeros
