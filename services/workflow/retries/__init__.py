"""Retrying many incidents: one first as a canary, the rest only once it has really been carried out."""
