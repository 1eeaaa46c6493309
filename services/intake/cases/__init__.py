"""The case file (案卷): what it holds, and every decision the window makes about it. Plain functions, no I/O."""

from services.intake.cases.delivering import AlreadyDelivered, DeliveryEntry, NotReadyForDelivery, deliver
from services.intake.cases.parties import IdentityUnproven, NotEntitled, holders, phone
from services.intake.cases.postings import Posting, Wording
from services.intake.cases.progress import NOTED, note, position_of
from services.intake.cases.publishing import plain, public_names, words
from services.intake.cases.receiving import (
    Registration,
    TownshipNotYours,
    at_window,
    expected_collection_on,
    receive,
    refuse_foreign_township,
)
from services.intake.cases.records import Capacity, Case, Delivery, Hold, Position, Progress, PublicLine, Step
from services.intake.cases.reissuing import IdentityDocument, ReissueEntry, TooManyReissues, refuse_reissue, reissue
from services.intake.cases.standing import Status
from services.intake.cases.withdrawing import (
    TooLateToWithdraw,
    WithdrawalEntry,
    WithdrawalState,
    may_be_withdrawn,
    withdraw_at_window,
    withdraw_online,
    withdrawal_state,
)

__all__ = [
    "NOTED",
    "AlreadyDelivered",
    "Capacity",
    "Case",
    "Delivery",
    "DeliveryEntry",
    "Hold",
    "IdentityDocument",
    "IdentityUnproven",
    "NotEntitled",
    "NotReadyForDelivery",
    "Position",
    "Posting",
    "Progress",
    "PublicLine",
    "Registration",
    "ReissueEntry",
    "Status",
    "Step",
    "TooLateToWithdraw",
    "TooManyReissues",
    "TownshipNotYours",
    "WithdrawalEntry",
    "WithdrawalState",
    "Wording",
    "at_window",
    "deliver",
    "expected_collection_on",
    "holders",
    "may_be_withdrawn",
    "note",
    "phone",
    "plain",
    "position_of",
    "public_names",
    "receive",
    "refuse_foreign_township",
    "refuse_reissue",
    "reissue",
    "withdraw_at_window",
    "withdraw_online",
    "withdrawal_state",
    "words",
]
