"""The receipt on paper: A5, Chinese, fonts embedded, with a QR code."""

from services.intake.prints.printer import FontsMissing, Printer

__all__ = ["FontsMissing", "Printer"]
