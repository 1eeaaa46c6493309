"""What the window does by time: makes documents, looks for malware, sweeps drafts and files nobody wants any more."""

from datetime import timedelta
from typing import Final

from services.intake.deps import Deps
from services.intake.documents.hearing import make_owed
from services.intake.drafts.filing import sweep_drafts, sweep_files
from services.intake.uploads.taking import scan_waiting
from services.kernel.app import Ticker

TICKERS: Final[tuple[Ticker[Deps], ...]] = (
    Ticker(name="scan", every=timedelta(seconds=10), run=scan_waiting, wake=lambda deps: deps.arrived),
    Ticker(name="documents", every=timedelta(seconds=10), run=make_owed, wake=lambda deps: deps.papers.owed),
    Ticker(name="sweep-drafts", every=timedelta(minutes=5), run=sweep_drafts),
    Ticker(name="sweep-files", every=timedelta(minutes=10), run=sweep_files),
)
